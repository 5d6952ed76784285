"""Small random encoders of every family the native engine runs, made with transformers and saved as checkpoints."""

from __future__ import annotations

from pathlib import Path
from typing import Any

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
    seed: int = 0,
    **settings: Any,
) -> Any:
    """Save a random model under ``folder`` and return it, in float32 and evaluation mode."""
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
                parameter.copy_(noise * (0.3 if parameter.ndim > 1 else 0.1))
            parameter.copy_(parameter.to(getattr(torch, dtype)).float())
    model.to(getattr(torch, dtype)).save_pretrained(folder)
    return model.float()
