"""Checks of single options of a call: what they have to be, said with their names."""

from __future__ import annotations

import operator
from collections.abc import Mapping
from typing import Any

from ...errors import ArgumentError, message

__all__ = ["POLICIES", "checked_policy", "checked_prompts", "whole_number"]

POLICIES = ("warn", "error", "chunk", "ignore")
_MOST = (1 << 31) - 1


def whole_number(operation: str, name: str, value: Any, least: int, most: int = _MOST) -> int:
    """``value`` as an int from ``least`` to ``most``; True and False are none.

    Raises:
        ArgumentError: something else.
    """
    try:
        number = None if isinstance(value, bool) else operator.index(value)
    except TypeError:
        number = None
    if number is None or not least <= number <= most:
        bounds = f"of at least {least}" if most == _MOST else f"of {least} to {most}"
        raise ArgumentError(message(operation, f"{name} {bounds}, a whole number", repr(value)[:100]))
    return number


def checked_policy(operation: str, value: Any) -> Any:
    """What happens to texts that are too long.

    Raises:
        ArgumentError: none of `POLICIES`.
    """
    if not isinstance(value, str) or value not in POLICIES:
        raise ArgumentError(message(operation, f"on_truncate among {', '.join(POLICIES)}", repr(value)[:100]))
    return value


def checked_prompts(operation: str, prompts: Any) -> dict[str, str]:
    """Name -> text.

    Raises:
        ArgumentError: no mapping, or something in it that is no str.
    """
    if not isinstance(prompts, Mapping) or not all(isinstance(one, str) for pair in prompts.items() for one in pair):
        raise ArgumentError(message(operation, "prompts, a mapping of names to texts", repr(prompts)[:200]))
    return dict(prompts)
