"""What is wrong with a request, in words: the problems that pydantic finds, as "expected X, received Y"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from ..errors import message

__all__ = ["refusal"]

_LONGEST = 60  # of what was sent, as quoted
_BOUNDS = {
    "greater_than": "more than {gt}",
    "greater_than_equal": "at least {ge}",
    "less_than": "less than {lt}",
    "less_than_equal": "at most {le}",
}
_SIZES = {
    "string_too_long": "at most {max_length} characters",
    "string_too_short": "at least {min_length} characters",
    "too_long": "at most {max_length} entries",
    "too_short": "at least {min_length} entries",
}
# The first word of pydantic's names: int_type, int_parsing, int_from_float, model_attributes_type, ...
_KINDS = {
    "string": "text", "int": "a whole number", "float": "a number", "finite": "a finite number", "bool": "true or false",
    "list": "a list", "dict": "an object", "model": "an object",
}  # fmt: skip

_BRANCH = re.compile(r"\.(?:constrained-str|constrained-int|str|int|float|list\[.*)$")  # which branch of a union failed


def refusal(problems: Sequence[dict[str, Any]]) -> str:
    """The first of pydantic's problems (``ValidationError.errors()``) as a message of the house, and how many more there are."""
    if not problems:
        return message("request", "another request", "this one")
    problem = problems[0]
    place = ".".join(map(str, problem["loc"][1:] or problem["loc"]))[:200]
    place = _BRANCH.sub("", place)
    more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
    return _said(problem["type"], place, problem) + more


def _said(kind: str, place: str, problem: dict[str, Any]) -> str:
    given, context = problem.get("input"), problem.get("ctx", {})
    if kind == "value_error":
        return f"[request] {context['error']}"  # of a validator of ours: "expected X, received Y"
    if kind == "missing":
        return message("request", f"a value for {place}", "none")
    if kind == "extra_forbidden":
        return message("request", "no field of another name", place)
    if kind in _SIZES:
        count = len(given) if isinstance(given, (str, list, dict)) else "another number"
        expected = _with_commas(_SIZES[kind], context)
        if context.get("min_length") == 1:
            expected = expected.replace("characters", "character").replace("entries", "entry")
        return message("request", f"{expected} as {place}", _number(count))
    expected = context.get("expected")
    if kind in _BOUNDS:
        expected = _with_commas(_BOUNDS[kind], context)
    elif expected is not None:
        expected = f"one of {expected}" if " or " in expected else expected
    else:
        expected = _KINDS.get(kind.partition("_")[0]) or re.sub(r"^\w+ should (?:be|have) ", "", problem["msg"])
    return message("request", f"{expected} as {place}", _quoted(given))


def _with_commas(template: str, context: dict[str, Any]) -> str:
    return template.format_map({name: _number(value) for name, value in context.items()})


def _number(value: Any) -> str:
    return f"{value:,}" if isinstance(value, int) else str(value)


def _quoted(value: Any) -> str:
    """What was sent, in a few characters."""
    if isinstance(value, (dict, list)):
        return "an object" if isinstance(value, dict) else f"a list of {len(value):,}"
    text = {True: "true", False: "false"}[value] if isinstance(value, bool) else repr(value)
    if value is None:
        return "null"
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
