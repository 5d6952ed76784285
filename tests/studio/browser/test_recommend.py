"""The Recommend room in Chromium, on the sample and on files of other forms."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from .watched_page import assert_accessible, assert_no_sideways_scroll, expect, settle

Open = Callable[..., Any]


def opened(studio: Open, open_page: Open, fragment: str = "#/recommend", **look: Any) -> Any:
    page = open_page(studio(options=("--sample",)), fragment, **look)
    page.locator("ol li .score").first.wait_for(timeout=60_000)
    return page


def results(page: Any) -> list[str]:
    return list(page.locator("section.right li strong").all_inner_texts())


def test_the_sample_recommends_at_once_and_says_why(studio: Open, open_page: Open) -> None:
    page = opened(studio, open_page)
    expect(page.locator("section.right li strong")).to_have_count(10)
    expect(page.locator(".reason").nth(9)).to_be_attached()
    page.get_by_role("button", name="Why ").first.click()
    dialog = page.get_by_role("dialog")
    dialog.locator("li").first.wait_for()
    expect(dialog.locator("li")).to_have_count(page.locator("header + .search + ol > li").count())
    shares = [float(text.replace("−", "-")) for text in dialog.locator("b").all_inner_texts()]
    assert shares == sorted(shares, reverse=True)
    page.keyboard.press("Escape")
    dialog.wait_for(state="hidden")


def test_a_history_is_made_by_keyboard(studio: Open, open_page: Open) -> None:
    page = opened(studio, open_page)
    page.get_by_role("button", name="Clear").click()
    box = page.get_by_role("combobox", name="Search items to add")
    for text in ("kelp", "anvil"):
        box.fill(text)
        page.get_by_role("option").first.wait_for()
        page.wait_for_function(
            f"() => document.querySelector('[role=option]')?.textContent.toLowerCase().includes('{text}')"
        )
        page.keyboard.press("Enter")
    chips = page.locator("ol li .title")
    page.wait_for_function("() => document.querySelectorAll('ol li .title').length === 2")
    first, second = chips.all_inner_texts()
    page.keyboard.press("Escape")
    page.get_by_role("button", name=f"Move {second} earlier").press("Enter")
    expect(chips).to_have_text([second, first])
    page.get_by_role("button", name=f"Remove {second}").press("Enter")
    expect(chips).to_have_text([first])
    page.get_by_text("cosine", exact=True).first.wait_for()  # one item alone: what is alike


def test_a_session_with_its_last_item_held_out(studio: Open, open_page: Open) -> None:
    page = opened(studio, open_page)
    page.get_by_role("button", name="Take: ").nth(2).click()
    page.get_by_text("What really came next").wait_for()
    settle(page)
    listed = page.locator("ol li .title").all_inner_texts()
    again = opened(studio, open_page, page.evaluate("location.hash"))
    expect(again.locator("ol li .title")).to_have_text(listed)


def test_the_map_colours_by_metadata(studio: Open, open_page: Open) -> None:
    page = opened(studio, open_page)
    page.get_by_role("tab", name="Map of items").click()
    page.get_by_text("of the variance").wait_for(timeout=60_000)
    expect(page.locator("main")).to_contain_text("forgecore")
    assert_accessible(page)


def test_a_small_grid_teaches_in_numbers_of_these_data(studio: Open, open_page: Open) -> None:
    page = opened(studio, open_page)
    page.get_by_role("tab", name="Which setting matters").click()
    page.get_by_label("Windows").fill("2, 8")
    page.get_by_label("Negatives").fill("5")
    page.get_by_label("ns_exponent values").fill("-0.5, x")
    assert page.get_by_role("button", name="Try all").is_disabled()
    page.get_by_label("ns_exponent values").fill("-0.5, 0.75")
    page.get_by_text("4 combinations").wait_for()
    page.get_by_role("button", name="Try all").click()
    page.locator(".lesson").wait_for(timeout=120_000)
    expect(page.locator(".scroll tbody tr")).to_have_count(4)
    expect(page.locator(".lesson")).to_contain_text("0.75")
    scores = [float(text.split()[0]) for text in page.locator(".scroll tbody td:nth-of-type(3)").all_inner_texts()]
    assert scores == sorted(scores, reverse=True)
    assert_accessible(page)


def test_a_damaged_file_is_told_with_its_line(studio: Open, open_page: Open, tmp_path: Path) -> None:
    page = opened(studio, open_page)
    page.get_by_role("button", name="Files and settings").click()
    path = tmp_path / "broken.csv"
    path.write_text("user,item,time\n1,a,3\n2,b,then\n", encoding="utf-8")
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Choose a file").first.click()
    chooser.value.set_files(path)
    page.get_by_text("First rows").wait_for()
    page.get_by_role("button", name="Learn again").click()
    page.get_by_role("alert").wait_for()
    expect(page.get_by_role("alert").first).to_contain_text("broken.csv, row 2 (line 3)")


def test_a_table_whose_columns_have_odd_names(own_studio: Open, open_page: Open, tmp_path: Path) -> None:
    draw = random.Random(3)
    rows = [f"{n % 40};{draw.randrange(2) * 10 + draw.randrange(10)}" for n in range(400)]
    path = tmp_path / "log.csv"
    path.write_text("wer,was\n" + "\n".join(row.replace(";", ",") for row in rows), encoding="utf-8")
    page = open_page(own_studio(path), "#/recommend")
    page.get_by_text("Sessions in, recommendations out").wait_for()
    page.get_by_text("log.csv").first.click()
    page.get_by_label("session or user").select_option("wer")
    page.get_by_label("item", exact=True).select_option("was")
    page.get_by_role("button", name="Learn").click()
    page.get_by_text("40 sessions, 400 events, 20 items").wait_for(timeout=60_000)
    page.locator("ol li .score").first.wait_for(timeout=60_000)


def test_a_server_that_was_restarted_is_taught_again(own_studio: Open, open_page: Open, tmp_path: Path) -> None:
    draw = random.Random(5)
    path = tmp_path / "plays.csv"
    rows = [f"u{n % 60},i{draw.randrange(2) * 10 + draw.randrange(10)}" for n in range(600)]
    path.write_text("session,item\n" + "\n".join(rows), encoding="utf-8")
    server = own_studio(path)
    page = open_page(server, "#/recommend")
    page.locator("ol li .score").first.wait_for(timeout=60_000)
    page.watch.allow("Failed to load resource")
    server.restart()

    def answered(question: str) -> Any:
        return page.expect_response(
            lambda answer: answer.ok and answer.url.endswith(f"/api/recommend/{question}"), timeout=60_000
        )

    with answered("ask"), answered("train"):
        page.get_by_role("button", name="Take: u1", exact=True).click()
    page.locator("ol li .score").first.wait_for()
    page.get_by_role("alert").wait_for(state="detached")


def test_sessions_of_one_name_are_listed_each(own_studio: Open, open_page: Open, tmp_path: Path) -> None:
    path = tmp_path / "lists.jsonl"
    path.write_text('{"session": "mine", "items": ["a", "b", "c"]}\n' * 3, encoding="utf-8")
    page = open_page(own_studio(path), "#/recommend")
    page.get_by_role("button", name="Take: mine").nth(2).wait_for(timeout=60_000)


@pytest.mark.parametrize(("width", "language", "theme"), [(1280, "en", "dark"), (390, "zh", "light")])
def test_every_view(studio: Open, open_page: Open, width: int, language: str, theme: str) -> None:
    page = opened(studio, open_page, width=width, language=language, theme=theme)
    assert_accessible(page)
    assert_no_sideways_scroll(page)
    page.locator("main button[aria-expanded]").first.click()
    settle(page)
    assert_accessible(page)
    assert_no_sideways_scroll(page)
    for place in range(1, 4):
        page.get_by_role("tab").nth(place).click()
        settle(page)
        assert_no_sideways_scroll(page)
        assert_accessible(page)
