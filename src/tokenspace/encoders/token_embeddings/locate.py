"""Which tensor of a checkpoint is the matrix of input embeddings, and which that of the output.

By the names architectures give them, behind any prefix ("model.", "language_model.model."), and by the shape that
config.json states. Where that leaves a doubt, nothing is guessed: the error lists the candidates.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ...errors import FormatError, NotFoundError, UnsupportedError, message
from ..model_files.weights import TensorInfo, Weights, first_names

__all__ = ["ConfigSizes", "config_sizes", "find_input", "find_output", "is_tied"]

# Ends of names, behind the beginning or a dot. Those before the bar are the one matrix a model shares among its parts.
_SHARED = ("shared.weight",)
_INPUT = (
    "embed_tokens.weight", "wte.weight", "word_embeddings.weight", "word_embedding.weight", "embed_in.weight",
    "tok_embeddings.weight", "token_embedding.weight", "token_embeddings.weight", "tok_embed.weight", "emb.weight",
    "embeddings.weight", "embedding.weight", "embeddings",
)  # fmt: skip
_OUTPUT = (
    "lm_head.weight", "embed_out.weight", "output.weight", "output_layer.weight", "lm_head.decoder.weight",
    "predictions.decoder.weight", "vocab_projector.weight", "generator_lm_head.weight", "proj_out.weight",
    "head.weight",
)  # fmt: skip
# config.json of models of several parts keeps the language model's sizes in one of these.
_PARTS = ("text_config", "llm_config", "language_config", "thinker_config", "decoder", "text_encoder")
# A factorised embedding (ALBERT, ELECTRA, OPT-350m) has its own width, which goes before the hidden size.
_WIDTHS = ("embedding_size", "word_embed_proj_dim", "hidden_size", "n_embd", "d_model", "dim", "emb_dim", "n_embed")


class ConfigSizes:
    """Sizes a config.json states.

    Attributes:
        vocab_size: rows, None when it does not say.
        widths: the columns an embedding may have.
        tied: whether the output uses the input matrix; None when it does not say.
    """

    def __init__(self, config: Mapping[str, Any]) -> None:
        parts = [config]
        for name in _PARTS:
            inner = config.get(name)
            if isinstance(inner, Mapping):
                parts += [inner, *(inner[deep] for deep in _PARTS if isinstance(inner.get(deep), Mapping))]
        self.vocab_size = _first_size(parts, ("vocab_size", "padded_vocab_size"))
        self.widths = tuple(dict.fromkeys(width for part in parts for width in _sizes(part, _WIDTHS)))
        ties = [part["tie_word_embeddings"] for part in parts if isinstance(part.get("tie_word_embeddings"), bool)]
        self.tied: bool | None = ties[0] if ties else None

    def fits(self, tensor: TensorInfo) -> bool:
        """Whether a tensor may be a matrix of embeddings of this vocabulary. It may have more rows (padding)."""
        if len(tensor.shape) != 2:
            return False
        rows, columns = tensor.shape
        return (self.vocab_size is None or rows >= self.vocab_size) and (not self.widths or columns in self.widths)

    def __str__(self) -> str:
        rows = "any number" if self.vocab_size is None else str(self.vocab_size)
        return f"a matrix of {rows} rows and {' or '.join(map(str, self.widths)) or 'any number of'} columns"


def config_sizes(config: Mapping[str, Any]) -> ConfigSizes:
    """The sizes of a config.json."""
    return ConfigSizes(config)


def _sizes(part: Mapping[str, Any], names: Iterable[str]) -> list[int]:
    values = [part.get(name) for name in names]
    return [value for value in values if type(value) is int and value > 0]


def _first_size(parts: list[Mapping[str, Any]], names: tuple[str, ...]) -> int | None:
    found = [size for part in parts for size in _sizes(part, names)]
    return found[0] if found else None


def _ending_in(weights: Weights, endings: tuple[str, ...]) -> list[str]:
    dotted = tuple("." + ending for ending in endings)
    return [name for name in weights.names if name in endings or name.endswith(dotted)]


def _listing(weights: Weights, names: Iterable[str]) -> str:
    return first_names(f"{name} {list(weights.info(name).shape)}" for name in names)


def find_input(operation: str, weights: Weights, sizes: ConfigSizes, tensor: str | None = None) -> TensorInfo:
    """The matrix of input embeddings.

    Args:
        tensor: its name, where the caller knows better.

    Raises:
        FormatError: the tensors of such a name have other shapes than the configuration says. UnsupportedError: several
            fit, or none has a known name; lists the candidates. NotFoundError: ``tensor`` is not there.
    """
    if tensor is not None:
        info = weights.info(tensor)
        if len(info.shape) != 2:
            raise FormatError(message(operation, f"{tensor!r} as a matrix", f"shape {list(info.shape)}"))
        return info
    named = _ending_in(weights, _INPUT)
    outputs = _ending_in(weights, _OUTPUT)
    for names in (_ending_in(weights, _SHARED), named, outputs if sizes.tied and not named else []):
        fitting = [name for name in names if sizes.fits(weights.info(name))]
        if len(fitting) == 1:
            return weights.info(fitting[0])
        if len(fitting) > 1:
            received = f"{len(fitting)} that fit: {_listing(weights, fitting)}"
            raise UnsupportedError(
                message(operation, "one matrix of input embeddings", received, "tensor= with a name")
            )
    matrices = [name for name in named if len(weights.info(name).shape) == 2]
    if matrices:
        expected = f"{sizes}, as config.json says"
        raise FormatError(message(operation, expected, _listing(weights, matrices), "tensor= with a name"))
    others = [name for name in weights.names if name not in outputs and sizes.fits(weights.info(name))]
    received = f"none; of the right shape: {_listing(weights, others) or 'none'}"
    raise UnsupportedError(message(operation, "an input embedding by a known name", received, "tensor= with a name"))


def find_output(weights: Weights, sizes: ConfigSizes) -> TensorInfo | None:
    """The matrix that turns hidden states into scores of tokens, when the files hold one of their own."""
    named = [name for name in _ending_in(weights, _OUTPUT) if sizes.fits(weights.info(name))]
    return weights.info(named[0]) if named else None


def is_tied(sizes: ConfigSizes, output: TensorInfo | None) -> bool | None:
    """Whether the output uses the input matrix: as config.json says; else no when the files hold an output matrix; else
    None: there is none, and nothing says whether the model has one."""
    if sizes.tied is not None:
        return sizes.tied
    return False if output is not None else None


def output_or_error(operation: str, weights: Weights, sizes: ConfigSizes, input_info: TensorInfo) -> TensorInfo:
    """The output matrix, which is the input's when they are tied.

    Raises:
        NotFoundError: the files hold none, and nothing says that it is the input's.
    """
    output = find_output(weights, sizes)
    if sizes.tied:
        return input_info
    if output is None:
        received = f"none among {len(weights)} tensors, and no tie_word_embeddings"
        raise NotFoundError(message(operation, "an output matrix (lm_head)", received))
    return output
