"""What the page does when the server is gone, when it comes back, and when a person has two tabs or reloads."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

import tokenspace as ts

from .watched_page import expect, settle

GONE = (
    "ERR_CONNECTION_REFUSED",
    "Failed to load resource",
    "Failed to fetch",
    "ERR_CONNECTION_RESET",
    "ERR_EMPTY_RESPONSE",
)
TEXT = "A quite particular sentence: 分词器 splits it."


def test_the_server_goes_and_comes_back(own_studio: Callable[..., Any], open_page: Callable[..., Any]) -> None:
    """A readable line while it is gone, and the page works on without a reload when it is back."""
    server = own_studio()
    page = open_page(server, "#/tokens")
    page.watch.allow(*GONE)
    field = page.locator("main textarea").first
    field.fill("before")
    page.wait_for_selector("main [data-token]")
    server.stop()
    field.fill("while it is gone")
    line = page.get_by_role("alert").first
    line.wait_for()
    said = line.inner_text()
    assert "undefined" not in said
    assert "TypeError" not in said
    assert "[object" not in said
    assert len(said.split()) > 3, f"not a sentence: {said!r}"
    server.restart()
    field.fill("after it is back")
    page.wait_for_function(
        "() => [...document.querySelectorAll('main [data-token]')].map((one) => one.textContent).join('').includes('back')"
    )
    page.wait_for_function(
        "() => ![...document.querySelectorAll('main [role=alert]')].some((one) => one.textContent.trim())"
    )


def test_a_reload_and_a_link_keep_the_text(studio: Callable[..., Any], open_page: Callable[..., Any]) -> None:
    server = studio()
    page = open_page(server, "#/tokens")
    page.locator("main textarea").first.fill(TEXT)
    page.wait_for_function("() => location.hash.length > 40")
    settle(page)
    page.reload()
    settle(page)
    expect(page.locator("main textarea").first).to_have_value(TEXT)
    elsewhere = open_page(server, page.evaluate("() => location.hash"))  # another browser: only the link is known there
    expect(elsewhere.locator("main textarea").first).to_have_value(TEXT)


def test_a_reload_within_the_moment_of_the_last_key_keeps_it(
    studio: Callable[..., Any], open_page: Callable[..., Any]
) -> None:
    page = open_page(studio(), "#/tokens")
    with page.expect_navigation():
        page.evaluate(
            """(text) => {
              const field = document.querySelector("main textarea");
              field.value = text;
              field.dispatchEvent(new Event("input", { bubbles: true }));
              setTimeout(() => location.reload(), 40);
            }""",
            TEXT,
        )
    settle(page)
    expect(page.locator("main textarea").first).to_have_value(TEXT)


def test_what_an_earlier_leave_left_does_not_come_back(
    studio: Callable[..., Any], open_page: Callable[..., Any]
) -> None:
    """A browser may keep a page that is left and come back to it, without a start."""
    page = open_page(studio(), "#/tokens")
    page.evaluate(
        """() => {
          const field = document.querySelector("main textarea");
          field.value = "older";
          field.dispatchEvent(new Event("input", { bubbles: true }));
          return new Promise((left) => setTimeout(() => left(window.dispatchEvent(new Event("pagehide"))), 40));
        }"""
    )
    assert "older" in page.evaluate("JSON.stringify({...sessionStorage})")
    page.locator("main textarea").first.fill("newer")
    settle(page)
    page.reload()
    settle(page)
    expect(page.locator("main textarea").first).to_have_value("newer")


def test_files_given_at_the_start_are_shown_at_once(
    own_studio: Callable[..., Any], open_page: Callable[..., Any], tmp_path: Path
) -> None:
    (tmp_path / "mine.txt").write_text("My own words, day by day.", encoding="utf-8")
    ts.Tokenizer.from_pretrained("tokenspace/char").save(tmp_path / "chars.json")
    vectors = ts.KeyedVectors(3)
    vectors.add_vectors(["morning", "noon", "evening"], np.eye(3, dtype=np.float32))
    vectors.save_word2vec_format(tmp_path / "days.vec")
    (tmp_path / "plays.csv").write_text(
        "session,item\n" + "\n".join(f"s{n // 3},i{n % 3}" for n in range(60)), encoding="utf-8"
    )
    server = own_studio(tmp_path)
    page = open_page(server)
    page.locator(".file").filter(has_text="mine.txt").wait_for()
    expect(page.locator("[data-count]")).to_have_text(
        [
            str(ts.Tokenizer.from_pretrained(name).count("My own words, day by day."))
            for name in ("tokenspace/bpe", "tokenspace/char")
        ]
    )
    page = open_page(server, "#/words")
    expect(page.locator(".about")).to_contain_text("3 words")
    page = open_page(server, "#/recommend")
    page.get_by_text("20 sessions, 60 events, 3 items").wait_for()


def test_two_tabs_do_not_disturb_each_other(studio: Callable[..., Any], open_page: Callable[..., Any]) -> None:
    server = studio()
    first = open_page(server, "#/tokens")
    second = open_page(server, "#/tokens", context=first.context)
    first.locator("main textarea").first.fill("the first tab")
    second.locator("main textarea").first.fill("the second tab")
    for page in (first, second):
        settle(page)
        page.reload()
        settle(page)
    expect(first.locator("main textarea").first).to_have_value("the first tab")
    expect(second.locator("main textarea").first).to_have_value("the second tab")


def test_rooms_remember_what_they_held(studio: Callable[..., Any], open_page: Callable[..., Any]) -> None:
    """There and back through the links at the top, and with the browser's own buttons."""
    page = open_page(studio(), "#/tokens")
    page.locator("main textarea").first.fill(TEXT)
    settle(page)
    rooms = page.get_by_role("navigation").first
    rooms.get_by_role("link", name="Words", exact=True).click()
    page.wait_for_selector("main[data-room=words]")
    settle(page)
    rooms.get_by_role("link", name="Tokens", exact=True).click()
    page.wait_for_selector("main[data-room=tokens]")
    settle(page)
    expect(page.locator("main textarea").first).to_have_value(TEXT)
    page.go_back()
    page.wait_for_selector("main[data-room=words]")
