"""More entries behind an existing vocabulary: old ids keep their meaning."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import groupby, islice
from typing import TYPE_CHECKING, Any

from ...errors import ArgumentError, UnsupportedError, message
from ...types import Text
from ..export.sentencepiece import extended_file
from .remake import document_of, remade
from .sentencepiece_pieces import FilePiece, join_pieces, split_pieces

if TYPE_CHECKING:
    from ..tokenizer import Tokenizer

__all__ = ["Extended", "extend", "extend_entries"]

_OPERATION = "extend"
_SPACE = "\u2581"
_AT_SPACES = {"type": "Split", "pattern": {"String": _SPACE}, "behavior": "MergedWithNext", "invert": False}


@dataclass
class Extended:
    """What ``extend`` gives.

    tokenizer: the new one. new_ids: ids of the new entries, behind every old id. skipped: entries that were there
    already, whose merges would have changed how old text is encoded. keeps_old_text: True when every text whose encoding
    holds no new id is encoded as before; otherwise ``reason`` says when it may not be.
    """

    tokenizer: Tokenizer
    new_ids: list[int]
    skipped: list[str] = field(default_factory=list)
    keeps_old_text: bool = True
    reason: str = ""


def extend(
    tokenizer: Tokenizer,
    corpus: Iterable[Text] | None = None,
    n: int | None = None,
    *,
    merges: Sequence[tuple[int, int]] | None = None,
    min_frequency: int = 2,
    max_token_length: int | None = None,
    threads: int | None = None,
    progress: Any = None,
) -> Extended:
    """A BPE tokenizer with further merges: learnt on a corpus of a domain, or given.

    corpus, n: texts, and how many entries to learn from them: merges go on from the tokens the tokenizer makes of each
        piece its pre-tokenizer gives. Fewer are learnt when no pair is left that occurs ``min_frequency`` times.
    merges: (left id, right id) in order, instead of a corpus; the new entries have the ids ``id_bound``, ``id_bound`` + 1,
        ..., which later merges may name.
    max_token_length: of new entries, in characters of the vocabulary's spelling.
    threads: for counting the corpus; None for one a core. progress: as everywhere (a style or a callback).

    Old ids are unchanged, and a text whose new encoding holds no new id is encoded as before: the new merges come after
    all old ones, so they only join what the old ones left. Works for tokenizer.json, .tiktoken and SentencePiece BPE.

    Raises UnsupportedError for other models (see ``extend_entries``), ArgumentError for ids that are not there.
    """
    if tokenizer._core.model_kind != "BPE":
        raise UnsupportedError(message(_OPERATION, "a BPE model", tokenizer._core.model_kind, "extend_entries"))
    if (corpus is None) == (merges is None):
        raise ArgumentError(message(_OPERATION, "a corpus with n, or merges", "both" if corpus else "neither"))
    if corpus is not None:
        if n is None or n < 1:
            raise ArgumentError(message(_OPERATION, "n of at least 1", repr(n)))
        merges = _learn(tokenizer, corpus, n, min_frequency, max_token_length, threads, progress)
    assert merges is not None
    if tokenizer.format == "sentencepiece":
        return _extend_sentencepiece(tokenizer, merges)
    if (
        tokenizer.format == "tiktoken"
        and not tokenizer._replaced
        and len(tokenizer.added_tokens) == len(tokenizer._source.options["special"])
    ):
        return _extend_tiktoken(tokenizer, merges)
    return _extend_document(tokenizer, merges)


def _learn(
    tokenizer: Tokenizer,
    corpus: Iterable[Text],
    n: int,
    min_frequency: int,
    max_token_length: int | None,
    threads: int | None,
    progress: Any,
) -> list[tuple[int, int]]:
    from ... import _core
    from ...io.workspace import Workspace
    from ...long_call import run_interruptible
    from ..tokenizer import _threads

    core = tokenizer._core
    control = _core.TrainControl()
    bound = core.id_bound
    pipeline = core
    if json.loads(core.part_json("pre_tokenizer") or "null") is None and core.token_to_id(_SPACE) is not None:
        # Text reaches the model whole there; as its trainers do, no entry is learnt that spans two words.
        pipeline = core.with_part("pre_tokenizer", json.dumps(_AT_SPACES))
    with Workspace(None) as work:
        counter = _core.PieceCounter(pipeline, _threads(threads), 1 << 30, str(work.path))
        texts = iter(corpus)
        while held := [_text(text) for text in islice(texts, 4096)]:
            run_interruptible(partial(counter.add_texts, held, 1, control), control)
        words = run_interruptible(lambda: counter.finish(control), control, progress)
        words = _without_unknown(tokenizer, words)
        if not len(words):
            return []
        result: Any = run_interruptible(
            lambda: _core.extend_bpe(
                words,
                core,
                control,
                vocab_size=bound + n,
                min_frequency=min_frequency,
                max_token_length=max_token_length,
            ),
            control,
            progress,
        )
    # The trainer numbers entries, of which two merges may make the same; here every merge has a number.
    numbers: dict[int, int] = {}
    merges: list[tuple[int, int]] = []
    for left, right, made, _ in result[1]:
        merges.append((numbers.get(left, left), numbers.get(right, right)))
        if made >= bound:
            numbers.setdefault(made, bound + len(merges) - 1)
    return merges


def _without_unknown(tokenizer: Tokenizer, words: Any) -> Any:
    """Words cut where a character has no entry: the unknown token and byte tokens (<0x0A>) are no text to join."""
    from ... import _core

    if words.raw_bytes or tokenizer.format == "tiktoken":
        return words
    known = {token for token in tokenizer.get_vocab(with_added_tokens=False) if len(token) == 1}
    model = None if tokenizer.format == "sentencepiece" else document_of(tokenizer, _OPERATION)["model"]
    if model is not None and (model.get("continuing_subword_prefix") or model.get("end_of_word_suffix")):
        return words
    counts: Counter[str] = Counter()
    for word, count in words.sorted_items():
        text = word.decode("utf-8") if isinstance(word, bytes) else word
        for is_known, chars in groupby(text, known.__contains__):
            if is_known:
                counts["".join(chars)] += count
    return _core.WordCounts(list(counts.items()))


def _text(text: Text) -> str:
    return text.decode("utf-8", "replace") if isinstance(text, bytes) else text


class _Spelling:
    """Texts of old and new ids, and the checks every form of BPE shares."""

    def __init__(self, texts: dict[int, Any], first: int) -> None:
        self.texts, self.first, self.next = texts, first, first
        self.old = set(texts.values())
        self.skipped: list[str] = []
        self.pairs: list[tuple[Any, Any]] = []
        self.new: dict[Any, None] = {}  # in order; several merges may make one entry

    def add(self, left: int, right: int, cut: int = 0) -> None:
        for id in (left, right):
            if id not in self.texts:
                raise ArgumentError(message(_OPERATION, "ids of entries or of merges before", str(id)))
        joined = self.texts[left] + self.texts[right][cut:]
        # Later merges count on the number of this one, so it keeps its place in the numbering of ``merges``.
        self.texts[self.next] = joined
        self.next += 1
        if joined in self.old:
            self.skipped.append(joined if isinstance(joined, str) else joined.decode("utf-8", "replace"))
            return
        self.pairs.append((self.texts[left], self.texts[right]))
        self.new[joined] = None


def _extend_document(tokenizer: Tokenizer, merges: Sequence[tuple[int, int]]) -> Extended:
    document = document_of(tokenizer, _OPERATION)
    model = document["model"]
    first = tokenizer._core.id_bound
    prefix = model.get("continuing_subword_prefix") or ""
    spelling = _Spelling({id: token for token, id in model["vocab"].items()}, first)
    for left, right in merges:
        right_text = spelling.texts.get(right, "")
        spelling.add(left, right, len(prefix) if prefix and right_text.startswith(prefix) else 0)
    # Added tokens get their ids from the vocabulary once it goes on behind them.
    for id, token in tokenizer.added_tokens.items():
        model["vocab"].setdefault(token.content, id)
    new_ids = list(range(first, first + len(spelling.new)))
    model["vocab"] |= dict(zip(spelling.new, new_ids, strict=True))
    model["merges"] = [*model["merges"], *(list(pair) for pair in spelling.pairs)]
    return Extended(remade(tokenizer, document), new_ids, spelling.skipped)


def _extend_tiktoken(tokenizer: Tokenizer, merges: Sequence[tuple[int, int]]) -> Extended:
    from ..tiktoken_files import to_tiktoken_lines

    first = tokenizer._core.id_bound
    old = {id: tokenizer.id_to_bytes(id) for id in tokenizer.get_vocab(with_added_tokens=False).values()}
    spelling = _Spelling({id: data for id, data in old.items() if data}, first)
    for left, right in merges:
        spelling.add(left, right)
    new_ids = list(range(first, first + len(spelling.new)))
    data = tokenizer._source.parts[0]
    data += b"" if data.endswith(b"\n") else b"\n"
    data += to_tiktoken_lines(dict(zip(spelling.new, new_ids, strict=True)))
    return Extended(remade(tokenizer, data), new_ids, spelling.skipped)


def _extend_sentencepiece(tokenizer: Tokenizer, merges: Sequence[tuple[int, int]]) -> Extended:
    import numpy as np

    pieces, rest = split_pieces(extended_file(tokenizer))
    first = len(pieces)
    usable = {id: piece.text for id, piece in enumerate(pieces) if piece.kind == "normal"}
    spelling = _Spelling(usable, first)
    spelling.old |= {piece.text for piece in pieces}
    for left, right in merges:
        spelling.add(left, right)
    # Below every old score, each below the one before: the next smaller float, as scores may be too large for steps of 1.
    score = np.float32(min(piece.score for piece in pieces))
    for text in spelling.new:
        score = min(np.nextafter(score, np.float32(-np.inf)), np.float32(score - np.float32(1)))
        pieces.append(FilePiece(text, float(score)))
    new_ids = list(range(first, first + len(spelling.new)))
    return Extended(remade(tokenizer, join_pieces(pieces, rest)), new_ids, spelling.skipped)


def extend_entries(tokenizer: Tokenizer, entries: Iterable[str | tuple[str, float]]) -> Extended:
    """A Unigram, WordPiece or WordLevel tokenizer with further entries, spelled as the vocabulary spells them.

    entries: texts ("▁word", "##piece"); for Unigram (text, score), the score a log-probability.

    Old ids are unchanged. A text whose new encoding holds no new id is encoded as before, for Unigram because the best
    path is still the best among the old ones (scores have to lie within those of the vocabulary, which set the score of
    unknown characters), for WordLevel always. WordPiece takes the longest entry first: a word that a new entry opens and
    nothing closes becomes unknown. That cannot happen when every character of the vocabulary continues a word on its own
    ("##a"); ``keeps_old_text`` says whether it is so, ``reason`` names the first character for which it is not.

    Raises UnsupportedError for BPE (see ``extend``), ArgumentError for scores out of range.
    """
    kind = tokenizer._core.model_kind
    if kind not in ("Unigram", "WordPiece", "WordLevel"):
        raise UnsupportedError(message(_OPERATION, "a Unigram, WordPiece or WordLevel model", kind, "extend"))
    given = [(entry, None) if isinstance(entry, str) else (entry[0], float(entry[1])) for entry in entries]
    known = set(tokenizer.get_vocab())
    skipped = [text for text, _ in given if text in known]
    new = {text: score for text, score in given if text not in known}
    if any((score is None) == (kind == "Unigram") for score in new.values()):
        raise ArgumentError(message(_OPERATION, "(text, score) for Unigram, texts for other models", "the other form"))
    if "" in new:
        raise ArgumentError(message(_OPERATION, "entries that are not empty", "an empty one"))
    first = tokenizer._core.id_bound
    new_ids = list(range(first, first + len(new)))
    if tokenizer.format == "sentencepiece":
        pieces, rest = split_pieces(extended_file(tokenizer))
        _check_scores(new, [piece.score for piece in pieces if piece.kind == "normal"])
        pieces += [FilePiece(text, float(score or 0)) for text, score in new.items()]
        return Extended(remade(tokenizer, join_pieces(pieces, rest)), new_ids, skipped)
    document = document_of(tokenizer, _OPERATION)
    model = document["model"]
    if kind == "Unigram":
        scores = [score for _, score in model["vocab"]]
        _check_scores(new, scores)
        pinned = [[token.content, min(scores)] for id, token in tokenizer.added_tokens.items() if id >= len(scores)]
        model["vocab"] += [*pinned, *([text, score] for text, score in new.items())]
        return Extended(remade(tokenizer, document), new_ids, skipped)
    for id, token in tokenizer.added_tokens.items():
        model["vocab"].setdefault(token.content, id)
    model["vocab"] |= dict(zip(new, new_ids, strict=True))
    reason = _wordpiece_gap(model, tokenizer.all_special_tokens) if kind == "WordPiece" else ""
    return Extended(remade(tokenizer, document), new_ids, skipped, not reason, reason)


def _check_scores(new: dict[str, float | None], scores: list[float]) -> None:
    low, high = min(scores), max(scores)
    for text, score in new.items():
        if score is None or not low <= score <= high:
            raise ArgumentError(message(_OPERATION, f"scores from {low:.6g} to {high:.6g}", f"{score} of {text!r}"))


def _wordpiece_gap(model: dict[str, Any], special: list[str]) -> str:
    prefix = model.get("continuing_subword_prefix", "##")
    vocab = model["vocab"]
    for entry in vocab:
        if entry in special or entry == model["unk_token"]:
            continue
        for char in entry.removeprefix(prefix)[0 if entry.startswith(prefix) else 1 :]:
            if prefix + char not in vocab:
                return f"a word where {char!r} follows a new entry may become unknown: there is no {prefix + char!r}"
    return ""
