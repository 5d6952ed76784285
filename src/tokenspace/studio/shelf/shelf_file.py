"""One file of the shelf."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from .kinds import FileKind

__all__ = ["Origin", "ShelfFile", "id_of", "readable"]

Origin = Literal["given", "uploaded", "sample"]


@dataclass(frozen=True, slots=True)
class ShelfFile:
    """A file of the shelf.

    Attributes:
        id: stays the same for the same place (of an upload: the same bytes), also when the server is started anew.
        name: its name, as text.
        folder: where it lies, from the folder given; "" for a file given itself and for an upload.
        bytes: its size when it was listed.
        modified: nanoseconds since 1970 of its last change when it was listed.
        kind: what it looks like.
        origin: how it came here.
        path: where it is. Never told to the page.
    """

    id: str
    name: str
    folder: str
    bytes: int
    modified: int
    kind: FileKind
    origin: Origin
    path: Path


def id_of(path: str) -> str:
    """The id of a place on this machine."""
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:20]


def readable(name: str) -> str:
    """A file's name as text: bytes that are none in UTF-8 become replacement characters."""
    return os.fsencode(name).decode("utf-8", "replace")
