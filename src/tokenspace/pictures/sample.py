"""Which points are shown where there are more than a picture should hold: by a rule that is stated with the picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias, get_args

import numpy as np
import numpy.typing as npt

from ..errors import ArgumentError, message

__all__ = ["PointSample", "SampleRule", "sample_points"]

SampleRule: TypeAlias = Literal["first", "even", "random"]


@dataclass(frozen=True)
class PointSample:
    """rows: ascending int64. total: of how many. rule: how they were chosen; "all" when every point is among them."""

    rows: npt.NDArray[np.int64]
    total: int
    rule: Literal["all", "first", "even", "random"]

    @property
    def sentence(self) -> str:
        """What to say below the picture."""
        shown, total = f"{len(self.rows):,}", f"{self.total:,}"
        return {
            "all": f"all {total} points",
            "first": f"the first {shown} of {total} points",
            "even": f"{shown} of {total} points, evenly spread over their order",
            "random": f"{shown} of {total} points, drawn at random",
        }[self.rule]


def sample_points(
    total: int, most: int, rule: SampleRule = "even", *, groups: Sequence[str] | None = None, seed: int = 0
) -> PointSample:
    """Up to ``most`` of ``total`` points.

    Args:
        total: points there are.
        most: points wanted.
        rule: "first": the first ones, the most frequent words where words are sorted by count. "even": one of each of ``most``
            stretches of the order, so that a file's beginning counts no more than its end. "random": each alike likely.
        groups: the group of each point: every group gets its share of ``most`` (largest remainders), at least one point while
            there is room, by ``rule`` within the group.
        seed: of "random".

    Raises:
        ArgumentError: numbers below zero, another rule, groups of another length.
    """
    if total < 0 or most < 0:
        raise ArgumentError(message("sample", "total and most >= 0", f"{total} and {most}"))
    if rule not in get_args(SampleRule):
        raise ArgumentError(message("sample", f"rule {', '.join(get_args(SampleRule))}", repr(rule)))
    if groups is not None and len(groups) != total:
        raise ArgumentError(message("sample", f"{total} groups, one a point", str(len(groups))))
    if most >= total:
        return PointSample(np.arange(total, dtype=np.int64), total, "all")
    random = np.random.default_rng(seed)
    if groups is None:
        return PointSample(_chosen(np.arange(total, dtype=np.int64), most, rule, random), total, rule)
    names, codes = np.unique(np.asarray(groups, dtype=object).astype(str), return_inverse=True)
    members = [np.nonzero(codes == code)[0].astype(np.int64) for code in range(len(names))]
    rooms = _rooms(np.array([len(part) for part in members]), most)
    rows = [_chosen(part, int(room), rule, random) for part, room in zip(members, rooms, strict=True)]
    return PointSample(np.sort(np.concatenate(rows)), total, rule)


def _chosen(rows: npt.NDArray[np.int64], count: int, rule: str, random: np.random.Generator) -> npt.NDArray[np.int64]:
    if rule == "first":
        return rows[:count]
    if rule == "even":
        # The middle of each stretch.
        middles: npt.NDArray[np.int64] = (2 * np.arange(count, dtype=np.int64) + 1) * len(rows) // (2 * max(1, count))
        return rows[middles]
    return np.sort(random.choice(rows, count, replace=False))


def _rooms(sizes: npt.NDArray[np.int64], most: int) -> npt.NDArray[np.int64]:
    """``most`` shared out in proportion, each group at least one while there is room, none more than it has."""
    if most <= len(sizes):
        rooms = np.zeros(len(sizes), dtype=np.int64)
        rooms[np.argsort(-sizes, kind="stable")[:most]] = 1
        return rooms
    exact = sizes * ((most - len(sizes)) / sizes.sum())
    rooms = np.minimum(1 + exact.astype(np.int64), sizes)
    for group in np.argsort(-(exact - np.floor(exact)), kind="stable").tolist() * 2:
        if rooms.sum() >= most:
            break
        if rooms[group] < sizes[group]:
            rooms[group] += 1
    return np.asarray(rooms, dtype=np.int64)
