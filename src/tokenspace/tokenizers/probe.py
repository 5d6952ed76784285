"""What a tokenizer does, found by trying it: never by its name, so a file nobody has seen is described as well.

Every property is a short phrase for a table and a value for a program.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from .like import TokenizerLike, plain_ids, unknown_id

_KINDS = {
    "bpe": "BPE",
    "wordpiece": "WordPiece",
    "unigram": "Unigram",
    "word": "word",
    "char": "character",
    "byte": "byte",
}
_BYTE_TOKEN = re.compile(r"<0x[0-9A-Fa-f]{2}>")
_EMOJI = ("🎵", "😀", "👍🏽", "👩‍👩‍👧", "🇫🇷")
_CJK = "鸟人类社会世界自由语言文字学习今天中国日本電腦龍飛雨"


@dataclass(frozen=True, slots=True)
class Property:
    """``key`` is public in JSON; ``shown`` is what a table prints."""

    key: str
    title: str
    shown: str
    value: Any


class _Probe:
    def __init__(self, tokenizer: TokenizerLike) -> None:
        self.tokenizer = tokenizer
        self.unknown = unknown_id(tokenizer)

    def ids(self, text: str) -> list[int]:
        return plain_ids(self.tokenizer, text)

    def back(self, text: str) -> str:
        return self.tokenizer.decode(self.ids(text), skip_special_tokens=False)

    def same(self, first: str, second: str) -> bool:
        """Equal and known: two unknown words look alike to a tokenizer that knows neither."""
        ids = self.ids(first)
        return self.unknown not in ids and bool(ids) and ids == self.ids(second)


def spelling(tokenizer: TokenizerLike) -> str:
    """How rare characters are spelled: "byte-level", "byte fallback", "unknown" (one id for all of them) or "dropped"."""
    ids = plain_ids(tokenizer, "\U0010fffd")
    if not ids:
        return "dropped"
    joined = b"".join(tokenizer.id_to_bytes(token) or b"" for token in ids)
    if joined.lstrip(b" ") == "\U0010fffd".encode():
        tokens = [tokenizer.id_to_token(token) or "" for token in ids]
        return "byte fallback" if any(_BYTE_TOKEN.fullmatch(token) for token in tokens) else "byte-level"
    return "unknown"


def _method(probe: _Probe) -> Property:
    kind = str(getattr(probe.tokenizer, "kind", "") or "")
    how = spelling(probe.tokenizer)
    name = _KINDS.get(kind, kind or "other")
    shown = f"{name}, {how}" if how in ("byte-level", "byte fallback") and kind != "byte" else name
    return Property("method", "method", shown, {"kind": kind, "rare_characters": how})


def _vocabulary(probe: _Probe) -> Property:
    size = len(probe.tokenizer)
    return Property("vocab_size", "vocabulary", f"{size:,}", size)


def _specials(probe: _Probe) -> Property:
    tokenizer = probe.tokenizer
    every = [int(token) for token in getattr(tokenizer, "all_special_ids", ())]
    plain, full = probe.ids("a"), [int(token) for token in tokenizer.encode("a", add_special_tokens=True).ids]
    added = [tokenizer.id_to_token(token) or str(token) for token in full if token not in plain]
    shown = f"{len(every)}" + (f", adds {' '.join(added)}" if added else "")
    tokens = [tokenizer.id_to_token(token) for token in every]
    return Property("special_tokens", "specials", shown, {"tokens": tokens, "added_on_encode": added})


def _casing(probe: _Probe) -> Property:
    lowered = False
    for upper in ("Hello", "The", "World", "PARIS", "A"):
        first, second = probe.ids(upper), probe.ids(upper.lower())
        if first != second:
            lowered = False
            break
        lowered = lowered or probe.unknown not in first  # two unknown words say nothing
    return Property("casing", "case", "lower-cased" if lowered else "kept", "lowercase" if lowered else "kept")


def _normalization(probe: _Probe) -> Property:
    found = []
    if probe.same("café", "cafe"):
        found.append("accents removed")
    elif probe.same("cafe\u0301", "caf\u00e9"):
        found.append("canonical")
    if probe.same("\ufb01n", "fin") or probe.same("\uff21\uff22", "AB"):
        found.append("compatibility")
    if found[:2] == ["canonical", "compatibility"]:
        found = ["NFKC"]
    elif found == ["canonical"]:
        found = ["NFC"]
    shown = ", ".join(found) or "none"
    return Property("normalization", "normalization", shown, found)


WHITESPACE_TESTS = {
    "runs of spaces": "a    b",
    "tab": "a\tb",
    "newline": "a\nb",
    "blank line": "a\n\nb",
    "leading space": " a",
    "trailing space": "a ",
    "CRLF": "a\r\nb",
}


def lost_whitespace(tokenizer: TokenizerLike) -> list[str]:
    """Kinds of white space (keys of `WHITESPACE_TESTS`) that decode(encode(text)) does not give back."""
    lost = []
    for name, text in WHITESPACE_TESTS.items():
        back = tokenizer.decode(plain_ids(tokenizer, text), skip_special_tokens=False)
        # Letters may change (case, unknown) without white space being lost.
        if re.sub(r"\S+", "x", back) != re.sub(r"\S+", "x", text):
            lost.append(name)
    return lost


def _whitespace(probe: _Probe) -> Property:
    lost = lost_whitespace(probe.tokenizer)
    shown = "kept" if not lost else "lost" if len(lost) == len(WHITESPACE_TESTS) else "loses " + ", ".join(lost)
    if len(lost) >= 5:
        shown = "lost"
    return Property("whitespace", "white space", shown, {"lost": lost})


def digit_lengths(tokenizer: TokenizerLike, number: str) -> list[int]:
    """How many digits each token of ``number`` covers, in order: ``[3, 1]`` for ``123`` + ``4``."""
    encoding = tokenizer.encode(number, add_special_tokens=False)
    return [end - start for start, end in encoding.offsets if end > start]


def digit_policy(tokenizer: TokenizerLike) -> tuple[str, int]:
    """("single" | "groups from the left" | "groups from the right" | "learned" | "whole" | "unknown", longest group)."""
    unknown = unknown_id(tokenizer)
    numbers = ["1234567", "2024", "1999", "31415926535", "10000000", "8712", "90210", "11223344556677889900"]
    seen: dict[str, list[int]] = {}
    for number in numbers:
        if unknown is not None and unknown in plain_ids(tokenizer, number):
            continue
        seen[number] = digit_lengths(tokenizer, number)
    longest = max((max(lengths, default=0) for lengths in seen.values()), default=0)
    if not seen or longest == 0:
        return "unknown", 0
    if longest == 1:
        return "single", 1
    if all(lengths == [len(number)] for number, lengths in seen.items()):
        return "whole", longest

    def left(size: int) -> bool:
        return all(
            lengths == [longest] * (len(number) // size) + ([len(number) % size] if len(number) % size else [])
            for number, lengths in seen.items()
        )

    def right(size: int) -> bool:
        return all(
            lengths == ([len(number) % size] if len(number) % size else []) + [longest] * (len(number) // size)
            for number, lengths in seen.items()
        )

    if left(longest):
        return "groups from the left", longest
    if right(longest):
        return "groups from the right", longest
    return "learned", longest


def _digits(probe: _Probe) -> Property:
    policy, longest = digit_policy(probe.tokenizer)
    shown = {
        "single": "one by one",
        "groups from the left": f"{longest} from the left",
        "groups from the right": f"{longest} from the right",
        "learned": f"learned, up to {longest}",
        "whole": "whole numbers",
        "unknown": "unknown",
    }[policy]
    return Property("digits", "digits", shown, {"policy": policy, "longest": longest})


def _coverage(probe: _Probe, texts: tuple[str, ...]) -> tuple[str, dict[str, float]]:
    unknown = total = 0
    for text in texts:
        ids = probe.ids(text)
        # A dummy prefix is not a token of the text.
        ids = [token for token in ids if (probe.tokenizer.id_to_bytes(token) or b"?").strip() or token == probe.unknown]
        total += len(ids)
        unknown += (probe.unknown in ids) if probe.unknown is not None else not ids
    each = total / len(texts)
    value = {"tokens_each": round(each, 3), "unknown_share": round(unknown / len(texts), 3)}
    if unknown == len(texts):
        return "UNK", value
    shown = "1 token" if f"{each:.2g}" == "1" else f"{each:.2g} tokens"
    return shown + (f", {unknown / len(texts):.0%} UNK" if unknown else ""), value


def _emoji(probe: _Probe) -> Property:
    return Property("emoji", "an emoji", *_coverage(probe, _EMOJI))


def _cjk(probe: _Probe) -> Property:
    return Property("cjk", "a CJK character", *_coverage(probe, tuple(_CJK)))


_PROBES: tuple[Callable[[_Probe], Property], ...] = (
    _method, _vocabulary, _specials, _casing, _normalization, _whitespace, _digits, _emoji, _cjk,
)  # fmt: skip


def properties(tokenizer: TokenizerLike) -> list[Property]:
    """The properties compared side by side (T13), in table order."""
    probe = _Probe(tokenizer)
    return [ask(probe) for ask in _PROBES]
