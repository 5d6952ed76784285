"""Published vectors by name: where they are, how large, under which licence, and how a download is known to be right.

The names, sizes and MD5 sums of the gensim-data project are those of its own ``list.json`` (2018, unchanged since). The
fastText project publishes no checksum of its files: they are used only when the caller says so.
"""

from __future__ import annotations

import hashlib
import os
import re
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from ...errors import FileError, FormatError, NotFoundError, UnsupportedError, message
from ...progress import ProgressLike, Reporter

__all__ = ["Pretrained", "fetch", "find", "folders", "local_path", "pretrained"]

_GENSIM_DATA = "https://github.com/RaRe-Technologies/gensim-data/releases/download"
_FASTTEXT = "https://dl.fbaipublicfiles.com/fasttext/vectors-crawl"
_FASTTEXT_NAME = re.compile(r"cc\.([a-z]{2,3})\.300(\.bin)?")
_PIECE = 1 << 22


@dataclass(frozen=True, slots=True)
class Pretrained:
    """A file of vectors that somebody publishes.

    Attributes:
        name: as `KeyedVectors.from_pretrained` takes it. url: of the file. file: its name in the cache.
        rows, columns: of the matrix; None where the publisher does not say. size: bytes of the file, or None.
        md5: of the file, or None where the publisher gives none.
        licence: as its publisher states it. source: what the vectors were made from.
    """

    name: str
    url: str
    file: str
    rows: int | None
    columns: int
    size: int | None
    md5: str | None
    licence: str
    source: str


def _release(name: str, rows: int, columns: int, size: int, md5: str, licence: str, source: str) -> Pretrained:
    file = f"{name}.gz"
    return Pretrained(name, f"{_GENSIM_DATA}/{name}/{file}", file, rows, columns, size, md5, licence, source)


_PDDL = "PDDL 1.0"
_WIKI = "Wikipedia 2014 and Gigaword 5, 6 billion tokens, lower case"
_TWITTER = "2 billion tweets, 27 billion tokens, lower case"
_RELEASES = (
    _release(
        "conceptnet-numberbatch-17-06-300",
        1917247,
        300,
        1225497562,
        "fd642d457adcd0ea94da0cd21b150847",
        "CC BY-SA 4.0",
        "ConceptNet, word2vec, GloVe, and OpenSubtitles 2016",
    ),
    _release(
        "fasttext-wiki-news-subwords-300",
        999999,
        300,
        1005007116,
        "de2bb3a20c46ce65c9c131e1ad9a77af",
        "CC BY-SA 3.0",
        "Wikipedia 2017, UMBC webbase corpus and statmt.org news, 16 billion tokens",
    ),
    _release("glove-twitter-100", 1193514, 100, 405932991, "b04f7bed38756d64cf55b58ce7e97b15", _PDDL, _TWITTER),
    _release("glove-twitter-200", 1193514, 200, 795373100, "e52e8392d1860b95d5308a525817d8f9", _PDDL, _TWITTER),
    _release("glove-twitter-25", 1193514, 25, 109885004, "50db0211d7e7a2dcd362c6b774762793", _PDDL, _TWITTER),
    _release("glove-twitter-50", 1193514, 50, 209216938, "c168f18641f8c8a00fe30984c4799b2b", _PDDL, _TWITTER),
    _release("glove-wiki-gigaword-100", 400000, 100, 134300434, "40ec481866001177b8cd4cb0df92924f", _PDDL, _WIKI),
    _release("glove-wiki-gigaword-200", 400000, 200, 264336934, "59652db361b7a87ee73834a6c391dfc1", _PDDL, _WIKI),
    _release("glove-wiki-gigaword-300", 400000, 300, 394362229, "29e9329ac2241937d55b852e8284e89b", _PDDL, _WIKI),
    _release("glove-wiki-gigaword-50", 400000, 50, 69182535, "c289bc5d7f2f02c6dc9f2f9b67641813", _PDDL, _WIKI),
    _release(
        "word2vec-google-news-300",
        3000000,
        300,
        1743563840,
        "a5e5354d40acb95f9ec66d5977d140ef",
        "not stated",
        "Google News (about 100 billion words)",
    ),
    _release(
        "word2vec-ruscorpora-300",
        184973,
        300,
        208427381,
        "9bdebdc8ae6d17d20839dd9b5af10bc4",
        "CC BY 4.0",
        "Russian National Corpus (about 250M words)",
    ),
)


def pretrained() -> tuple[Pretrained, ...]:
    """All names with known checksums. Besides, ``cc.XX.300`` (and ``cc.XX.300.bin``) name fastText's vectors of the 157
    languages of its Common Crawl release, XX being the language's code."""
    return _RELEASES


def find(name: str) -> Pretrained | None:
    """The entry of a name, or None."""
    for entry in _RELEASES:
        if entry.name == name:
            return entry
    found = _FASTTEXT_NAME.fullmatch(name)
    if found is None:
        return None
    file = f"cc.{found[1]}.300.{'bin' if found[2] else 'vec'}.gz"
    source = f"Common Crawl and Wikipedia, language {found[1]}"
    return Pretrained(name, f"{_FASTTEXT}/{file}", file, None, 300, None, None, "CC BY-SA 3.0", source)


def folders() -> list[Path]:
    """Where files are looked for; the first is where downloads go.

    ``GENSIM_DATA_DIR`` where it is set, as gensim's downloader; else ``TOKENSPACE_CACHE_DIR``, else the user's cache
    folder. gensim's own ``~/gensim-data`` is looked into as well.
    """
    named = os.environ.get("GENSIM_DATA_DIR")
    if named:
        return [Path(named).expanduser()]
    cache = os.environ.get("TOKENSPACE_CACHE_DIR")
    if not cache:
        from platformdirs import user_cache_dir

        cache = user_cache_dir("tokenspace", appauthor=False)
    return [Path(cache) / "vectors", Path("~/gensim-data").expanduser()]


def local_path(entry: Pretrained) -> Path | None:
    """The file of an entry when it is on this machine."""
    for folder in folders():
        path = folder / entry.name / entry.file
        if os.path.isfile(path):
            return path
    return None


def _offline() -> bool:
    values = (os.environ.get(name, "") for name in ("HF_HUB_OFFLINE", "TOKENSPACE_OFFLINE"))
    return any(value.strip().upper() in ("1", "ON", "YES", "TRUE") for value in values)


def _digest(path: Path, progress: ProgressLike) -> str:
    # MD5 is what was published; it finds damage, not malice.
    digest = hashlib.md5(usedforsecurity=False)
    with open(path, "rb") as file, Reporter("verify", path.stat().st_size, "bytes", progress) as report:
        while piece := file.read(_PIECE):
            digest.update(piece)
            report.advance(len(piece))
    return digest.hexdigest()


def _verify(entry: Pretrained, path: Path, progress: ProgressLike) -> None:
    """Compare size and MD5."""
    size = path.stat().st_size
    if entry.size is not None and size != entry.size:
        raise FormatError(
            message(f"load {entry.name}", f"{entry.size} bytes", f"{size} bytes in {path}", "deleting it")
        )
    if entry.md5 is not None and (found := _digest(path, progress)) != entry.md5:
        raise FormatError(message(f"load {entry.name}", f"MD5 {entry.md5}", f"{found} in {path}", "deleting it"))


class _Mark:
    """Beside a file once found right: its size and time, so that loading 1.7 GB does not begin with reading them."""

    def __init__(self, entry: Pretrained, path: Path) -> None:
        status = path.stat()
        self._path = path.with_name(path.name + ".verified")
        self._text = f"{entry.md5} {status.st_size} {status.st_mtime_ns}"

    def holds(self) -> bool:
        with suppress(OSError, ValueError):
            return self._path.read_text(encoding="ascii") == self._text
        return False

    def set(self) -> None:
        with suppress(OSError):  # a folder that cannot be written: it is verified again next time
            self._path.write_text(self._text, encoding="ascii")


def _place(entry: Pretrained) -> str:
    size = "" if entry.size is None else f" ({entry.size / 1e6:.0f} MB)"
    return f"putting the file of {entry.url}{size} at {folders()[0] / entry.name / entry.file}"


def fetch(
    entry: Pretrained,
    *,
    local_files_only: bool = False,
    allow_unverified: bool = False,
    progress: ProgressLike = None,
) -> Path:
    """The file of an entry: from the cache, else downloaded there. A download that was cut off is gone on with.

    Raises:
        NotFoundError: not here, and offline or out of reach; says what to put where. UnsupportedError: the publisher
        gives no checksum and ``allow_unverified`` is not set. FormatError: size or checksum differ. FileError: the
        folder cannot be written.
    """
    if entry.md5 is None and not allow_unverified:
        raise UnsupportedError(
            message(
                f"load {entry.name}",
                "a published checksum",
                "none: what is downloaded cannot be verified",
                "allow_unverified=True when you trust the connection and the host",
            )
        )
    path = local_path(entry)
    if path is not None:
        mark = _Mark(entry, path)
        if not mark.holds():
            _verify(entry, path, progress)
            mark.set()
        return path
    if local_files_only or _offline():
        where = " or ".join(str(folder) for folder in folders())
        raise NotFoundError(
            message(f"load {entry.name}", f"its file in {where}", "offline mode and no such file", _place(entry))
        )
    from .download import UnreachableError, download

    path = folders()[0] / entry.name / entry.file
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise FileError(f"[load {entry.name}] {path.parent}: {error.strerror}") from error
    try:
        download(entry.url, path, entry.size, lambda part: _verify(entry, part, progress), progress)
    except UnreachableError as error:
        raise NotFoundError(
            message(f"load {entry.name}", f"an answer from {entry.url}", str(error), _place(entry))
        ) from error
    _Mark(entry, path).set()
    return path
