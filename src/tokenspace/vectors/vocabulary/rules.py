"""Which words stay: by their count, or by a rule of the caller."""

from __future__ import annotations

from collections.abc import Callable

RULE_DEFAULT = 0
RULE_DISCARD = 1
RULE_KEEP = 2

TrimRule = Callable[[str, int, int], int]


def keep_vocab_item(word: str, count: int, min_count: int, trim_rule: TrimRule | None = None) -> bool:
    """Whether ``word`` stays: what ``trim_rule(word, count, min_count)`` says, by default ``count >= min_count``.

    Args:
        trim_rule: returns `RULE_KEEP`, `RULE_DISCARD` or `RULE_DEFAULT` (anything else is that too).
    """
    if trim_rule is not None:
        verdict = trim_rule(word, count, min_count)
        if verdict == RULE_KEEP:
            return True
        if verdict == RULE_DISCARD:
            return False
    return count >= min_count
