"""How a token comes about: the steps of the model on the piece of text it works on, by the twins in plain Python.

The twins (`tokenspace.reference`) are slow and readable; the tokenizer's own answer stands beside theirs, and ``agrees`` says
whether they end the same.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from ..reference import unigram as unigram_twin
from ..reference import wordpiece as wordpiece_twin
from ..reference.bpe import Bpe, Step, merge_steps
from .vocabulary_ranks import VocabularyRanks

if TYPE_CHECKING:
    from .token_map import TokenMap

__all__ = ["Arrival", "Candidate", "Lookup", "Merge", "Replay", "Way", "replay"]

MOST_SYMBOLS = 160
_CONTEXT = 1500
_AHEAD = 64
_META = "\u2581"  # SentencePiece's space
_SPACES = _META + "\u0120 "


@dataclass(frozen=True, slots=True)
class Merge:
    """BPE: two neighbours become one; ``position`` among the symbols before, ``symbols`` after it."""

    rank: int
    position: int
    left: str
    right: str
    merged: str
    symbols: list[str]


@dataclass(frozen=True, slots=True)
class Lookup:
    """WordPiece: is this piece (characters [start, end) of the word) in the vocabulary?"""

    start: int
    end: int
    piece: str
    found: bool


@dataclass(frozen=True, slots=True)
class Candidate:
    """Unigram: a piece that ends at a place, with its score and that of the best way to the place through it."""

    start: int
    piece: str
    score: float
    total: float
    known: bool


@dataclass(frozen=True, slots=True)
class Arrival:
    """Unigram: every way to reach a place (characters of the piece) by one more piece; the best comes first."""

    end: int
    candidates: list[Candidate]


@dataclass(frozen=True, slots=True)
class Way:
    """Unigram: one way to cut the whole piece, with the sum of its scores."""

    score: float
    pieces: list[str]


@dataclass(slots=True)
class Replay:
    """What happened to a piece of text.

    Attributes:
        method: "bpe", "wordpiece", "unigram"; "lookup" where the vocabulary is simply asked; "special" for added tokens,
            which are found before the text is cut.
        piece: the piece as the model receives it, in the vocabulary's spelling.
        first, last: its tokens [first, last) in the encoding.
        tokens: those tokens, spelled.
        symbols: BPE: what the merges begin with.
        merges, lookups, arrivals, ways: the steps of each method.
        whole: BPE: the piece is an entry and is taken as it is, without merges.
        too_long: the piece has more symbols than are replayed.
        agrees: whether the steps end in ``tokens``.
        readable: symbol -> the text it stands for where that differs from its spelling, ``\\xE4\\xBA`` for parts of characters.
    """

    method: Literal["bpe", "wordpiece", "unigram", "lookup", "special"]
    piece: str
    first: int
    last: int
    tokens: list[str]
    symbols: list[str] = field(default_factory=list)
    merges: list[Merge] = field(default_factory=list)
    lookups: list[Lookup] = field(default_factory=list)
    arrivals: list[Arrival] = field(default_factory=list)
    ways: list[Way] = field(default_factory=list)
    whole: bool = False
    too_long: bool = False
    agrees: bool = True
    readable: dict[str, str] = field(default_factory=dict)


def replay(map: TokenMap, index: int, ranks: VocabularyRanks | None = None) -> Replay:
    """The steps behind one token.

    Args:
        map: the text under its tokenizer.
        index: the token, from 0 to len(map) - 1.
        ranks: those of the tokenizer, when they are at hand: reading them takes some 50 ms.

    Raises:
        IndexError: no such token.
    """
    if not 0 <= index < len(map):
        raise IndexError(f"token {index} of {len(map)}")
    ranks = VocabularyRanks(map.tokenizer) if ranks is None else ranks
    id = int(map.ids[index])
    if map.kind(id) != "unknown" and (map.kind(id) == "special" or id in map.tokenizer.added_tokens):
        return Replay("special", _spelled(map, index), index, index + 1, [_spelled(map, index)])
    first, last = _piece(map, index)
    tokens = [_spelled(map, at) for at in range(first, last)]
    piece = _joined(map, ranks, first, last, tokens)
    kind = ranks.kind
    if kind == "bpe" and map.tokenizer.kind != "byte":
        found = _bpe(ranks, piece, first, last, tokens)
    elif kind == "wordpiece":
        found = _wordpiece(ranks, piece, first, last, tokens)
    elif kind == "unigram":
        found = _unigram(ranks, piece, first, last, tokens)
    else:
        return Replay("lookup", piece, first, last, tokens)
    found.readable = _readable(map, found)
    return found


# ---- which piece ----
def _spelled(map: TokenMap, index: int) -> str:
    return map.tokenizer.id_to_token(int(map.ids[index])) or ""


def _piece(map: TokenMap, index: int) -> tuple[int, int]:
    """Tokens [first, last) of the piece the model saw: the word of the pre-tokenizer, or from one space to the next
    where the model sees the whole text."""
    word = _word(map, index)
    if word is None:
        group = map.group(index)
        word = (max(map.head, group[0] - MOST_SYMBOLS), min(len(map) - map.tail, group[1] + MOST_SYMBOLS))
    first, last = word
    if (
        json.loads(map.tokenizer._core.part_json("pre_tokenizer") or "null") is not None
        and last - first <= MOST_SYMBOLS
    ):
        return first, last
    begin, end = map.group(index)
    while begin > first and not _opens(map, begin):
        begin -= 1
    while end < last and not _opens(map, end):
        end += 1
    return begin, end


def _opens(map: TokenMap, index: int) -> bool:
    return _spelled(map, index)[:1] in _SPACES or map.kind(int(map.ids[index])) == "special"


def _word(map: TokenMap, index: int) -> tuple[int, int] | None:
    """Tokens of the pre-tokenizer's word, from the text around the token; None when that is cut differently alone."""
    text, start, end = map.positions.text, int(map.starts[index]), int(map.ends[index])
    stop = _after_spaces(text, text.find("\n", end, end + _CONTEXT) + 1 or end + _CONTEXT)
    for begin in _begins(text, start):
        if (found := _word_between(map, index, begin, stop)) is not None:
            return found
    return None


def _after_spaces(text: str, place: int) -> int:
    """A place where cutting changes no word before it: patterns look at the spaces that follow, and at what follows those."""
    stop = min(len(text), place + _CONTEXT)
    while place < stop and text[place].isspace():
        place += 1
    return min(len(text), place + _AHEAD)


def _begins(text: str, start: int) -> Iterable[int]:
    """Where the text before a token may be cut, the nearest first: some tokens begin with the end of the line before."""
    least = max(0, start - _CONTEXT)
    line = text.rfind("\n", least, start) + 1 or least
    spaces = line
    while spaces > least and text[spaces - 1].isspace():
        spaces -= 1
    before = text.rfind("\n", least, max(least, spaces)) + 1 or least
    return dict.fromkeys((line, spaces, before, least))


def _word_between(map: TokenMap, index: int, begin: int, stop: int) -> tuple[int, int] | None:
    """The same from one part of the text, where its tokens up to the word's end are those of the whole."""
    tokenizer = map.tokenizer
    full = tokenizer._core.encode(
        map.positions.text[begin:stop], None, tokenizer._options(False, map.special_tokens, plain=True), False
    )
    first = max(map.window(begin, stop)[0], map.head)
    ids, words = full.ids, full.word_ids
    low = high = index - first
    if not 0 <= low < len(ids) or words[low] is None:
        return None
    while low and words[low - 1] == words[index - first]:
        low -= 1
    while high < len(words) and words[high] == words[index - first]:
        high += 1
    if map.ids[first : first + high].tolist() != ids[:high]:
        return None
    return first + low, first + high


def _joined(map: TokenMap, ranks: VocabularyRanks, first: int, last: int, tokens: list[str]) -> str:
    """The piece in the vocabulary's spelling, from its tokens; from the text where a token does not say what it stood for."""
    if any(map.kind(int(map.ids[at])) == "unknown" for at in range(first, last)):
        return _normalized(map, map.positions.text[int(map.starts[first]) : int(map.ends[last - 1])], tokens[0])
    prefix = ranks.model.get("continuing_subword_prefix") or ""
    parts = [token[len(prefix) :] if at and prefix else token for at, token in enumerate(tokens)]
    if any(map.kind(int(map.ids[at])) == "byte" for at in range(first, last)):
        parts = _with_characters(parts)
    suffix = ranks.model.get("end_of_word_suffix") or ""
    piece = "".join(parts)
    return piece.removesuffix(suffix) if suffix else piece


def _normalized(map: TokenMap, text: str, opening: str) -> str:
    """The piece of a text with unknown characters: as the normalizer leaves it, its space written as the tokens write it."""
    normalizer = map.tokenizer._core.part_json("normalizer")
    if json.loads(normalizer):
        from .components import Normalizer

        text = Normalizer(normalizer).normalize_str(text)
    if opening.startswith(_META):
        text = _META + text.lstrip(" " + _META).replace(" ", _META)
    return text


def _with_characters(parts: list[str]) -> list[str]:
    """Byte-fallback tokens as the characters they spell."""
    out: list[str] = []
    data = b""
    for part in [*parts, ""]:
        if len(part) == 6 and part.startswith("<0x"):
            data += bytes.fromhex(part[3:5])
            continue
        out += [data.decode("utf-8", "replace"), part]
        data = b""
    return out


# ---- steps ----
def _bpe(ranks: VocabularyRanks, piece: str, first: int, last: int, tokens: list[str]) -> Replay:
    found = Replay("bpe", piece, first, last, tokens)
    model = ranks.model
    vocab = ranks._tokenizer.vocab
    if (model.get("ignore_merges") and piece in vocab) or (tokens == [piece] and len(piece) == 1):
        found.whole, found.symbols = True, [piece]
        found.agrees = tokens == [piece]
        return found
    twin = Bpe(
        vocab,
        (),
        model.get("unk_token") or ranks._tokenizer.unk_token,
        bool(model.get("fuse_unk", ranks._tokenizer.format == "sentencepiece")),
        bool(model.get("byte_fallback", any(len(token) == 6 and token.startswith("<0x") for token in tokens))),
        False,
        model.get("continuing_subword_prefix") or "",
        model.get("end_of_word_suffix") or "",
    )
    found.symbols = twin.symbols(piece)
    if len(found.symbols) > MOST_SYMBOLS:
        found.too_long = True
        return found
    steps: list[Step] = merge_steps(found.symbols, ranks.pairs, twin.continuing_subword_prefix)
    found.merges = [Merge(s.rank, s.position, s.left, s.right, s.merged, list(s.tokens)) for s in steps]
    found.agrees = (found.merges[-1].symbols if steps else found.symbols) == tokens
    return found


def _wordpiece(ranks: VocabularyRanks, piece: str, first: int, last: int, tokens: list[str]) -> Replay:
    found = Replay("wordpiece", piece, first, last, tokens)
    model, vocab = ranks.model, ranks._tokenizer.vocab
    prefix = str(model.get("continuing_subword_prefix", "##"))
    most = int(model.get("max_input_chars_per_word", 100))
    if len(piece) > MOST_SYMBOLS:
        found.too_long = True
        return found
    steps = wordpiece_twin.steps(piece, vocab, prefix, most)
    found.lookups = [Lookup(step.start, step.end, step.piece, step.found) for step in steps]
    unknown = str(model.get("unk_token", "[UNK]"))
    found.agrees = wordpiece_twin.tokenize(piece, vocab, unknown, prefix, most) == tokens
    return found


def _unigram(ranks: VocabularyRanks, piece: str, first: int, last: int, tokens: list[str]) -> Replay:
    found = Replay("unigram", piece, first, last, tokens)
    if len(piece) > MOST_SYMBOLS:
        found.too_long = True
        return found
    model = unigram_twin.Unigram(ranks.scores, byte_fallback="<0x00>" in ranks.scores)
    table = model.table(piece)
    ending: list[list[Candidate]] = [[] for _ in range(len(piece) + 1)]
    for start in range(len(piece)):
        here = table[start]
        base = here.total if here else 0.0
        for one, score, known in model.pieces_at(piece, start):
            ending[start + len(one)].append(Candidate(start, one, score, base + score, known))
    found.arrivals = [
        Arrival(end, sorted(candidates, key=lambda one: -one.total)[:12])
        for end, candidates in enumerate(ending)
        if candidates
    ]
    found.ways = [Way(score, pieces) for score, pieces in unigram_twin.n_best(model, piece, 6)]
    path = [[one] if one in ranks.scores else ranks.unknown(one) for one in model.tokenize(piece)]
    found.agrees = [token for part in path for token in part] == tokens
    return found


def _readable(map: TokenMap, found: Replay) -> dict[str, str]:
    """Texts of the symbols whose spelling is not their text."""
    seen: set[str] = {*found.tokens, *found.symbols}
    for merge in found.merges:
        seen |= {merge.left, merge.right, merge.merged}
    for way in found.ways:
        seen.update(way.pieces)
    for arrival in found.arrivals:
        seen.update(candidate.piece for candidate in arrival.candidates)
    return dict(_texts(map, seen))


def _texts(map: TokenMap, spelled: Iterable[str]) -> Iterable[tuple[str, str]]:
    tokenizer = map.tokenizer
    for one in sorted(spelled):
        id = tokenizer.token_to_id(one)
        data = None if id is None else tokenizer.id_to_bytes(id)
        if data is None:
            continue
        try:
            text = data.decode("utf-8")
        except UnicodeDecodeError:
            yield one, "".join(f"\\x{byte:02X}" for byte in data)
            continue
        if text and text != one:
            yield one, text
