"""The Words room in Chromium, on vectors trained from real text and on the embedded token matrix."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import tokenspace as ts
from tests.data import read_text

from .watched_page import assert_accessible, assert_no_sideways_scroll, settle

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


def words_in(panel: Any) -> list[str]:
    found: list[str] = panel.locator("tbody .word").all_inner_texts()
    return found


def test_something_real_is_there_at_once_and_words_can_be_walked(
    studio: Callable[..., Any], open_page: Callable[..., Any]
) -> None:
    page = open_page(studio(), "#/words")
    panel = page.locator("#words-neighbours")
    matrix = ts.TokenEmbeddings.from_pretrained("tokenspace/static")
    assert words_in(panel) == [near.text for near in matrix.most_similar("river", topn=20)]
    second = words_in(panel)[1]
    panel.locator("tbody .word").nth(1).click()
    page.wait_for_function(
        "word => document.querySelector('tbody .word')?.textContent !== word", arg=words_in(panel)[0]
    )
    settle(page)
    field = panel.get_by_label("Like", exact=True)
    assert field.input_value() == second
    assert words_in(panel) == [near.text for near in matrix.most_similar(second, topn=20)]
    panel.get_by_role("button", name="Back").click()
    settle(page)
    assert field.input_value() == "river"
    panel.get_by_role("button", name="Forward").click()
    settle(page)
    assert field.input_value() == second


def test_a_mistyped_word_is_met_with_near_ones(studio: Callable[..., Any], open_page: Callable[..., Any]) -> None:
    page = open_page(studio(), "#/words")
    panel = page.locator("#words-neighbours")
    field = panel.get_by_label("Like", exact=True)
    field.fill("musci")
    panel.get_by_text("has no vector here").wait_for()
    panel.get_by_role("button", name="music", exact=True).last.click()
    settle(page)
    assert field.input_value() == "music"
    assert words_in(panel)


def test_trained_vectors_answer_as_python_does_and_the_link_brings_them_back(
    studio: Callable[..., Any], open_page: Callable[..., Any], vectors: Path
) -> None:
    server = studio(vectors)
    page = open_page(server, "#/words")
    page.get_by_label("Vectors").first.select_option(label="prose.safetensors")
    settle(page)
    own = ts.load_vectors(vectors)
    assert f"{len(own):,}" in page.locator(".about").inner_text()
    panel = page.locator("#words-neighbours")
    panel.get_by_label("Like", exact=True).fill("time")
    panel.get_by_label("Among").select_option(label="the first 1,000")
    settle(page)
    page.wait_for_timeout(300)
    settle(page)
    expected = [word for word, _ in own.most_similar("time", topn=20, restrict_vocab=1000)]
    assert words_in(panel) == expected
    counts = panel.locator("tbody td.times").all_inner_texts()
    assert counts[0] == f"{own.get_vecattr(expected[0], 'count'):,}"
    page.wait_for_timeout(400)
    again = open_page(server, page.evaluate("location.hash"))
    settle(again)
    assert words_in(again.locator("#words-neighbours")) == expected
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
    assert words_in(page.locator("#words-neighbours"))


def test_an_analogy_is_drawn_as_it_is_reckoned(studio: Callable[..., Any], open_page: Callable[..., Any]) -> None:
    page = open_page(studio(), "#/words")
    panel = tab(page, "analogies")
    assert panel.locator("h2").inner_text().endswith("swam")
    panel.get_by_role("button", name="tokyo − japan + china").click()
    page.wait_for_function("() => document.querySelector('h2')?.textContent.includes('beijing')")
    assert panel.get_by_label("A", exact=True).input_value() == "tokyo"
    matrix = ts.TokenEmbeddings.from_pretrained("tokenspace/static")
    assert words_in(panel) == [near.text for near in matrix.analogy("tokyo", "japan", "china", 10)]
    picture = panel.locator("svg[role=img]")
    assert "beijing" in picture.get_attribute("aria-label")
    arrows = picture.locator("line.sum").evaluate_all(
        "lines => lines.map(l => ['x1','y1','x2','y2'].map(a => Number(l.getAttribute(a))))"
    )
    slopes = [(y2 - y1) / (x2 - x1) for x1, y1, x2, y2 in arrows]
    assert slopes[0] == pytest.approx(slopes[1], rel=1e-6)  # the same step twice
    assert re.search(r"\d+ %", panel.locator(".honest").first.inner_text())
    panel.get_by_label("Score").select_option("mul")
    settle(page)
    page.wait_for_timeout(300)
    settle(page)
    expected = matrix.most_similar_cosmul(["tokyo", "china"], ["japan"], 10)
    assert words_in(panel) == [near.text for near in expected]


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
    assert panel.locator("h2").inner_text().endswith("car")
    panel = tab(page, "table")
    assert panel.locator("tbody tr").count() == 12
    assert panel.locator("tbody td.own").count() == 12
    assert "music – song" in panel.inner_text()
    panel = tab(page, "directions")
    leans = panel.locator("tbody td.number").all_inner_texts()
    values = [float(text.replace("−", "-")) for text in leans]
    assert values == sorted(values)
    assert len(values) == 14
    assert panel.locator(".careful").is_visible()
    panel.get_by_role("button", name=re.compile("rose")).click()
    panel.get_by_text(re.compile("effect size [+-]")).wait_for()


def test_the_map_has_a_list_a_selection_and_a_file(studio: Callable[..., Any], open_page: Callable[..., Any]) -> None:
    page = open_page(studio(), "#/words")
    panel = tab(page, "map")
    panel.locator("canvas").first.wait_for()
    assert "1,000 points" in panel.inner_text()
    assert re.search(r"Trustworthiness 0\.\d\d", panel.inner_text())
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
    assert len(words_in(page.locator("#words-neighbours"))) == 20


def test_a_map_of_groups(studio: Callable[..., Any], open_page: Callable[..., Any]) -> None:
    page = open_page(studio(), "#/words", language="zh")
    panel = tab(page, "map")
    panel.get_by_label("显示", exact=True).select_option("words")
    panel.get_by_label("词", exact=True).fill("water: river lake ocean\ncare: nurse doctor hospital\n")
    page.wait_for_function("() => document.querySelector('#words-map')?.textContent.includes('6 个点')")
    panel.get_by_label("颜色", exact=True).select_option("group")
    assert "care" in panel.inner_text()


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
    assert "Window 4 of 6" in panel.inner_text()
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
    assert panel.locator("path.edge.on").count() == len(path.code)


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
