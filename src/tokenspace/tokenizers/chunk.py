"""Cut a text into windows of at most so many tokens, with overlap, and put it together again: ``ts.chunk``.

A chunk is a stretch of the source, ``source[chunk.start:chunk.end] == chunk.text``, so nothing is lost and every chunk
knows its place. The limit holds for the chunk's own encoding: a chunk's text is encoded by itself and shortened until it
fits, because a stretch cut out of a text may encode to other tokens than it did inside.
"""

from __future__ import annotations

import random
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

from ..errors import ArgumentError, LimitError
from ..run_switch import pause_point
from .like import TokenizerLike
from .sentences import paragraph_starts, sentence_starts

Unit = Literal["tokens", "sentences", "paragraphs"]
Keep = Literal["head", "tail", "middle", "ends"]
_UINT32 = "I" if array("I").itemsize == 4 else "L"


@dataclass(frozen=True, slots=True)
class Chunk:
    """A stretch of a source text: half-open ``start``..``end`` in code points, and its tokens when encoded alone."""

    text: str
    start: int
    end: int
    n_tokens: int

    def to_dict(self) -> dict[str, Any]:
        """The JSON of ``tokenspace chunk``."""
        return {"text": self.text, "start": self.start, "end": self.end, "n_tokens": self.n_tokens}


def _distinct(values: Any) -> Any:
    """Sorted, without repeats. Cuts are almost sorted already, where np.unique's hashing is ten times slower."""
    import numpy as np

    ordered = np.sort(values, kind="stable")
    return ordered[np.concatenate(([True], ordered[1:] != ordered[:-1]))] if len(ordered) else ordered


class _Cuts:
    """Positions where a text may be cut, ascending from 0 to its length, and the tokens before each of them."""

    def __init__(self, text: str, tokenizer: TokenizerLike, unit: Unit, size: int) -> None:
        import numpy as np

        # Arrays of 32 bits, each let go after its use: there are millions of tokens in a text of some megabytes.
        batch = tokenizer.encode_batch([text], offsets="chars", add_special_tokens=False)
        spans = np.asarray(batch.spans, dtype=np.uint32).reshape(-1, 2)
        del batch
        starts, ends = spans[:, 0].copy(), spans[:, 1].copy()
        del spans
        # Tokens without width (a space put in front, all but the last byte of a character) count, but are no place to cut.
        begins = np.maximum.accumulate(starts)
        wide = ends > starts
        starts, ends = starts[wide], ends[wide]
        self.length = len(text)
        # No cut inside a character that several tokens spell: a token may start only where all before it have ended.
        may_cut = np.zeros(self.length + 1, np.bool_)
        may_cut[starts[1:][starts[1:] >= np.maximum.accumulate(ends)[:-1]]] = True
        may_cut[0] = may_cut[self.length] = True
        del starts, ends, wide
        token_cuts = np.flatnonzero(may_cut).astype(np.uint32)
        del may_cut
        if unit == "tokens":
            cuts = token_cuts
        else:
            units = sentence_starts(text) if unit == "sentences" else paragraph_starts(text)
            whole = _distinct(np.array([*units, self.length], dtype=np.uint32))
            before = np.searchsorted(begins, whole)
            # Units above the limit by themselves are cut at tokens; the others stay whole.
            parts = [whole]
            for index in np.nonzero(np.diff(before) > size)[0].tolist():
                low, high = np.searchsorted(token_cuts, [whole[index], whole[index + 1]])
                parts.append(token_cuts[low:high])
            cuts = _distinct(np.concatenate(parts))
        self.token_cuts = token_cuts
        # Not lists, which take 40 bytes a number.
        self.at = array(_UINT32, cuts.tobytes())
        self.tokens = array(_UINT32, np.searchsorted(begins, cuts).astype(np.uint32).tobytes())

    def refine(self, index: int) -> bool:
        """Allow token cuts between cut ``index`` and the next; False when there are none."""
        import numpy as np

        bounds = np.array([self.at[index] + 1, self.at[index + 1]], np.uint32)
        low, high = np.searchsorted(self.token_cuts, bounds)
        inner: list[int] = self.token_cuts[low:high].tolist()
        if not inner:
            # Tokens do not help (one token, or one id for a whole run): any character is better than none.
            inner = list(range(self.at[index] + 1, self.at[index + 1]))
        if not inner:
            return False
        base, top = self.tokens[index], self.tokens[index + 1]
        step = (top - base) / (len(inner) + 1)
        self.at[index + 1 : index + 1] = array(_UINT32, inner)
        steps = [base + round(step * (one + 1)) for one in range(len(inner))]
        self.tokens[index + 1 : index + 1] = array(_UINT32, steps)
        return True


def _opened(tokenizer: TokenizerLike | str) -> TokenizerLike:
    if isinstance(tokenizer, str):
        from .like import resolve

        return resolve(tokenizer)[0][1]
    return tokenizer


def _check(size: int, overlap: int, unit: str) -> None:
    if unit not in get_args(Unit):
        raise ArgumentError(f"[chunk] expected unit among {', '.join(get_args(Unit))}, received {unit!r}")
    if size < 1:
        raise ArgumentError(f"[chunk] expected size >= 1, received {size}")
    if not 0 <= overlap < size:
        raise ArgumentError(f"[chunk] expected 0 <= overlap < size ({size}), received {overlap}")


def chunk(
    text: str,
    tokenizer: TokenizerLike | str,
    size: int,
    overlap: int = 0,
    unit: Unit = "tokens",
    add_special_tokens: bool = False,
    most: int | None = None,
) -> list[Chunk]:
    """Windows over ``text``, none of more than ``size`` tokens.

    Args:
        text: the source.
        tokenizer: the encoder's own tokenizer, or its name.
        size: most tokens of a chunk, encoded by itself.
        overlap: at most so many tokens at the end of a chunk are repeated at the beginning of the next.
        unit: where cuts may fall: between tokens, sentences or paragraphs. A sentence or paragraph longer than ``size``
            is cut between tokens.
        add_special_tokens: count what the tokenizer adds (``[CLS]``, ``[SEP]``) against ``size``.
        most: refuse to make more chunks than this; None for no bound.

    Returns:
        Chunks in order, together covering the whole text; none for an empty text.

    Raises:
        ArgumentError: ``size < 1``, ``overlap`` outside 0..size-1, unknown unit.
        LimitError: a single character takes more than ``size`` tokens; more than ``most`` chunks.

    Cost: every token is encoded about ``2 + overlap / (size - overlap)`` times.

    Example:
        >>> import tokenspace as ts
        >>> [c.text for c in ts.chunk("one two three", "byte", size=8)]  # doctest: +SKIP
        ['one two ', 'three']
    """
    _check(size, overlap, unit)
    tokenizer = _opened(tokenizer)
    if not text:
        return []
    cuts = _Cuts(text, tokenizer, unit, size)
    extra = tokenizer.count("", add_special_tokens=True) if add_special_tokens else 0
    room = size - extra

    def count(first: int, last: int) -> int:
        return int(tokenizer.count(text[cuts.at[first] : cuts.at[last]], add_special_tokens=add_special_tokens))

    chunks: list[Chunk] = []
    first, done = 0, 0  # cut where the chunk begins; cut up to which the text is covered
    while done < len(cuts.at) - 1:
        pause_point()
        last = max(done + 1, bisect_right(cuts.tokens, cuts.tokens[first] + max(room, 1)) - 1)
        n_tokens = count(first, last)
        while n_tokens > size and last > done + 1:
            target = cuts.tokens[last] - (n_tokens - size)
            last = max(done + 1, min(last - 1, bisect_right(cuts.tokens, target) - 1))
            n_tokens = count(first, last)
        if n_tokens > size and first < done:
            # The repeated part leaves no room for anything new: repeat less.
            first += 1
            continue
        if n_tokens > size:
            if cuts.refine(first):
                continue
            piece = text[cuts.at[first] : cuts.at[last]]
            raise LimitError(
                f"[chunk] expected every character to fit in {size} tokens, received {piece!r} at {cuts.at[first]} "
                f"which takes {n_tokens}; try a larger size"
            )
        if most is not None and len(chunks) >= most:
            raise LimitError(
                f"[chunk] expected at most {most:,} chunks, received more; try a larger size or less overlap"
            )
        chunks.append(Chunk(text[cuts.at[first] : cuts.at[last]], cuts.at[first], cuts.at[last], n_tokens))
        done = last
        # The next chunk begins at the earliest cut that repeats no more than `overlap` tokens.
        first = max(first + 1, min(last, bisect_left(cuts.tokens, cuts.tokens[last] - overlap))) if overlap else last
    return chunks


def rejoin(chunks: Sequence[Chunk]) -> str:
    """The source text of `chunk`'s result, overlaps removed.

    Raises:
        ArgumentError: a gap between chunks, or chunks that disagree where they overlap.
    """
    parts: list[str] = []
    ordered = sorted(chunks, key=lambda item: (item.start, item.end))
    end = ordered[0].start if ordered else 0
    last: Chunk | None = None
    for one in ordered:
        if one.start > end:
            raise ArgumentError(f"[rejoin] expected a chunk at {end}, received the next one at {one.start}")
        if last is not None and one.start < last.end:
            shared = min(one.end, last.end) - one.start
            at = one.start - last.start
            if last.text[at : at + shared] != one.text[:shared]:
                raise ArgumentError(f"[rejoin] chunks at {last.start} and {one.start} disagree where they overlap")
        if one.end > end:
            parts.append(one.text[end - one.start :])
            end = one.end
            last = one
        elif last is None:
            last = one
    return "".join(parts)


def truncate(
    text: str,
    tokenizer: TokenizerLike | str,
    size: int,
    keep: Keep = "head",
    marker: str = "",
    add_special_tokens: bool = False,
) -> str:
    """``text`` shortened to at most ``size`` tokens.

    Args:
        text: the source; returned as it is when it fits.
        tokenizer: the tokenizer that counts, or its name.
        size: most tokens of the result, marker included.
        keep: "head" (cut the end), "tail" (cut the beginning), "middle" (cut both), "ends" (cut the middle out).
        marker: put where text was cut, such as ``" … "``.
        add_special_tokens: count what the tokenizer adds against ``size``.

    Raises:
        ArgumentError: unknown ``keep``. LimitError: not even the marker fits.
    """
    cut = window(text, tokenizer, size, keep, add_special_tokens, marker)
    if cut.fits:
        return text
    pieces = [text[start:end] for start, end in cut.kept]
    if keep == "head":
        return pieces[0] + marker
    if keep == "ends":
        return marker.join(pieces)
    return marker + pieces[0] + (marker if keep == "middle" else "")


@dataclass(frozen=True, slots=True)
class Window:
    """What of a text a window of ``size`` tokens holds.

    Attributes:
        size: tokens of the window.
        n_tokens: tokens of the whole text.
        n_kept: tokens of what is kept, with the marker.
        kept: stretches that stay, half-open in code points; one, or two for ``keep="ends"``. Stretches may be empty.
        n_special: tokens that the tokenizer adds, counted in ``n_tokens`` and ``n_kept``.
    """

    size: int
    n_tokens: int
    n_kept: int
    kept: tuple[tuple[int, int], ...]
    n_special: int

    @property
    def fits(self) -> bool:
        """Whether nothing is cut."""
        return self.n_tokens <= self.size


def window(
    text: str,
    tokenizer: TokenizerLike | str,
    size: int,
    keep: Keep = "head",
    add_special_tokens: bool = False,
    marker: str = "",
) -> Window:
    """What of ``text`` fits into ``size`` tokens: `truncate` with the places instead of the text.

    Args and errors as of `truncate`.

    Example:
        >>> window("one two three", "byte", 7, keep="tail").kept  # doctest: +SKIP
        ((6, 13),)
    """
    if keep not in get_args(Keep):
        raise ArgumentError(f"[truncate] expected keep among {', '.join(get_args(Keep))}, received {keep!r}")
    if size < 0:
        raise ArgumentError(f"[truncate] expected size >= 0, received {size}")
    tokenizer = _opened(tokenizer)

    def count(value: str) -> int:
        return int(tokenizer.count(value, add_special_tokens=add_special_tokens))

    n_tokens = count(text)
    n_special = count("") if add_special_tokens else 0
    if n_tokens <= size:
        return Window(size, n_tokens, n_tokens, ((0, len(text)),), n_special)
    cuts = _Cuts(text, tokenizer, "tokens", size)
    at, tokens = cuts.at, cuts.tokens
    total = tokens[-1]

    def upto(limit: int) -> int:
        return at[max(0, bisect_right(tokens, limit) - 1)] if limit > 0 else 0

    def from_(limit: int) -> int:
        return at[bisect_left(tokens, total - limit)] if limit > 0 else len(text)

    def kept(budget: int) -> tuple[tuple[int, int], ...]:
        """The stretches that hold about ``budget`` tokens of the source."""
        if keep == "head":
            return ((0, upto(budget)),)
        if keep == "tail":
            return ((from_(budget), len(text)),)
        if keep == "ends":
            return ((0, upto(budget - budget // 2)), (from_(budget // 2), len(text)))
        skip = (total - budget) // 2
        begin = at[bisect_left(tokens, skip)] if budget > 0 else 0
        return ((begin, max(begin, upto(skip + budget) if budget > 0 else 0)),)

    marks = {"head": ("", marker), "tail": (marker, ""), "middle": (marker, marker), "ends": ("", "")}[keep]
    budget = min(size, total)
    while True:
        stretches = kept(budget)
        used = count(marks[0] + marker.join(text[start:end] for start, end in stretches) + marks[1])
        if used <= size:
            return Window(size, n_tokens, used, stretches, n_special)
        if budget <= 0:
            raise LimitError(f"[truncate] expected room for the marker, received {used} tokens for a size of {size}")
        budget = max(0, budget - max(1, used - size))


def sample_chunks(
    text: str,
    tokenizer: TokenizerLike | str,
    size: int,
    n: int,
    seed: int = 0,
    unit: Unit = "tokens",
    add_special_tokens: bool = False,
) -> list[Chunk]:
    """``n`` of the chunks of ``text`` drawn without replacement, in order of place: a look at a long text.

    All chunks when there are no more than ``n``. The same seed gives the same chunks.
    """
    if n < 0:
        raise ArgumentError(f"[sample_chunks] expected n >= 0, received {n}")
    chunks = chunk(text, tokenizer, size, 0, unit, add_special_tokens)
    if len(chunks) <= n:
        return chunks
    return [chunks[index] for index in sorted(random.Random(seed).sample(range(len(chunks)), n))]
