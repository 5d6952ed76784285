"""How each architecture makes the input of its first layer, by config.json's ``model_type``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from ...errors import UnsupportedError, message

__all__ = ["Positions", "Recipe", "recipe_for"]

# plain: 0, 1, 2 ...; after_padding: one more than the padding id and on, which padding itself has; shifted: from 2 on.
Rule = Literal["plain", "after_padding", "shifted"]
# Where a model has positions that are not added to its input.
Positions = Literal["added", "rotary", "alibi", "relative", "none"]


@dataclass(frozen=True)
class Recipe:
    """Names of tensors are beside the token matrix, whose own ending is ``token``.

    positions: how the model knows about order. rule: which rows of the position matrix.
    norm: after the sum. eps: the config's key, or the number; default_eps: where config.json does not say.
    project: from the embedding's width to the hidden size, names from the root of the model.
    scaled: the sum is multiplied by the root of the hidden size.
    """

    token: str
    position: str | None = None
    segment: str | None = None
    norm: str | None = None
    eps: str | float = "layer_norm_eps"
    default_eps: float = 1e-12
    positions: Positions = "added"
    rule: Rule = "plain"
    project: tuple[str, ...] = ()
    scaled: bool = False


_BERT = Recipe(
    "word_embeddings.weight", "position_embeddings.weight", "token_type_embeddings.weight", "LayerNorm",
    project=("embeddings_project", "encoder.embedding_hidden_mapping_in"),
)  # fmt: skip
_ROBERTA = replace(_BERT, rule="after_padding")
_GPT2 = Recipe("wte.weight", "wpe.weight")
_ROTARY = Recipe("embed_tokens.weight", positions="rotary")

_RECIPES: dict[str, Recipe] = {
    "bert": _BERT,
    "albert": _BERT,
    "electra": _BERT,
    "distilbert": replace(_BERT, segment=None, eps=1e-12),
    "mpnet": replace(_ROBERTA, segment=None),
    "deberta-v2": replace(_BERT, positions="relative", default_eps=1e-7),
    **dict.fromkeys(("roberta", "camembert", "xlm-roberta", "data2vec-text"), _ROBERTA),
    "modernbert": Recipe("tok_embeddings.weight", norm="norm", eps="norm_eps", default_eps=1e-5, positions="rotary"),
    **dict.fromkeys(("gpt2", "gpt_neo", "gpt_bigcode"), _GPT2),
    "opt": Recipe("embed_tokens.weight", "embed_positions.weight", rule="shifted"),
    **dict.fromkeys(
        (
            "llama", "mistral", "mixtral", "qwen2", "qwen2_moe", "qwen3", "qwen3_moe", "phi", "phi3", "olmo", "olmo2",
            "stablelm", "starcoder2", "granite", "smollm3",
        ),
        _ROTARY,
    ),
    **dict.fromkeys(("gemma", "gemma2", "gemma3_text"), replace(_ROTARY, scaled=True)),
    "gpt_neox": replace(_ROTARY, token="embed_in.weight"),
    "gptj": replace(_ROTARY, token="wte.weight"),
    "bloom": Recipe(
        "word_embeddings.weight", norm="word_embeddings_layernorm", eps="layer_norm_epsilon", default_eps=1e-5,
        positions="alibi",
    ),
    "mpt": Recipe("wte.weight", positions="alibi"),
    "t5": Recipe("shared.weight", positions="relative"),
    "mt5": Recipe("shared.weight", positions="relative"),
    "mamba": Recipe("embeddings.weight", positions="none"),
}  # fmt: skip


def recipe_for(config: Mapping[str, Any]) -> Recipe:
    """The recipe of a configuration.

    Raises:
        UnsupportedError: an architecture that is not known; lists those that are.
    """
    kind = config.get("model_type")
    recipe = _RECIPES.get(kind) if isinstance(kind, str) else None
    if kind == "falcon":
        recipe = Recipe("word_embeddings.weight", positions="alibi" if config.get("alibi") else "rotary")
    if recipe is None:
        expected = f"a model_type among {', '.join(sorted((*_RECIPES, 'falcon')))}"
        raise UnsupportedError(message("InputEmbeddings", expected, repr(kind), "TokenEmbeddings"))
    if config.get("position_embedding_type", "absolute") != "absolute" and recipe.position is not None:
        return replace(recipe, position=None, positions="relative")
    if recipe.positions == "relative" and recipe.position is not None and config.get("position_biased_input", True):
        return replace(recipe, positions="added")
    return recipe if recipe.positions == "added" else replace(recipe, position=None)
