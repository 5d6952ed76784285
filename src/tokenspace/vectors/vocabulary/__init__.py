"""From counted words to a vocabulary: pruning, order, sub-sampling thresholds, Huffman codes."""

from __future__ import annotations

from .huffman import HuffmanTree, huffman_tree
from .prepare import PruningReport, Vocabulary, prepare, update
from .raw_counts import RawCounts
from .rules import RULE_DEFAULT, RULE_DISCARD, RULE_KEEP, TrimRule, keep_vocab_item
from .scan import scan_sentences

__all__ = [
    "RULE_DEFAULT",
    "RULE_DISCARD",
    "RULE_KEEP",
    "HuffmanTree",
    "PruningReport",
    "RawCounts",
    "TrimRule",
    "Vocabulary",
    "huffman_tree",
    "keep_vocab_item",
    "prepare",
    "scan_sentences",
    "update",
]
