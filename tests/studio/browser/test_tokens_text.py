"""The text as tokens, as a person meets it: typing, dropping files, pointing, replaying, sending a link, ten megabytes."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import tokenspace as ts
from tests.data import ASSETS

from .person import state_word
from .watched_page import assert_accessible, assert_no_sideways_scroll, expect, settle

MOST_ELEMENTS = 4_000
DROP = """([name, bytes]) => {
    const transfer = new DataTransfer();
    transfer.items.add(new File([new Uint8Array(bytes)], name));
    const event = (kind) => new DragEvent(kind, { dataTransfer: transfer, bubbles: true, cancelable: true });
    for (const kind of ["dragenter", "dragover", "drop"]) document.querySelector("main").dispatchEvent(event(kind));
}"""


@pytest.fixture
def page(studio: Callable[..., Any], open_page: Callable[..., Any]) -> Any:
    page = open_page(studio(), "#/tokens")
    page.wait_for_selector("[data-token]")
    return page


def counts(page: Any) -> list[int]:
    return [int(text.replace(",", "")) for text in page.locator("[data-count]").all_text_contents()]


def shows(page: Any, *wanted: int) -> None:
    """Waits until the counts of the columns are these."""
    page.wait_for_function(
        "(wanted) => JSON.stringify([...document.querySelectorAll('[data-count]')]"
        ".map((one) => Number(one.textContent.replaceAll(',', '')))) === JSON.stringify(wanted)",
        arg=list(wanted),
    )


def count(name: str, text: str) -> int:
    return len(ts.Tokenizer.from_pretrained(name).encode(text))


def token(page: Any, column: int, text: str) -> Any:
    return page.locator("[role=listbox]").nth(column).locator("[data-token]", has_text=text).first


def type_text(page: Any, text: str) -> None:
    page.get_by_label("Text", exact=True).and_(page.locator("textarea")).fill(text)


def test_typing_is_tokenized_at_once(page: Any) -> None:
    text = "Hello wörld, 人工智能!"
    type_text(page, text)
    shows(page, count("tokenspace/bpe", text), count("tokenspace/unigram", text))
    shown = [
        one.replace("·", " ")
        for one in page.locator("[role=listbox]").first.locator("[data-token]").all_text_contents()
    ]
    assert "".join(shown) == text


def test_only_the_newest_answer_is_shown(page: Any) -> None:
    """An answer that comes late does not take the place of a newer text's."""
    held: list[Any] = []

    def hold(route: Any) -> None:
        if '"slow"' in (route.request.post_data or ""):
            held.append(route)
        else:
            route.continue_()

    page.route("**/api/tokens/encode", hold)
    type_text(page, "slow")
    page.wait_for_timeout(300)
    type_text(page, "fast and new")
    shows(page, *(count(name, "fast and new") for name in ("tokenspace/bpe", "tokenspace/unigram")))
    for route in held:
        route.continue_()
    settle(page)
    assert counts(page) == [count(name, "fast and new") for name in ("tokenspace/bpe", "tokenspace/unigram")]
    page.watch.allow("net::ERR_ABORTED")


def test_a_dropped_text_is_read_and_a_dropped_tokenizer_compared(page: Any, tmp_path: Path) -> None:
    text = "A file dropped here, 拖进来的文件。\n" * 20
    page.evaluate(DROP, ["dropped.txt", list(text.encode())])
    shows(page, count("tokenspace/bpe", text), count("tokenspace/unigram", text))
    own = ts.Tokenizer.from_pretrained("tokenspace/word")
    own.save(tmp_path / "tokenizer.json")
    page.evaluate(DROP, ["mine.json", list((tmp_path / "tokenizer.json").read_bytes())])
    shows(page, count("tokenspace/bpe", text), count("tokenspace/unigram", text), len(own.encode(text)))
    # Everywhere under its file's name.
    expect(page.get_by_role("region", name="Where they differ")).to_contain_text("mine.json")
    expect(page.locator("main")).not_to_contain_text("file:")


def test_a_folder_is_not_taken_for_a_server_that_went(page: Any, tmp_path: Path) -> None:
    (tmp_path / "corpus").mkdir()
    debugger = page.context.new_cdp_session(page)
    data = {"items": [], "files": [str(tmp_path / "corpus")], "dragOperationsMask": 1}
    for kind in ("dragEnter", "dragOver", "drop"):
        debugger.send("Input.dispatchDragEvent", {"type": kind, "x": 400, "y": 400, "data": data})
    page.get_by_role("alert").filter(has_text="corpus cannot be read: it is a folder").wait_for()


def test_files_of_one_name_are_listed_with_their_folders(
    studio: Callable[..., Any], open_page: Callable[..., Any], tmp_path: Path
) -> None:
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "notes.txt").write_text(f"Notes in {folder}.", encoding="utf-8")
    page = open_page(studio(tmp_path / "a", tmp_path / "b"), "#/tokens")
    page.get_by_label("Files", exact=True).select_option(label="b/notes.txt · 11 B")
    page.locator(".file").filter(has_text="b/notes.txt").wait_for()
    shows(page, count("tokenspace/bpe", "Notes in b."), count("tokenspace/unigram", "Notes in b."))


def test_a_link_says_what_it_has_lost(studio: Callable[..., Any], open_page: Callable[..., Any]) -> None:
    word = state_word({"tokenizers": ["tokenspace/byte"]})
    other = open_page(studio(), f"#/tokens?j{word[:-9]}")
    other.get_by_role("status").filter(has_text="This link is damaged").wait_for()
    other = open_page(studio(), f"#/tokens?J{word}")  # the capital: made without its text
    other.get_by_role("status").filter(has_text="does not hold its text").wait_for()
    shows(other, 0)
    type_text(other, "mine")
    shows(other, 4)


def test_a_file_that_is_no_text_shows_no_tokens_of_the_one_before(page: Any) -> None:
    page.evaluate(DROP, ["program.bin", [127, 69, 76, 70, 255, 254, 0, 1]])
    page.get_by_role("alert").filter(has_text="program.bin").wait_for()
    assert page.locator("[data-token]").count() == page.locator("[data-count]").count() == 0
    page.get_by_role("button", name="Type text instead").click()
    page.wait_for_selector("[data-token]")
    page.watch.allow("422")


def test_a_character_of_a_thousand_marks_keeps_the_page_in_its_width(page: Any) -> None:
    text = "a" + "\u0301" * 3000 + "b"
    type_text(page, text)
    shows(page, count("tokenspace/bpe", text), count("tokenspace/unigram", text))
    page.locator("[data-differences]").wait_for()
    assert_no_sideways_scroll(page)


def test_pointing_at_a_token_tells_everything_about_it(page: Any) -> None:
    type_text(page, "the naïve café")
    shows(page, *(count(name, "the naïve café") for name in ("tokenspace/bpe", "tokenspace/unigram")))
    token(page, 0, "the").hover()
    page.wait_for_selector("[data-id]")
    bpe = ts.Tokenizer.from_pretrained("tokenspace/bpe")
    expect(page.locator("[data-id]")).to_have_text(str(bpe.token_to_id("the")))
    details = page.locator("aside").text_content()
    assert "74 68 65" in details
    assert "U+0074" in details
    assert "LATIN SMALL LETTER T" in details
    # The same place is outlined in the other column.
    expect(page.locator("[role=listbox]").nth(1).locator(".linked").first).to_be_attached()


def test_a_token_is_reached_and_replayed_with_the_keyboard(page: Any) -> None:
    text = "unbelievable tokens"
    type_text(page, text)
    shows(page, count("tokenspace/bpe", text), count("tokenspace/unigram", text))
    column = page.locator("[role=listbox]").first
    column.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    chosen = column.get_attribute("aria-activedescendant")
    assert chosen == "token-0-1"
    expect(page.locator(f"#{chosen}")).to_have_attribute("aria-selected", "true")
    replay = page.get_by_label("How it comes about").first
    replay.wait_for()
    slider = replay.get_by_role("slider")
    last = int(slider.get_attribute("max"))
    assert last > 3
    slider.focus()
    page.keyboard.press("Home")
    symbols = replay.locator(".symbols span")
    expect(symbols).to_have_text(list("unbelievable"))
    for step in range(1, last + 1):
        page.keyboard.press("ArrowRight")
        expect(symbols).to_have_count(len("unbelievable") - step)
    bpe = ts.Tokenizer.from_pretrained("tokenspace/bpe")
    expect(symbols).to_have_text(bpe.encode("unbelievable").tokens)
    replay.get_by_role("button", name="To the beginning").click()
    replay.get_by_role("button", name="Play").click()
    page.wait_for_function("() => document.querySelectorAll('.symbols span').length < 11")
    replay.get_by_role("button", name="Pause").click()


@pytest.mark.parametrize(("index", "words"), [(1, "log-probability"), (2, "in the vocabulary?")])
def test_other_methods_are_replayed_their_own_way(page: Any, index: int, words: str) -> None:
    page.get_by_role("button", name="Compare with another").click()
    type_text(page, "unbelievable")
    shows(page, *(count(f"tokenspace/{name}", "unbelievable") for name in ("bpe", "unigram", "wordpiece")))
    token(page, index, "un").click()
    replay = page.get_by_label("How it comes about").first
    replay.get_by_role("slider").wait_for()
    expect(replay).to_contain_text(words)


def test_a_link_restores_text_tokenizers_and_options(page: Any, open_page: Callable[..., Any]) -> None:
    text = "<|endoftext|> 👩🏽\u200d🔬 line\n\ttab"
    type_text(page, text)
    page.get_by_role("button", name="Compare with another").click()
    page.get_by_role("button", name="By token").click()
    page.get_by_role("button", name="White space").click()
    page.get_by_label("Special tokens in the text").select_option("as_text")
    page.wait_for_function("() => document.querySelectorAll('[data-count]').length === 3")
    settle(page)
    wanted, url = counts(page), page.url
    assert "#/tokens?z" in url
    other = open_page(url.split("#")[0].rstrip("/"), "#" + url.split("#")[1])
    shows(other, *wanted)
    expect(other.locator("textarea").first).to_have_value(text)
    expect(other.get_by_role("button", name="By token")).to_have_attribute("aria-pressed", "true")
    expect(other.get_by_role("button", name="White space")).to_have_attribute("aria-pressed", "false")
    expect(other.get_by_label("Special tokens in the text")).to_have_value("as_text")


def test_special_tokens_as_an_error_say_where(page: Any) -> None:
    type_text(page, "one <|endoftext|> two")
    page.get_by_label("Special tokens in the text").select_option("error")
    page.wait_for_selector("[role=alert]")
    expect(page.locator("[role=alert]").first).to_contain_text("<|endoftext|>")
    page.watch.allow("422")


def test_ids_are_copied_as_json(page: Any) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    type_text(page, "copy me")
    shows(page, *(count(name, "copy me") for name in ("tokenspace/bpe", "tokenspace/unigram")))
    page.get_by_role("button", name="JSON").first.click()
    page.get_by_text("Copied").first.wait_for()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert json.loads(copied) == ts.Tokenizer.from_pretrained("tokenspace/bpe").encode("copy me").ids


def test_disagreements_are_listed_and_lead_to_their_place(page: Any) -> None:
    expect(page.locator(".marked").first).to_be_attached()
    listed = page.locator("[data-differences]")
    listed.wait_for()
    assert int(listed.get_attribute("data-differences")) > 0
    page.locator("[aria-label='Where they differ'] ul button").first.click()
    page.wait_for_selector(".linked")
    page.get_by_role("button", name="Differences").click()
    expect(page.locator(".marked")).to_have_count(0)


def test_colours_follow_the_token(page: Any) -> None:
    type_text(page, "the cat and the dog and the cow")
    text = "the cat and the dog and the cow"
    shows(page, *(count(name, text) for name in ("tokenspace/bpe", "tokenspace/unigram")))
    paint = "(es) => es.map((e) => [e.textContent, e.style.background])"
    painted = page.locator("[role=listbox]").first.locator("[data-token]").evaluate_all(paint)
    assert all(a[1] != b[1] for a, b in itertools.pairwise(painted))
    page.get_by_role("button", name="By token").click()
    page.wait_for_timeout(100)
    everywhere = page.locator("[data-token]").evaluate_all(paint)
    of_the = {colour for shown, colour in everywhere if shown == "·the"}
    assert len(of_the) == 1
    assert sum(shown == "·the" for shown, _ in everywhere) == 4  # in both columns


@pytest.mark.parametrize("shape", ["one line", "short lines"])
def test_ten_megabytes_keep_the_page_small(
    studio: Callable[..., Any], open_page: Callable[..., Any], tmp_path_factory: pytest.TempPathFactory, shape: str
) -> None:
    unit = (ASSETS / "sample.txt").read_text("utf-8").replace("\n", " " if shape == "one line" else "\n")
    if shape == "short lines":
        unit = "\n".join(unit[at : at + 12] for at in range(0, len(unit), 12)) + "\n"
    text = unit * (9_900_000 // len(unit.encode()))
    file = tmp_path_factory.mktemp("large") / "large.txt"
    file.write_text(text, "utf-8", newline="")
    page = open_page(studio(file), "#/tokens")
    page.wait_for_selector("[data-token]")
    page.locator("section select").first.select_option(
        label=page.locator("option", has_text="large.txt").first.text_content()
    )
    total = ts.Tokenizer.from_pretrained("tokenspace/bpe").count(text)
    page.wait_for_function(
        "(total) => document.querySelector('[data-count]')?.textContent.replaceAll(',', '') === String(total)",
        arg=total,
        timeout=60_000,
    )
    page.wait_for_function("() => document.querySelectorAll('[aria-busy=true]').length === 0", timeout=60_000)
    assert page.evaluate("document.querySelectorAll('*').length") < MOST_ELEMENTS
    for share in (0.3, 0.77, 1):
        page.evaluate(
            "(share) => { const s = document.querySelector('.scroller'); s.scrollTop = s.scrollHeight * share }", share
        )
        settle(page)
        page.wait_for_function("() => document.querySelectorAll('[role=listbox] [data-token]').length > 50")
        assert page.evaluate("document.querySelectorAll('*').length") < MOST_ELEMENTS
    page.wait_for_function(
        "(last) => [...document.querySelector('[role=listbox]').querySelectorAll('[data-token]')].at(-1)?.dataset.token === last",
        arg=str(total - 1),
    )
    # What is drawn are the text's last characters.
    drawn = "".join(page.locator("[role=listbox]").first.locator("[data-token]").all_text_contents())
    assert drawn.replace("·", " ").rstrip("⏎").endswith(text.rstrip("\n")[-10:])


def test_narrow_screens_set_columns_under_each_other(studio: Callable[..., Any], open_page: Callable[..., Any]) -> None:
    page = open_page(studio(), "#/tokens", width=390)
    page.wait_for_selector("[data-token]")
    tops = [page.locator("[role=listbox]").nth(i).locator("[data-token]").first.bounding_box()["y"] for i in (0, 1)]
    assert 20 < tops[1] - tops[0] < 40
    token(page, 0, "token").click()
    page.get_by_label("How it comes about").first.wait_for()
    assert_accessible(page)
