"""The Train room in Chromium, on real text: both kinds are trained and watched, paused, cancelled, reloaded, downloaded."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import tokenspace as ts
from tests.data import read_text

from .person import state_word
from .watched_page import assert_accessible, assert_no_sideways_scroll, expect, settle

Start = Callable[..., Any]


@pytest.fixture(scope="module")
def text(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("train") / "prose.txt"
    path.write_text(read_text("text/en-prose.txt.gz")[2_000_000:2_300_000], encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def long_text(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("train") / "long.txt"
    path.write_text(read_text("text/en-prose.txt.gz")[:1_500_000], encoding="utf-8")
    return path


def number(text: str) -> float:
    return float(text.replace(",", ""))


def done(page: Any) -> None:
    page.get_by_role("link", name="tokenizer.json").or_(page.get_by_role("link", name="safetensors")).first.wait_for(
        timeout=60_000
    )


@pytest.mark.parametrize(("width", "language", "theme"), [(1280, "en", "light"), (390, "zh", "dark")])
def test_a_tokenizer_is_trained_watched_and_compared(
    studio: Start, open_page: Start, text: Path, tmp_path: Path, width: int, language: str, theme: str
) -> None:
    page = open_page(studio(text), "#/train", width=width, language=language, theme=theme)
    page.get_by_text("300 kB").first.wait_for()
    page.get_by_role("button", name={"en": "Train the tokenizer", "zh": "开始训练分词器"}[language]).click()
    done(page)
    story = page.get_by_role(
        "region", name={"en": "The first merges, step by step", "zh": "逐步回放最初的合并"}[language]
    )
    says = story.locator(".says")
    before = says.inner_text()
    story.get_by_role("button", name={"en": "Next merge", "zh": "下一次合并"}[language]).click()
    page.wait_for_function("before => document.querySelector('.says').innerText !== before", arg=before)
    expect(story.locator(".step")).to_contain_text("60")
    page.keyboard.press("End")
    expect(story.locator(".step")).to_have_text(re.compile("^60"), use_inner_text=True)
    page.keyboard.press("ArrowLeft")
    expect(story.locator(".step")).to_have_text(re.compile("^59"), use_inner_text=True)
    table = page.get_by_role("table").filter(has_text="tokenspace/bpe")
    table.wait_for()
    rows = table.locator("tbody tr")
    expect(rows).to_have_count(2)
    assert number(rows.nth(0).locator("td").nth(0).inner_text()) == ts.advise_tokenizer(300_000).settings["vocab_size"]
    with page.expect_download() as told:
        page.get_by_role("link", name="tokenizer.json").click()
    told.value.save_as(tmp_path / "tokenizer.json")
    assert ts.Tokenizer.from_file(tmp_path / "tokenizer.json").encode("the same").tokens == ["the", "Ġsame"]
    settle(page)
    assert_no_sideways_scroll(page)
    assert_accessible(page)


def test_word_vectors_are_trained_and_their_neighbours_change(studio: Start, open_page: Start, text: Path) -> None:
    page = open_page(studio(text), "#/train")
    page.get_by_role("tab", name="Word vectors").click()
    page.get_by_label("Words to watch").fill("man, sword, nowherelandish")
    page.get_by_role("button", name="Train word vectors").click()
    tables = page.get_by_role("region", name="Nearest words, as they change")
    tables.get_by_role("heading", name="sword").wait_for(timeout=30_000)
    first = tables.locator("ol").first.inner_text()
    page.wait_for_function("first => document.querySelector('ol').innerText !== first", arg=first, timeout=30_000)
    done(page)
    expect(tables).to_contain_text("nowherelandish")
    expect(page.get_by_role("img", name=re.compile("after epoch"))).to_have_count(1)
    slider = tables.get_by_role("slider")
    last = tables.locator("ol").first.inner_text()
    slider.focus()
    page.keyboard.press("Home")
    page.wait_for_function("last => document.querySelector('ol').innerText !== last", arg=last)
    settle(page)
    assert_accessible(page)
    # What was trained is there after a reload and in a second tab, which know it from the link.
    page.reload()
    done(page)
    expect(page.get_by_role("region", name="Nearest words, as they change").get_by_role("slider")).to_have_count(1)
    second = open_page(studio(text), page.url[page.url.index("#") :], context=page.context)
    done(second)
    expect(second.get_by_role("heading", name="sword")).to_have_count(1)


def test_a_training_is_paused_resumed_and_cancelled(studio: Start, open_page: Start, long_text: Path) -> None:
    page = open_page(studio(long_text), "#/train")
    page.get_by_role("tab", name="Word vectors").click()
    page.get_by_label("epochs").fill("400")
    page.get_by_role("button", name="Train word vectors").click()
    page.get_by_role("heading", name="Nearest words, as they change").wait_for(timeout=60_000)
    page.get_by_role("button", name="Pause").click()
    page.get_by_role("button", name="Resume").wait_for()
    page.wait_for_timeout(400)
    bar = page.locator("main progress").first
    stood = bar.get_attribute("value")
    page.wait_for_timeout(600)
    expect(bar).to_have_attribute("value", stood)
    # A page that comes back while it is paused finds it paused.
    page.wait_for_timeout(300)
    page.reload()
    page.get_by_role("button", name="Resume").click()
    page.wait_for_function(
        "stood => +document.querySelector('main progress').value > +stood", arg=stood, timeout=30_000
    )
    # Another one beside it.
    page.get_by_role("tab", name="Tokenizer").click()
    page.get_by_role("button", name="Train the tokenizer").click()
    done(page)
    page.get_by_role("tab", name="Word vectors").click()
    page.get_by_role("button", name="Cancel").click()
    page.get_by_text("Cancelled").wait_for()
    expect(page.get_by_role("link", name="safetensors")).to_have_count(0)


def test_pasted_text_and_what_cannot_be_trained_is_said(
    studio: Start, open_page: Start, text: Path, tmp_path: Path
) -> None:
    binary = tmp_path / "binary.txt"
    binary.write_bytes(b"a line\n" + bytes(range(256)))
    page = open_page(studio(text), "#/train")
    page.get_by_text("Pasted text").click()
    assert page.get_by_role("button", name="Train the tokenizer").is_disabled()
    page.get_by_role("textbox", name="Text", exact=True).fill("low lower lowest\nnew newer newest\n" * 3)
    page.get_by_text("Unigram", exact=True).click()
    page.get_by_label("Vocabulary size").fill("100")
    page.get_by_role("button", name="Train the tokenizer").click()
    alert = page.locator("main [role=alert]").filter(has_text="special and byte pieces")
    alert.wait_for()
    page.get_by_label("Vocabulary size").fill("zero")
    assert page.get_by_role("button", name="Train the tokenizer").is_disabled()
    page.get_by_text("Files", exact=True).click()
    page.locator("main input[type=file]").first.set_input_files(str(binary))
    page.locator("main [role=alert]").filter(has_text="binary.txt").wait_for()
    page.watch.allow("422")


def test_the_link_to_the_tokens_room_opens_the_trained_tokenizer(studio: Start, open_page: Start, text: Path) -> None:
    page = open_page(studio(text), "#/train")
    page.get_by_text("300 kB").first.wait_for()
    page.get_by_role("button", name="Train the tokenizer").click()
    done(page)
    page.get_by_role("link", name="Open in Tokens").click()
    page.wait_for_selector("main[data-room=tokens]")
    settle(page)
    chosen = page.evaluate("[...document.querySelectorAll('select')].map((one) => one.value)")
    assert any(value.startswith("job:") for value in chosen), json.dumps(chosen)


def test_a_training_that_ended_with_its_server_says_so(studio: Start, open_page: Start) -> None:
    state = {"kind": "vectors", "runs": [{"id": "0123456789abcdef", "kind": "vectors"}]}
    page = open_page(studio(), f"#/train?j{state_word(state)}")
    page.watch.allow("404")
    page.get_by_role("alert").filter(has_text="ended with the server that ran it").wait_for()
    expect(page.get_by_role("button", name="Train word vectors")).to_be_enabled()
