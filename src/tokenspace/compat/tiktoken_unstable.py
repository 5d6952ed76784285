"""tiktoken's encode_with_unstable and _encode_bytes: what a text cut off in the middle may become."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Set
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .tiktoken import Encoding

__all__ = ["encode_bytes", "encode_with_unstable"]

_SPACES = frozenset(b" \n\t")


def _with_last_piece(enc: Encoding, text: str, allowed: Set[str]) -> tuple[list[int], int]:
    """Ids, and how many of them come from the last piece of the split (0 after a special token)."""
    parts = list(enc._parts(text, allowed))
    ids = [id for part in parts for id in part]
    if not parts[-1]:
        return ids, 0
    tail_begin = 0
    if len(parts) > 1:
        # Specials alternate with ordinary parts; the last ordinary text is what follows the last allowed special.
        special = enc.decode_single_token_bytes(parts[-2][0]).decode("utf-8")
        tail_begin = text.rindex(special) + len(special)
    full = enc._core.encode(text[tail_begin:], None, enc._ordinary, False)
    words = full.word_ids
    last = words[-1]
    count = 0
    while count < len(words) and words[len(words) - 1 - count] == last:
        count += 1
    return ids, count


def _grown(enc: Encoding, ids: list[int], count: int) -> int:
    """The split can take back a boundary between white space: such tokens before the last piece are unstable as well."""

    def is_space(id: int) -> bool:
        return not enc.is_special_token(id) and _SPACES.issuperset(enc.decode_single_token_bytes(id))

    if count > 0 and is_space(ids[len(ids) - count]):
        while count < len(ids) and is_space(ids[len(ids) - count - 1]):
            count += 1
    return count


def _starting_with(enc: Encoding, prefix: bytes) -> Iterator[bytes]:
    tokens = enc._sorted_token_bytes
    point = bisect_left(tokens, prefix)
    while point < len(tokens) and tokens[point].startswith(prefix):
        yield tokens[point]
        point += 1


def encode_with_unstable(enc: Encoding, text: str, allowed: Set[str]) -> tuple[list[int], list[list[int]]]:
    """(stable ids, possible continuations)."""
    ids, count = _with_last_piece(enc, text, allowed)
    if count == 0:
        return ids, []
    count = _grown(enc, ids, count)
    stable, unstable = ids[: len(ids) - count], enc.decode_bytes(ids[len(ids) - count :])
    ranks = enc._mergeable_ranks
    completions: set[tuple[int, ...]] = {(ranks[token],) for token in _starting_with(enc, unstable)}
    # A token may straddle any byte of the unstable part: encode what would then stand there.
    for cut in range(1, len(unstable)):
        for token in _starting_with(enc, unstable[cut:]):
            possible = unstable[:cut] + token
            try:
                encoded = enc.encode_ordinary(possible.decode("utf-8"))
            except UnicodeDecodeError:
                encoded = enc._encode_single_piece(possible)
            length, kept = 0, 0
            for id in encoded:
                kept += 1
                length += len(enc.decode_single_token_bytes(id))
                if length >= len(unstable):
                    break
            completions.add(tuple(encoded[:kept]))
    # A split may also appear before the last white space character.
    last = unstable.decode("utf-8", "ignore")[-1:]
    width = len(last.encode())
    if (
        len(unstable) > width > 0
        and unstable.endswith(last.encode())
        and last.isspace()
        and last not in "\x1c\x1d\x1e\x1f"
    ):
        halves = (unstable[:-width], unstable[-width:])
        completions.add(tuple(id for half in halves for id in enc._encode_single_piece(half)))
    return stable, [list(completion) for completion in completions]


def encode_bytes(enc: Encoding, data: bytes) -> list[int]:
    """Ids of bytes that may not be UTF-8: the valid beginning is split as text, the last piece and the rest are merged as
    they are."""
    try:
        return enc.encode_ordinary(data.decode("utf-8"))
    except UnicodeDecodeError as error:
        valid = error.start
    ids, count = _with_last_piece(enc, data[:valid].decode("utf-8"), frozenset())
    count = _grown(enc, ids, count)
    rest = enc.decode_bytes(ids[len(ids) - count :]) + data[valid:]
    return ids[: len(ids) - count] + (enc._encode_single_piece(rest) if rest else [])
