"""Groups of vectors that point the same way, and how many groups there are."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ...errors import ArgumentError, message

__all__ = [
    "Clusters",
    "adjusted_rand",
    "average_linkage",
    "cluster",
    "cut_tree",
    "distances_of",
    "silhouette",
    "similarities",
]

Matrix = npt.NDArray[np.float64]
Labels = npt.NDArray[np.int64]
MOST_CLUSTERS = 8
# "No substantial structure" (Kaufman and Rousseeuw 1990, table 4.4): vectors that part less are one group.
LEAST_SEPARATION = 0.25
# A further group has to earn at least this much: separations of neighbouring numbers of groups differ by chance.
_GAIN = 0.05


@dataclass(frozen=True)
class Clusters:
    """Groups of vectors.

    labels: int64 (n,), groups numbered as they first appear; all 0 where there is one group. count: how many.
    silhouette: mean of the groups' mean silhouettes; where ``count`` is 1, of the best division into two or more; None where
        nothing was divided. control: what it is for the same groups in the control's distances, None without a control.
    """

    labels: Labels
    count: int
    silhouette: float | None = None
    control: float | None = None

    @property
    def separation(self) -> float | None:
        """The silhouette, less the control's where that is positive."""
        return None if self.silhouette is None else self.silhouette - max(0.0, self.control or 0.0)


def similarities(vectors: npt.ArrayLike) -> Matrix:
    """Cosine of every pair of rows, (n, n) float64; 0 for rows of zeros."""
    rows = np.asarray(vectors, dtype=np.float64)
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    unit = np.divide(rows, lengths, out=np.zeros_like(rows), where=lengths > 0)
    found: Matrix = np.clip(unit @ unit.T, -1, 1)
    return found


def average_linkage(distances: Matrix) -> list[tuple[int, int, float]]:
    """Agglomerative clustering, the distance of two groups being the mean over their pairs (Sokal and Michener 1958), by
    chains of nearest neighbours (Murtagh 1983), quadratic in n.

    Returns:
        n - 1 merges (a, b, height), lowest first: the groups that hold the vectors a and b become one.
    """
    work = np.array(distances, dtype=np.float64)
    n = len(work)
    np.fill_diagonal(work, np.inf)
    size = np.ones(n)
    active = np.ones(n, dtype=bool)
    merges: list[tuple[int, int, float]] = []
    chain: list[int] = []
    for _ in range(n - 1):
        if not chain:
            chain.append(int(np.argmax(active)))
        while True:
            last = chain[-1]
            nearest = int(np.argmin(work[last]))
            # The one before wins ties, or chains of equal distances would never end.
            if len(chain) > 1 and work[last, chain[-2]] <= work[last, nearest]:
                break
            chain.append(nearest)
        right, left = chain.pop(), chain.pop()
        merges.append((min(left, right), max(left, right), float(work[left, right])))
        joined = (size[left] * work[left] + size[right] * work[right]) / (size[left] + size[right])
        size[left] += size[right]
        active[right] = False
        joined[~active] = np.inf
        joined[left] = np.inf
        work[left] = work[:, left] = joined
        work[right] = work[:, right] = np.inf
    # Chains find merges out of order; heights never fall inside a branch, so sorting keeps branches in order.
    return sorted(merges, key=lambda merge: merge[2])


def cut_tree(merges: list[tuple[int, int, float]], n: int, count: int) -> Labels:
    """Labels of ``count`` groups: the tree without its last ``count - 1`` merges."""
    parent = list(range(n))

    def root(one: int) -> int:
        while parent[one] != one:
            parent[one] = parent[parent[one]]
            one = parent[one]
        return one

    for left, right, _ in merges[: n - count]:
        parent[root(right)] = root(left)
    names: dict[int, int] = {}
    return np.asarray([names.setdefault(root(one), len(names)) for one in range(n)], dtype=np.int64)


def silhouettes(distances: Matrix, labels: Labels) -> npt.NDArray[np.float64]:
    """The silhouette of each vector (Rousseeuw 1987): (b - a) / max(a, b), a the mean distance to the own group, b to the
    nearest other; 0 for a vector alone in its group. At least two groups."""
    groups = np.unique(labels)
    member = labels[:, None] == groups[None, :]
    sizes = member.sum(axis=0)
    sums = distances @ member
    own_size = sizes[np.argmax(member, axis=1)]
    own = np.where(member, sums, 0).sum(axis=1) / np.maximum(own_size - 1, 1)
    other = np.where(member, np.inf, sums / sizes).min(axis=1)
    larger = np.maximum(own, other)
    values = np.divide(other - own, larger, out=np.zeros_like(own), where=larger > 0)
    found: npt.NDArray[np.float64] = np.where(own_size > 1, values, 0)
    return found


def silhouette(distances: Matrix, labels: Labels) -> float:
    """Mean of the groups' mean silhouettes: every group counts the same, so that one stray vector, far from all others, does
    not make a division good."""
    values = silhouettes(distances, labels)
    return float(np.mean([values[labels == group].mean() for group in np.unique(labels)]))


def distances_of(similarity: Matrix) -> Matrix:
    """1 - cosine, exactly 0 on the diagonal."""
    distances: Matrix = np.maximum(1 - similarity, 0)
    np.fill_diagonal(distances, 0)
    return distances


def cluster(similarity: Matrix, count: int | None = None, control: Matrix | None = None) -> Clusters:
    """Groups of vectors by the cosine of every pair: average linkage, cut where the groups separate best.

    Args:
        similarity: (n, n), see `similarities`.
        count: how many groups; None: from 2 on up to 8, a number that separates better than the smaller ones by at least
            0.05; 1 when no number separates by 0.25. Two of the groups have two members or more: a stray vector is no group.
        control: similarities of the same things (n, n) in which what is looked for cannot be seen, such as the vectors
            before any context was mixed in: a division that they show as well is no finding, so their silhouette is
            taken off.

    Raises:
        ArgumentError: more groups than vectors.
    """
    n = len(similarity)
    if count is not None and not 1 <= count <= n:
        raise ArgumentError(message("clusters", f"1 ... {n} groups, as many as there are vectors", str(count)))
    if count == n or n == 0:
        return Clusters(np.arange(n, dtype=np.int64), n)
    if n < 3 or count == 1:
        return Clusters(np.zeros(n, dtype=np.int64), 1)
    distances = distances_of(similarity)
    far = None if control is None else distances_of(control)
    merges = average_linkage(distances)
    best: Clusters | None = None
    for number in (count,) if count is not None else range(2, min(MOST_CLUSTERS, n - 1) + 1):
        labels = cut_tree(merges, n, number)
        if count is None and (np.bincount(labels) > 1).sum() < 2:
            continue
        found = Clusters(
            labels, number, silhouette(distances, labels), None if far is None else silhouette(far, labels)
        )
        if best is None or (found.separation or 0) > (best.separation or 0) + _GAIN:
            best = found
    if best is None:
        return Clusters(np.zeros(n, dtype=np.int64), 1)
    if count is None and (best.separation or 0) < LEAST_SEPARATION:
        return Clusters(np.zeros(n, dtype=np.int64), 1, best.silhouette, best.control)
    return best


def adjusted_rand(left: Labels, right: Labels) -> float:
    """Agreement of two divisions, 1 when equal, about 0 by chance (Hubert and Arabie 1985)."""
    n = len(left)
    _, a = np.unique(left, return_inverse=True)
    _, b = np.unique(right, return_inverse=True)
    table = np.zeros((a.max() + 1, b.max() + 1))
    np.add.at(table, (a, b), 1)

    def pairs(counts: Matrix) -> float:
        return float((counts * (counts - 1) / 2).sum())

    both, first, second, every = pairs(table), pairs(table.sum(1)), pairs(table.sum(0)), n * (n - 1) / 2
    expected = first * second / every if every else 0.0
    most = (first + second) / 2
    return 1.0 if most == expected else (both - expected) / (most - expected)
