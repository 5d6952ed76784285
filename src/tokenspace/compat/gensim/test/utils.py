"""``gensim.test.utils``: the toy corpus of its examples, and temporary paths. Its data files are not here."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

from ....errors import NotFoundError, message

__all__ = ["common_texts", "datapath", "get_tmpfile", "temporary_file"]

# The nine titles of Deerwester, Dumais, Furnas, Landauer, Harshman: Indexing by latent semantic analysis (1990), words
# that occur at least twice.
common_texts = [
    title.split()
    for title in (
        "human interface computer",
        "survey user computer system response time",
        "eps user interface system",
        "system human system eps",
        "user response time",
        "trees",
        "graph trees",
        "graph minors trees",
        "graph minors survey",
    )
]


def datapath(fname: str) -> NoReturn:
    """gensim's test files come with gensim.

    Raises:
        NotFoundError: always.
    """
    raise NotFoundError(
        message("datapath", "a file of gensim's tests", f"{fname!r}: none is here", "a path of your own")
    )


def get_tmpfile(suffix: str) -> str:
    """A path in a new temporary folder; nothing is there yet."""
    return os.path.join(tempfile.mkdtemp(), suffix)


@contextmanager
def temporary_file(name: str = "") -> Iterator[str]:
    """A path in a temporary folder that is removed afterwards with all that is in it."""
    folder = tempfile.mkdtemp()
    try:
        yield os.path.join(folder, name)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
