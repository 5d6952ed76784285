"""What differs between two tokenizers: entries, merges, special tokens, pipeline, and what it does to a corpus."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Any

from ...types import Text
from ..visible import visible

if TYPE_CHECKING:
    from ..tokenizer import Tokenizer

__all__ = ["ChangedText", "CorpusEffect", "TokenizerDiff", "diff"]

_PARTS = ("normalizer", "pre_tokenizer", "post_processor", "decoder")
_EXAMPLES = 10


@dataclass(frozen=True)
class ChangedText:
    """A text that the two encode differently: its beginning, and the first tokens from the place where they part."""

    text: str
    a: list[str]
    b: list[str]


@dataclass
class CorpusEffect:
    """texts and bytes of the corpus; tokens of both; texts whose tokens (as spelled) changed; the first of them."""

    texts: int = 0
    bytes: int = 0
    tokens_a: int = 0
    tokens_b: int = 0
    changed: int = 0
    examples: list[ChangedText] = field(default_factory=list)

    @property
    def bytes_per_token_a(self) -> float | None:
        """None for no tokens."""
        return self.bytes / self.tokens_a if self.tokens_a else None

    @property
    def bytes_per_token_b(self) -> float | None:
        """None for no tokens."""
        return self.bytes / self.tokens_b if self.tokens_b else None


@dataclass
class TokenizerDiff:
    """What ``diff`` gives.

    only_a, only_b: entries one has, with their ids. moved: entry -> (id in a, id in b) where the ids differ.
    merges_only_a, merges_only_b: merges one has, in its order; None when one states no merges (.tiktoken and SentencePiece
    merge by entry). merges_reordered: merges both have, in another order.
    special_only_a, special_only_b: special tokens. roles: role -> (token of a, token of b) where they differ.
    parts: part of the pipeline -> (its JSON in a, in b) where they differ. corpus: None without one.
    """

    name_a: str
    name_b: str
    size_a: int
    size_b: int
    only_a: dict[str, int]
    only_b: dict[str, int]
    moved: dict[str, tuple[int, int]]
    merges_only_a: list[tuple[str, str]] | None
    merges_only_b: list[tuple[str, str]] | None
    merges_reordered: bool
    special_only_a: list[str]
    special_only_b: list[str]
    roles: dict[str, tuple[str | None, str | None]]
    parts: dict[str, tuple[Any, Any]]
    corpus: CorpusEffect | None = None

    @property
    def same(self) -> bool:
        """True when nothing differs."""
        lists = (self.only_a, self.only_b, self.moved, self.merges_only_a, self.merges_only_b, self.merges_reordered)
        more = (self.special_only_a, self.special_only_b, self.roles, self.parts)
        return not any(lists) and not any(more) and not (self.corpus and self.corpus.changed)

    def to_dict(self, limit: int | None = None) -> dict[str, Any]:
        """Plain data; lists and maps hold at most ``limit`` of their entries, whose number stands in ``counts``."""
        value = asdict(self)
        counts = {}
        for name in ("only_a", "only_b", "moved", "merges_only_a", "merges_only_b"):
            held = value[name]
            counts[name] = None if held is None else len(held)
            if limit is not None and held is not None:
                value[name] = dict(islice(held.items(), limit)) if isinstance(held, dict) else held[:limit]
        if self.corpus is not None:
            value["corpus"]["bytes_per_token_a"] = self.corpus.bytes_per_token_a
            value["corpus"]["bytes_per_token_b"] = self.corpus.bytes_per_token_b
        return {"same": self.same, "counts": counts, **value}

    def to_text(self, limit: int = 10) -> str:
        """For people: counts, with the first ``limit`` of each list."""
        lines = [f"a: {visible(self.name_a, spaces=False)} ({self.size_a:,} entries)"]
        lines.append(f"b: {visible(self.name_b, spaces=False)} ({self.size_b:,} entries)")
        if self.same:
            return "\n".join([*lines, "no difference"]) + "\n"

        def section(title: str, items: Iterable[str], count: int) -> None:
            if count:
                shown = list(islice(items, limit))
                rest = f", … {count - len(shown):,} more" if count > len(shown) else ""
                lines.append(f"{title}: {count:,}")
                lines.append("  " + ", ".join(shown) + rest)

        for title, entries in (("entries only in a", self.only_a), ("entries only in b", self.only_b)):
            section(title, (f"{visible(text)} ({id})" for text, id in entries.items()), len(entries))
        section("other ids", (f"{visible(t)} ({x} → {y})" for t, (x, y) in self.moved.items()), len(self.moved))
        for title, merges in (("merges only in a", self.merges_only_a), ("merges only in b", self.merges_only_b)):
            section(title, (f"{visible(x)} + {visible(y)}" for x, y in merges or ()), len(merges or ()))
        if self.merges_reordered:
            lines.append("merges of both: in another order")
        for title, tokens in (("special only in a", self.special_only_a), ("special only in b", self.special_only_b)):
            section(title, map(visible, tokens), len(tokens))
        for role, (x, y) in self.roles.items():
            lines.append(f"{role}: {visible(x or 'none')} → {visible(y or 'none')}")
        for part, (x, y) in self.parts.items():
            lines.append(f"{part}: {_short(x)} → {_short(y)}")
        if self.corpus is not None:
            lines += _corpus_lines(self.corpus)
        return "\n".join(lines) + "\n"


def _short(value: Any) -> str:
    text = visible(json.dumps(value, ensure_ascii=False), spaces=False)
    return text if len(text) <= 100 else text[:99] + "…"


def _corpus_lines(effect: CorpusEffect) -> list[str]:
    change = (effect.tokens_b - effect.tokens_a) / effect.tokens_a * 100 if effect.tokens_a else 0.0
    lines = [
        f"corpus: {effect.texts:,} texts, {effect.bytes:,} bytes; {effect.changed:,} texts encoded differently",
        f"  tokens: {effect.tokens_a:,} → {effect.tokens_b:,} ({change:+.2f} %)",
    ]
    one, other = effect.bytes_per_token_a, effect.bytes_per_token_b
    if one is not None and other is not None:
        lines.append(f"  bytes per token: {one:.3f} → {other:.3f}")
    for example in effect.examples:
        lines.append(f"  {visible(example.text)}")
        lines.append(f"    a: {' '.join(map(visible, example.a))}")
        lines.append(f"    b: {' '.join(map(visible, example.b))}")
    return lines


def diff(a: Tokenizer, b: Tokenizer, corpus: Iterable[Text] | None = None, examples: int = _EXAMPLES) -> TokenizerDiff:
    """What differs between two tokenizers, as data; ``to_text`` is the same for people.

    corpus: texts to encode with both; read once, a batch at a time. examples: how many changed texts are kept.
    """
    vocab_a, vocab_b = a.get_vocab(), b.get_vocab()
    merges_a, merges_b = _merges(a), _merges(b)
    only_a, only_b = None, None
    reordered = False
    if merges_a is not None and merges_b is not None:
        set_a, set_b = set(merges_a), set(merges_b)
        only_a = [merge for merge in merges_a if merge not in set_b]
        only_b = [merge for merge in merges_b if merge not in set_a]
        reordered = [m for m in merges_a if m in set_b] != [m for m in merges_b if m in set_a]
    special_a, special_b = a.all_special_tokens, b.all_special_tokens
    roles_a, roles_b = a.special_tokens, b.special_tokens
    parts_a, parts_b = _parts(a), _parts(b)
    return TokenizerDiff(
        name_a=a.name,
        name_b=b.name,
        size_a=len(a),
        size_b=len(b),
        only_a=_by_id({text: id for text, id in vocab_a.items() if text not in vocab_b}),
        only_b=_by_id({text: id for text, id in vocab_b.items() if text not in vocab_a}),
        moved={
            text: (id, vocab_b[text]) for text, id in _by_id(vocab_a).items() if text in vocab_b and vocab_b[text] != id
        },
        merges_only_a=only_a,
        merges_only_b=only_b,
        merges_reordered=reordered,
        special_only_a=[token for token in special_a if token not in special_b],
        special_only_b=[token for token in special_b if token not in special_a],
        roles={
            role: (roles_a.get(role), roles_b.get(role))
            for role in dict.fromkeys([*roles_a, *roles_b])
            if roles_a.get(role) != roles_b.get(role)
        },
        parts={
            part: (parts_a.get(part), parts_b.get(part))
            for part in dict.fromkeys([*parts_a, *parts_b])
            if parts_a.get(part) != parts_b.get(part)
        },
        corpus=None if corpus is None else _effect(a, b, corpus, examples),
    )


def _by_id(vocab: dict[str, int]) -> dict[str, int]:
    return dict(sorted(vocab.items(), key=lambda item: item[1]))


def _merges(tokenizer: Tokenizer) -> list[tuple[str, str]] | None:
    from ...errors import UnsupportedError

    if tokenizer._core.model_kind != "BPE" or tokenizer.format in ("tiktoken", "sentencepiece", "tekken"):
        return None
    try:
        model = json.loads(tokenizer.to_json())["model"]
    except UnsupportedError:
        return None
    pairs = (m.split(" ", 1) if isinstance(m, str) else m for m in model["merges"])
    return [(left, right) for left, right in pairs]


def _parts(tokenizer: Tokenizer) -> dict[str, Any]:
    """The pipeline by part, and the model's settings; a step without a tokenizer.json form is named by the format."""
    out: dict[str, Any] = {"model": {"type": tokenizer._core.model_kind}}
    for part in _PARTS:
        text = tokenizer._core.part_json(part)
        stated = json.loads(text) if text else {"type": f"of {tokenizer.format}"}
        if isinstance(stated, dict) and len(text) > 10_000:
            # Character maps: the difference matters, the megabyte does not.
            import hashlib

            stated = {"type": stated.get("type"), "sha256": hashlib.sha256(text.encode("utf-8")).hexdigest()}
        out[part] = stated
    return out


def _effect(a: Tokenizer, b: Tokenizer, corpus: Iterable[Text], examples: int) -> CorpusEffect:
    effect = CorpusEffect()
    iterator = iter(corpus)
    while batch := list(islice(iterator, 1024)):
        rows_a = a.encode_batch_to_lists(batch, add_special_tokens=False)
        rows_b = b.encode_batch_to_lists(batch, add_special_tokens=False)
        for text, ids_a, ids_b in zip(batch, rows_a, rows_b, strict=True):
            effect.texts += 1
            effect.bytes += len(text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text)
            effect.tokens_a += len(ids_a)
            effect.tokens_b += len(ids_b)
            one, other = a._core.ids_to_tokens(ids_a), b._core.ids_to_tokens(ids_b)
            if one == other:
                continue
            effect.changed += 1
            if len(effect.examples) < examples:
                at = next((i for i, (x, y) in enumerate(zip(one, other, strict=False)) if x != y), 0)
                shown = text if isinstance(text, str) else text.decode("utf-8", "replace")
                effect.examples.append(ChangedText(shown[:80], list(one[at : at + 8]), list(other[at : at + 8])))
    return effect
