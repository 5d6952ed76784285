"""The pictures of Studio in the documentation: each shown somewhere, none large, made by `make screenshots`."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.data import ROOT
from tests.studio.browser.pictures import MOST_BYTES

IMAGES = ROOT / "docs" / "images"
PAGES = [ROOT / "README.md", ROOT / "README.zh-CN.md", *sorted((ROOT / "docs").rglob("*.md"))]
SHOWN = re.compile(r"!\[[^\]]*\]\(([^)\s]+\.png)\)")


def pictures_of(page: Path) -> set[Path]:
    return {(page.parent / link).resolve() for link in SHOWN.findall(page.read_text("utf-8"))}


def test_each_picture_is_shown_small_and_retaken_by_a_test() -> None:
    shown = set().union(*map(pictures_of, PAGES))
    kept = set(IMAGES.glob("*.png"))
    assert kept
    assert kept <= shown, f"on no page: {sorted(path.name for path in kept - shown)}"
    tests = (ROOT / "tests/studio/browser/test_pictures.py").read_text("utf-8")
    for path in kept:
        assert path.stat().st_size < MOST_BYTES, path.name
        assert f'"{path.stem}"' in tests, f"{path.name}: no test takes it"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_picture_a_page_names_is_there(page: Path) -> None:
    missing = [path.name for path in pictures_of(page) if not path.is_file()]
    assert not missing


@pytest.mark.parametrize("page", ["README.md", "README.zh-CN.md"])
def test_the_readme_shows_three_rooms(page: str) -> None:
    assert len([path for path in pictures_of(ROOT / page) if path.parent == IMAGES]) >= 3
