"""JSON schema of a tool from a Python function: type hints and a Google-style docstring (transformers' rules)."""

from __future__ import annotations

import enum
import inspect
import json
import re
import types
import typing
from collections.abc import Callable
from typing import Any

from ..errors import ArgumentError, message

__all__ = ["tool_schema"]

_NAMES: dict[Any, dict[str, Any]] = {
    int: {"type": "integer"},
    float: {"type": "number"},
    str: {"type": "string"},
    bool: {"type": "boolean"},
    type(None): {"type": "null"},
    list: {"type": "array"},
    tuple: {"type": "array"},
    dict: {"type": "object"},
    Any: {},
}
_SCALARS = {int: "integer", float: "number", str: "string", bool: "boolean", type(None): "null"}
_SECTION = re.compile(r"\n\s*(Args|Returns|Raises):\n?")
_CHOICES = re.compile(r"\(choices:\s*(.*?)\)\s*$", re.IGNORECASE)


def _fail(what: str, expected: str, received: str) -> ArgumentError:
    return ArgumentError(message(f"tool {what}", expected, received, "passing a JSON schema instead of the function"))


def _enum(what: str, values: list[Any]) -> dict[str, Any]:
    if not values or any(type(value) not in _SCALARS for value in values):
        raise _fail(what, "choices that are str, int, float, bool or None", repr(values))
    kinds = list(dict.fromkeys(_SCALARS[type(value)] for value in values))
    return {"type": kinds[0] if len(kinds) == 1 else kinds, "enum": values}


def _union(what: str, args: tuple[Any, ...]) -> dict[str, Any]:
    parts = [_type(what, arg) for arg in args if arg is not type(None)]
    if len(parts) == 1:
        out = parts[0]
    elif all(part.keys() == {"type"} and isinstance(part["type"], str) for part in parts):
        kinds = sorted({part["type"] for part in parts})
        out = {"type": kinds[0] if len(kinds) == 1 else kinds}
    else:
        out = {"anyOf": parts}
    # A copy: the entries of _NAMES are shared.
    out = dict(out)
    if type(None) in args:
        out["nullable"] = True
    return out


def _type(what: str, hint: Any) -> dict[str, Any]:
    origin, args = typing.get_origin(hint), typing.get_args(hint)
    if origin is None:
        if isinstance(hint, type) and issubclass(hint, enum.Enum):
            return _enum(what, [member.value for member in hint])
        try:
            return dict(_NAMES[hint])
        except (KeyError, TypeError):
            expected = "hints of str, int, float, bool, list, dict, tuple, Literal, Enum and unions of them"
            raise _fail(what, expected, repr(hint)) from None
    if origin is typing.Union or origin is types.UnionType:
        return _union(what, args)
    if origin is typing.Literal:
        return _enum(what, list(args))
    if origin is list:
        return {"type": "array", "items": _type(what, args[0])} if args else {"type": "array"}
    if origin is tuple:
        if not args:
            return {"type": "array"}
        if len(args) == 1 or ... in args:
            raise _fail(what, "tuple hints with two or more types", repr(hint))
        return {"type": "array", "prefixItems": [_type(what, arg) for arg in args]}
    if origin is dict:
        schema: dict[str, Any] = {"type": "object"}
        if len(args) == 2:
            schema["additionalProperties"] = _type(what, args[1])
        return schema
    raise _fail(what, "hints of basic types, Literal, Enum, list, tuple, dict and unions", repr(hint))


def _sections(doc: str) -> tuple[str, str, str | None]:
    """(description, body of Args, body of Returns) of a docstring."""
    found = list(_SECTION.finditer("\n" + doc))
    text = "\n" + doc
    bodies: dict[str, str] = {}
    for i, match in enumerate(found):
        end = found[i + 1].start() if i + 1 < len(found) else len(text)
        bodies.setdefault(match.group(1), text[match.end() : end])
    description = text[: found[0].start()] if found else text
    returns = bodies.get("Returns")
    return description.strip(), bodies.get("Args", ""), returns.strip() if returns is not None else None


def _arguments(body: str) -> dict[str, str]:
    """name -> description. A line "name: ..." opens an argument unless it is indented deeper than the one before."""
    out: dict[str, list[str]] = {}
    current: str | None = None
    indent = 0
    for line in body.split("\n"):
        if not line.strip():
            continue
        depth = len(line) - len(line.lstrip())
        opened = re.match(r"[ \t]*(\w+):\s*(.*)", line)
        if opened and (current is None or depth <= indent):
            current, indent = opened.group(1), depth
            out[current] = [opened.group(2).strip()]
        elif current is not None:
            out[current].append(line.strip())
    return {name: " ".join(part for part in parts if part) for name, parts in out.items()}


def tool_schema(function: Callable[..., Any]) -> dict[str, Any]:
    """{"type": "function", "function": {name, description, parameters[, return]}} of a documented function."""
    name = getattr(function, "__name__", "operation")
    doc = inspect.getdoc(function)
    if not doc or not doc.strip():
        raise _fail(name, "a docstring", "none")
    description, args_body, returns = _sections(doc.strip())
    described = _arguments(args_body)
    hints = typing.get_type_hints(function)
    parameters = inspect.signature(function).parameters
    properties: dict[str, Any] = {}
    required: list[str] = []
    for position, (argument, parameter) in enumerate(parameters.items()):
        bare = parameter.annotation is inspect.Parameter.empty
        if position == 0 and bare and argument in ("self", "cls"):
            continue
        if bare:
            raise _fail(name, f"a type hint for {argument}", "none")
        if parameter.default is inspect.Parameter.empty:
            required.append(argument)
        schema = _type(f"{name}, argument {argument}", hints[argument])
        if argument not in described:
            raise _fail(name, f"{argument} in the Args of the docstring", "no description")
        text = described[argument]
        choices = _CHOICES.search(text)
        if choices:
            try:
                values = json.loads(choices.group(1))
            except ValueError as error:
                raise _fail(name, f"choices of {argument} as a JSON list", choices.group(1)) from error
            schema["enum"] = [value.strip() if isinstance(value, str) else value for value in values]
            text = text[: choices.start()].strip()
        schema["description"] = text
        properties[argument] = schema
    schema = {"type": "object", "properties": properties}
    if required:
        schema["required"] = required
    out = {"name": name, "description": description, "parameters": schema}
    if "return" in hints:
        try:
            result = _type(f"{name}, return", hints["return"])
        except ArgumentError:
            # The model never writes the result: a hint without a schema does not stop the tool.
            pass
        else:
            out["return"] = {**result, **({"description": returns} if returns is not None else {})}
    return {"type": "function", "function": out}
