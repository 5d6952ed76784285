"""The data in a pickle, without running it: an interpreter of its opcodes that builds nothing but inert values.

A pickle is a program: what Python's own reader does with a file of a stranger, the stranger decides. Here numbers, texts,
lists, dictionaries and NumPy arrays become just that; an object of one of the classes in ``RECORDS`` becomes a `Record`
of its name and state; a name that is not listed is refused. No module is imported and nothing of the file is called.
"""

from __future__ import annotations

import struct
from typing import Any

from ...errors import FormatError, LimitError, UnsupportedError, message
from .pickle_machine import Global, Machine, Record
from .pickle_opcodes import STEPS

__all__ = ["Global", "Record", "is_pickle", "load_pickle"]


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
        return Machine(data, name).run(STEPS)
    except (IndexError, struct.error, UnicodeDecodeError, TypeError, ValueError, KeyError, AttributeError) as error:
        if isinstance(error, (FormatError, LimitError, UnsupportedError)):
            raise
        raise FormatError(message(f"read {name}", "a pickle", f"a damaged one: {error}"[:200])) from None
