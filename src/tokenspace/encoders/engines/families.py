"""Which checkpoints the native engine runs: config.json and tensor names of a family -> `Description` and its parts.

A table of families, read after transformers 5.23 (defaults of absent keys as well). Whatever a checkpoint asks for
beyond the table is refused by name: vectors of a model that is almost this one are wrong vectors.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from ...errors import FormatError, UnsupportedError, message
from .description import ACTIVATIONS, Description

__all__ = ["FAMILIES", "describe", "part_names", "tensor_name"]

_BERT_LAYER = {
    "query": "attention.self.query",
    "key": "attention.self.key",
    "value": "attention.self.value",
    "output": "attention.output.dense",
    "attention_norm": "attention.output.LayerNorm",
    "up": "intermediate.dense",
    "down": "output.dense",
    "output_norm": "output.LayerNorm",
}
_DISTILBERT_LAYER = {
    "query": "attention.q_lin",
    "key": "attention.k_lin",
    "value": "attention.v_lin",
    "output": "attention.out_lin",
    "attention_norm": "sa_layer_norm",
    "up": "ffn.lin1",
    "down": "ffn.lin2",
    "output_norm": "output_layer_norm",
}
_MPNET_LAYER = _BERT_LAYER | {
    "query": "attention.attn.q",
    "key": "attention.attn.k",
    "value": "attention.attn.v",
    "output": "attention.attn.o",
    "attention_norm": "attention.LayerNorm",
}


@dataclass(frozen=True)
class Family:
    """keys: the names of config.json for ours. defaults: values of absent keys. layers: the list of blocks."""

    keys: Mapping[str, str]
    defaults: Mapping[str, Any]
    layers: str = "encoder.layer"
    layer: Mapping[str, str] = field(default_factory=lambda: _BERT_LAYER)
    has_types: bool = True
    skips_padding: bool = False  # positions start behind that of the padding token
    fixed_padding: int | None = None  # the padding token whatever config.json says
    relative: bool = False


_KEYS = {
    "vocab_size": "vocab_size",
    "dimension": "hidden_size",
    "head_count": "num_attention_heads",
    "inner_dimension": "intermediate_size",
    "layer_count": "num_hidden_layers",
    "position_count": "max_position_embeddings",
    "type_count": "type_vocab_size",
    "activation": "hidden_act",
    "norm_epsilon": "layer_norm_eps",
    "padding_id": "pad_token_id",
}
_BERT_DEFAULTS = {
    "vocab_size": 30522,
    "dimension": 768,
    "head_count": 12,
    "inner_dimension": 3072,
    "layer_count": 12,
    "position_count": 512,
    "type_count": 2,
    "activation": "gelu",
    "norm_epsilon": 1e-12,
    "padding_id": 0,
}
_ROBERTA = Family(_KEYS, _BERT_DEFAULTS | {"vocab_size": 50265, "padding_id": 1}, skips_padding=True)
_NO_KEY = ""  # the family has no such setting: the default holds
_DISTILBERT_KEYS = {
    "dimension": "dim",
    "head_count": "n_heads",
    "inner_dimension": "hidden_dim",
    "layer_count": "n_layers",
    "activation": "activation",
    "norm_epsilon": _NO_KEY,
    "type_count": _NO_KEY,
}

# By model_type.
FAMILIES: Mapping[str, Family] = {
    "bert": Family(_KEYS, _BERT_DEFAULTS),
    "roberta": _ROBERTA,
    "xlm-roberta": Family(_KEYS, {**_ROBERTA.defaults, "vocab_size": 30522}, skips_padding=True),
    "camembert": Family(_KEYS, {**_ROBERTA.defaults, "vocab_size": 30522}, skips_padding=True),
    "distilbert": Family(
        _KEYS | _DISTILBERT_KEYS,
        _BERT_DEFAULTS | {"layer_count": 6},
        layers="transformer.layer",
        layer=_DISTILBERT_LAYER,
        has_types=False,
    ),
    "mpnet": Family(
        _KEYS | {"type_count": _NO_KEY},
        _BERT_DEFAULTS | {"vocab_size": 30527},
        layer=_MPNET_LAYER,
        has_types=False,
        skips_padding=True,
        fixed_padding=1,
        relative=True,
    ),
}

_BUCKETS = 32  # of MPNet: its code computes 32 whatever the configuration says
# Settings that change what a model computes, with the values under which it computes what is described here.
_PLAIN: Mapping[str, tuple[Any, ...]] = {
    "position_embedding_type": (None, "absolute"),
    "is_decoder": (None, False),
    "add_cross_attention": (None, False),
    "adapters": (None, {}),
    "quantization_config": (None, {}),
    "pruned_heads": (None, {}),
    "relative_attention_num_buckets": (None, _BUCKETS),
}


def describe(config: Mapping[str, Any]) -> Description:
    """The description of a configuration (the object of config.json).

    Raises:
        UnsupportedError: an architecture or a setting that is not in the table, with its name.
        FormatError: sizes that are no sizes, or that contradict each other.
    """
    kind = config.get("model_type")
    family = FAMILIES.get(kind) if isinstance(kind, str) else None
    if family is None:
        known = ", ".join(FAMILIES)
        raise _unsupported(f"one of the architectures {known}", f"model_type {kind!r}")
    for key, plain in _PLAIN.items():
        if config.get(key) not in plain:
            raise _unsupported(f"{key} {plain[-1]!r}", repr(config[key]))

    own_code = config.get("auto_map")
    if isinstance(own_code, dict) and "AutoModel" in own_code:
        raise _unsupported("a model of transformers itself", f"code of its own, {own_code['AutoModel']!r}")

    def value(name: str) -> Any:
        key = family.keys[name]
        return config.get(key, family.defaults[name]) if key else family.defaults[name]

    def size(name: str, least: int = 1) -> int:
        given = value(name)
        if isinstance(given, bool) or not isinstance(given, int) or not least <= given < 1 << 31:
            raise _malformed(f"a whole number of at least {least} under {family.keys[name]!r}", repr(given))
        return given

    dimension, heads, positions = size("dimension"), size("head_count"), size("position_count")
    if dimension % heads:
        raise _malformed("a hidden size that the heads divide", f"{dimension} and {heads} heads")
    if config.get("embedding_size", dimension) != dimension:
        raise _unsupported(f"embedding_size {dimension}, the hidden size", repr(config["embedding_size"]))
    activation = value("activation")
    if not isinstance(activation, str) or activation not in ACTIVATIONS:
        raise _unsupported(f"an activation of {', '.join(ACTIVATIONS)}", repr(activation))
    epsilon = value("norm_epsilon")
    if isinstance(epsilon, bool) or not isinstance(epsilon, (int, float)) or not 0 <= epsilon < 1:
        raise _malformed(f"a number of [0, 1) under {family.keys['norm_epsilon']!r}", repr(epsilon))
    padding, first = None, 0
    if family.skips_padding:
        padding = family.fixed_padding if family.fixed_padding is not None else size("padding_id", least=0)
        first = padding + 1
        if first >= positions:
            raise _malformed(f"more than {first} positions, as many as the padding id skips", str(positions))
    return Description(
        architecture=str(kind),
        vocab_size=size("vocab_size"),
        dimension=dimension,
        head_count=heads,
        inner_dimension=size("inner_dimension"),
        layer_count=size("layer_count"),
        max_tokens=positions - first,
        type_count=size("type_count") if family.has_types else 0,
        activation=ACTIVATIONS[activation],
        norm_epsilon=float(epsilon),
        first_position=first,
        padding_id=padding,
        relative_buckets=_BUCKETS if family.relative else 0,
    )


def part_names(description: Description, names: Collection[str]) -> dict[str, str]:
    """The tensor of every part of `Description.shapes`, among the names of a checkpoint.

    Tensors outside the encoder (pooler, heads of a task) are left alone. The model may lie under any prefix
    (``bert.``, ``0.auto_model.``); old checkpoints name weight and bias of a norm gamma and beta.

    Raises:
        FormatError: a part is missing. UnsupportedError: a tensor inside the encoder that no part uses.
    """
    family, names = FAMILIES[description.architecture], set(names)
    word = "embeddings.word_embeddings.weight"
    prefixes = sorted({name[: -len(word)] for name in names if name.endswith(word)})
    if len(prefixes) != 1:
        received = f"tensors under {', '.join(map(repr, prefixes))}" if prefixes else "none"
        raise _malformed(f"one tensor whose name ends in {word!r}", received)
    found = {}
    for part, _ in description.shapes():
        name = prefixes[0] + tensor_name(description, part)
        if name not in names:
            old = name.replace("LayerNorm.weight", "LayerNorm.gamma").replace("LayerNorm.bias", "LayerNorm.beta")
            if old not in names:
                raise _malformed(f"a tensor {name!r}, as config.json describes the model", "none of this name")
            name = old
        found[part] = name
    inside = tuple(prefixes[0] + room for room in ("embeddings.", family.layers.partition(".")[0] + "."))
    indices = {prefixes[0] + f"embeddings.{name}_ids" for name in ("position", "token_type")}
    if extra := sorted(name for name in names - set(found.values()) - indices if name.startswith(inside)):
        raise _unsupported("no tensors in the encoder beyond those of its configuration", ", ".join(extra[:3]))
    return found


def tensor_name(description: Description, part: str) -> str:
    """What the family calls a part of `Description.shapes`, without a prefix."""
    family = FAMILIES[description.architecture]
    whole = {
        "words": "embeddings.word_embeddings.weight",
        "positions": "embeddings.position_embeddings.weight",
        "types": "embeddings.token_type_embeddings.weight",
        "relative_bias": "encoder.relative_attention_bias.weight",
    }
    if part in whole:
        return whole[part]
    place, _, kind = part.rpartition(".")
    if place == "embedding_norm":
        return f"embeddings.LayerNorm.{kind}"
    number, _, name = place.partition(".")
    return f"{family.layers}.{number}.{family.layer[name]}.{kind}"


def _unsupported(expected: str, received: str) -> UnsupportedError:
    return UnsupportedError(message("native engine", expected, received))


def _malformed(expected: str, received: str) -> FormatError:
    return FormatError(message("native engine", expected, received))
