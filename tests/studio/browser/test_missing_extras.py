"""Each optional part while it is not installed: the room says so in its language, with the one command that adds it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import tokenspace as ts
from tests.unit.checkpoints import write_model

from .watched_page import assert_accessible, assert_no_sideways_scroll

Open = Callable[..., Any]
HIDDEN = ("jieba", "matplotlib", "pyarrow", "sklearn", "torch", "transformers", "umap", "zstandard")
REFUSED = "424 (Failed Dependency)"  # the browser's own line of the answer
LOOKS = [(1280, "en"), (390, "zh")]


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, ...]:
    """A text, a table of texts, and a model that only torch would run."""
    folder = tmp_path_factory.mktemp("files")
    (folder / "prose.txt").write_text("the river runs to the sea 河水流向大海\n" * 200, encoding="utf-8")
    (folder / "table.parquet").write_bytes(b"PAR1")  # refused before it is read
    config = {"model_type": "gpt2", "vocab_size": 8, "n_embd": 4, "n_layer": 1, "n_head": 1}
    model = write_model(
        folder / "tiny-gpt", config, {"model.safetensors": {"wte.weight": np.zeros((8, 4), np.float32)}}
    )
    ts.Tokenizer.from_pretrained("tokenspace/byte").save(model / "tokenizer.json")
    return folder / "prose.txt", folder / "table.parquet", model


@pytest.fixture(params=LOOKS, ids=["wide", "narrow"])
def at(request: Any, studio: Open, open_page: Open, files: tuple[Path, ...]) -> Callable[[str], Any]:
    """Opens a room of a server that has none of the packages."""
    width, language = request.param

    def open_room(fragment: str) -> Any:
        page = open_page(
            studio(*files, options=("--sample",), without=HIDDEN), fragment, width=width, language=language
        )
        page.watch.allow(REFUSED)
        return page

    return open_room


def assert_says_how(page: Any, extra: str) -> None:
    """The notice with the one command, in the page's language, and no red line beside it."""
    from playwright.sync_api import expect

    notice = page.locator(".missing")
    notice.get_by_text(f"pip install 'tokenspace[{extra}]'", exact=True).wait_for()
    said = {"en": "Run this in a terminal", "zh": "请在终端运行"}[
        page.evaluate("document.documentElement.lang.slice(0, 2)")
    ]
    notice.get_by_text(said).wait_for()
    expect(page.locator("main").get_by_text("pip install")).to_have_count(1)
    expect(page.get_by_role("alert")).to_have_count(0)
    assert_no_sideways_scroll(page)
    assert_accessible(page)


def test_the_map_of_words_without_umap(at: Callable[[str], Any]) -> None:
    page = at("#/words")
    page.locator("#words-tab-map").click()
    page.locator("#words-map canvas").first.wait_for()
    method = page.locator("#words-map select:has(option[value=umap])")
    method.select_option("umap")
    assert_says_how(page, "topics")
    page.locator("#words-map canvas").first.wait_for(state="detached")  # the old picture is no answer
    method.select_option("pca")
    page.locator("#words-map canvas").first.wait_for()
    page.locator(".missing").wait_for(state="detached")


def test_the_map_of_items_without_umap(at: Callable[[str], Any]) -> None:
    page = at("#/recommend")
    page.locator("#recommend-tab-map").click()
    page.locator("#recommend-map canvas").first.wait_for(timeout=60_000)
    method = page.locator("#recommend-map select:has(option[value=umap])")
    method.select_option("umap")
    assert_says_how(page, "topics")
    page.locator("#recommend-map canvas").first.wait_for(state="detached")
    method.select_option("pca")
    page.locator("#recommend-map canvas").first.wait_for()


def test_a_model_that_torch_would_run(at: Callable[[str], Any]) -> None:
    page = at("#/context")
    assert_says_how(page, "models")


def test_chinese_cut_by_jieba(at: Callable[[str], Any]) -> None:
    page = at("#/train")
    page.locator("#train-tab-vectors").click()
    page.locator("details:has(select option[value=jieba]) > summary").click()
    page.locator("select:has(option[value=jieba])").select_option("jieba")
    page.locator("main form button[type=submit], main button.primary").last.click()
    assert_says_how(page, "zh")


def test_a_table_in_parquet(at: Callable[[str], Any]) -> None:
    page = at("#/train")
    page.get_by_role("checkbox", name="prose.txt").uncheck()
    page.get_by_role("checkbox", name="table.parquet").check()
    assert_says_how(page, "data")
