"""The text a question of this room is about: typed into the page, or a file of the shelf."""

from __future__ import annotations

import hashlib
from typing import Annotated

from pydantic import Field, model_validator

from ....tokenizers.positions import Positions
from ...contracts import Contract, Text
from ...state import Studio

__all__ = ["FileId", "Source"]

FileId = Annotated[str, Field(min_length=1, max_length=64, description="A file of the shelf.")]


class Source(Contract):
    """Exactly one of ``text`` (as it stands in the page) and ``file`` (a file of the shelf, read as UTF-8)."""

    text: Text | None = None
    file: FileId | None = None

    @model_validator(mode="after")
    def _one(self) -> Source:
        if (self.text is None) == (self.file is None):
            raise ValueError("expected one of text and file, received both or neither")
        return self

    def read(self, studio: Studio) -> str:
        """The text. A file is read anew when it has changed.

        Raises:
            StudioError: 404, no such file; 413, too long. FormatError: not text.
        """
        return self.positions(studio).text

    def key(self, studio: Studio) -> str:
        """A name for the text: by its bytes, or by the file's place, time and size."""
        if self.text is not None:
            return hashlib.blake2b(self.text.encode("utf-8", "replace"), digest_size=16).hexdigest()
        assert self.file is not None
        stat = studio.shelf.path(self.file).stat()
        return f"{self.file} {stat.st_mtime_ns} {stat.st_size}"

    def positions(self, studio: Studio) -> Positions:
        """The text with its positions in code points, UTF-16 units and bytes; files are kept."""
        if self.text is not None:
            return Positions(self.text)
        file = self.file
        assert file is not None
        return studio.keep.get("text", self.key(studio), lambda: Positions(studio.shelf.text(file)))
