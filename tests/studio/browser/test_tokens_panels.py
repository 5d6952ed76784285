"""The panels of the Tokens room in a browser, on real text: what is drawn is what the Python API says."""

from __future__ import annotations

import base64
import gzip
import json
import re
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import tokenspace as ts
from tests.data import read_text
from tokenspace.tokenizers.chunk import window

from .watched_page import assert_accessible, assert_no_sideways_scroll, expect, settle

PANELS = ("report", "ruler", "chat", "decode", "alternatives")
LOOKS = [(1280, "en", "dark"), (390, "zh", "light")]


def fragment(panel: str, **state: Any) -> str:
    """The link to a panel, made as the page makes it."""
    packer = zlib.compressobj(wbits=-15)
    packed = packer.compress(json.dumps({"panel": panel, **state}).encode()) + packer.flush()
    return "#/tokens?z" + base64.urlsafe_b64encode(packed).decode().rstrip("=")


def number(text: str) -> int:
    return int(re.sub(r"\D", "", text))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Real text: English prose and Chinese, a part of each, by the names that state their languages."""
    made = tmp_path_factory.mktemp("corpus")
    (made / "en-prose.txt").write_text(read_text("text/en-prose.txt.gz")[:300_000], encoding="utf-8")
    with gzip.open(made / "zh.txt.gz", "wt", encoding="utf-8") as file:
        file.write(read_text("text/zh.txt.gz")[:60_000])
    return made


@pytest.mark.parametrize(("width", "language", "theme"), LOOKS)
@pytest.mark.parametrize("panel", PANELS)
def test_a_panel_shows_something_at_once_and_anyone_can_use_it(
    studio: Callable[..., Any], open_page: Callable[..., Any], panel: str, width: int, language: str, theme: str
) -> None:
    page = open_page(studio(), fragment(panel), width=width, language=language, theme=theme)
    shown = {
        "report": "table tbody .result",
        "ruler": ".ruler svg rect.chunk",
        "chat": "#chat-view-text pre .special",
        "decode": "table tbody tr",
        "alternatives": "table tbody tr .token",
    }
    page.wait_for_selector(f"#tokens-{panel} {shown[panel]}", state="attached")
    settle(page)
    expect(page.locator("main [role=alert]")).to_have_count(0)
    assert_no_sideways_scroll(page)
    assert_accessible(page)
    tab = page.locator(f"#tokens-tab-{panel}").bounding_box()
    assert tab is not None
    assert tab["x"] >= 0
    assert tab["x"] + tab["width"] <= width


def test_a_report_over_files_leads_to_the_longest_row(
    studio: Callable[..., Any], open_page: Callable[..., Any], folder: Path
) -> None:
    page = open_page(studio(folder), fragment("report", tokenizers=["tokenspace/bpe", "tokenspace/wordpiece"]))
    page.get_by_label("Files", exact=True).check()
    for name in ("en-prose.txt", "zh.txt.gz"):
        page.locator("li label", has_text=name).locator("input").check()
    page.get_by_role("button", name="Make the report").click()
    page.get_by_text("rows", exact=False).first.wait_for()
    english = [line for line in (folder / "en-prose.txt").read_text("utf-8").split("\n") if line]
    packed = gzip.decompress((folder / "zh.txt.gz").read_bytes()).decode("utf-8")
    chinese = [line for line in packed.split("\n") if line]
    page.wait_for_function(
        "n => document.querySelector('.head .quiet')?.textContent.replace(/\\D/g, '') === String(n)",
        arg=len(english) + len(chinese),
    )
    card = ts.report(["tokenspace/bpe"], english + chinese, ["en"] * len(english) + ["zh"] * len(chinese), False)[0]
    # The chart by language has a table beside it with the same numbers.
    rows = page.locator("figure", has_text="By group").locator("table tbody tr")
    found = {row.locator("th").inner_text(): row.locator("td").first.inner_text() for row in rows.all()}
    assert found == {
        "English": f"{card.groups['en'].to_dict()['bytes_per_token']:.2f}",
        "Chinese": f"{card.groups['zh'].to_dict()['bytes_per_token']:.2f}",
    }
    longest = card.lengths.longest()[0]
    first = page.locator("section", has_text="Longest rows").locator("tbody tr").first
    assert number(first.locator("td").first.inner_text()) == longest.tokens
    first.get_by_role("button").click()
    page.wait_for_selector("#tokens-text .line")
    page.get_by_text(longest.text.strip()[:12]).first.wait_for()


def test_a_report_comes_back_after_a_reload(studio: Callable[..., Any], open_page: Callable[..., Any]) -> None:
    page = open_page(studio(), fragment("report"))
    page.wait_for_selector("#tokens-report .charts svg")
    settle(page)
    jobs = page.evaluate("() => fetch('/api/jobs').then(answer => answer.json())")["jobs"]
    page.reload()
    page.wait_for_selector("#tokens-report .charts svg")
    after = page.evaluate("() => fetch('/api/jobs').then(answer => answer.json())")["jobs"]
    assert len(after) == len(jobs)


def test_charts_are_saved_as_svg_and_csv(studio: Callable[..., Any], open_page: Callable[..., Any]) -> None:
    page = open_page(studio(), fragment("report"))
    figure = page.locator("figure", has_text="The same sentence")
    figure.locator("svg").wait_for()
    with page.expect_download() as saved:
        figure.get_by_role("button", name="Save as SVG").click()
    drawn = saved.value.path().read_text("utf-8")
    assert drawn.startswith("<svg")
    assert "var(" not in drawn
    assert "Tamil" in drawn
    with page.expect_download() as saved:
        figure.get_by_role("button", name="Save as CSV").click()
    lines = saved.value.path().read_text("utf-8-sig").splitlines()
    assert lines[0] == "Language,tokenspace/bpe,tokenspace/unigram"
    assert len(lines) == 22
    figure.get_by_role("button", name="Table").click()
    expect(figure.locator("tbody tr")).to_have_count(21)


def test_the_window_and_the_chunks_are_those_of_the_api(
    studio: Callable[..., Any], open_page: Callable[..., Any], folder: Path
) -> None:
    server = studio(folder)
    page = open_page(server)
    files = page.evaluate("() => fetch('/api/files').then(answer => answer.json())")["files"]
    file = next(one["id"] for one in files if one["name"] == "en-prose.txt")
    ruler = {"size": 8192, "chunkSize": 256, "overlap": 32, "unit": "sentences"}
    page = open_page(server, fragment("ruler", file=file, fileName="en-prose.txt", panels={"ruler": ruler}))
    text = (folder / "en-prose.txt").read_text("utf-8")
    tok = ts.Tokenizer.from_pretrained("tokenspace/bpe")
    cut = window(text, tok, 8192, "head", add_special_tokens=True)
    verdict = page.locator("#tokens-ruler .verdict strong")
    verdict.wait_for()
    assert number(verdict.inner_text().split("tokens")[0]) == cut.n_tokens - cut.n_kept
    chunks = ts.chunk(text, tok, 256, 32, "sentences", add_special_tokens=True)
    heading = page.locator("#tokens-ruler section h2")
    assert number(heading.inner_text()) == len(chunks)
    shown = page.locator("#tokens-ruler section pre")
    slider = page.get_by_role("slider")
    slider.focus()
    page.keyboard.press("End")
    page.wait_for_function(
        "text => document.querySelector('#tokens-ruler section pre')?.textContent === text", arg=chunks[-1].text
    )
    page.get_by_role("button", name="Previous chunk").click()
    page.wait_for_function(
        "text => document.querySelector('#tokens-ruler section pre')?.textContent === text", arg=chunks[-2].text
    )
    # A click on the ruler chooses the chunk that is there.
    box = page.locator(".ruler svg").bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + 2, box["y"] + box["height"] * 0.6)
    page.wait_for_function(
        "text => document.querySelector('#tokens-ruler section pre')?.textContent === text", arg=chunks[0].text
    )
    expect(shown.locator("mark.before")).to_have_count(0)
    page.get_by_label("A longer text loses").select_option("tail")
    page.get_by_role("button", name="1M", exact=True).click()
    page.get_by_text("The text fits").wait_for()


def test_ten_megabytes_are_measured(
    studio: Callable[..., Any], open_page: Callable[..., Any], tmp_path_factory: pytest.TempPathFactory
) -> None:
    made = tmp_path_factory.mktemp("large") / "large.txt"
    prose = read_text("text/en-prose.txt.gz")
    made.write_text((prose * (10_000_000 // len(prose) + 1))[:9_900_000], encoding="utf-8", newline="")
    server = studio(made)
    files = open_page(server).evaluate("() => fetch('/api/files').then(answer => answer.json())")["files"]
    file = next(one["id"] for one in files if one["name"] == "large.txt")
    state = {"ruler": {"size": 131072, "chunkSize": 64, "overlap": 8}}
    page = open_page(server, fragment("ruler", file=file, fileName="large.txt", panels=state))
    page.locator("#tokens-ruler section h2").wait_for(timeout=60_000)
    assert number(page.locator("#tokens-ruler section h2").inner_text()) > 30_000
    # Tens of thousands of chunks are some hundred bars.
    assert 50 < page.locator(".ruler rect.chunk").count() < 400
    page.get_by_role("slider").focus()
    page.keyboard.press("End")
    page.wait_for_function("() => document.querySelector('#tokens-ruler section pre')?.textContent.length > 20")


def test_a_template_is_changed_and_its_fault_has_a_line(
    studio: Callable[..., Any], open_page: Callable[..., Any]
) -> None:
    page = open_page(studio(), fragment("chat"))
    text = page.locator("#chat-view-text pre")
    text.wait_for()
    page.get_by_label("Text of message 2").fill("你好🎵 what is next?")
    page.wait_for_function("() => document.querySelector('#chat-view-text pre')?.textContent.includes('你好🎵')")
    page.get_by_role("button", name="Remove message 1").click()
    page.get_by_role("button", name="Move message 3 up").click()
    page.wait_for_function(
        "() => (document.querySelector('#chat-view-text pre')?.textContent.match(/im_start/g) ?? []).length === 4"
    )
    roles = page.locator("[aria-label^='Role of message']").evaluate_all("all => all.map(one => one.value)")
    assert roles == ["user", "user", "assistant"]
    page.get_by_label("Which template").select_option("shape:plain")
    page.wait_for_function(
        "() => document.querySelector('#chat-view-text pre')?.textContent.startsWith('User: 你好🎵')"
    )
    tok = ts.Tokenizer.from_pretrained("tokenspace/bpe")
    shown = text.inner_text().replace("⏎", "")
    page.get_by_role("tab", name="Ids", exact=True).click()
    ids = json.loads(page.locator("#chat-view-ids .ids").inner_text())
    assert tok.decode(ids) == shown
    page.get_by_label("Jinja template").fill("{# one #}\n{{ messages[0].nothing.more }}")
    page.locator("[role=alert]", has_text="in line 2").wait_for()
    page.get_by_role("button", name="Go to line 2").click()
    selected = page.evaluate(
        "() => { const a = document.activeElement; return a.value.slice(a.selectionStart, a.selectionEnd) }"
    )
    assert selected == "{{ messages[0].nothing.more }}"
    page.get_by_role("button", name="Undo my changes").click()
    page.wait_for_function("() => document.querySelector('[role=tabpanel] .ids')")
    page.get_by_label("Tools (JSON)").fill("[1]")
    page.get_by_text("Not a JSON list of objects").wait_for()


def test_pasted_ids_are_read_and_the_wrong_ones_named(
    studio: Callable[..., Any], open_page: Callable[..., Any]
) -> None:
    tok = ts.Tokenizer.from_pretrained("tokenspace/bpe")
    ids = tok.encode(read_text("text/zh.txt.gz")[:200], add_special_tokens=False).ids
    page = open_page(studio(), fragment("decode", panels={"decode": {"ids": "1"}}))
    area = page.get_by_label("Ids", exact=True)
    area.fill(json.dumps(ids))
    page.wait_for_function(
        "text => document.querySelector('#tokens-decode pre')?.textContent === text", arg=tok.decode(ids)
    )
    page.get_by_text("Yes. Encoding the text gives exactly these ids.").wait_for()
    expect(page.locator("#tokens-decode tbody tr")).to_have_count(min(100, len(ids)))
    area.fill("15, 999999, 16, x1, -4")
    page.get_by_text("3 that are no ids").wait_for()
    page.get_by_role("button", name="Show x1 in the list").click()
    assert (
        page.evaluate(
            "() => { const a = document.activeElement; return a.value.slice(a.selectionStart, a.selectionEnd) }"
        )
        == "x1"
    )
    area.fill("")
    page.get_by_text("Paste ids to see").wait_for()


def test_alternatives_are_drawn_and_counted(studio: Callable[..., Any], open_page: Callable[..., Any]) -> None:
    state = {"alternatives": {"text": "tokenization", "n": 5, "alpha": 0.2, "samples": 50, "seed": 3}}
    page = open_page(studio(), fragment("alternatives", tokenizers=["tokenspace/unigram"], panels=state))
    rows = page.locator("section", has_text="Best segmentations").locator("tbody tr")
    rows.first.wait_for()
    tok = ts.Tokenizer.from_pretrained("tokenspace/unigram")
    best = tok.encodings("tokenization", 5)
    expect(rows).to_have_count(5)
    for row, one in zip(rows.all(), best, strict=True):
        expect(row).to_contain_text(f"{len(one)} tokens")
        expect(row).to_contain_text(f"{one.score:.2f}")
    # Rows stand under each other: the text is as wide in every one.
    widths = rows.locator(".text").evaluate_all("all => all.map(one => one.getBoundingClientRect().width)")
    assert max(widths) - min(widths) < 1
    drawn = page.locator("section", has_text="Drawn at random").locator("tbody tr .note").all_inner_texts()
    samples = [tuple(one.ids) for one in tok.sample("tokenization", 50, alpha=0.2, seed=3)]
    assert len(drawn) == min(40, len(set(samples)))
    assert number(drawn[0].split("of")[0]) == max(samples.count(one) for one in samples)
    page.get_by_role("button", name="Draw again").click()
    page.wait_for_function("() => [...document.querySelectorAll('input[type=number]')].some(one => one.value === '4')")
    page.get_by_role("combobox", name="Tokenizer").select_option("tokenspace/word")
    page.get_by_text("This tokenizer cuts a text in one way only").wait_for()
