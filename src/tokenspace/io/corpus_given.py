"""What a caller names as a corpus -> weighted parts: which strings are paths, which are texts, what weighs how much."""

from __future__ import annotations

import glob as globbing
import math
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal

from ..errors import ArgumentError, NotFoundError
from .corpus_parts import FilesPart, Part, TextsPart, Unit
from .expand import Source, expand_inputs, format_of
from .readers import ReadOptions

Kind = Literal["auto", "paths", "texts"]
_FINEST = 1000  # weights are exact to a thousandth
_HEAVIEST = 1_000_000


@dataclass(frozen=True, slots=True)
class Given:
    """How to take what is given.

    Attributes:
        kind: a list of str holds paths, texts, or ("auto") paths when every one of them names something.
        unit, options: how files are read.
        format, glob: of `expand_inputs`.
    """

    kind: Kind
    unit: Unit
    options: ReadOptions
    format: str | None
    glob: str | None


def multipliers(weights: Iterable[Fraction]) -> tuple[list[int], int]:
    """(exact whole numbers in the proportion of the weights, the number that the weight 1 became).

    Weights whose common denominator is above 1000 are rounded to thousandths.
    """
    given = list(weights)
    scale = math.lcm(*(weight.denominator for weight in given))
    if scale > _FINEST:
        scale = _FINEST
    return [max(1, round(weight * scale)) for weight in given], scale


def _weight(value: Any) -> Fraction:
    try:
        exact = Fraction(value).limit_denominator(_FINEST)
    except (TypeError, ValueError, OverflowError):
        exact = Fraction(0)
    if isinstance(value, (bool, str)) or not 0 < exact <= _HEAVIEST:
        raise ArgumentError(
            f"[corpus] expected a weight from 1/{_FINEST} to {_HEAVIEST}, received {value!r}; try a number such as 2 or 0.5"
        )
    return exact


def _names_something(text: str) -> bool:
    """True for what can only be meant as a path: the extension of a text format, or folder/name with something there.

    A bare word is a text, whatever lies in the current folder: what is trained on must not depend on that.
    """
    if text.startswith("hf://"):
        return True
    if not text or len(text) > 4096 or "\n" in text or "\0" in text:
        return False
    known = format_of(text) is not None
    if known and not any(map(str.isspace, text)):
        return True
    if not known and os.sep not in text.strip(os.sep):
        return False
    return os.path.exists(text) or (globbing.has_magic(text) and bool(globbing.glob(text, recursive=True)))


def _are_paths(items: Any, kind: Kind) -> bool:
    """Whether a list holds paths rather than texts; an iterator always holds texts."""
    if not isinstance(items, (list, tuple, set, frozenset)) or not items:
        return False
    if any(isinstance(item, os.PathLike) for item in items):
        return True
    if kind != "auto":
        return kind == "paths"
    strings = [item for item in items if isinstance(item, str)]
    if len(strings) < len(items) or not _names_something(strings[0]):
        return False
    wrong = next((text for text in strings if not _names_something(text)), None)
    if wrong is None:
        return True
    if os.path.isfile(strings[0]) and format_of(strings[0]) is not None:
        raise ArgumentError(
            f"[corpus] expected paths or texts, received a list in which {strings[0]!r} is a file and {wrong[:80]!r} "
            "is not; try kind='paths' or kind='texts'"
        )
    return False


def _is_weighted(item: Any) -> bool:
    return isinstance(item, tuple) and len(item) == 2 and isinstance(item[1], (int, float, Fraction))


def _sources(names: Iterable[Any], given: Given) -> list[Source]:
    paths = []
    for name in names:
        if not isinstance(name, (str, os.PathLike)):
            raise ArgumentError(f"[corpus] expected a path, received {type(name).__name__}; try kind='texts'")
        paths.append(os.fspath(name))
    try:
        return expand_inputs(paths, given.format, given.glob)
    except NotFoundError as error:
        single = paths[0] if len(paths) == 1 else ""
        if single and not os.path.exists(single) and not single.startswith("hf://"):
            shown = single if len(single) <= 200 else single[:200] + "…"
            what = "a glob that matches no file" if globbing.has_magic(single) else "nothing there"
            raise NotFoundError(
                f"[corpus] {shown}: expected a file, folder or glob, received {what}; "
                "try a list for texts: [text, text]"
            ) from error
        raise


def weighted_parts(anything: Any, given: Given, weight: Fraction | None = None) -> list[tuple[Part, Fraction]]:
    """The parts of what a caller gives, each with its weight, in order.

    Raises:
        ArgumentError: something that is no corpus, or a weight that is not positive. NotFoundError, FileError: of
        `expand_inputs`.
    """
    one = Fraction(1) if weight is None else weight
    if isinstance(anything, Mapping):
        return [part for item, of in anything.items() for part in weighted_parts(item, given, one * _weight(of))]
    nested = getattr(anything, "weighted_parts", None)  # another corpus
    if nested is not None:
        return [(part, one * of) for part, of in nested]
    if isinstance(anything, (str, os.PathLike)):
        return [(FilesPart(_sources([anything], given), given.options, given.unit), one)]
    if isinstance(anything, list) and anything and any(map(_is_weighted, anything)):
        parts = []
        for item in anything:
            source, of = item if _is_weighted(item) else (item, 1)
            parts += weighted_parts(source, given, one * _weight(of))
        return parts
    if isinstance(anything, (list, tuple)) and any(hasattr(item, "weighted_parts") for item in anything):
        return [part for item in anything for part in weighted_parts(item, given, one)]
    if _are_paths(anything, given.kind):
        names = sorted(anything, key=str) if isinstance(anything, (set, frozenset)) else anything
        return [(FilesPart(_sources(names, given), given.options, given.unit), one)]
    if given.kind == "paths":
        raise ArgumentError(f"[corpus] expected paths, received {type(anything).__name__}; try a list of them")
    if isinstance(anything, (bytes, bytearray)) or not isinstance(anything, Iterable):
        raise ArgumentError(
            f"[corpus] expected texts or paths, received {type(anything).__name__}; try a list of str, a path or a glob"
        )
    return [(TextsPart(anything, given.options), one)]


def check_column(parts: Iterable[tuple[Part, Fraction]], column: str | None) -> None:
    """Refuses a column where no source has columns.

    Raises:
        ArgumentError: every source is plain text.
    """
    if column is None:
        return
    for part, _ in parts:
        if isinstance(part, TextsPart) or any(source.format != "txt" for source in part.sources):
            return
    raise ArgumentError(
        f"[corpus] expected a table for column {column!r}, received text files only; try format='jsonl' or no column"
    )
