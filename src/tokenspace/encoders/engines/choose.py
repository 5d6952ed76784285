"""Which engine runs a model."""

from __future__ import annotations

from typing import Literal, TypeAlias, get_args

from ...errors import ArgumentError, UnsupportedError, message
from ..model_files import ModelFiles
from .protocol import Engine

__all__ = ["EngineName", "Precision", "load_engine"]

EngineName: TypeAlias = Literal["auto", "native", "torch", "static"]
Precision: TypeAlias = Literal["auto", "fp32", "bf16", "int8"]


def load_engine(
    files: ModelFiles,
    *,
    engine: EngineName = "auto",
    precision: Precision = "auto",
    device: str | None = None,
    trust_remote_code: bool = False,
) -> Engine:
    """The engine that runs a model, loaded.

    Args:
        files: the model.
        engine: "auto": a static table for the files of one, the native engine for what it can run, torch for
            everything else. A name: this one or none.
        precision: what to compute in. "auto": the fastest this processor has whose vectors keep a cosine of at least
            0.999 to those of float32.
        device: of torch ("cpu", "cuda"); naming one asks for the torch engine.
        trust_remote_code: let the torch engine run Python code that came with the model.

    Raises:
        UnsupportedError: no engine that is installed runs this model, with what stopped the native one.
        ArgumentError: a device with an engine that has none.
    """
    if engine not in ("auto", "native", "torch", "static"):
        raise ArgumentError(message("load", "engine auto, native, torch or static", repr(engine)))
    if precision not in get_args(Precision):
        raise ArgumentError(message("load", f"precision among {', '.join(get_args(Precision))}", repr(precision)))
    if device is not None and engine not in ("auto", "torch"):
        raise ArgumentError(message("load", f"no device with engine {engine!r}", repr(device), 'engine="torch"'))
    if engine == "torch" or device is not None:
        from .torch_engine import TorchEngine

        return TorchEngine(files, precision=precision, device=device, trust_remote_code=trust_remote_code)
    # The table of a static encoder lies a room higher up; only its reading is known here.
    from ..static.files import is_static, read_static

    if engine == "static" or (engine == "auto" and is_static(files)):
        return read_static(files)
    from .native import NativeEngine

    try:
        return NativeEngine(files, precision)
    except UnsupportedError as refusal:
        if engine == "native":
            raise
        return _by_torch(files, precision, trust_remote_code, refusal)


def _by_torch(files: ModelFiles, precision: Precision, trusted: bool, refusal: UnsupportedError) -> Engine:
    """What the native engine refused; what it said is not lost where torch is missing too."""
    from .torch_engine import TorchEngine

    try:
        return TorchEngine(files, precision=precision, trust_remote_code=trusted)
    except UnsupportedError as other:
        raise UnsupportedError(f"{refusal}; {other}") from refusal
