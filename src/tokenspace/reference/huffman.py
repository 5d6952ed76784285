"""The Huffman tree of hierarchical softmax: the two rarest nodes are joined until one is left.

The rule in one sentence: take the two nodes of the smallest counts, make them the children of a new inner node whose
count is their sum, write 0 on the way to the smaller and 1 on the way to the larger, and begin again.

>>> leaves = tree([("not", 5), ("shalt", 3), ("thou", 2)])
>>> [(leaf.word, leaf.code, leaf.points) for leaf in leaves]
[('not', (0,), (1,)), ('shalt', (1, 1), (1, 0)), ('thou', (1, 0), (1, 0))]
"""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Leaf:
    """A word's way from the root. ``points``: the inner nodes, numbered as they were made; ``code``: the step at each."""

    word: str
    count: int
    code: tuple[int, ...]
    points: tuple[int, ...]


class Node:
    """A leaf or inner node on the heap; nodes of equal count are equal to it."""

    def __init__(self, count: int, index: int, children: tuple[Node, Node] | None = None) -> None:
        self.count, self.index, self.children = count, index, children

    def __lt__(self, other: Node) -> bool:
        return self.count < other.count


def tree(words: Sequence[tuple[str, int]]) -> list[Leaf]:
    """The leaves of the tree over (word, count), in the order given."""
    if not words:
        return []
    heap = [Node(max(count, 1), index) for index, (_, count) in enumerate(words)]
    heapq.heapify(heap)
    for inner in range(len(words) - 1):
        smaller, larger = heapq.heappop(heap), heapq.heappop(heap)
        heapq.heappush(heap, Node(smaller.count + larger.count, inner, (smaller, larger)))
    leaves: dict[int, Leaf] = {}
    open_nodes: list[tuple[Node, tuple[int, ...], tuple[int, ...]]] = [(heap[0], (), ())]
    while open_nodes:
        node, code, points = open_nodes.pop()
        if node.children is None:
            word, count = words[node.index]
            leaves[node.index] = Leaf(word, count, code, points)
        else:
            for step, child in enumerate(node.children):
                open_nodes.append((child, (*code, step), (*points, node.index)))
    return [leaves[index] for index in range(len(words))]
