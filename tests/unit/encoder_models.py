"""Small random encoders of every family the native engine runs, made with transformers and saved as checkpoints."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from safetensors.numpy import save_file

from tokenspace.encoders.engines.families import describe, tensor_name

FAMILY_CONFIGS: dict[str, dict[str, Any]] = {
    "bert": {},
    "roberta": {"pad_token_id": 1},
    "xlm-roberta": {"pad_token_id": 1, "type_vocab_size": 1},
    "camembert": {"pad_token_id": 3, "type_vocab_size": 1},
    "distilbert": {},
    "mpnet": {},
}


def make_encoder(
    folder: Path,
    family: str = "bert",
    *,
    vocab_size: int = 60,
    dimension: int = 32,
    heads: int = 4,
    inner: int = 48,
    layers: int = 2,
    positions: int = 40,
    activation: str = "gelu",
    dtype: str = "float32",
    gain: float = 1.5,
    seed: int = 0,
    save: Any = None,
    **settings: Any,
) -> Any:
    """Save a random model under ``folder`` and return it, in float32 and evaluation mode.

    ``gain``: how far a layer spreads what it is given; above 3 attention is all on one token and rounding errors grow.
    ``save``: further arguments of save_pretrained.
    """
    import torch
    from transformers import AutoConfig, AutoModel

    common: dict[str, Any] = {"vocab_size": vocab_size, "max_position_embeddings": positions}
    if family == "distilbert":
        common |= {
            "dim": dimension,
            "n_heads": heads,
            "hidden_dim": inner,
            "n_layers": layers,
            "activation": activation,
        }
    else:
        common |= {
            "hidden_size": dimension,
            "num_attention_heads": heads,
            "intermediate_size": inner,
            "num_hidden_layers": layers,
            "hidden_act": activation,
        }
    torch.manual_seed(seed)
    config = AutoConfig.for_model(family, **(common | FAMILY_CONFIGS[family] | settings))
    model = AutoModel.from_config(config, attn_implementation="eager").eval()
    # The usual start (deviation 0.02, biases 0, norms 1) hides most mistakes.
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            noise = torch.randn_like(parameter)
            if "norm" in name.lower():
                parameter.copy_(noise * 0.2 + (1.0 if name.endswith("weight") else 0.0))
            else:
                is_table = "embeddings" in name or "relative" in name
                parameter.copy_(
                    noise * (0.5 if is_table else gain / parameter.shape[-1] ** 0.5 if parameter.ndim > 1 else 0.1)
                )
            parameter.copy_(parameter.to(getattr(torch, dtype)).float())
    model.to(getattr(torch, dtype)).save_pretrained(folder, **(save or {}))
    return model.float()


def tiny_checkpoint(seed: int = 0) -> tuple[dict[str, Any], dict[str, npt.NDArray[np.float32]]]:
    """config.json and tensors of a BERT of one layer, made without transformers."""
    config = {
        "model_type": "bert",
        "vocab_size": 11,
        "hidden_size": 8,
        "num_attention_heads": 2,
        "intermediate_size": 12,
        "num_hidden_layers": 1,
        "max_position_embeddings": 16,
        "type_vocab_size": 2,
        "hidden_act": "gelu",
        "layer_norm_eps": 1e-12,
        "pad_token_id": 0,
    }
    description = describe(config)
    random = np.random.default_rng(seed)
    tensors = {}
    for part, shape in description.shapes():
        values = random.normal(1.0 if "norm.weight" in part else 0.0, 0.3, shape)
        tensors[tensor_name(description, part)] = values.astype(np.float32)
    return config, tensors


def write_checkpoint(folder: Path, config: dict[str, Any], tensors: dict[str, Any]) -> Path:
    """Save both; returns the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "config.json").write_text(json.dumps(config), encoding="utf-8")
    save_file(tensors, folder / "model.safetensors")
    return folder
