"""What holds in every room: no serious fault of accessibility, no sideways scrolling, both languages, both themes."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from tests.data import ROOT

from .watched_page import assert_accessible, assert_no_sideways_scroll, expect, settle

ROOMS = re.findall(r'name: "(\w+)"', (ROOT / "web/src/rooms/rooms.ts").read_text("utf-8"))
# What the tests of the rooms themselves leave out: they walk through all their views in two other looks.
LOOKS = [(1280, "zh", "light"), (390, "en", "dark")]


@pytest.mark.parametrize(("width", "language", "theme"), LOOKS)
@pytest.mark.parametrize("room", ROOMS)
def test_a_room_opens_and_anyone_can_use_it(
    studio: Callable[..., Any], open_page: Callable[..., Any], room: str, width: int, language: str, theme: str
) -> None:
    page = open_page(studio(), f"#/{room}", width=width, language=language, theme=theme)
    expect(page.locator("main")).to_have_attribute("data-room", room)
    expect(page.locator("html")).to_have_attribute("lang", ("zh-CN" if language == "zh" else "en"))
    dark = page.evaluate("getComputedStyle(document.body).backgroundColor.match(/\\d+/g).map(Number)[0] < 90")
    assert dark == (theme == "dark")
    assert_no_sideways_scroll(page)
    assert_accessible(page)


@pytest.mark.parametrize("room", ROOMS)
def test_the_language_changes_every_word_of_a_room(
    studio: Callable[..., Any], open_page: Callable[..., Any], room: str
) -> None:
    """In Chinese no label, heading, button or tab of the room is left in English."""
    page = open_page(studio(), f"#/{room}")
    english = labels(page)
    page.get_by_role("button", name="中文", exact=True).click()
    page.wait_for_function("() => document.documentElement.lang === 'zh-CN'")
    settle(page)
    same = sorted(set(english) & set(labels(page)))
    # A single word in small letters is an example or a word of the data.
    left = [text for text in same if re.search(r"[A-Z][a-z]{2}|[a-z]{3} ", text) and not NAMES.search(text)]
    assert not left, f"not translated: {left}"
    page.reload()
    settle(page)
    expect(page.locator("html")).to_have_attribute("lang", "zh-CN")  # the choice is kept


# Names of models, files, settings and sample texts are the same in every language.
NAMES = re.compile(
    r"tokenspace|\.\w{2,5}\b|/|_|\b(BPE|WordPiece|Unigram|SuperBPE|UMAP|PCA|CBOW|Skip-gram|skip-gram|GPT|BERT|Llama|SVG|HTML|JSON|CSV|Jinja|Python|"
    r"ChatML|word2vec|fastText|FastText|GloVe|Doc2Vec|NDCG|MRR|Hit|Unicode|UTF-8|ids?|English|Hub|hub|tiktoken|jieba|epoch|softmax)\b"
)


def labels(page: Any) -> list[str]:
    """Texts of the room's headings, buttons, tabs and labels."""
    found: list[str] = page.evaluate(
        """() => [...document.querySelectorAll("main :is(h1, h2, h3, button, label, legend, th, [role=tab])")]
          .filter((one) => !one.closest("[lang], [data-own-text]") || one.closest("[lang]") === document.documentElement)
          .map((one) => [...one.childNodes].filter((node) => node.nodeType === 3).map((node) => node.textContent).join(" ").trim())
          .filter(Boolean)"""
    )
    return found


@pytest.mark.parametrize("width", [1280, 390])
def test_every_room_is_reached_with_the_keyboard(
    studio: Callable[..., Any], open_page: Callable[..., Any], width: int
) -> None:
    page = open_page(studio(), width=width)
    page.keyboard.press("Tab")
    assert "skip" in (page.evaluate("document.activeElement.className") or "")
    for room in ROOMS[1:]:
        for _ in range(12):
            page.keyboard.press("Tab")
            if page.evaluate("document.activeElement.getAttribute('href') ?? ''").startswith(f"#/{room}"):
                break
        outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert outline != "none", "the focus is not visible"
        page.keyboard.press("Enter")
        page.wait_for_selector(f"main[data-room={room}]")
        settle(page)


def test_the_theme_is_kept(studio: Callable[..., Any], open_page: Callable[..., Any]) -> None:
    page = open_page(studio(), theme="light")
    light = page.evaluate("getComputedStyle(document.body).backgroundColor")
    for _ in range(3):
        page.get_by_role("button", name=re.compile("^Theme")).click()
        if page.locator("html").get_attribute("data-theme") == "dark":
            break
    page.wait_for_function("(light) => getComputedStyle(document.body).backgroundColor !== light", arg=light)
    page.reload()
    settle(page)
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")


def test_an_address_of_no_room_opens_the_first(studio: Callable[..., Any], open_page: Callable[..., Any]) -> None:
    page = open_page(studio(), "#/nowhere?%%%garbage")
    expect(page.locator("main")).to_have_attribute("data-room", ROOMS[0])
