"""`TokenEmbeddings`: one vector a token, from the checkpoint alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import numpy as np
import numpy.typing as npt

from ...errors import ArgumentError, message
from ...progress import ProgressLike
from ...types import Ids, PathLike
from ..model_files import ModelFiles, TensorInfo, Weights, open_model
from ..model_files.array_shard import ArrayShard
from ..model_files.float_values import FloatArray
from ..static.files import is_static, read_static
from .forms import Forms
from .inspect import Untrained, duplicate_rows, untrained_rows
from .locate import config_sizes, find_input, find_output, is_tied, output_or_error
from .questions import Questions
from .word_forms import WordForms

if TYPE_CHECKING:
    from ...tokenizers.tokenizer import Tokenizer

__all__ = ["TokenEmbeddings"]

Self = TypeVar("Self", bound="TokenEmbeddings")


class TokenEmbeddings(Questions, Forms, WordForms):
    """The matrix of token embeddings, (tokens, dimension). Made by `from_pretrained` or `random`.

    Row ``id`` is the vector a model begins with for that token. The matrix is mapped from its file, in the type it is
    stored in; rows come as float32. They are as stored: models of the Gemma family multiply them by the root of the
    dimension before the first layer, which is not done here.

    Attributes:
        name: the model it is from.
        tensor: name of the tensor.
        tied: whether the model's output uses the same matrix: as config.json says; where it does not, False if the files
            hold an output matrix of its own, else None.

    >>> table = TokenEmbeddings.random(vocab_size=10, dimension=4, seed=0)
    >>> table[[3, 7]].shape
    (2, 4)
    >>> bool((table.one_hot_product([3, 7]) == table[[3, 7]]).all())
    True
    """

    @classmethod
    def from_pretrained(
        cls: type[Self],
        model: PathLike,
        tokenizer: Tokenizer | PathLike | None = None,
        *,
        output: bool = False,
        tensor: str | None = None,
        revision: str | None = None,
        token: str | bool | None = None,
        cache_dir: PathLike | None = None,
        local_files_only: bool | None = None,
        progress: ProgressLike = None,
    ) -> Self:
        """The matrix of a checkpoint, found by its name and by the sizes in config.json. Only headers are read; the table of
        a static encoder (model2vec, StaticEmbedding) is read into memory as float32, its weights applied.

        Args:
            model: a folder with config.json and safetensors files (one, or shards with their index), or a hub id. Of a
                model of the hub that is not in the cache only the bytes that are looked at are fetched.
            tokenizer: a Tokenizer, or its path or name; None: that of the model, opened when it is needed.
            output: the matrix of the output (lm_head) instead, which is the same one in a tied model.
            tensor: name of the tensor, where it cannot be found.
            revision, token, cache_dir, local_files_only: as `open_model`.
            progress: of fetching the matrix of a model on the hub, when a question needs all of it.

        Raises:
            NotFoundError: no such model, no weights, no such tensor. UnsupportedError: weights in another form than
            safetensors, or a matrix that cannot be told from others (the error lists the candidates). FormatError: a
            damaged file, or a matrix of another shape than config.json says. ArgumentError: a tokenizer that is given and
            has ids beyond the matrix.
        """
        files = open_model(
            model, revision=revision, token=token, cache_dir=cache_dir, local_files_only=local_files_only
        ).main_part()
        weights = files.weights(ranges=True, progress=progress)
        if tensor is None and is_static(files, weights.names):
            weights, info = _static_rows(files)
            return cls(files.name, weights, info, None, files if tokenizer is None else tokenizer)
        operation = f"TokenEmbeddings {files.name!r}"
        sizes = config_sizes(files.config)
        info = find_input(operation, weights, sizes, None if output else tensor)
        tied = is_tied(sizes, find_output(weights, sizes))
        if output:
            info = weights.info(tensor) if tensor is not None else output_or_error(operation, weights, sizes, info)
        made = cls(files.name, weights, info, tied, files if tokenizer is None else tokenizer)
        if tokenizer is not None:
            _ = made.tokenizer  # a tokenizer of another model is refused at once
        return made

    @classmethod
    def random(
        cls: type[Self],
        vocab_size: int,
        dimension: int,
        seed: int = 0,
        *,
        bound: float | None = None,
        tokenizer: Tokenizer | PathLike | None = None,
    ) -> Self:
        """A matrix before training: uniform in (-bound, bound), float32.

        Args:
            bound: by default 1 / sqrt(dimension), which gives rows of a length of about 0.58.

        Raises:
            ArgumentError: sizes below 1, or a bound that is not positive.
        """
        if vocab_size < 1 or dimension < 1:
            received = f"vocab_size={vocab_size}, dimension={dimension}"
            raise ArgumentError(message("TokenEmbeddings.random", "sizes of at least 1", received))
        bound = dimension**-0.5 if bound is None else bound
        if not bound > 0:
            raise ArgumentError(message("TokenEmbeddings.random", "bound > 0", str(bound)))
        drawn = np.random.default_rng(seed).random((vocab_size, dimension), dtype=np.float32)
        drawn *= 2 * bound
        drawn -= bound
        weights, info = _in_memory("random", drawn)
        return cls("random", weights, info, None, tokenizer)

    def untrained(self, known: Ids | None = None) -> Untrained:
        """Rows that training seems not to have touched: tokens a model has never seen.

        Args:
            known: ids known to be unused, which the others are compared with; None: the rows without a token (`unnamed`),
                if there are any. Without any, rows are listed that are far shorter than the others.

        Returns:
            `Untrained`: method, indicator a row, threshold, ids. After Land and Bartolo (2024), "Fishing for Magikarp:
            Automatically Detecting Under-trained Tokens in Large Language Models", section 3; see `untrained_rows`. It is a
            list of suspects: only the model's behaviour proves one.
        """
        if known is None:
            known = self.unnamed if self._tokenizer_or_none() is not None else []
        return untrained_rows(self._matrix, known)

    def duplicates(self) -> list[npt.NDArray[np.int64]]:
        """Groups of ids whose rows are the same bit by bit, the largest first."""
        return duplicate_rows(self._matrix)


def _in_memory(name: str, rows: FloatArray) -> tuple[Weights, TensorInfo]:
    shard = ArrayShard({name: rows})
    weights = Weights("TokenEmbeddings", {name: "memory"}, lambda _: shard)
    return weights, weights.info(name)


def _static_rows(files: ModelFiles) -> tuple[Weights, TensorInfo]:
    """What each token of a static encoder stands for."""
    engine = read_static(files)
    return _in_memory("token rows", engine.token_rows(np.arange(engine.vocab_size)))
