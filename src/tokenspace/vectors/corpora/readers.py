"""gensim's readers of text files that hold sentences; each can be walked again and again."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any, Protocol, cast

from ...errors import ArgumentError, FormatError, NotFoundError, message
from ...io.expand import Source
from ...io.streams import open_bytes
from ...io.writers import atomic_writer
from .source import SentencesError

PathLike = str | os.PathLike[str]

MAX_WORDS_IN_BATCH = 10_000


class Seekable(Protocol):
    """An open file."""

    def seek(self, offset: int, /) -> Any:
        """Go to a place."""

    def __iter__(self) -> Iterator[Any]: ...


def _decoded(line: bytes | str, name: str, number: int, errors: str) -> str:
    if isinstance(line, str):
        return line
    try:
        return line.decode("utf-8", errors)
    except UnicodeDecodeError as error:
        seen = line[error.start : error.start + 4].hex(" ")
        raise FormatError(
            f"[sentences] {name}, line {number}: expected UTF-8, received bytes {seen}; try errors='replace' or 'ignore'"
        ) from None


def _sentences(
    lines: Iterable[bytes | str], name: str, longest: int | None, limit: int | None, errors: str
) -> Iterator[list[str]]:
    for number, line in enumerate(islice(lines, limit), 1):
        words = _decoded(line, name, number, errors).split()
        if longest is None:
            if words:
                yield words
        else:
            yield from (words[at : at + longest] for at in range(0, len(words), longest))


def _from_file(path: PathLike, longest: int | None, limit: int | None, errors: str) -> Iterator[list[str]]:
    name = os.fspath(path)
    if not os.path.exists(name):
        raise NotFoundError(f"[sentences] {name}: no such file")
    with open_bytes(Source(name, Path(name), "txt")) as stream:
        yield from _sentences(stream, name, longest, limit, errors)


def _check_length(longest: int | None) -> None:
    if longest is not None and longest < 1:
        raise ArgumentError(f"[sentences] expected max_sentence_length= at least 1 or None, received {longest!r}")


class LineSentence:
    """One sentence a line, words separated by white space; lines end at ``\\n`` alone, empty ones are no sentence.

    Unlike gensim's, sentences are not cut at 10,000 words unless ``max_sentence_length`` says so. A model that is given
    a `LineSentence` of a path, without a limit and without a bound on sentences, reads it as it does ``corpus_file``:
    with all threads.

    Args:
        source: a path (gzip, bzip2, xz and zstd are known by content), an open file in text or binary mode that has
            ``seek``, or an iterable of lines.
        max_sentence_length: cut longer sentences into parts of so many words; None: never.
        limit: read only so many lines; None: all.
        errors: bytes that are not UTF-8: "strict", "replace" or "ignore".

    Raises:
        When iterated: FormatError for bytes that are not UTF-8, with file and line, and for damaged compressed data;
        NotFoundError, FileError.
    """

    def __init__(
        self,
        source: PathLike | Seekable | Iterable[str],
        max_sentence_length: int | None = None,
        limit: int | None = None,
        errors: str = "strict",
    ) -> None:
        _check_length(max_sentence_length)
        self.source, self.max_sentence_length, self.limit, self.errors = source, max_sentence_length, limit, errors

    @property
    def files(self) -> list[PathLike] | None:
        """The file, when all of it is read as it is."""
        whole = self.limit is None and self.max_sentence_length is None
        return [self.source] if whole and isinstance(self.source, (str, os.PathLike)) else None

    def __iter__(self) -> Iterator[list[str]]:
        source = self.source
        if isinstance(source, (str, os.PathLike)):
            yield from _from_file(source, self.max_sentence_length, self.limit, self.errors)
            return
        if hasattr(source, "seek"):
            source.seek(0)
        lines = cast("Iterable[bytes | str]", source)
        name = str(getattr(source, "name", type(source).__name__))
        yield from _sentences(lines, name, self.max_sentence_length, self.limit, self.errors)


class PathLineSentences:
    """`LineSentence` over every file of a folder, in the order of their names; folders in it are left out.

    Args:
        source: a folder, or one file.
        max_sentence_length, errors: of `LineSentence`.
        limit: read only so many lines of each file.

    Raises:
        NotFoundError: neither a folder nor a file. The others as of `LineSentence`.
    """

    def __init__(
        self,
        source: PathLike,
        max_sentence_length: int | None = None,
        limit: int | None = None,
        errors: str = "strict",
    ) -> None:
        _check_length(max_sentence_length)
        self.source, self.max_sentence_length, self.limit, self.errors = source, max_sentence_length, limit, errors
        name = os.fspath(source)
        if os.path.isdir(name):
            paths = sorted(os.path.join(name, entry) for entry in os.listdir(name))
            self.input_files = [path for path in paths if os.path.isfile(path)]
        elif os.path.isfile(name):
            self.input_files = [name]
        else:
            raise NotFoundError(f"[sentences] {name}: expected a folder or a file, received nothing there")

    @property
    def files(self) -> list[PathLike] | None:
        """The files, when all of them are read as they are."""
        whole = self.limit is None and self.max_sentence_length is None
        return list(self.input_files) if whole and self.input_files else None

    def __iter__(self) -> Iterator[list[str]]:
        for path in self.input_files:
            yield from _from_file(path, self.max_sentence_length, self.limit, self.errors)


class Text8Corpus:
    """A file that is one line without end, cut into sentences of ``max_sentence_length`` words, as gensim cuts text8.

    Args:
        fname: a path; compressed files are known by content.
        max_sentence_length: words of a sentence; the last one may be shorter.
        errors: of `LineSentence`.
    """

    def __init__(self, fname: PathLike, max_sentence_length: int = MAX_WORDS_IN_BATCH, errors: str = "strict") -> None:
        _check_length(max_sentence_length)
        self.fname, self.max_sentence_length, self.errors = fname, max_sentence_length, errors

    def __iter__(self) -> Iterator[list[str]]:
        name = os.fspath(self.fname)
        if not os.path.exists(name):
            raise NotFoundError(f"[sentences] {name}: no such file")
        sentence: list[str] = []
        with open_bytes(Source(name, Path(name), "txt")) as stream:
            rest: list[bytes] = []  # of a word that has not ended yet
            number = 0
            while chunk := stream.read(1 << 16):
                number += 1
                end = max(chunk.rfind(b" "), chunk.rfind(b"\n"))
                if end < 0:
                    rest.append(chunk)
                    continue
                data = b"".join((*rest, chunk[:end]))
                rest = [chunk[end:]]
                sentence += _decoded(data, name, number, self.errors).split()
                while len(sentence) >= self.max_sentence_length:
                    yield sentence[: self.max_sentence_length]
                    sentence = sentence[self.max_sentence_length :]
            sentence += _decoded(b"".join(rest), name, number, self.errors).split()
        yield from (
            sentence[at : at + self.max_sentence_length] for at in range(0, len(sentence), self.max_sentence_length)
        )


class BrownCorpus:
    """The Brown corpus as NLTK has it: a folder of files with a sentence a line, words written ``word/tag``.

    Words become ``lower-case word/first two letters of the tag``; those whose tag is not of letters are left out.
    Files are read in the order of their names.

    Args:
        dirname: the folder.
    """

    def __init__(self, dirname: PathLike) -> None:
        self.dirname = dirname

    def __iter__(self) -> Iterator[list[str]]:
        for words in PathLineSentences(self.dirname):
            if kept := brown_words(words):
                yield kept


def brown_words(words: Iterable[str]) -> list[str]:
    """What `BrownCorpus` makes of a line's words."""
    pairs = [parts for word in words if len(parts := word.split("/")) == 2]
    return [f"{word.lower()}/{tag[:2]}" for word, tag in pairs if tag[:2].isalpha()]


def save_as_line_sentence(corpus: Iterable[Iterable[str]], filename: PathLike) -> None:
    """Write sentences as `LineSentence` and ``corpus_file`` read them: one a line, words between blanks. The file appears
    whole or not at all, compressed when its name ends in .gz.

    Raises:
        SentencesError: (a TypeError) a sentence that is a str. FileError: it cannot be written.
    """
    with atomic_writer(filename) as file:
        for sentence in corpus:
            if isinstance(sentence, (str, bytes)):
                received = f"a {type(sentence).__name__}"
                raise SentencesError(message("sentences", "sentences that are lists of str", received, "text.split()"))
            file.write(" ".join(sentence) + "\n")
