"""The way of someone who has read nothing: a text file dropped on the page, coloured tokens, a trained tokenizer, word vectors,
neighbours, and their picture. Only what stands on the page is pressed."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.data import DATA, read_text

from .person import drop_file, press, tab_to
from .watched_page import assert_accessible, assert_no_sideways_scroll, settle

TRAINING = 120_000  # milliseconds, beside other work


@pytest.fixture(scope="session")
def book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A text file as people have them: a novel where the shared data is, else our own English."""
    path = tmp_path_factory.mktemp("book") / "my book.txt"
    if (DATA / "text" / "en-prose.txt.gz").exists():
        text = read_text("text/en-prose.txt.gz")
    else:
        from tokenspace.samples.english import paragraphs

        text = "\n".join(paragraphs(80_000))
    path.write_text(text[: text.index("\n", 400_000)] + "\n", "utf-8")
    return path


@pytest.mark.parametrize(("width", "language"), [(1280, "en"), (390, "zh")])
def test_from_a_dropped_file_to_the_picture_of_its_words(
    studio: Callable[..., Any], open_page: Callable[..., Any], book: Path, width: int, language: str
) -> None:
    say = WORDS[language]
    page = open_page(studio(), width=width, language=language)
    page.wait_for_selector("main [data-token]")  # something real stands there before anything is done

    drop_file(page, book)
    page.get_by_text(book.name).first.wait_for()
    page.wait_for_function(f"() => document.querySelector('main').innerText.includes({book.name!r})")
    first = book.read_text("utf-8").split()[1][:4]
    page.wait_for_function(
        "(part) => [...document.querySelectorAll('[data-token]')].map((one) => one.textContent).join('').includes(part)",
        arg=first,
    )
    colours = page.evaluate(
        "new Set([...document.querySelectorAll('[data-token]')].map((one) => getComputedStyle(one).backgroundColor)).size"
    )
    assert colours >= 4
    assert page.locator("[data-token]").count() < 4000  # only what is seen is in the document

    page.get_by_role("navigation").first.get_by_role("link", name=say["train"], exact=True).click()
    settle(page)
    assert page.get_by_role(
        "checkbox", name=re.compile(re.escape(book.name))
    ).is_checked()  # it need not be chosen again
    page.get_by_role("button", name=say["train tokenizer"], exact=True).click()
    page.get_by_role("button", name=say["open tokens"]).or_(
        page.get_by_role("link", name=say["open tokens"])
    ).first.wait_for(timeout=TRAINING)
    assert_no_sideways_scroll(page)

    page.get_by_role("tab", name=say["vectors"], exact=True).click()
    page.get_by_role("button", name=say["train vectors"], exact=True).click()
    link = (
        page.get_by_role("button", name=say["open words"]).or_(page.get_by_role("link", name=say["open words"])).first
    )
    link.wait_for(timeout=TRAINING)
    assert_no_sideways_scroll(page)
    assert_accessible(page)
    link.click()
    page.wait_for_selector("main[data-room=words]")
    settle(page)
    # Cosines of the neighbours of some word.
    page.wait_for_function(r"() => (document.querySelector('main').innerText.match(/0\.\d{3}/g) ?? []).length >= 5")
    assert_no_sideways_scroll(page)

    page.get_by_role("tab", name=say["map"], exact=True).click()
    page.wait_for_selector("main canvas")
    settle(page)
    page.wait_for_timeout(500)
    drawn = page.evaluate(
        """() => {
          const canvas = [...document.querySelectorAll("main canvas")].sort((a, b) => b.width * b.height - a.width * a.height)[0];
          const box = canvas.getBoundingClientRect();
          return box.width > 200 && box.height > 200;
        }"""
    )
    assert drawn
    picture = page.locator("main canvas").first.screenshot()
    assert len(picture) > 3000  # a blank picture of this size has a few hundred bytes
    assert_no_sideways_scroll(page)


WORDS = {
    "en": {
        "train": "Train", "train tokenizer": "Train the tokenizer", "vectors": "Word vectors", "train vectors": "Train word vectors",
        "open tokens": "Open in Tokens", "open words": "Open in Words", "map": "Map",
    },
    "zh": {
        "train": "训练", "train tokenizer": "开始训练分词器", "vectors": "词向量", "train vectors": "开始训练词向量",
        "open tokens": "在“词元”中打开", "open words": "在“词向量”中打开", "map": "地图",
    },
}  # fmt: skip


def test_the_same_way_with_the_keyboard_alone(
    studio: Callable[..., Any], open_page: Callable[..., Any], book: Path
) -> None:
    page = open_page(studio())
    page.wait_for_selector("main [data-token]")
    with page.expect_file_chooser() as chooser:
        press(page, "^Open a file")
    chooser.value.set_files(book)
    page.wait_for_function(f"() => document.querySelector('main').innerText.includes({book.name!r})")
    settle(page)
    tab_to(page, "Arrow keys")  # the tokens
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.wait_for_selector("[data-token][aria-selected=true]")

    press(page, "^Train$")
    page.wait_for_selector("main[data-room=train]")
    settle(page)
    tab_to(page, "^Tokenizer$")
    page.keyboard.press("ArrowRight")
    page.get_by_role("button", name="Train word vectors").wait_for()
    press(page, "^Train word vectors")
    page.get_by_text("Open in Words").first.wait_for(timeout=TRAINING)
    press(page, "^Open in Words")
    page.wait_for_selector("main[data-room=words]")
    settle(page)
    tab_to(page, "^Neighbours$")
    page.keyboard.press("End")
    page.keyboard.press("ArrowLeft")
    page.wait_for_selector("main canvas")
