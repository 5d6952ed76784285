"""Writing a static encoder as a folder that model2vec and, for rows of floats, sentence-transformers open."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np

from ...io.atomic_folder import atomic_folder
from ...io.safetensors_file import write_tensors
from ...progress import ProgressLike
from ...types import PathLike
from .engine import StaticEngine

if TYPE_CHECKING:
    from ...tokenizers.tokenizer import Tokenizer

__all__ = ["write_static"]

_MODULE = "sentence_transformers.models."


def write_static(
    path: PathLike,
    engine: StaticEngine,
    tokenizer: Tokenizer,
    *,
    normalize: bool = True,
    teacher: str = "",
    card: str = "",
    progress: ProgressLike = None,
) -> None:
    """Write config.json, model.safetensors, tokenizer.json, modules.json and README.md (if there is a ``card``).

    Rows with factors of their own (int8) go to the tensors "embeddings" and "weights", which model2vec multiplies.
    sentence-transformers would round the products to int8, so such a folder has no modules.json and is refused by it.

    Raises:
        FileError: the folder cannot be written.
    """
    tensors: dict[str, Any] = {"embeddings": engine.rows}
    if engine.mapping is not None:
        tensors["mapping"] = engine.mapping.astype(np.int64)
    if engine.factors is not None:
        tensors["weights"] = engine.factors
    config: dict[str, Any] = {
        "model_type": "model2vec",
        "architectures": ["StaticModel"],
        "tokenizer_name": teacher,
        "hidden_dim": engine.dimension,
        "seq_length": 1_000_000,  # as model2vec writes it for "no bound"
        "max_length": None,
        "normalize": normalize,
        "embedding_dtype": engine.rows.dtype.name,
    }
    if engine.mapping is not None:
        config["vocabulary_quantization"] = len(engine.rows)
    with atomic_folder(path) as folder:
        write_tensors(folder / "model.safetensors", tensors, {"format": "np"}, progress)
        (folder / "config.json").write_text(json.dumps(config, indent=2) + "\n", encoding="utf-8")
        (folder / "tokenizer.json").write_text(plain_tokenizer(tokenizer), encoding="utf-8")
        if engine.rows.dtype != np.int8:
            (folder / "modules.json").write_text(json.dumps(_modules(normalize), indent=2) + "\n", encoding="utf-8")
        if card:
            (folder / "README.md").write_text(card, encoding="utf-8")


def plain_tokenizer(tokenizer: Tokenizer) -> str:
    """tokenizer.json without truncation and padding: a static encoder reads whole texts, each for itself."""
    document = json.loads(tokenizer.to_json())
    document["truncation"] = document["padding"] = None
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"))


def _modules(normalize: bool) -> list[dict[str, Any]]:
    modules = [{"idx": 0, "name": "0", "path": ".", "type": _MODULE + "StaticEmbedding"}]
    if normalize:
        modules.append({"idx": 1, "name": "1", "path": "1_Normalize", "type": _MODULE + "Normalize"})
    return modules
