"""A small BERT with the modules of sentence-transformers, written without torch."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from tokenspace.io.safetensors_file import write_tensors

WORDS = [
    "the",
    "a",
    "small",
    "big",
    "cat",
    "dog",
    "sat",
    "on",
    "mat",
    "and",
    "hello",
    "world",
    "it",
    "is",
    "very",
    "cold",
    "in",
    "winter",
    "query",
    "passage",
    ":",
    ".",
    ",",
]
VOCABULARY = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *WORDS, *"abcdefghijklmnopqrstuvwxyz", "##s", "##x"]
WIDTH, POSITIONS = 16, 32


def write_json(path: Path, value: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value), encoding="utf-8")


def bert_weights(seed: int = 0) -> dict[str, np.ndarray[Any, np.dtype[np.float32]]]:
    rng = np.random.default_rng(seed)
    shapes: dict[str, tuple[int, ...]] = {
        "embeddings.word_embeddings.weight": (len(VOCABULARY), WIDTH),
        "embeddings.position_embeddings.weight": (POSITIONS, WIDTH),
        "embeddings.token_type_embeddings.weight": (2, WIDTH),
        "embeddings.LayerNorm.weight": (WIDTH,),
        "embeddings.LayerNorm.bias": (WIDTH,),
    }
    for layer in range(2):
        at = f"encoder.layer.{layer}."
        for name, shape in (
            ("attention.self.query", (WIDTH, WIDTH)), ("attention.self.key", (WIDTH, WIDTH)),
            ("attention.self.value", (WIDTH, WIDTH)), ("attention.output.dense", (WIDTH, WIDTH)),
            ("intermediate.dense", (24, WIDTH)), ("output.dense", (WIDTH, 24)),
        ):  # fmt: skip
            shapes |= {f"{at}{name}.weight": shape, f"{at}{name}.bias": shape[:1]}
        for name in ("attention.output.LayerNorm", "output.LayerNorm"):
            shapes |= {f"{at}{name}.weight": (WIDTH,), f"{at}{name}.bias": (WIDTH,)}
    return {
        name: (rng.normal(size=shape) * 0.3 + ("LayerNorm.weight" in name)).astype(np.float32)
        for name, shape in shapes.items()
    }


def write_bert(folder: Path, seed: int = 0, modules: bool = True, max_length: int | None = 12, **config: Any) -> Path:
    """A folder that TextEncoder opens: mean pooling, normalized, texts of at most ``max_length`` tokens."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "vocab.txt").write_text("\n".join(VOCABULARY) + "\n", encoding="utf-8")
    write_json(folder / "tokenizer_config.json", {"do_lower_case": True, "tokenizer_class": "BertTokenizer"})
    write_json(folder / "config.json", {
        "model_type": "bert", "vocab_size": len(VOCABULARY), "hidden_size": WIDTH, "num_hidden_layers": 2,
        "num_attention_heads": 4, "intermediate_size": 24, "max_position_embeddings": POSITIONS, "type_vocab_size": 2,
        "hidden_act": "gelu", "layer_norm_eps": 1e-12, "pad_token_id": 0, **config,
    })  # fmt: skip
    write_tensors(folder / "model.safetensors", bert_weights(seed), {"format": "pt"})
    if modules:
        write_modules(folder, "Transformer", "Pooling", "Normalize")
        write_json(
            folder / "1_Pooling" / "config.json", {"word_embedding_dimension": WIDTH, "pooling_mode_mean_tokens": True}
        )
        write_json(folder / "sentence_bert_config.json", {"max_seq_length": max_length, "do_lower_case": False})
    return folder


def write_modules(folder: Path, *kinds: str) -> None:
    """modules.json of these; a name with dots is taken as it is."""
    entries = []
    for index, kind in enumerate(kinds):
        name = kind.rpartition(".")[2]
        entries.append({
            "idx": index, "name": str(index), "path": "" if index == 0 else f"{index}_{name}",
            "type": kind if "." in kind else f"sentence_transformers.models.{kind}",
        })  # fmt: skip
    write_json(folder / "modules.json", entries)


def write_static(folder: Path, width: int = 64) -> Path:
    """A table of random rows for the tokens of the embedded WordPiece, normalized."""
    import tokenspace as ts

    folder.mkdir(parents=True)
    tokenizer = ts.Tokenizer.from_pretrained("tokenspace/wordpiece")
    (folder / "tokenizer.json").write_text(tokenizer.to_json(), encoding="utf-8")
    rows = np.random.default_rng(0).normal(size=(len(tokenizer), width)).astype(np.float32)
    write_tensors(folder / "model.safetensors", {"embedding.weight": rows}, {"format": "pt"})
    write_modules(folder, "StaticEmbedding", "Normalize")
    return folder
