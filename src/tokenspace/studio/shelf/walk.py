"""The files below a folder that was given."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress

__all__ = ["is_inside", "walk"]


def walk(place: str) -> Iterator[tuple[str, str, os.stat_result]]:
    """(path, folder from the name of ``place`` on, status) of each file below ``place``, sorted by folder.

    A file itself is the only one, in the folder "". Hidden files and folders, and what is no plain file, are left out.
    Folders reached by a link are not entered; a link to a file counts when the file lies below ``place`` too. What goes away
    meanwhile, or may not be read, is left out. ``place`` is free of links.
    """
    if os.path.realpath(place) != place:
        return  # given as it was; since then it, or a folder above it, was replaced by a link
    if not os.path.isdir(place):
        with suppress(OSError):
            if os.path.isfile(place):
                yield place, "", os.stat(place)
        return
    above = os.path.dirname(place)
    folders = [place]
    while folders:
        folder = folders.pop()
        try:
            with os.scandir(folder) as entries:
                found = sorted((entry for entry in entries if not entry.name.startswith(".")), key=lambda e: e.name)
        except OSError:
            continue
        inner = []
        shown = os.path.relpath(folder, above)
        for entry in found:
            with suppress(OSError):
                if entry.is_dir(follow_symlinks=False):
                    inner.append(entry.path)
                elif entry.is_file() and (not entry.is_symlink() or is_inside(entry.path, place)):
                    yield entry.path, shown, entry.stat()
        folders.extend(reversed(inner))


def is_inside(path: str, place: str) -> bool:
    """Whether ``path``, all links followed, is ``place`` or lies below it; ``place`` is free of links."""
    real = os.path.realpath(path)
    return real == place or real.startswith(place.rstrip(os.sep) + os.sep)
