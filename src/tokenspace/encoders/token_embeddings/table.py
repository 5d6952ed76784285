"""A matrix of token embeddings with its tokenizer: sizes and rows."""

from __future__ import annotations

import operator
import warnings
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from ...errors import ArgumentError, FormatError, NotFoundError, message
from ...types import Ids, Text
from ..model_files import ModelFiles, TensorInfo, Weights
from ..model_files.float_values import FloatArray
from .matrix import Matrix
from .tokens import TokenRows, check_tokenizer, id_of

if TYPE_CHECKING:
    from ...tokenizers.tokenizer import Tokenizer

__all__ = ["TokenTable"]


class TokenTable:
    """See `TokenEmbeddings`."""

    def __init__(self, name: str, weights: Weights, info: TensorInfo, tied: bool | None, tokenizer: Any) -> None:
        self.name = name
        self.tensor = info.name
        self.tied = tied
        self._matrix = Matrix(weights, info)
        self._tokenizer_source = tokenizer

    # -- sizes -------------------------------------------------------------------------------------------------------

    @property
    def shape(self) -> tuple[int, int]:
        """(tokens, dimension)."""
        return self._matrix.shape

    @property
    def vocab_size(self) -> int:
        """Rows; often more than the tokenizer has tokens, see `unnamed`."""
        return self.shape[0]

    @property
    def dimension(self) -> int:
        """Columns."""
        return self.shape[1]

    @property
    def dtype(self) -> str:
        """The stored type by its safetensors name: "BF16", "F16", "F32", "F64"."""
        return self._matrix.info.dtype

    @property
    def nbytes(self) -> int:
        """Bytes of the matrix as it is stored."""
        return self._matrix.info.nbytes

    def __len__(self) -> int:
        return self.shape[0]

    def __repr__(self) -> str:
        return f"TokenEmbeddings({self.name!r}, {self.tensor}, {self.shape[0]} x {self.shape[1]}, {self.dtype})"

    # -- the tokenizer -----------------------------------------------------------------------------------------------

    @cached_property
    def tokenizer(self) -> Tokenizer:
        """The tokenizer of the tokens.

        Raises:
            NotFoundError: the model has none, and none was given. ArgumentError: one that was given has ids beyond the
            matrix. The model's own may have such ids (a UserWarning says so), which then have no row. A tokenizer for
            less than nine tenths of the rows brings a UserWarning too.
        """
        from ...tokenizers.tokenizer import Tokenizer
        from ..model_files.tokenizer import model_tokenizer

        source = self._tokenizer_source
        if source is None:
            raise NotFoundError(message(f"TokenEmbeddings {self.name!r}", "a tokenizer", "none", "tokenizer="))
        if isinstance(source, ModelFiles):
            found = model_tokenizer(source)
        else:
            found = source if isinstance(source, Tokenizer) else Tokenizer.from_pretrained(source)
        warning = check_tokenizer(found, self.vocab_size, isinstance(source, ModelFiles))
        if warning is not None:
            warnings.warn(warning, UserWarning, stacklevel=3)
        return found

    def _tokenizer_or_none(self) -> Tokenizer | None:
        try:
            return self.tokenizer
        except NotFoundError:
            return None

    @cached_property
    def unnamed(self) -> npt.NDArray[np.int64]:
        """Ids whose row belongs to no token: the matrix was padded to a round number of rows."""
        tokenizer = self.tokenizer
        return np.array([id for id in range(len(self)) if tokenizer.id_to_token(id) is None], np.int64)

    # -- rows --------------------------------------------------------------------------------------------------------

    def rows(self, ids: Ids) -> FloatArray:
        """The rows of ids as float32, (n, dimension). Only these are read.

        Raises:
            ArgumentError: an id outside the matrix.
        """
        return self._matrix.rows(ids)

    def __getitem__(self, key: Any) -> FloatArray:
        """The row of an id or of a text of one token, (dimension,); the rows of ids or of a slice, (n, dimension)."""
        if isinstance(key, slice):
            return self.rows(np.arange(*key.indices(len(self)), dtype=np.int64))
        if isinstance(key, (str, int, np.integer)):
            row: FloatArray = self.rows([self._id(key)])[0]
            return row
        return self.rows(key)

    def embed(self, text: Text, *, add_special_tokens: bool = True) -> TokenRows:
        """The rows of a text, with its tokens and where they are in it. Nothing is cut or padded, whatever the tokenizer's
        own settings say.

        Raises:
            ArgumentError: a token without a row. NotFoundError: there is no tokenizer.
        """
        tokenizer = self.tokenizer
        found = tokenizer.encode_batch([text], offsets="chars", add_special_tokens=add_special_tokens)
        ids = np.array(found.ids, np.int64)
        spans = np.array(found.spans, np.int64).reshape(-1, 2)
        return TokenRows(ids, [tokenizer.id_to_token(id) or "" for id in ids.tolist()], spans, self.rows(ids))

    def one_hot_product(self, ids: Ids) -> FloatArray:
        """The rows of ids once more, as the product of one-hot vectors, (n, tokens), with the matrix: what a look-up
        computes. The same numbers, for as many multiplications as the matrix has numbers an id.

        Raises:
            ArgumentError: an id outside the matrix. FormatError: NaN or infinity in the matrix, which no zero takes away.
        """
        _ = self.rows(ids)  # refuses wrong ids
        wanted = np.asarray(ids, np.int64)
        if len(self.non_finite):
            expected = "a matrix of finite numbers"
            raise FormatError(message("one_hot_product", expected, f"NaN or infinity in row {self.non_finite[0]}"))
        out = np.zeros((len(wanted), self.dimension), np.float32)
        for part, rows in self._matrix.blocks():
            one_hot = (wanted[:, None] == np.arange(part.start, part.stop)).astype(np.float32)
            out += one_hot @ rows
        return out

    @property
    def norms(self) -> npt.NDArray[np.float32]:
        """Euclidean lengths of the rows, (tokens,); NaN or infinite where a row holds such numbers."""
        return self._matrix.lengths

    @cached_property
    def non_finite(self) -> npt.NDArray[np.int64]:
        """Ids of rows with NaN or infinity."""
        suspects = np.flatnonzero(~np.isfinite(self.norms))
        # The length of large finite numbers may be infinite too.
        return np.array([id for id in suspects.tolist() if not np.isfinite(self.rows([id])).all()], np.int64)

    def _id(self, token: str | int | np.integer[Any]) -> int:
        id = id_of(self.tokenizer, token) if isinstance(token, str) else operator.index(token)
        if not 0 <= id < len(self):
            raise ArgumentError(message("token", f"an id of 0 to {len(self) - 1}", str(id)))
        return id
