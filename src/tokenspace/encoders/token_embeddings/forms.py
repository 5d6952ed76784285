"""The same rows in another form: a picture, keyed vectors, torch."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Literal

import numpy as np

from ...errors import ArgumentError, UnsupportedError, message
from ...types import Ids
from .table import TokenTable
from .tokens import text_of

if TYPE_CHECKING:
    import torch

    from ...vectors.keyed_vectors import KeyedVectors
    from ...vectors.keyed_vectors.word_map import WordMap

__all__ = ["Forms"]


class Forms(TokenTable):
    """Conversions."""

    def pca(
        self,
        tokens: Sequence[int | str] | Mapping[str, Sequence[int | str]] | int = 200,
        *,
        seed: int = 0,
        normalize: bool = True,
    ) -> WordMap:
        """Tokens on the plane on which their rows differ most; ``.save("map.svg")``.

        Args:
            tokens: ids or texts, a mapping from the name of a group to these, or how many to draw at random by ``seed``
                among those with a token.
            normalize: scale the rows to length one first.

        Raises:
            ArgumentError: fewer than two tokens, or a text of several.
        """
        from ...vectors.keyed_vectors import KeyedVectors

        tokenizer = self._tokenizer_or_none()
        if isinstance(tokens, str) or not isinstance(tokens, (int, Iterable)):
            expected = "a list of tokens, groups of them, or how many to draw"
            raise ArgumentError(message("pca", expected, repr(tokens)[:60]))
        if isinstance(tokens, int):
            every = np.arange(len(self)) if tokenizer is None else np.setdiff1d(np.arange(len(self)), self.unnamed)
            count = min(max(0, tokens), len(every))
            chosen = np.random.default_rng(seed).choice(every, count, replace=False).tolist()
        else:
            chosen = tokens
        groups: Mapping[str, Sequence[int | str]] = chosen if isinstance(chosen, Mapping) else {"": chosen}
        keys: dict[str, list[str]] = {}
        ids: dict[str, int] = {}
        for group, members in groups.items():
            keys[group] = []
            for member in members:
                id = self._id(member)
                label = text_of(tokenizer, id).encode("utf-8", "replace").decode() or f"#{id}"
                label = label if ids.get(label, id) == id else f"{label} #{id}"
                ids[label] = id
                keys[group].append(label)
        vectors = KeyedVectors(self.dimension)
        vectors.add_vectors(list(ids), self.rows(list(ids.values())))
        return vectors.word_map(keys if isinstance(chosen, Mapping) else keys[""], normalize=normalize)

    def to_keyed_vectors(
        self, ids: Ids | None = None, dtype: Literal["float32", "float16"] | None = None
    ) -> KeyedVectors:
        """The rows as `KeyedVectors`, whose keys are readable and hold no white space (`tokenspace.tokenizers.token_keys`):
        "▁king" for the token " king", "你" for the bytes of 你, "<0xE4>" for one of them.

        Args:
            ids: these only; None: all that have a token.
            dtype: None: float16 where the matrix is stored so, else float32. A copy in any case.

        Raises:
            ArgumentError: an id outside the matrix or without a token, or another dtype.
        """
        from ...tokenizers.token_keys import token_keys
        from ...vectors.keyed_vectors import KeyedVectors

        if dtype not in (None, "float32", "float16"):
            raise ArgumentError(message("to_keyed_vectors", "dtype float32, float16 or None", repr(dtype)))
        if ids is not None:
            _ = self.rows(ids)  # refuses wrong ids
        wanted = np.arange(len(self)) if ids is None else np.asarray(ids, np.int64)
        keys = token_keys(self.tokenizer)
        named = {id: key for id in wanted.tolist() if (key := keys.get(id)) is not None}
        unnamed = [] if ids is None else [id for id in wanted.tolist() if id not in named]
        if unnamed:
            raise ArgumentError(message("to_keyed_vectors", "ids that have a token", str(unnamed[0])))
        chosen = np.array(list(named), np.int64)
        out = KeyedVectors(self.dimension, dtype=dtype or ("float16" if self.dtype == "F16" else "float32"))
        matrix = np.empty((len(chosen), self.dimension), out.vectors.dtype)
        step = max(1, (8 << 20) // (4 * self.dimension))
        for start in range(0, len(chosen), step):
            matrix[start : start + step] = self.rows(chosen[start : start + step])
        out.index_to_key = list(named.values())
        out.key_to_index = {key: row for row, key in enumerate(out.index_to_key)}
        out.vectors, out.next_index = matrix, len(chosen)
        return out

    def to_torch(
        self, freeze: bool = True, dtype: Literal["float32", "stored"] = "float32", padding_idx: int | None = None
    ) -> torch.nn.Embedding:
        """A ``torch.nn.Embedding`` with a copy of the matrix.

        Args:
            freeze: the rows are not trained.
            dtype: float32, or as stored (bfloat16 stays bfloat16: half the memory).
            padding_idx: the row that stands for padding.

        Raises:
            UnsupportedError: torch is not installed. ArgumentError: another dtype, or a padding_idx outside the matrix.
        """
        if dtype not in ("float32", "stored"):
            raise ArgumentError(message("to_torch", "dtype float32 or stored", repr(dtype)))
        if padding_idx is not None and not -len(self) <= padding_idx < len(self):
            raise ArgumentError(message("to_torch", f"padding_idx of 0 to {len(self) - 1}", str(padding_idx)))
        try:
            import torch
        except ModuleNotFoundError as error:
            raise UnsupportedError(message("to_torch", "torch", "no such package", "pip install torch")) from error
        if dtype == "stored":
            copy = np.array(self._matrix.raw)
            matrix = torch.from_numpy(copy.view(np.int16) if self.dtype == "BF16" else copy)
            matrix = matrix.view(torch.bfloat16) if self.dtype == "BF16" else matrix
        else:
            wide = np.empty(self.shape, np.float32)
            for part, rows in self._matrix.blocks():
                wide[part] = rows
            matrix = torch.from_numpy(wide)
        return torch.nn.Embedding.from_pretrained(matrix, freeze=freeze, padding_idx=padding_idx)
