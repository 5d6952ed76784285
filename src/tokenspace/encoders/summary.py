"""What a model is, from its files alone: sizes, weights, tokenizer, the way from text to vector, and what would be refused."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from importlib.util import find_spec
from typing import Any, TypeVar

import numpy as np

from ..errors import TokenspaceError
from .engines.families import describe, part_names
from .input_embeddings.recipes import recipe_for
from .model_files import ModelFiles, Weights
from .model_files.tokenizer import model_tokenizer
from .static.files import is_static
from .text.description import describe_texts
from .token_embeddings.locate import config_sizes, find_input, find_output, is_tied

__all__ = ["ModelSummary", "TokenMatrix", "non_finite_tensors", "summarize"]

T = TypeVar("T")
_SIZES = {
    "hidden_size": ("hidden_size", "n_embd", "d_model", "dim"),
    "layers": ("num_hidden_layers", "n_layer", "n_layers", "num_layers"),
    "heads": ("num_attention_heads", "n_head", "n_heads", "num_heads"),
    "key_value_heads": ("num_key_value_heads",),
    "inner_size": ("intermediate_size", "n_inner", "d_ff", "hidden_dim"),
    "positions": ("max_position_embeddings", "n_positions"),
    "vocab_size": ("vocab_size",),
}
_BLOCK_BYTES = 32 << 20


@dataclass(frozen=True)
class TokenMatrix:
    """The matrix of input embeddings. tied: see `TokenEmbeddings`."""

    tensor: str
    shape: tuple[int, ...]
    dtype: str
    bytes: int
    tied: bool | None


@dataclass(frozen=True)
class ModelSummary:
    """A model in plain values.

    name: as it was given. architecture: model_type of config.json. model_class: its first ``architectures``.
    sizes: hidden_size, layers, heads, key_value_heads, inner_size, positions, vocab_size, as far as config.json has them.
    parameters: numbers in all tensors that hold weights (tied ones are stored once); None where they cannot be read.
    tensors: how many. memory: bytes by stored type. memory_as: bytes all parameters take as fp32, bf16 and int8.
    largest: the largest tensors, (name, type, shape).
    token_matrix: the input embeddings.
    tokenizer: kind and entries.
    engine: what runs it: "static", "native", "torch"; None: nothing that is installed.
    text: how a text becomes a vector, each value with its origin (`TextDescription.to_dict`).
    refused: part -> why it would be: "weights", "token matrix", "input embeddings", "tokenizer", "text vectors", "native
        engine", "torch engine".
    """

    name: str
    architecture: str | None = None
    model_class: str | None = None
    sizes: dict[str, int] = field(default_factory=dict)
    parameters: int | None = None
    tensors: int | None = None
    memory: dict[str, int] = field(default_factory=dict)
    memory_as: dict[str, int] = field(default_factory=dict)
    largest: list[tuple[str, str, tuple[int, ...]]] = field(default_factory=list)
    token_matrix: TokenMatrix | None = None
    tokenizer: dict[str, Any] | None = None
    engine: str | None = None
    text: dict[str, Any] | None = None
    refused: dict[str, str] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """The same as JSON values."""
        return asdict(self)


class _Attempts:
    """Runs each part and notes what was refused."""

    def __init__(self) -> None:
        self.refused: dict[str, str] = {}

    def __call__(self, part: str, make: Callable[[], T]) -> T | None:
        try:
            return make()
        except TokenspaceError as error:
            self.refused[part] = str(error)
            return None


def summarize(files: ModelFiles) -> ModelSummary:
    """The summary of a model. Headers and small files are read; of a model on the hub the headers alone are fetched.

    Raises:
        NotFoundError: the model has no config.json, no weights and no tokenizer, or is out of reach.
    """
    attempt = _Attempts()
    whole, files = files, files.main_part()
    tokenizer = attempt("tokenizer", lambda: model_tokenizer(files))
    config = attempt("config.json", lambda: files.config) or {}
    weights = attempt("weights", lambda: files.weights(ranges=True))
    if tokenizer is None and weights is None and not config:
        _ = files.config  # the error that says what is here
    known = None if tokenizer is None else {"kind": tokenizer.kind, "entries": len(tokenizer)}
    facts = {} if weights is None else attempt("weights", lambda: _weight_facts(weights)) or {}
    matrix = None if weights is None else attempt("token matrix", lambda: _token_matrix(files, config, weights))
    engine = None if weights is None else _engine(files, config, weights, attempt)
    if config and engine != "static":  # whose table is all there is
        attempt("input embeddings", lambda: recipe_for(config))
    text = attempt("text vectors", lambda: _texts(whole))
    classes = config.get("architectures")
    kind = config.get("model_type")
    return ModelSummary(
        whole.name,
        architecture=kind if isinstance(kind, str) else None,
        model_class=str(classes[0]) if isinstance(classes, list) and classes else None,
        sizes=_config_sizes(config),
        token_matrix=matrix,
        tokenizer=known,
        engine=engine,
        text=text,
        refused=attempt.refused,
        **facts,
    )


def non_finite_tensors(weights: Weights) -> dict[str, int]:
    """Tensor -> how many of its numbers are NaN or infinite, for those that hold such. Reads all weights, a few MB at a time.

    Raises:
        UnsupportedError: a type that is not read.
    """
    found: dict[str, int] = {}
    for name in weights.names:
        info = weights.info(name)
        raw = weights.raw(name).reshape(-1)
        if info.dtype != "BF16" and raw.dtype.kind != "f":
            continue
        count = 0
        step = _BLOCK_BYTES // raw.dtype.itemsize
        for start in range(0, len(raw), step):
            part = raw[start : start + step]
            # An exponent of ones, whatever the rest, is infinity or NaN.
            odd = (part & 0x7F80) == 0x7F80 if info.dtype == "BF16" else ~np.isfinite(part)
            count += int(np.count_nonzero(odd))
        if count:
            found[name] = count
    return found


def _config_sizes(config: dict[str, Any]) -> dict[str, int]:
    inner = config.get("text_config")
    parts = [config, inner] if isinstance(inner, dict) else [config]
    found: dict[str, int] = {}
    for ours, theirs in _SIZES.items():
        values = [part.get(name) for part in parts for name in theirs]
        sizes = [value for value in values if type(value) is int]
        if sizes:
            found[ours] = sizes[0]
    return found


def _weight_facts(weights: Weights) -> dict[str, Any]:
    infos = [weights.info(name) for name in weights.names]
    memory: dict[str, int] = {}
    for info in infos:
        memory[info.dtype] = memory.get(info.dtype, 0) + info.nbytes
    # Tables of positions and the like are stored too, but are no parameters.
    counted = sum(info.size for info in infos if info.dtype not in ("I64", "I32", "BOOL"))
    largest = sorted(infos, key=lambda info: -info.nbytes)[:5]
    return {
        "parameters": counted,
        "tensors": len(infos),
        "memory": memory,
        "memory_as": {"fp32": 4 * counted, "bf16": 2 * counted, "int8": counted},
        "largest": [(info.name, info.dtype, info.shape) for info in largest],
    }


def _token_matrix(files: ModelFiles, config: dict[str, Any], weights: Weights) -> TokenMatrix:
    """As stored: of a static encoder without its weights, which the table of `TokenEmbeddings` has applied."""
    sizes = config_sizes(config)
    info = find_input(f"load {files.name!r}", weights, sizes)
    return TokenMatrix(info.name, info.shape, info.dtype, info.nbytes, is_tied(sizes, find_output(weights, sizes)))


def _engine(files: ModelFiles, config: dict[str, Any], weights: Weights, attempt: _Attempts) -> str | None:
    """What runs the model, by its configuration and the names of its tensors; the order is that of `load_engine`."""
    if is_static(files, weights.names):
        return "static"
    if attempt("native engine", lambda: bool(part_names(describe(config), weights.names))):
        return "native"
    if find_spec("torch") is None or find_spec("transformers") is None:
        attempt.refused["torch engine"] = (
            "torch and transformers are not installed; try pip install 'tokenspace[models]'"
        )
        return None
    return "torch"


def _texts(files: ModelFiles) -> dict[str, Any]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        return describe_texts(files).to_dict()
