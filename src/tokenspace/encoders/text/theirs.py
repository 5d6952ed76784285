"""Names of sentence-transformers for what has another name here, so that a program changes one import."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...errors import ArgumentError, message

__all__ = ["SentenceTransformersNames", "translated"]

CONSTRUCTOR = {
    "cache_folder": "cache_dir",
    "similarity_fn_name": "similarity",
    "truncate_dim": "dimensions",
}
CALL = {"show_progress_bar": "progress", "truncate_dim": "dimensions"}
# Arguments that ask for what is done anyway: name -> the values that do.
_FIXED: Mapping[str, tuple[Any, ...]] = {
    "backend": ("torch", None),
    "convert_to_numpy": (True,),
    "convert_to_tensor": (False,),
    "output_value": ("sentence_embedding",),
    "device": (None,),
    "pool": (None,),
    "chunk_size": (None,),
    "model_kwargs": (None,),
    "processor_kwargs": (None,),
    "config_kwargs": (None,),
}


def translated(
    operation: str, given: dict[str, Any], theirs: Mapping[str, Any], names: Mapping[str, str]
) -> dict[str, Any]:
    """``given`` with what ``theirs`` says under our names; None among theirs is not given.

    Raises:
        ArgumentError: a name that is neither's, one given under both names, or one that asks for what is not here.
    """
    out = dict(given)
    for name, value in theirs.items():
        if name == "normalize_embeddings":
            # False there leaves the vectors as the model gives them; here that is None.
            ours, value = "normalize", True if value else None
        elif name in names:
            ours = names[name]
        elif name in _FIXED:
            if value not in _FIXED[name]:
                raise ArgumentError(message(operation, f"{name}={_FIXED[name][0]!r} or nothing", f"{name}={value!r}"))
            continue
        else:
            raise ArgumentError(message(operation, f"arguments among {', '.join(given)}", repr(name)))
        if value is None:
            continue
        if given.get(ours) is not None:
            raise ArgumentError(message(operation, f"{ours} or {name}", "both"))
        out[ours] = value
    return out


class SentenceTransformersNames:
    """Mixed into TextEncoder. What has the same name there and here is not repeated."""

    dimension: int
    max_length: int | None
    dimensions: int | None
    similarity_name: str

    def get_embedding_dimension(self) -> int:
        """The same as ``dimension``."""
        return self.dimension

    get_sentence_embedding_dimension = get_embedding_dimension

    @property
    def max_seq_length(self) -> int | None:
        """The same as ``max_length``."""
        return self.max_length

    @max_seq_length.setter
    def max_seq_length(self, value: int | None) -> None:
        self.max_length = value

    def get_max_seq_length(self) -> int | None:
        """The same as ``max_length``."""
        return self.max_length

    @property
    def truncate_dim(self) -> int | None:
        """The same as ``dimensions``."""
        return self.dimensions

    @property
    def similarity_fn_name(self) -> str:
        """The same as ``similarity_name``."""
        return self.similarity_name
