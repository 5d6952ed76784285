"""What each opcode of a pickle does, protocols 2 to 5; those that are not here reach outside the file."""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import Any

from .pickle_machine import Machine, check_key, update

__all__ = ["STEPS"]

_MAX_LONG = 128  # bytes of a whole number
_Step = Callable[[Machine], object]
STEPS: list[_Step | None] = [None] * 256


def _op(code: bytes) -> Callable[[_Step], _Step]:
    def register(step: _Step) -> _Step:
        STEPS[code[0]] = step
        return step

    return register


def _constant(code: bytes, value: Any) -> None:
    STEPS[code[0]] = lambda s: s.stack.append(value)


def _sized(code: bytes, width: int, convert: Callable[[memoryview], Any]) -> None:
    """A value whose length stands before it in ``width`` bytes."""
    STEPS[code[0]] = lambda s: s.stack.append(convert(s.take(s.number(width))))


def _unsigned(code: bytes, width: int) -> None:
    STEPS[code[0]] = lambda s: s.stack.append(s.number(width))


def _text(data: memoryview) -> str:
    return str(data, "utf-8", "surrogatepass")


def _python2_text(data: memoryview) -> str | bytes:
    """Python 2 did not tell text from bytes: what is ASCII is text here, and array data otherwise."""
    raw = bytes(data)
    return raw.decode("ascii") if raw.isascii() else raw


def _int_line(line: str) -> int:
    return line == "01" if line in ("00", "01") else int(line)


def _long(data: memoryview) -> int:
    if len(data) > _MAX_LONG:
        raise ValueError(f"a number of {len(data)} bytes")
    return int.from_bytes(data, "little", signed=True)


_constant(b"N", None)
_constant(b"\x88", True)
_constant(b"\x89", False)
_constant(b")", ())
for _code, _width in ((b"K", 1), (b"M", 2)):
    _unsigned(_code, _width)
for _code, _width, _convert in (
    (b"U", 1, _python2_text), (b"T", 4, _python2_text), (b"C", 1, bytes), (b"B", 4, bytes), (b"\x8e", 8, bytes),
    (b"\x96", 8, bytes), (b"\x8c", 1, _text), (b"X", 4, _text), (b"\x8d", 8, _text), (b"\x8a", 1, _long),
    (b"\x8b", 4, _long),
):  # fmt: skip
    _sized(_code, _width, _convert)
STEPS[ord("J")] = lambda s: s.stack.append(int.from_bytes(s.take(4), "little", signed=True))
STEPS[ord("G")] = lambda s: s.stack.append(struct.unpack(">d", s.take(8))[0])
STEPS[ord("I")] = lambda s: s.stack.append(_int_line(s.line()))
STEPS[ord("F")] = lambda s: s.stack.append(float(s.line()))
STEPS[0x80] = lambda s: s.take(1)
STEPS[0x95] = lambda s: s.take(8)
STEPS[ord("(")] = lambda s: s.marks.append(len(s.stack))
STEPS[ord("0")] = lambda s: s.stack.pop()
STEPS[ord("1")] = lambda s: s.pop_mark()
STEPS[ord("2")] = lambda s: s.stack.append(s.stack[-1])
STEPS[ord("]")] = lambda s: s.push_container([])
STEPS[ord("}")] = lambda s: s.push_container({})
STEPS[0x8F] = lambda s: s.push_container(set())
STEPS[ord("l")] = lambda s: s.push_container(s.pop_mark())
STEPS[ord("t")] = lambda s: s.push_container(tuple(s.pop_mark()))
STEPS[0x94] = lambda s: s.memo.__setitem__(len(s.memo), s.stack[-1])
STEPS[ord("q")] = lambda s: s.memo.__setitem__(s.number(1), s.stack[-1])
STEPS[ord("r")] = lambda s: s.memo.__setitem__(s.number(4), s.stack[-1])
STEPS[ord("h")] = lambda s: s.stack.append(s.memo[s.number(1)])
STEPS[ord("j")] = lambda s: s.stack.append(s.memo[s.number(4)])
STEPS[ord("c")] = lambda s: s.stack.append(s.name_of(s.line(), s.line()))


@_op(b"\x85")
def _tuple1(s: Machine) -> None:
    s.push_container((s.stack.pop(),))


@_op(b"\x86")
def _tuple2(s: Machine) -> None:
    second, first = s.stack.pop(), s.stack.pop()
    s.push_container((first, second))


@_op(b"\x87")
def _tuple3(s: Machine) -> None:
    third, second, first = s.stack.pop(), s.stack.pop(), s.stack.pop()
    s.push_container((first, second, third))


@_op(b"a")
def _append(s: Machine) -> None:
    value = s.stack.pop()
    s.top(list).append(value)


@_op(b"e")
def _appends(s: Machine) -> None:
    items = s.pop_mark()
    s.top(list).extend(items)


@_op(b"s")
def _set_item(s: Machine) -> None:
    value, key = s.stack.pop(), s.stack.pop()
    update(s.top(dict), [key, value])


@_op(b"u")
def _set_items(s: Machine) -> None:
    items = s.pop_mark()
    update(s.top(dict), items)


@_op(b"d")
def _dict(s: Machine) -> None:
    made: dict[Any, Any] = {}
    update(made, s.pop_mark())
    s.push_container(made)


@_op(b"\x90")
def _add_items(s: Machine) -> None:
    items = s.pop_mark()
    for item in items:
        check_key(item)
    s.top(set).update(items)


@_op(b"\x91")
def _frozenset(s: Machine) -> None:
    items = s.pop_mark()
    for item in items:
        check_key(item)
    s.push_container(frozenset(items))


@_op(b"\x93")
def _stack_global(s: Machine) -> None:
    name, module = s.stack.pop(), s.stack.pop()
    s.stack.append(s.name_of(module, name))


@_op(b"R")
def _reduce(s: Machine) -> None:
    arguments, function = s.stack.pop(), s.stack.pop()
    s.push_container(s.call(function, arguments))


@_op(b"\x81")
def _new_object(s: Machine) -> None:
    arguments, kind = s.stack.pop(), s.stack.pop()
    s.push_container(s.call(kind, arguments))


@_op(b"\x92")
def _new_object_with_names(s: Machine) -> None:
    _, arguments, kind = s.stack.pop(), s.stack.pop(), s.stack.pop()
    s.push_container(s.call(kind, arguments))


@_op(b"b")
def _build(s: Machine) -> None:
    state = s.stack.pop()
    s.build(s.stack[-1], state)
