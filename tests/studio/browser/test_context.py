"""The Context room in Chromium: with a model on the shelf, and what it says without one."""

from __future__ import annotations

import re
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.data import minilm_folder
from tests.unit.hub_server import Hub, serving

from ..test_server import started
from .watched_page import assert_accessible, assert_no_sideways_scroll, expect, settle

Open = Callable[..., Any]


def opened(studio: Open, open_page: Open, **look: Any) -> Any:
    page = open_page(studio(minilm_folder()), "#/context", **look)
    page.get_by_role("slider").wait_for()
    return page


def choose(page: Any, tab: str) -> None:
    page.get_by_role("tab", name=tab).click()
    settle(page)


def test_layers_are_looked_through_without_another_computation(studio: Open, open_page: Open) -> None:
    page = opened(studio, open_page)
    expect(page.locator("mark")).to_have_count(12)
    groups = page.locator("section h3").all_inner_texts()
    assert [text.split()[1] for text in groups] == ["1", "2"]
    page.get_by_text("is one and the same").wait_for()  # the last request of the opening
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/api/context/" in request.url else None)
    slider = page.get_by_role("slider")
    before = page.locator("circle").first.get_attribute("style")
    slider.focus()
    for _ in range(6):
        page.keyboard.press("ArrowLeft")
    expect(slider).to_have_attribute("aria-valuetext", "Layer 0 of 6")
    expect(page.locator(".summary")).to_contain_text("One group")
    expect(page.locator("circle").first).not_to_have_attribute("style", before)
    page.get_by_role("button", name="To the layer that parts best").click()
    expect(slider).to_have_attribute("aria-valuetext", re.compile("parts best"))
    assert asked == []


def test_the_heat_map_is_read_by_keyboard(studio: Open, open_page: Open) -> None:
    page = opened(studio, open_page)
    cells = page.get_by_role("application").first
    cells.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    told = page.locator(".told").first.inner_text()
    assert "bank" in told
    assert told.rsplit(":", 1)[1].strip().replace(".", "").replace("-", "").isdigit()


def test_a_word_of_ones_own_and_one_that_is_not_there(studio: Open, open_page: Open) -> None:
    page = opened(studio, open_page)
    page.get_by_text("Sentences, one a line").first.click()
    page.locator("textarea").fill("A 🦀 crab bit me.\nThe crab walked away.\nNo animal here.")
    page.get_by_label("Word", exact=True).fill("crab")
    page.get_by_role("button", name="Compare").click()
    page.get_by_text("2 occurrences", exact=True).wait_for()
    expect(page.locator("mark")).to_have_text(["crab", "crab"])
    page.get_by_label("Word", exact=True).fill("zebra")
    page.get_by_role("button", name="Compare").click()
    page.get_by_role("alert").wait_for()
    expect(page.get_by_role("alert")).to_contain_text("zebra")


def test_a_link_restores_the_room(studio: Open, open_page: Open) -> None:
    page = opened(studio, open_page)
    page.get_by_role("button", name="spring", exact=True).click()
    page.get_by_text("15 occurrences").wait_for()
    page.get_by_role("slider").focus()
    page.keyboard.press("Home")
    page.keyboard.press("ArrowRight")
    page.wait_for_function("() => location.hash.includes('?')")
    settle(page)
    other = open_page(studio(minilm_folder()), page.evaluate("location.hash"))
    other.get_by_text("15 occurrences").wait_for()
    expect(other.get_by_role("slider")).to_have_attribute("aria-valuetext", "Layer 1 of 6")
    other.reload()
    other.get_by_text("15 occurrences").wait_for()


@pytest.mark.parametrize(("width", "language", "theme"), [(1280, "en", "light"), (390, "zh", "dark")])
def test_every_view(studio: Open, open_page: Open, width: int, language: str, theme: str) -> None:
    page = opened(studio, open_page, width=width, language=language, theme=theme)
    assert_accessible(page)
    assert_no_sideways_scroll(page)
    for place in range(1, 5):
        page.get_by_role("tab").nth(place).click()
        settle(page)
        page.locator("main figure, main .arcs").first.wait_for()
        assert_accessible(page)
        assert_no_sideways_scroll(page)


def test_attention_and_alignment(studio: Open, open_page: Open) -> None:
    page = opened(studio, open_page)
    choose(page, "Attention")
    token = page.locator(".token", has_text="bank")
    token.click()
    page.mouse.move(0, 0)
    expect(token).to_have_attribute("aria-pressed", "true")
    shares = [float(text.split()[0]) for text in page.locator(".list b").all_inner_texts()]
    assert shares == sorted(shares, reverse=True)
    assert 0 < sum(shares) <= 100.1
    page.get_by_label("Head").select_option(label="Head 3")
    page.get_by_role("button", name="Matrix").click()
    page.get_by_role("application").wait_for()
    choose(page, "Two sentences")
    page.locator(".links path").first.wait_for()
    assert page.locator(".links path").count() >= 4


def test_without_a_model_the_room_says_the_one_command(studio: Open, open_page: Open) -> None:
    page = open_page(studio(), "#/context")
    box = page.get_by_test_id("no-model")
    box.wait_for()
    expect(box).to_contain_text("tokenspace models pull sentence-transformers/all-MiniLM-L6-v2")
    page.get_by_text("Before any sentence").wait_for()
    page.get_by_role("application").wait_for()  # the sentences as wholes, by the encoder in the package
    choose(page, "Whole sentences")
    page.get_by_role("application").wait_for()
    page.get_by_placeholder("Ask them").fill("I cannot sign in")
    page.get_by_role("button", name="Ask them").click()
    page.wait_for_function("() => /password|log in/.test(document.querySelector('main ol li')?.textContent ?? '')")
    choose(page, "Attention")
    page.get_by_test_id("no-model").wait_for()


def test_the_button_brings_the_model(open_page: Open, tmp_path: Path) -> None:
    name = "sentence-transformers/all-MiniLM-L6-v2"
    files = {
        path.relative_to(minilm_folder()).as_posix(): path.read_bytes()
        for path in minilm_folder().rglob("*")
        if path.is_file()
    }
    with serving(Hub({name: files})) as hub:
        environment = {
            "HF_HUB_OFFLINE": "0", "HF_ENDPOINT": hub.url, "HF_HOME": str(tmp_path), "HF_HUB_DISABLE_XET": "1",
            "HF_HUB_CACHE": str(tmp_path / "hub"), "no_proxy": "127.0.0.1",
        }  # fmt: skip
        with started("--port", "0", **environment) as (process, line):
            page = open_page(line.split()[-1].rstrip("/"), "#/context")
            button = page.get_by_role("button", name="Download now")
            button.wait_for()
            assert hub.log == []  # nobody is asked before it is pressed
            button.click()
            page.get_by_role("slider").wait_for(timeout=60_000)
            page.get_by_test_id("no-model").wait_for(state="detached")
            expect(page.locator("mark")).to_have_count(12)
            page.context.close()
            process.send_signal(signal.SIGINT)
            process.communicate(timeout=20)
