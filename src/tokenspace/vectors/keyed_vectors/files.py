"""Loading and saving: the methods of `KeyedVectors`, whose work the modules of `formats` do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import numpy.typing as npt

from ...errors import ArgumentError, UnsupportedError, message
from ...progress import ProgressLike
from ...types import PathLike
from .storage import VectorStorage

if TYPE_CHECKING:
    from ..formats.registry import Pretrained

__all__ = ["VectorFiles"]

S = TypeVar("S", bound="VectorFiles")


class NoHeaderError(UnsupportedError, NotImplementedError):
    """The binary format without header: nothing in it says how long a row is."""


class VectorFiles(VectorStorage):
    """`load`, `save` and gensim's names for word2vec's formats.

    vectors_lockf: (1,) or (keys,) float32, how much training changes each row; only where vectors belong to a model, or
        after `intersect_word2vec_format`.
    """

    vectors_lockf: npt.NDArray[np.float32]

    @classmethod
    def load_word2vec_format(
        cls: type[S],
        fname: PathLike,
        fvocab: PathLike | None = None,
        binary: bool = False,
        encoding: str = "utf8",
        unicode_errors: str = "strict",
        limit: int | None = None,
        datatype: npt.DTypeLike = np.float32,
        no_header: bool = False,
        *,
        threads: int = 0,
        progress: ProgressLike = None,
    ) -> S:
        """Vectors of a file in word2vec's text or binary format, in fastText's .vec or, with ``no_header``, GloVe's.

        Args:
            fname: plain, or packed by gzip, bzip2, xz or zstd, whatever its name.
            fvocab: file of word counts (word2vec's ``-save-vocab``) for the attribute "count". Without it the counts
                are made up: the number of rows for the first word, one less for the next, and so on.
            binary: the binary format.
            encoding, unicode_errors: of the words, as of `bytes.decode`; "ignore" or "replace" let words pass that
                were cut in the middle of a character.
            limit: rows to read at most; None reads all.
            datatype: of the matrix: float32, float16 or float64.
            no_header: there is no first line with the numbers of rows and columns; text only.

        Raises:
            FormatError: (a ValueError) a header or line that is none. TruncatedFileError: (an EOFError) fewer rows than
            the header says. KeyEncodingError: (a UnicodeDecodeError). NotFoundError, FileError.
        """
        from ..formats.counts import read_counts
        from ..formats.word2vec_binary import read_word2vec_binary
        from ..formats.word2vec_text import read_word2vec_text

        options: dict[str, Any] = {
            "cls": cls,
            "counts": None if fvocab is None else read_counts(fvocab, unicode_errors),
            "encoding": encoding,
            "unicode_errors": unicode_errors,
            "limit": limit,
            "datatype": datatype,
            "progress": progress,
        }
        if not binary:
            return read_word2vec_text(fname, no_header=no_header, threads=threads, **options)  # type: ignore[return-value]
        if no_header:
            raise NoHeaderError(message("load_word2vec_format", "a header in the binary format", "no_header=True"))
        return read_word2vec_binary(fname, **options)  # type: ignore[return-value]

    def save_word2vec_format(
        self,
        fname: PathLike,
        fvocab: PathLike | None = None,
        binary: bool = False,
        total_vec: int | None = None,
        write_header: bool = True,
        prefix: str = "",
        append: bool = False,
        sort_attr: str = "count",
        *,
        progress: ProgressLike = None,
    ) -> None:
        """Write word2vec's text or binary format, the bytes gensim writes; see `formats.word2vec_write.write_word2vec`
        for what each argument means. ``write_header=False`` gives GloVe's text."""
        from ..formats.word2vec_write import write_word2vec

        write_word2vec(
            self, fname, fvocab=fvocab, binary=binary, total_vec=total_vec, write_header=write_header, prefix=prefix,
            append=append, sort_attr=sort_attr, progress=progress,
        )  # fmt: skip

    def intersect_word2vec_format(
        self,
        fname: PathLike,
        lockf: float = 0.0,
        binary: bool = False,
        encoding: str = "utf8",
        unicode_errors: str = "strict",
    ) -> None:
        """Take the vectors of a file for the keys that are here; no key is added.

        Args:
            lockf: put into ``vectors_lockf`` of these rows: 0.0 keeps further training from changing them.

        Raises:
            ArgumentError: the file has another number of columns. Errors of `load_word2vec_format`.
        """
        self._refuse_fixed("intersect_word2vec_format")
        theirs = VectorFiles.load_word2vec_format(
            fname, binary=binary, encoding=encoding, unicode_errors=unicode_errors
        )
        if theirs.vector_size != self.vector_size:
            raise ArgumentError(
                message("intersect_word2vec_format", f"{self.vector_size} columns", f"{theirs.vector_size}")
            )
        common = [(self.key_to_index[key], row) for key, row in theirs.key_to_index.items() if key in self.key_to_index]
        if not common:
            return
        ours, rows = np.array(common).T
        self.vectors[ours] = theirs.vectors[rows]
        self.norms = None
        locks = getattr(self, "vectors_lockf", None)
        if locks is None or len(locks) != len(self):
            # gensim starts with one factor for all rows.
            locks = np.full(len(self), 1.0 if locks is None else locks[0], dtype=np.float32)
        locks[ours] = lockf
        self.vectors_lockf = locks

    def save(self, fname_or_handle: PathLike, *args: Any, progress: ProgressLike = None, **kwargs: Any) -> None:
        """Write everything into one safetensors file: the matrix as it is stored, keys, attributes. Any name will do.

        gensim's further arguments (``separately``, ``sep_limit``, ``ignore``, ``pickle_protocol``) are accepted and mean
        nothing here: there is one file, and no pickle.

        Raises:
            UnsupportedError: a key or an attribute that JSON cannot hold. FileError: the file cannot be written.
        """
        from ..formats.vector_file import write_vectors

        metadata, more = self._file_parts()
        write_vectors(self, fname_or_handle, metadata=metadata, more=more, progress=progress)

    def _file_parts(self) -> tuple[dict[str, str], dict[str, npt.NDArray[Any]]]:
        """(metadata, arrays) that `save` keeps besides vectors, keys and attributes."""
        return {}, {}

    @classmethod
    def load(cls: type[S], fname: PathLike, mmap: str | None = None) -> S:
        """What `save` wrote, or what gensim's `save` wrote (read without running any of its pickle).

        Args:
            mmap: "r" maps the matrix read-only: it opens at once, may be larger than memory, and is shared by
                processes.

        Raises:
            FormatError: another format (use `from_pretrained`, which knows all), or a damaged file. NotFoundError,
            FileError.
        """
        from ..formats.open import load_saved

        return load_saved(fname, cls=cls, mmap=mmap is not None)  # type: ignore[return-value]

    @classmethod
    def from_pretrained(
        cls: type[S],
        name: PathLike | Pretrained,
        *,
        limit: int | None = None,
        mmap: str | None = None,
        local_files_only: bool = False,
        allow_unverified: bool = False,
        progress: ProgressLike = "auto",
        **options: Any,
    ) -> S:
        """Vectors by a published name (``glove-wiki-gigaword-50``, see `formats.registry`) or the path of a file.

        The format of a file is found by looking at it. Names are downloaded once, checked and kept; see
        docs/formats/pretrained-vectors.md for sizes, licences and where the files are.

        Args:
            limit: rows to read at most, where the format allows it.
            mmap: as in `load`, for files of ours.
            local_files_only: never ask the network.
            allow_unverified: also use files whose publisher tells no checksum.
            options: of `load_word2vec_format`: encoding, unicode_errors, datatype.

        Raises:
            NotFoundError: no such file or name, or the file is not here and the network does not give it; the message
            says what to put where. FormatError and others of the readers.
        """
        from ..formats.open import open_any

        return open_any(  # type: ignore[return-value]
            name, cls=cls, limit=limit, mmap=mmap is not None, local_files_only=local_files_only,
            allow_unverified=allow_unverified, progress=progress, **options,
        )  # fmt: skip
