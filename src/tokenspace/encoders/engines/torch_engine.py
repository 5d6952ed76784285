"""Any architecture that transformers can run, behind the protocol of engines; the extra ``[models]``.

torch and transformers are imported when a model is loaded, never before. Files come from `ModelFiles` alone, weights from
safetensors alone, and nothing is asked of the network once they are there.

Rows are padded on the right whatever side the tokenizer's configuration names: padding is masked in models that look both
ways and lies in the future of those that look back, and so learned positions count from the first token of each text.
"""

from __future__ import annotations

import inspect
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from ...errors import ArgumentError, FormatError, NotFoundError, UnsupportedError, message
from .check import check_batch, check_layers
from .pooling import pool_tokens, unit_rows
from .protocol import FloatArray, Pooling, TokenBatch, TokenVectors

if TYPE_CHECKING:
    from ..model_files import ModelFiles

__all__ = ["TorchEngine"]

_WEIGHTS = "model.safetensors"
_SHARDS = "model.safetensors.index.json"
_PICKLED = ("pytorch_model.bin", "pytorch_model.bin.index.json")
_PRECISIONS = {"auto": "fp32", "fp32": "fp32", "bf16": "bf16"}
# Cells of one padded rectangle: few enough for the attention of long texts, enough to keep two cores busy.
_PADDED_TOKENS = 8192


def _torch(what: str) -> Any:
    try:
        import torch
        import transformers  # noqa: F401 - both are needed; the error names them together
    except ImportError as error:
        raise UnsupportedError(
            message(
                what,
                "torch and transformers, which run this architecture",
                str(error),
                "pip install 'tokenspace[models]'",
            )
        ) from error
    return torch


def _best_device(torch: Any) -> str:
    if torch.cuda.is_available():
        return "cuda"
    mps = getattr(torch.backends, "mps", None)
    return "mps" if mps is not None and mps.is_available() else "cpu"


def _folder(files: ModelFiles, trust_remote_code: bool) -> Path:
    """The folder that holds config.json and, beside it, every file of weights."""
    config = files.path("config.json")
    if config is None:
        raise NotFoundError(message(f"load {files.name}", "config.json", "none"))
    if files.path(_WEIGHTS) is None:
        if files.path(_SHARDS) is None:
            if any(files.path(name) is not None for name in _PICKLED):
                raise UnsupportedError(
                    message(
                        f"load {files.name}",
                        f"weights as {_WEIGHTS}",
                        "pickled weights, which run code when they are read",
                        "model.save_pretrained(folder) of transformers, which writes safetensors",
                    )
                )
            raise NotFoundError(message(f"load {files.name}", f"{_WEIGHTS} or {_SHARDS}", "neither"))
        index = files.read_json(_SHARDS)
        shards = index.get("weight_map") if isinstance(index, dict) else None
        if not isinstance(shards, dict) or not all(isinstance(name, str) for name in shards.values()):
            raise FormatError(message(f"load {files.name}", f"a weight_map of names in {_SHARDS}", "another shape"))
        for name in sorted(set(shards.values())):
            if files.path(name) is None:
                raise NotFoundError(message(f"load {files.name}", f"the shard {name}", "none"))
    if trust_remote_code:
        for reference in dict(files.config.get("auto_map") or {}).values():
            for one in reference if isinstance(reference, list) else [reference]:
                files.path(f"{str(one).split('--')[-1].split('.')[0]}.py")
    return config.parent


def _load(torch: Any, folder: Path, what: str, precision: str, trust_remote_code: bool) -> Any:
    from transformers import AutoConfig, AutoModel, AutoModelForTextEncoding
    from transformers.utils import logging

    common = {"local_files_only": True, "trust_remote_code": trust_remote_code}
    try:
        config = AutoConfig.from_pretrained(str(folder), **common)
    except (ValueError, KeyError, OSError, TypeError) as error:
        raise UnsupportedError(
            message(what, "an architecture that transformers knows", _first_line(error), "engine='native'")
        ) from error
    known = type(config) in AutoModelForTextEncoding._model_mapping
    two_parts = bool(getattr(config, "is_encoder_decoder", False))
    # The encoder of a T5 saved alone says that it is no encoder-decoder; its class of configurations knows better.
    kind = AutoModelForTextEncoding if known and (two_parts or type(config)().is_encoder_decoder) else AutoModel
    logging_level, shown = logging.get_verbosity(), logging.is_progress_bar_enabled()
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    try:
        model, loaded = kind.from_pretrained(
            str(folder),
            config=config,
            use_safetensors=True,
            dtype=getattr(torch, {"fp32": "float32", "bf16": "bfloat16"}[precision]),
            output_loading_info=True,
            **common,
        )
    except (ValueError, KeyError, OSError, RuntimeError, ImportError) as error:
        raise FormatError(message(what, "weights that fit the configuration", _first_line(error))) from error
    except Exception as error:  # safetensors has its own exception, which is none of these
        if type(error).__name__ != "SafetensorError":
            raise
        raise FormatError(message(what, "sound safetensors", _first_line(error))) from error
    finally:
        logging.set_verbosity(logging_level)
        if shown:
            logging.enable_progress_bar()
    missing = sorted(name for name in loaded["missing_keys"] if not _unused(name))
    if missing:
        more = f" and {len(missing) - 3} more" if len(missing) > 3 else ""
        raise FormatError(
            message(
                what, "weights for every parameter", f"none for {', '.join(missing[:3])}{more}", "the whole checkpoint"
            )
        )
    if two_parts and kind is AutoModel:
        model = model.get_encoder()
    for name, value in model.named_parameters():
        if not bool(torch.isfinite(value).all()):
            raise FormatError(
                message(what, "finite weights", f"NaN or infinity in {name}", "another copy of the model")
            )
    return model


def _unused(name: str) -> bool:
    """Parameters that the vectors of tokens do not depend on: BERT's pooler, and the decoder of an encoder-decoder."""
    return name.startswith(("pooler.", "decoder.")) or ".pooler." in name


def _first_line(error: BaseException) -> str:
    return (str(error).strip() or type(error).__name__).split("\n", 1)[0][:300]


class TorchEngine:
    """A transformers model on one device.

    Results are those of the model row by row up to the rounding of torch's kernels, which differs with the padding.

    Args:
        files: configuration and weights; weights that are only there as pickles are refused.
        precision: "fp32", "bf16", or "auto": "fp32".
        device: torch's name of one; None: the first of "cuda", "mps" and "cpu" that is there.
        trust_remote_code: run Python code that came with the model.

    Raises:
        UnsupportedError: torch or transformers is missing, an architecture that transformers does not know, code in the
            model without ``trust_remote_code``, pickled weights. NotFoundError: no weights, or a missing shard.
            FormatError: damaged weights, such that do not fit the configuration, or that are not finite.
    """

    name = "torch"

    def __init__(
        self, files: ModelFiles, *, precision: str = "auto", device: str | None = None, trust_remote_code: bool = False
    ) -> None:
        what = f"load {files.name}"
        if precision not in _PRECISIONS:
            raise ArgumentError(message(what, "precision auto, fp32 or bf16 of the torch engine", repr(precision)))
        folder = _folder(files, trust_remote_code)
        torch = _torch(what)
        self.precision = _PRECISIONS[precision]
        model = _load(torch, folder, what, self.precision, trust_remote_code)
        self._device = device or _best_device(torch)
        try:
            model = model.to(self._device).eval()
        except (RuntimeError, AssertionError) as error:  # torch built without CUDA asserts
            raise ArgumentError(
                message(what, "a device that torch can use", f"{device!r}: {_first_line(error)}")
            ) from error
        self._torch, self._model, self._what = torch, model, what
        self._lock = threading.Lock()
        config = model.config.get_text_config() if hasattr(model.config, "get_text_config") else model.config
        self.architecture = str(getattr(model.config, "model_type", ""))
        self.dimension = int(_first_of(config, "hidden_size", "d_model", "n_embd", "dim"))
        self.layer_count = int(
            _first_of(config, "num_hidden_layers", "num_layers", "n_layer", "n_layers", "encoder_layers")
        )
        self.head_count = int(_first_of(config, "num_attention_heads", "num_heads", "n_head", "n_heads") or 0)
        self.vocab_size = int(model.get_input_embeddings().weight.shape[0])
        self.max_tokens = _max_tokens(model, config)
        self._accepts = set(inspect.signature(model.forward).parameters)
        if not _has_segments(config):
            self._accepts.discard("token_type_ids")
        pad = getattr(config, "pad_token_id", None)
        self._pad = pad if isinstance(pad, int) and 0 <= pad < self.vocab_size else 0

    def token_vectors(
        self, batch: TokenBatch, layers: Sequence[int] = (-1,), attentions: bool = False, threads: int = 0
    ) -> TokenVectors:
        """See `Engine.token_vectors`. ``attentions`` needs the eager attention, which the model keeps from then on."""
        wanted = check_layers(layers, self.layer_count)
        check_batch(batch, self.vocab_size, self.max_tokens)
        lengths = np.diff(batch.row_offsets)
        vectors = np.zeros((len(wanted), len(batch.ids), self.dimension), dtype=np.float32)
        weights: list[FloatArray] | None = None
        if attentions:
            self._use_eager_attention()
            weights = [np.zeros((self.layer_count, self.head_count, 0, 0), dtype=np.float32)] * len(batch)
        with self._torch.inference_mode(), self._threads(threads):
            for rows in _rectangles(lengths):
                self._run(batch, rows, lengths, wanted, vectors, weights)
        return TokenVectors(wanted, vectors, weights)

    def pooled(
        self, batch: TokenBatch, pooling: Pooling = "mean", normalize: bool = False, threads: int = 0
    ) -> FloatArray:
        """See `Engine.pooled`."""
        tokens = self.token_vectors(batch, (-1,), threads=threads).vectors[0]
        vectors = pool_tokens(tokens, batch.row_offsets, pooling)
        return unit_rows(vectors) if normalize else vectors

    def _run(
        self,
        batch: TokenBatch,
        rows: npt.NDArray[np.int64],
        lengths: npt.NDArray[np.int64],
        layers: tuple[int, ...],
        vectors: FloatArray,
        weights: list[FloatArray] | None,
    ) -> None:
        """One padded rectangle through the model, its results written to where they belong."""
        torch = self._torch
        width = int(lengths[rows].max())
        cells = np.arange(width)[None, :] < lengths[rows][:, None]
        # Places of the rectangle's tokens in the flat arrays, row by row.
        flat = (batch.row_offsets[rows][:, None] + np.arange(width)[None, :])[cells]
        ids = np.full(cells.shape, self._pad, dtype=np.int64)
        ids[cells] = batch.ids[flat]
        inputs = {
            "input_ids": torch.from_numpy(ids).to(self._device),
            "attention_mask": torch.from_numpy(cells.astype(np.int64)).to(self._device),
        }
        if batch.type_ids is not None and "token_type_ids" in self._accepts:
            types = np.zeros(cells.shape, dtype=np.int64)
            types[cells] = batch.type_ids[flat]
            inputs["token_type_ids"] = torch.from_numpy(types).to(self._device)
        if "use_cache" in self._accepts:
            inputs["use_cache"] = False
        last_only = set(layers) == {self.layer_count}
        out = self._model(
            **inputs, output_hidden_states=not last_only, output_attentions=weights is not None, return_dict=True
        )
        inside = torch.from_numpy(cells).to(self._device)
        for place, layer in enumerate(layers):
            state = out.last_hidden_state if layer == self.layer_count else out.hidden_states[layer]
            vectors[place, flat] = state[inside].float().cpu().numpy()
        if weights is not None:
            given = getattr(out, "attentions", None)
            if not given or any(one is None for one in given):
                raise UnsupportedError(message(self._what, "an architecture with attention weights", self.architecture))
            layered = torch.stack([one.float() for one in given], dim=1).cpu().numpy()
            for place, row in enumerate(rows.tolist()):
                size = int(lengths[row])
                weights[row] = np.ascontiguousarray(layered[place, :, :, :size, :size])

    def _use_eager_attention(self) -> None:
        with self._lock:
            if getattr(self._model.config, "_attn_implementation", "eager") != "eager":
                self._model.set_attn_implementation("eager")

    @contextmanager
    def _threads(self, threads: int) -> Iterator[None]:
        """torch's threads belong to the process: they are lent to one call at a time and given back."""
        if threads <= 0 or threads == self._torch.get_num_threads():
            with nullcontext():
                yield
            return
        with self._lock:
            before = self._torch.get_num_threads()
            self._torch.set_num_threads(threads)
            try:
                yield
            finally:
                self._torch.set_num_threads(before)


def _rectangles(lengths: npt.NDArray[np.int64]) -> Iterator[npt.NDArray[np.int64]]:
    """Rows grouped by length, longest first, each group of few enough padded cells; rows without tokens are left out."""
    order = np.argsort(-lengths, kind="stable")
    order = order[lengths[order] > 0]
    begin = 0
    while begin < len(order):
        count = max(1, _PADDED_TOKENS // int(lengths[order[begin]]))
        yield order[begin : begin + count]
        begin += count


def _first_of(config: Any, *names: str) -> Any:
    return next((value for name in names if (value := getattr(config, name, None)) is not None), None)


def _has_segments(config: Any) -> bool:
    """Whether types of tokens name segments. GPT-2 and its like take them for ids and add the vectors of those tokens."""
    return bool(getattr(config, "type_vocab_size", 0)) or getattr(config, "model_type", "") == "xlnet"


def _max_tokens(model: Any, config: Any) -> int | None:
    """The rows of the table of learned positions that a text may use; None where positions are computed or relative."""
    for name, module in model.named_modules():
        last = name.rpartition(".")[2]
        if last in ("position_embeddings", "wpe", "embed_positions", "position_embedding") and hasattr(
            module, "weight"
        ):
            weight = module.weight
            if weight is None or weight.ndim != 2:
                continue
            offset = getattr(module, "offset", None)  # BART's table begins with two rows that no text uses
            if offset is None:
                padding = getattr(module, "padding_idx", None)  # RoBERTa counts from the row after its padding
                offset = padding + 1 if isinstance(padding, int) else 0
            return int(weight.shape[0]) - int(offset)
    return None
