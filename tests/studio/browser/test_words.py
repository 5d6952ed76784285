"""The Words room in Chromium, on vectors trained from real text and on the embedded token matrix."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import tokenspace as ts
from tests.data import read_text

from .watched_page import assert_accessible, assert_no_sideways_scroll, expect, settle

TABS = ("neighbours", "analogies", "odd", "table", "directions", "map", "microscope")
LINES = 9000


@pytest.fixture(scope="module")
def vectors(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Vectors of English prose, trained in some seconds."""
    lines = read_text("text/en-prose.txt.gz").splitlines()[:LINES]
    model = ts.Word2Vec(
        [ts.simple_preprocess(line) for line in lines], vector_size=40, min_count=4, epochs=3, seed=1, workers=1, sg=1
    )
    path = tmp_path_factory.mktemp("words") / "prose.safetensors"
    model.wv.save(path)
    return path


def tab(page: Any, name: str) -> Any:
    """Opens a tab and gives its panel."""
    page.locator(f"#words-tab-{name}").click()
    panel = page.locator(f"#words-{name}")
    panel.wait_for()
    settle(page)
    return panel


def words(panel: Any) -> Any:
    """The places of the words in its table."""
    return panel.locator("tbody .word")


def test_something_real_is_there_at_once_and_words_can_be_walked(
    studio: Callable[..., Any], open_page: Callable[..., Any]
) -> None:
    page = open_page(studio(), "#/words")
    panel = page.locator("#words-neighbours")
    matrix = ts.TokenEmbeddings.from_pretrained("tokenspace/static")
    expect(words(panel)).to_have_text([near.text for near in matrix.most_similar("river", topn=20)])
    first, second = words(panel).all_inner_texts()[:2]
    words(panel).nth(1).click()
    page.wait_for_function("word => document.querySelector('tbody .word')?.textContent !== word", arg=first)
    settle(page)
    field = panel.get_by_label("Like", exact=True)
    expect(field).to_have_value(second)
    expect(words(panel)).to_have_text([near.text for near in matrix.most_similar(second, topn=20)])
    panel.get_by_role("button", name="Back").click()
    settle(page)
    expect(field).to_have_value("river")
    panel.get_by_role("button", name="Forward").click()
    settle(page)
    expect(field).to_have_value(second)


def test_a_mistyped_word_is_met_with_near_ones(studio: Callable[..., Any], open_page: Callable[..., Any]) -> None:
    page = open_page(studio(), "#/words")
    panel = page.locator("#words-neighbours")
    field = panel.get_by_label("Like", exact=True)
    field.fill("musci")
    panel.get_by_text("has no vector here").wait_for()
    panel.get_by_role("button", name="music", exact=True).last.click()
    settle(page)
    expect(field).to_have_value("music")
    words(panel).first.wait_for()


def test_trained_vectors_answer_as_python_does_and_the_link_brings_them_back(
    studio: Callable[..., Any], open_page: Callable[..., Any], vectors: Path
) -> None:
    server = studio(vectors)
    page = open_page(server, "#/words")
    page.get_by_label("Vectors").first.select_option(label="prose.safetensors")
    settle(page)
    own = ts.load_vectors(vectors)
    expect(page.locator(".about")).to_contain_text(f"{len(own):,}")
    panel = page.locator("#words-neighbours")
    panel.get_by_label("Like", exact=True).fill("time")
    panel.get_by_label("Among").select_option(label="the first 1,000")
    settle(page)
    settle(page)
    expected = [word for word, _ in own.most_similar("time", topn=20, restrict_vocab=1000)]
    expect(words(panel)).to_have_text(expected)
    counts = panel.locator("tbody td.times").all_inner_texts()
    assert counts[0] == f"{own.get_vecattr(expected[0], 'count'):,}"
    settle(page)
    again = open_page(server, page.evaluate("location.hash"))
    settle(again)
    expect(words(again.locator("#words-neighbours"))).to_have_text(expected)
    panel = tab(again, "map")
    with again.expect_download() as download:
        panel.get_by_role("button", name="Save as one HTML file").click()
    # The file's name, not the id it goes by.
    assert "Map of words · prose.safetensors" in Path(download.value.path()).read_text("utf-8")


def test_a_file_is_dropped_and_opens(
    own_studio: Callable[..., Any], open_page: Callable[..., Any], tmp_path: Path
) -> None:
    lines = [f"w{row} " + " ".join(f"{(row * 7 + column) % 5 - 2}.5" for column in range(6)) for row in range(40)]
    file = tmp_path / "small.vec"
    file.write_text("40 6\n" + "\n".join(lines) + "\n")
    page = open_page(own_studio(), "#/words")
    page.locator("main input[type=file]").first.set_input_files(file)
    page.get_by_text("40 words").wait_for()
    settle(page)
    words(page.locator("#words-neighbours")).first.wait_for()


def test_large_vectors_that_the_server_has_lost_are_opened_again(
    own_studio: Callable[..., Any], open_page: Callable[..., Any], tmp_path: Path
) -> None:
    rows = np.random.default_rng(1).normal(size=(14_000, 500)).astype(np.float32)  # more than is opened at once
    large = ts.KeyedVectors(500)
    large.add_vectors([f"word{n}" for n in range(len(rows))], rows)
    large.save_word2vec_format(tmp_path / "large.bin", binary=True)
    server = own_studio(tmp_path / "large.bin")
    page = open_page(server, "#/words")
    page.get_by_label("Vectors").first.select_option(label="large.bin")
    page.get_by_text("14,000 words").wait_for()
    page.locator("#words-neighbours tbody .word").first.wait_for()
    page.watch.allow("Failed to load resource")
    server.restart()
    page.get_by_label("Like", exact=True).fill("word77")
    expected = large.most_similar("word77", topn=1)[0][0]
    page.locator("#words-neighbours tbody .word").filter(has_text=re.compile(f"^{expected}$")).wait_for(timeout=60_000)
    page.get_by_role("alert").wait_for(state="detached")


def test_an_analogy_is_drawn_as_it_is_reckoned(studio: Callable[..., Any], open_page: Callable[..., Any]) -> None:
    page = open_page(studio(), "#/words")
    panel = tab(page, "analogies")
    expect(panel.locator("h2")).to_have_text(re.compile("swam$"))
    panel.get_by_role("button", name="tokyo − japan + china").click()
    page.wait_for_function("() => document.querySelector('h2')?.textContent.includes('beijing')")
    expect(panel.get_by_label("A", exact=True)).to_have_value("tokyo")
    matrix = ts.TokenEmbeddings.from_pretrained("tokenspace/static")
    expect(words(panel)).to_have_text([near.text for near in matrix.analogy("tokyo", "japan", "china", 10)])
    picture = panel.locator("svg[role=img]")
    expect(picture).to_have_attribute("aria-label", re.compile("beijing"))
    arrows = picture.locator("line.sum").evaluate_all(
        "lines => lines.map(l => ['x1','y1','x2','y2'].map(a => Number(l.getAttribute(a))))"
    )
    slopes = [(y2 - y1) / (x2 - x1) for x1, y1, x2, y2 in arrows]
    assert slopes[0] == pytest.approx(slopes[1], rel=1e-6)  # the same step twice
    expect(panel.locator(".honest").first).to_contain_text(re.compile(r"\d+ %"))
    panel.get_by_label("Score").select_option("mul")
    settle(page)
    settle(page)
    expected = matrix.most_similar_cosmul(["tokyo", "china"], ["japan"], 10)
    expect(words(panel)).to_have_text([near.text for near in expected])


def test_words_that_come_twice_are_no_trouble(studio: Callable[..., Any], open_page: Callable[..., Any]) -> None:
    page = open_page(studio(), "#/words")
    panel = tab(page, "analogies")
    for a, b, c in (("king", "king", "queen"), ("king", "queen", "queen"), ("king", "king", "king")):
        for label, word in (("A", a), ("B (taken away)", b), ("C (added)", c)):
            panel.get_by_label(label, exact=True).fill(word)
        panel.locator("h2").filter(has_text=f"What is to {c} as {a} is to {b}?").wait_for()
        panel.locator("svg[role=img] line.sum").nth(1).wait_for(state="attached")
    panel = tab(page, "directions")
    panel.get_by_label("One pole").fill("he he man")
    panel.get_by_label("The other pole").fill("she woman woman")
    panel.get_by_label("Show the poles' own words too").check()
    panel.get_by_text("3 pairs").wait_for()
    panel.locator("tbody tr.end").nth(1).wait_for()
    assert sorted(panel.locator("tbody tr.start th").all_inner_texts()) == ["he", "man"]
    assert sorted(panel.locator("tbody tr.end th").all_inner_texts()) == ["she", "woman"]
    panel = tab(page, "map")
    panel.get_by_label("Show", exact=True).select_option("words")
    panel.get_by_label("Words", exact=True).fill("A: king queen zzqq\nA: man woman zzqq king")
    panel.get_by_text("4 points").wait_for()
    panel.get_by_text("has no vector here").wait_for()
    assert panel.get_by_text("has no vector here").count() == 1


def test_lists_and_directions(studio: Callable[..., Any], open_page: Callable[..., Any]) -> None:
    page = open_page(studio(), "#/words")
    panel = tab(page, "odd")
    expect(panel.locator("h2")).to_have_text(re.compile("car$"))
    panel = tab(page, "table")
    expect(panel.locator("tbody tr")).to_have_count(12)
    expect(panel.locator("tbody td.own")).to_have_count(12)
    expect(panel).to_contain_text("music – song")
    panel = tab(page, "directions")
    leans = panel.locator("tbody td.number").all_inner_texts()
    values = [float(text.replace("−", "-")) for text in leans]
    assert values == sorted(values)
    assert len(values) == 14
    expect(panel.locator(".careful")).to_be_visible()
    panel.get_by_role("button", name=re.compile("rose")).click()
    panel.get_by_text(re.compile("effect size [+-]")).wait_for()


def test_the_map_has_a_list_a_selection_and_a_file(studio: Callable[..., Any], open_page: Callable[..., Any]) -> None:
    page = open_page(studio(), "#/words")
    panel = tab(page, "map")
    panel.locator("canvas").first.wait_for()
    expect(panel).to_contain_text("1,000 points")
    expect(panel).to_contain_text(re.compile(r"Trustworthiness 0\.\d\d"))
    panel.get_by_label("Colour").select_option("trust")
    panel.get_by_role("button", name="Select what is in view").click()
    panel.get_by_text("Neighbours of these 20").wait_for()
    with page.expect_download() as download:
        panel.get_by_role("button", name="Save as one HTML file").click()
    written = Path(download.value.path()).read_text("utf-8")
    assert written.lstrip().lower().startswith("<!doctype html")
    assert "https://" not in written.split("%MAP%")[0][:2000]
    panel.get_by_text("Neighbours of these 20").click()
    settle(page)
    expect(words(page.locator("#words-neighbours"))).to_have_count(20)


def test_a_map_of_groups(studio: Callable[..., Any], open_page: Callable[..., Any]) -> None:
    page = open_page(studio(), "#/words", language="zh")
    panel = tab(page, "map")
    panel.get_by_label("显示", exact=True).select_option("words")
    panel.get_by_label("词", exact=True).fill("water: river lake ocean\ncare: nurse doctor hospital\n")
    page.wait_for_function("() => document.querySelector('#words-map')?.textContent.includes('6 个点')")
    panel.get_by_label("颜色", exact=True).select_option("group")
    expect(panel).to_contain_text("care")


def test_the_microscope_follows_the_text_and_its_settings(
    studio: Callable[..., Any], open_page: Callable[..., Any]
) -> None:
    page = open_page(studio(), "#/words")
    panel = tab(page, "microscope")
    panel.get_by_label("Your text").fill("Thou shalt not make a machine")
    page.wait_for_function("() => document.querySelectorAll('.lines button').length === 6")
    panel.locator(".lines button").nth(2).click()
    settle(page)
    positive = panel.locator(".pairs ul").first.locator("li").all_inner_texts()
    assert positive == ["not → thou", "not → shalt", "not → make", "not → a"]
    panel.get_by_role("button", name="Next window").click()
    settle(page)
    expect(panel).to_contain_text("Window 4 of 6")
    bars = panel.locator("table").filter(has_text="×1").locator("td.number")
    panel.get_by_role("slider").focus()
    page.keyboard.press("Home")
    settle(page)
    assert len(set(bars.all_inner_texts())) == 1  # each word once: no exponent changes that
    panel.get_by_label("Passes before this step").fill("0")
    panel.get_by_text("Before the first pass the output vectors are zeros").wait_for()
    panel.get_by_label("Output", exact=True).select_option("hs")
    page.wait_for_function(
        "() => /node \\d/.test(document.querySelector('#words-microscope table')?.textContent ?? '')"
    )
    code = panel.locator(".code code").inner_text()
    own = ts.explain_word2vec("Thou shalt not make a machine", hs=1)
    path = next(path for path in own.tree if path.word == "make")
    assert code == "".join(map(str, path.code))
    expect(panel.locator("path.edge.on")).to_have_count(len(path.code))


@pytest.mark.parametrize(("width", "language", "theme"), [(1280, "en", "light"), (390, "zh", "dark")])
def test_every_tab_can_be_used_by_anyone(
    studio: Callable[..., Any], open_page: Callable[..., Any], width: int, language: str, theme: str
) -> None:
    page = open_page(studio(), "#/words", width=width, language=language, theme=theme)
    for name in TABS:
        tab(page, name)
        assert_no_sideways_scroll(page)
        assert_accessible(page, within="main")


def test_the_tabs_are_walked_with_the_arrow_keys(studio: Callable[..., Any], open_page: Callable[..., Any]) -> None:
    page = open_page(studio(), "#/words")
    page.locator("#words-tab-neighbours").focus()
    for name in (*TABS[1:], TABS[0]):
        page.keyboard.press("ArrowRight")
        page.locator(f"#words-{name}").wait_for()
        assert page.evaluate("document.activeElement.id") == f"words-tab-{name}"
