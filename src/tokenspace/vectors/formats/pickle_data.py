"""The data in a pickle, without running it: an interpreter of its opcodes that builds nothing but inert values.

A pickle is a program: what Python's own reader does with a file of a stranger, the stranger decides. Here numbers, texts,
lists, dictionaries and NumPy arrays become just that; an object of one of the classes in ``RECORDS`` becomes a `Record`
of its name and state; a name that is not listed is refused. No module is imported and nothing of the file is called.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import dataclass, field
from types import FunctionType
from typing import Any, NoReturn

from ...errors import FormatError, LimitError, UnsupportedError, message
from .pickle_arrays import ARRAY_MAKERS, ArrayRecord, DtypeRecord

__all__ = ["Global", "Record", "is_pickle", "load_pickle"]

# Modules whose classes may stand in a file; their instances are kept as records.
RECORDS = frozenset(
    f"gensim.models.{name}"
    for name in (
        "base_any2vec", "callbacks", "doc2vec", "fasttext", "keyedvectors", "utils_any2vec", "word2vec",
        "deprecated.keyedvectors", "deprecated.word2vec",
    )
)  # fmt: skip
# State of random generators, of no use here, and names that stand for themselves.
_INERT = {
    "gensim.utils": {"call_on_class_only"},
    "numpy.random._pickle": {"__randomstate_ctor", "__bit_generator_ctor", "__generator_ctor"},
    "numpy.random": {"__RandomState_ctor"},
    "numpy.random.mtrand": {"RandomState"},
    "numpy.random._mt19937": {"MT19937"},
    "numpy.random._pcg64": {"PCG64"},
    "numpy.random.bit_generator": {"SeedSequence"},
    "numpy": {"float16", "float32", "float64", "int32", "int64", "uint32", "uint64", "ndarray", "dtype"},
    "builtins": {"hash", "object", "int", "float", "str"},
    "__builtin__": {"hash", "object", "int", "long", "float", "str", "unicode"},
}
_KEYS = (str, int, float, bytes, type(None))
_LARGEST_KEY = 1 << 60  # below, whole numbers have hashes of their own: no file makes a dictionary slow
_MAX_LINE = 1000
_MAX_LONG = 128


@dataclass(slots=True)
class Global:
    """A name of the file."""

    module: str
    name: str

    def __str__(self) -> str:
        return f"{self.module}.{self.name}"


@dataclass(slots=True)
class Record:
    """An object of the file: the name of its class and its attributes. Nothing of the class is here."""

    kind: Global
    state: dict[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The name of the class without its module."""
        return self.kind.name


def is_pickle(head: bytes) -> bool:
    """Whether a file that begins so is a pickle of protocol 2 to 5."""
    return len(head) >= 2 and head[0] == 0x80 and 2 <= head[1] <= 5


def load_pickle(data: memoryview, name: str) -> Any:
    """The value of a pickle.

    Memory stays within some hundred times the bytes of the file, time within its length.

    Raises:
        UnsupportedError: a class or function that is not listed, or an opcode that only running could answer.
        FormatError: not a pickle, or a damaged one. LimitError: too many containers for its size.
    """
    try:
        return _Interpreter(data, name).run()
    except (IndexError, struct.error, UnicodeDecodeError, TypeError, ValueError, KeyError, AttributeError) as error:
        if isinstance(error, (FormatError, LimitError, UnsupportedError)):
            raise
        raise FormatError(message(f"read {name}", "a pickle", f"a damaged one: {error}"[:200])) from None


class _Interpreter:
    def __init__(self, data: memoryview, name: str) -> None:
        self.data, self.file, self.at = data, name, 0
        self.stack: list[Any] = []
        self.marks: list[int] = []
        self.memo: dict[int, Any] = {}
        self.containers = 1000 + len(data) // 8

    def run(self) -> Any:
        data, steps = self.data, _STEPS
        while True:
            code = data[self.at]
            self.at += 1
            step = steps[code]
            if step is None:
                if code == 0x2E:  # STOP
                    return self.stack.pop()
                self.refuse(f"the opcode {bytes([code])!r}, whose meaning is outside the file")
            step(self)

    def refuse(self, what: str) -> NoReturn:
        remedy = "kv.save_word2vec_format(...) in gensim, and that file here"
        raise UnsupportedError(message(f"read {self.file}", "vectors and settings of gensim", what, remedy))

    # -- reading -----------------------------------------------------------------------------------------------------

    def take(self, size: int) -> memoryview:
        """The next bytes."""
        begin, end = self.at, self.at + size
        if size < 0 or end > len(self.data):
            raise ValueError(f"{size} bytes at byte {begin} of {len(self.data)}")
        self.at = end
        return self.data[begin:end]

    def number(self, size: int) -> int:
        """An unsigned integer."""
        return int.from_bytes(self.take(size), "little")

    def line(self) -> str:
        """Text up to a line feed."""
        head = bytes(self.data[self.at : self.at + _MAX_LINE])
        end = head.index(b"\n")
        self.at += end + 1
        return head[:end].decode("ascii")

    # -- building ----------------------------------------------------------------------------------------------------

    def push_container(self, value: Any) -> None:
        """A new container; there may be so many for the size of the file."""
        self.containers -= 1
        if self.containers < 0:
            raise LimitError(message(f"read {self.file}", "at most a container for 8 bytes", "more"))
        self.stack.append(value)

    def pop_mark(self) -> list[Any]:
        """What was pushed since the last mark."""
        begin = self.marks.pop()
        items = self.stack[begin:]
        del self.stack[begin:]
        return items

    def top(self, kind: type) -> Any:
        """The last value, which has to be of that kind."""
        value = self.stack[-1]
        if not isinstance(value, kind):
            raise TypeError(f"{type(value).__name__} where a {kind.__name__} was expected")
        return value

    def name_of(self, module: Any, name: Any) -> Any:
        """What stands for a global."""
        if not isinstance(module, str) or not isinstance(name, str):
            raise TypeError("a global without name")
        maker = _MAKERS.get((module, name)) or ARRAY_MAKERS.get((module, name))
        if maker is not None:
            return maker
        if module in RECORDS or name in _INERT.get(module, ()):
            return Global(module, name)
        self.refuse(f"an object of {module}.{name}"[:200])

    def call(self, function: Any, arguments: Any) -> Any:
        """What a listed function makes of its arguments."""
        if not isinstance(arguments, tuple):
            raise TypeError("arguments that are no tuple")
        if isinstance(function, Global):
            return Record(function)
        if not isinstance(function, FunctionType):  # one of ours: nothing else that can be called is on the stack
            raise TypeError("a call of what is no function")
        return function(*arguments)

    def build(self, target: Any, state: Any) -> None:
        """Give an object its state."""
        if isinstance(target, (ArrayRecord, DtypeRecord)):
            target.build(state)
        elif isinstance(target, Record):
            parts = state if isinstance(state, tuple) and len(state) == 2 else (state,)
            for part in parts:
                if isinstance(part, dict):
                    target.state.update((key, value) for key, value in part.items() if isinstance(key, str))
        elif state:
            raise TypeError(f"state for a {type(target).__name__}")


def check_key(key: Any) -> None:
    """A key that costs no more than its bytes: nested tuples would be hashed by recursion, as deep as the file wants."""
    if not isinstance(key, _KEYS) or (isinstance(key, int) and abs(key) >= _LARGEST_KEY):
        raise TypeError(f"{type(key).__name__} as key")


def _update(target: dict[Any, Any], items: list[Any]) -> None:
    if len(items) % 2:
        raise ValueError("a key without value")
    for key in items[::2]:
        check_key(key)
    target.update(zip(items[::2], items[1::2], strict=True))


def _reconstructor(kind: Any, base: Any, state: Any) -> Record:
    if not isinstance(kind, Global) or state is not None:
        raise TypeError("an object of a built-in class")
    return Record(kind)


def _encode(text: Any, codec: Any) -> bytes:
    if not isinstance(text, str) or codec not in ("latin1", "latin-1", "ascii"):
        raise TypeError("bytes in another codec")
    return text.encode("latin-1")


def _list(items: Any = ()) -> list[Any]:
    if not isinstance(items, (list, tuple)):
        raise TypeError("a list of what is no list")
    return list(items)


def _set(items: Any = ()) -> set[Any]:
    given = _list(items)
    for item in given:
        check_key(item)
    return set(given)


def _dictionary(*arguments: Any) -> dict[Any, Any]:
    """An OrderedDict, or a defaultdict, whose default goes unheard."""
    made: dict[Any, Any] = {}
    for pairs in arguments:
        if isinstance(pairs, list):
            _update(made, [part for pair in pairs for part in _list(pair)])
    return made


def _bytearray(content: Any = b"", codec: Any = "latin-1") -> bytes:
    return content if isinstance(content, bytes) else _encode(content, codec)


_MAKERS: dict[tuple[str, str], Callable[..., Any]] = {
    ("copyreg", "_reconstructor"): _reconstructor,
    ("copy_reg", "_reconstructor"): _reconstructor,
    ("_codecs", "encode"): _encode,
    ("collections", "OrderedDict"): _dictionary,
    ("collections", "defaultdict"): _dictionary,
}
for _module in ("builtins", "__builtin__"):
    _MAKERS[(_module, "set")] = _set
    _MAKERS[(_module, "frozenset")] = _set
    _MAKERS[(_module, "list")] = _list
    _MAKERS[(_module, "dict")] = _dictionary
    _MAKERS[(_module, "bytearray")] = _bytearray


# -- opcodes ---------------------------------------------------------------------------------------------------------
_Step = Callable[[_Interpreter], object]
_STEPS: list[_Step | None] = [None] * 256


def _op(code: bytes) -> Callable[[_Step], _Step]:
    def register(step: _Step) -> _Step:
        _STEPS[code[0]] = step
        return step

    return register


def _constant(code: bytes, value: Any) -> None:
    _STEPS[code[0]] = lambda s: s.stack.append(value)


def _sized(code: bytes, width: int, convert: Callable[[memoryview], Any]) -> None:
    """A value whose length stands before it in ``width`` bytes."""
    _STEPS[code[0]] = lambda s: s.stack.append(convert(s.take(s.number(width))))


def _unsigned(code: bytes, width: int) -> None:
    _STEPS[code[0]] = lambda s: s.stack.append(s.number(width))


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
_STEPS[ord("J")] = lambda s: s.stack.append(int.from_bytes(s.take(4), "little", signed=True))
_STEPS[ord("G")] = lambda s: s.stack.append(struct.unpack(">d", s.take(8))[0])
_STEPS[ord("I")] = lambda s: s.stack.append(_int_line(s.line()))
_STEPS[ord("F")] = lambda s: s.stack.append(float(s.line()))
_STEPS[0x80] = lambda s: s.take(1)
_STEPS[0x95] = lambda s: s.take(8)
_STEPS[ord("(")] = lambda s: s.marks.append(len(s.stack))
_STEPS[ord("0")] = lambda s: s.stack.pop()
_STEPS[ord("1")] = lambda s: s.pop_mark()
_STEPS[ord("2")] = lambda s: s.stack.append(s.stack[-1])
_STEPS[ord("]")] = lambda s: s.push_container([])
_STEPS[ord("}")] = lambda s: s.push_container({})
_STEPS[0x8F] = lambda s: s.push_container(set())
_STEPS[ord("l")] = lambda s: s.push_container(s.pop_mark())
_STEPS[ord("t")] = lambda s: s.push_container(tuple(s.pop_mark()))
_STEPS[0x94] = lambda s: s.memo.__setitem__(len(s.memo), s.stack[-1])
_STEPS[ord("q")] = lambda s: s.memo.__setitem__(s.number(1), s.stack[-1])
_STEPS[ord("r")] = lambda s: s.memo.__setitem__(s.number(4), s.stack[-1])
_STEPS[ord("h")] = lambda s: s.stack.append(s.memo[s.number(1)])
_STEPS[ord("j")] = lambda s: s.stack.append(s.memo[s.number(4)])
_STEPS[ord("c")] = lambda s: s.stack.append(s.name_of(s.line(), s.line()))


@_op(b"\x85")
def _tuple1(s: _Interpreter) -> None:
    s.push_container((s.stack.pop(),))


@_op(b"\x86")
def _tuple2(s: _Interpreter) -> None:
    second, first = s.stack.pop(), s.stack.pop()
    s.push_container((first, second))


@_op(b"\x87")
def _tuple3(s: _Interpreter) -> None:
    third, second, first = s.stack.pop(), s.stack.pop(), s.stack.pop()
    s.push_container((first, second, third))


@_op(b"a")
def _append(s: _Interpreter) -> None:
    value = s.stack.pop()
    s.top(list).append(value)


@_op(b"e")
def _appends(s: _Interpreter) -> None:
    items = s.pop_mark()
    s.top(list).extend(items)


@_op(b"s")
def _set_item(s: _Interpreter) -> None:
    value, key = s.stack.pop(), s.stack.pop()
    _update(s.top(dict), [key, value])


@_op(b"u")
def _set_items(s: _Interpreter) -> None:
    items = s.pop_mark()
    _update(s.top(dict), items)


@_op(b"d")
def _dict(s: _Interpreter) -> None:
    made: dict[Any, Any] = {}
    _update(made, s.pop_mark())
    s.push_container(made)


@_op(b"\x90")
def _add_items(s: _Interpreter) -> None:
    items = s.pop_mark()
    for item in items:
        check_key(item)
    s.top(set).update(items)


@_op(b"\x91")
def _frozenset(s: _Interpreter) -> None:
    items = s.pop_mark()
    for item in items:
        check_key(item)
    s.push_container(frozenset(items))


@_op(b"\x93")
def _stack_global(s: _Interpreter) -> None:
    name, module = s.stack.pop(), s.stack.pop()
    s.stack.append(s.name_of(module, name))


@_op(b"R")
def _reduce(s: _Interpreter) -> None:
    arguments, function = s.stack.pop(), s.stack.pop()
    s.push_container(s.call(function, arguments))


@_op(b"\x81")
def _new_object(s: _Interpreter) -> None:
    arguments, kind = s.stack.pop(), s.stack.pop()
    s.push_container(s.call(kind, arguments))


@_op(b"\x92")
def _new_object_with_names(s: _Interpreter) -> None:
    _, arguments, kind = s.stack.pop(), s.stack.pop(), s.stack.pop()
    s.push_container(s.call(kind, arguments))


@_op(b"b")
def _build(s: _Interpreter) -> None:
    state = s.stack.pop()
    s.build(s.stack[-1], state)
