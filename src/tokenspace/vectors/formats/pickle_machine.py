"""What the opcodes of a pickle work on: a stack, a memo, and the names that may stand in the file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from types import FunctionType
from typing import Any, NoReturn

from ...errors import LimitError, UnsupportedError, message
from .pickle_arrays import ARRAY_MAKERS, ArrayRecord, DtypeRecord

__all__ = ["RECORDS", "Global", "Machine", "Record", "check_key", "update"]

# Modules whose classes may stand in a file; their instances are kept as records.
RECORDS = frozenset(
    f"gensim.models.{name}"
    for name in (
        "base_any2vec", "callbacks", "doc2vec", "fasttext", "keyedvectors", "phrases", "utils_any2vec", "word2vec",
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
_LONGEST_TUPLE = 16  # of a key
_MAX_LINE = 1000


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


class Machine:
    """The stack and the memo of one pickle."""

    def __init__(self, data: memoryview, name: str) -> None:
        self.data, self.file, self.at = data, name, 0
        self.stack: list[Any] = []
        self.marks: list[int] = []
        self.memo: dict[int, Any] = {}
        self.containers = 1000 + len(data) // 8

    def run(self, steps: Sequence[Callable[[Machine], object] | None]) -> Any:
        """The value left at the end; ``steps`` says what each opcode does."""
        data = self.data
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
        remedy = "kv.save_word2vec_format(...) in gensim, and that file here, for vectors"
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
    """A key that costs no more than its bytes: nested tuples would be hashed by recursion, as deep as the file wants. Short
    ones of texts, which old models of phrases have, may be."""
    if isinstance(key, tuple) and len(key) <= _LONGEST_TUPLE and all(isinstance(part, (str, bytes)) for part in key):
        return
    if not isinstance(key, _KEYS) or (isinstance(key, int) and abs(key) >= _LARGEST_KEY):
        raise TypeError(f"{type(key).__name__} as key")


def update(target: dict[Any, Any], items: list[Any]) -> None:
    """Put keys and values, one after the other, into a dictionary."""
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
            update(made, [part for pair in pairs for part in _list(pair)])
    return made


def _bytearray(content: Any = b"", codec: Any = "latin-1") -> bytes:
    return content if isinstance(content, bytes) else _encode(content, codec)


_MAKERS: dict[tuple[str, str], Callable[..., Any]] = {
    ("copyreg", "_reconstructor"): _reconstructor,
    ("copy_reg", "_reconstructor"): _reconstructor,
    ("_codecs", "encode"): _encode,
    ("collections", "OrderedDict"): _dictionary,
    ("collections", "defaultdict"): _dictionary,
    ("UserString", "defaultdict"): _dictionary,  # what Python 3.4 called it for Python 2
}
for _module in ("builtins", "__builtin__"):
    _MAKERS[(_module, "set")] = _set
    _MAKERS[(_module, "frozenset")] = _set
    _MAKERS[(_module, "list")] = _list
    _MAKERS[(_module, "dict")] = _dictionary
    _MAKERS[(_module, "bytearray")] = _bytearray
