"""``tokenspace env``."""

from __future__ import annotations

import os
import platform
import sys
from contextlib import suppress
from importlib import metadata
from pathlib import Path
from typing import Any

import click

from .output import dumps

_PACKAGES = (
    "numpy", "click", "rich", "huggingface_hub", "jinja2", "platformdirs", "safetensors", "pyarrow", "zstandard",
    "torch", "transformers", "tokenizers", "tiktoken", "sentencepiece",
)  # fmt: skip
_VARIABLES = (
    "HF_HOME", "HF_HUB_CACHE", "HF_ENDPOINT", "HF_HUB_OFFLINE", "HF_TOKEN", "HF_TOKEN_PATH", "TIKTOKEN_CACHE_DIR",
    "GENSIM_DATA_DIR",
    "XDG_CACHE_HOME", "NO_COLOR", "FORCE_COLOR", "TERM",
)  # fmt: skip
_FEATURES = ("sse4_2", "avx2", "bmi2", "avx512f", "avx512bw", "avx512vl", "avx512vbmi", "asimd", "sve")


def _cpu() -> dict[str, Any]:
    name, features = platform.processor() or platform.machine(), []
    with suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text(errors="replace").splitlines():
            key, _, value = line.partition(":")
            if key.strip() == "model name":
                name = value.strip()
            elif key.strip() in ("flags", "Features"):
                present = set(value.split())
                features = [flag for flag in _FEATURES if flag in present]
                break
    count = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return {"name": name, "usable_cores": count, "features": features}


def _packages() -> dict[str, str]:
    """Versions from package metadata: nothing is imported."""
    found = {}
    for name in _PACKAGES:
        with suppress(metadata.PackageNotFoundError):
            found[name] = metadata.version(name)
    return found


def _native() -> str:
    try:
        from .. import _core
    except ImportError as error:
        return f"missing: {error}"
    return str(getattr(_core, "__file__", None) or "present")


def _caches() -> dict[str, str]:
    from ..config import user_config_path

    found = {"user configuration": str(user_config_path())}
    with suppress(ImportError):
        from huggingface_hub import constants

        found["hub cache"] = str(constants.HF_HUB_CACHE)
        found["hub endpoint"] = str(constants.ENDPOINT)
    from ..tokenizers.compiled_cache import cache_folder as compiled
    from ..tokenizers.tiktoken_files import cache_folder as tiktoken

    found["tiktoken cache"] = str(tiktoken()[0])
    found["compiled cache"] = str(compiled())
    from ..hub_ranges import cache_root

    found["pieces of checkpoints"] = str(cache_root())
    from ..vectors.formats.registry import folders

    found["published vectors"] = ", ".join(map(str, folders()))
    return found


def environment() -> dict[str, Any]:
    """What a bug report needs. Secrets are named, never printed."""
    from .. import __version__

    values = {name: os.environ[name] for name in os.environ if name in _VARIABLES or name.startswith("TOKENSPACE_")}
    return {
        "tokenspace": __version__,
        "python": f"{platform.python_version()} ({platform.python_implementation()}) {sys.executable}",
        "platform": platform.platform(),
        "native core": _native(),
        "cpu": _cpu(),
        "paths": _caches(),
        "packages": _packages(),
        "variables": {name: "(set)" if "TOKEN" in name.removeprefix("TOKENSPACE") and "PATH" not in name
                      and name != "TOKENSPACE_TOKENIZER" else value
                      for name, value in sorted(values.items())},
    }  # fmt: skip


@click.command(short_help="Print versions, CPU features and cache folders.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
def command(as_json: bool) -> None:
    """Print versions, CPU features and cache folders, for bug reports."""
    found = environment()
    if as_json:
        click.echo(dumps(found, indent=1))
        return
    for key, value in found.items():
        if isinstance(value, dict):
            click.echo(f"{key}:")
            for name, item in value.items():
                shown = " ".join(map(str, item)) if isinstance(item, list) else item
                click.echo(f"  {name}: {shown}")
        else:
            click.echo(f"{key}: {value}")
