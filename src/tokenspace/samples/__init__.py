"""Samples to begin with: text in English and Chinese, questions about its words, and sessions of listeners.

All of it is made here, by a grammar and word lists of our own, the same bytes at every run and under the package's licence.
It is made on the machine that wants it, in about a second, since the grammar takes a tenth of the room of the compressed text.
Made for teaching: a tokenizer trained on it in a second has whole words, and word vectors trained in a second or two with the
default settings solve most of the analogies.
"""

from __future__ import annotations

import csv
import hashlib
import io
import os
from collections.abc import Iterator
from pathlib import Path

from ..io.atomic_folder import atomic_folder

__all__ = ["FILES", "folder", "texts", "write"]

ENGLISH_WORDS = 600_000
CHINESE_WORDS = 450_000

# name -> what it is
FILES = {
    "english.txt": "English paragraphs, one a line",
    "chinese.txt": "Chinese paragraphs, one a line",
    "chinese-words.txt": "the same Chinese with spaces between words, for word vectors",
    "english-analogies.txt": "questions a : b = c : d, in the format of questions-words.txt",
    "chinese-analogies.txt": "the same for Chinese",
    "listening-sessions.csv": "what listeners played: session, item, time",
    "listening-songs.csv": "the songs: id, title, artist, genre, year",
}


def texts() -> Iterator[tuple[str, str]]:
    """(name, contents) of every sample, made anew; about a second in all."""
    from . import chinese, english

    yield "english.txt", "".join(f"{text}\n" for text in english.paragraphs(ENGLISH_WORDS))
    spaced = "".join(f"{text}\n" for text in chinese.paragraphs(CHINESE_WORDS))
    yield "chinese.txt", spaced.replace(" ", "")
    yield "chinese-words.txt", spaced
    yield "english-analogies.txt", _questions(english.analogies(), lower=True)
    yield "chinese-analogies.txt", _questions(chinese.analogies(), lower=False)
    yield from _listening()


def write(target: str | os.PathLike[str]) -> list[Path]:
    """Writes every sample into a folder, which appears complete or not at all; files of other names in it stay.

    Raises:
        FileError: the folder cannot be written.
    """
    with atomic_folder(target) as unfinished:
        for name, text in texts():
            (unfinished / name).write_bytes(text.encode())
    return [Path(target, name) for name in FILES]


def folder(cache: str | os.PathLike[str] | None = None) -> Path:
    """The folder of the samples, made the first time it is asked for.

    Args:
        cache: where to keep it; None: ``TOKENSPACE_CACHE_DIR``, else the user's cache folder.

    Raises:
        FileError: the cache cannot be written; `write` puts the samples anywhere else.
    """
    if cache is None:
        cache = os.environ.get("TOKENSPACE_CACHE_DIR")
    if cache is None:
        from platformdirs import user_cache_dir

        cache = user_cache_dir("tokenspace", appauthor=False)
    place = Path(cache, "samples-" + _edition())
    if not all((place / name).is_file() for name in FILES):
        write(place)
    return place


def _edition() -> str:
    """A name for what this version of the package makes: a changed grammar gets a folder of its own."""
    digest = hashlib.sha256()
    for source in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(source.read_bytes())
    return digest.hexdigest()[:12]


def _questions(sections: list[tuple[str, list[tuple[str, str]]]], *, lower: bool) -> str:
    """Each pair of a section with the five after it, round and round."""
    lines = []
    for name, pairs in sections:
        lines.append(f": {name}")
        for place, (a, b) in enumerate(pairs):
            for step in range(1, min(6, len(pairs))):
                c, d = pairs[(place + step) % len(pairs)]
                if len({a, b, c, d}) == 4:
                    line = f"{a} {b} {c} {d}"
                    lines.append(line.lower() if lower else line)
    return "".join(f"{line}\n" for line in lines)


def _listening() -> Iterator[tuple[str, str]]:
    from .listening import plays, songs

    events, titles = io.StringIO(newline=""), io.StringIO(newline="")
    rows = csv.writer(events, lineterminator="\n")
    rows.writerow(["session", "item", "time"])
    rows.writerows((play.session, play.item, play.time) for play in plays())
    yield "listening-sessions.csv", events.getvalue()
    rows = csv.writer(titles, lineterminator="\n")
    rows.writerow(["id", "title", "artist", "genre", "year"])
    rows.writerows((song.id, song.title, song.artist, song.genre, song.year) for song in songs())
    yield "listening-songs.csv", titles.getvalue()
