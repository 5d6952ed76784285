"""The map of points, in a document that is opened from a file."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from tokenspace.pictures import export_map, map_page, neighbourhood_trust

from .watched_page import assert_accessible, expect

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page

# A lattice of 9 x 5 whose corners are the picture's: where each point is on the screen can be worked out.
COLUMNS, ROWS = 9, 5
LATTICE = np.array([(x, y) for y in range(ROWS) for x in range(COLUMNS)], dtype=np.float32)
LABELS = [f"point {int(x)}.{int(y)}" for x, y in LATTICE]
MARGIN = 0.07
NO_WEBGL = "HTMLCanvasElement.prototype.getContext = new Proxy(HTMLCanvasElement.prototype.getContext, {apply: (f, c, a) => a[0] === 'webgl2' ? null : f.apply(c, a)})"
COUNT_FRAMES = "window.asked = 0; const ask = window.requestAnimationFrame; window.requestAnimationFrame = (f) => { window.asked++; return ask(f); };"


@pytest.fixture(scope="module")
def lattice(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if not map_page._ASSET.exists():
        pytest.skip("the map's page is not built: make page (needs Node 18 or later)")
    path = tmp_path_factory.mktemp("maps") / "lattice.html"
    trust = neighbourhood_trust(np.column_stack([LATTICE, LATTICE[:, 0] % 3]), LATTICE, 4, normalize=False)
    columns = {"row": [f"row {int(y)}" for _, y in LATTICE], "number": LATTICE[:, 0]}
    export_map(path, LATTICE, LABELS, columns, title="A lattice", note="nine by five", colour_by="row", trust=trust)
    return path


@pytest.fixture
def open_map(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Opens a file; any error on the page, and any request but the file's own, fails the test."""
    contexts, faults = [], []

    def open_one(path: Path, *, width: int = 1280, script: str = "", fragment: str = "", **options: Any) -> Page:
        options = {"locale": "en-GB", "reduced_motion": "reduce", "accept_downloads": True, **options}
        context = browser.new_context(viewport={"width": width, "height": 800}, **options)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: faults.append(f"uncaught: {error}"))
        page.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
        page.on(
            "request",
            lambda asked: None if asked.url.startswith(("file:", "blob:", "data:")) else faults.append(asked.url),
        )
        if script:
            page.add_init_script(script)
        page.goto(path.as_uri() + fragment)
        page.locator(".map[data-drawn]").wait_for()
        return page

    yield open_one
    for context in contexts:
        context.close()
    assert not faults


class Screen:
    """Where points of the lattice are while the whole picture is shown."""

    def __init__(self, page: Page) -> None:
        box = page.locator(".map").bounding_box()
        assert box
        self.page, self.box = page, box
        room = 1 - 2 * MARGIN
        self.scale = min(box["width"] * room / (COLUMNS - 1), box["height"] * room / (ROWS - 1))

    def at(self, x: float, y: float) -> tuple[float, float]:
        middle = self.box["x"] + self.box["width"] / 2, self.box["y"] + self.box["height"] / 2
        return middle[0] + (x - (COLUMNS - 1) / 2) * self.scale, middle[1] - (y - (ROWS - 1) / 2) * self.scale

    def under(self, px: float, py: float) -> str | None:
        """The label of the tooltip there."""
        self.page.mouse.move(px + 60, py + 60)
        self.page.mouse.move(px, py)
        self.page.evaluate("new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))")
        tip = self.page.locator(".tip strong")
        return tip.inner_text(timeout=2000) if tip.count() else None

    def drag(self, *corners: tuple[float, float], hold: str | None = None) -> None:
        if hold:
            self.page.keyboard.down(hold)
        self.page.mouse.move(*self.at(*corners[0]))
        self.page.mouse.down()
        for corner in corners[1:]:
            self.page.mouse.move(*self.at(*corner), steps=6)
        self.page.mouse.up()
        if hold:
            self.page.keyboard.up(hold)


def selected(page: Page) -> Locator:
    return page.locator(".line span").first


def tool(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def test_every_point_is_where_it_belongs_and_moves_with_the_picture(
    lattice: Path, open_map: Callable[..., Page]
) -> None:
    page = open_map(lattice)
    screen = Screen(page)
    expect(page.locator("h1")).to_have_text("A lattice")
    assert page.evaluate("document.querySelector('.map canvas').getContext('webgl2') !== null")
    for x, y in ((0, 0), (8, 4), (3, 2)):
        assert screen.under(*screen.at(x, y)) == f"point {x}.{y}"
    assert screen.under(*screen.at(3.5, 2.5)) is None
    # Dragged by 120 pixels, what was there is 120 pixels farther.
    px, py = screen.at(4, 2)
    page.mouse.move(px - 40, py + 45)
    page.mouse.down()
    page.mouse.move(px + 80, py + 45, steps=4)
    page.mouse.up()
    assert screen.under(px + 120, py) == "point 4.2"
    # Zoomed at the pointer, what is under it stays, and its neighbour goes away.
    page.mouse.wheel(0, -300)
    page.wait_for_timeout(250)
    assert screen.under(px + 120, py) == "point 4.2"
    assert screen.under(px + 120 + screen.scale, py) is None
    page.locator(".map").focus()
    page.keyboard.press("0")
    page.wait_for_timeout(250)
    assert screen.under(*screen.at(4, 2)) == "point 4.2"


def test_keys_move_zoom_pick_and_clear(lattice: Path, open_map: Callable[..., Page]) -> None:
    page = open_map(lattice)
    screen = Screen(page)
    page.locator(".map").focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_timeout(200)
    px, py = screen.at(4, 2)
    assert screen.under(px - 60, py) == "point 4.2"
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("+")
    page.wait_for_timeout(200)
    x, y = screen.at(5, 2)
    assert screen.under(x + 0.6 * screen.scale, y) == "point 5.2"
    page.mouse.move(5, 5)
    page.keyboard.press("Enter")
    expect(page.locator(".tip strong")).to_have_text("point 4.2")
    page.keyboard.press("Escape")
    expect(page.locator(".tip")).to_have_count(0)


def test_a_clicked_point_tells_how_far_it_can_be_trusted(lattice: Path, open_map: Callable[..., Page]) -> None:
    page = open_map(lattice)
    screen = Screen(page)
    page.mouse.click(*screen.at(4, 2))
    page.mouse.move(5, 5)
    expect(page.locator(".tip")).to_contain_text("of its 4 nearest are really near")
    before = page.locator(".map").screenshot()
    page.keyboard.press("Tab")
    page.mouse.click(*screen.at(4.5, 2.5))
    expect(page.locator(".tip")).to_have_count(0)
    assert page.locator(".map").screenshot() != before  # the lines to its neighbours are gone


def test_selections_by_lasso_and_rectangle_replace_add_and_take_away(
    lattice: Path, open_map: Callable[..., Page]
) -> None:
    page = open_map(lattice)
    screen = Screen(page)
    tool(page, "Rectangle")
    screen.drag((-0.25, -0.25), (2.4, 1.4))
    expect(selected(page)).to_have_text("6 selected")
    screen.drag((6.6, 3.6), (8.15, 4.2), hold="Shift")
    expect(selected(page)).to_have_text("8 selected")
    screen.drag((0.6, -0.25), (1.4, 4.2), hold="Alt")
    expect(selected(page)).to_have_text("6 selected")
    tool(page, "Lasso")
    screen.drag((-0.25, -0.25), (3.6, -0.25), (-0.25, 3.6))
    expect(selected(page)).to_have_text("10 selected")  # a triangle: 4 + 3 + 2 + 1
    page.get_by_label("A new selection").select_option("subtract")
    screen.drag((-0.25, -0.25), (0.5, -0.25), (0.5, 4.2), (-0.25, 4.2))
    expect(selected(page)).to_have_text("6 selected")
    page.get_by_role("button", name="Clear").click()
    expect(selected(page)).to_have_text("Nothing selected")
    tool(page, "Move")
    page.get_by_role("button", name="row 2").click()
    page.get_by_role("button", name="Selected points (9)").click()
    expect(page.locator(".rows tbody tr")).to_have_count(9)
    page.get_by_role("button", name="Show point 3.2 on the map").click()
    expect(page.locator(".tip strong")).to_have_text("point 3.2")


def test_search_counts_marks_and_shows_what_it_finds(lattice: Path, open_map: Callable[..., Page]) -> None:
    page = open_map(lattice)
    box = page.get_by_role("searchbox")
    box.fill("POINT 8.")
    page.get_by_text("5 of 45").wait_for()
    screen = Screen(page)
    px = screen.box["x"] + screen.box["width"] / 2
    assert screen.under(px, screen.box["y"] + screen.box["height"] / 2) == "point 8.2"  # gone to
    page.get_by_role("button", name="Select these").click()
    expect(selected(page)).to_have_text("5 selected")
    box.fill("8.[13]$")
    page.get_by_text("0 of 45").wait_for()
    tool(page, "Regular expression")
    page.get_by_text("2 of 45").wait_for()
    box.fill("8.[")
    page.get_by_text("not a regular expression").wait_for()


def test_colours_and_sizes_follow_columns(lattice: Path, open_map: Callable[..., Page]) -> None:
    page = open_map(lattice)
    expect(page.locator(".legend li")).to_have_count(ROWS)
    by_group = page.locator(".map").screenshot()
    page.get_by_label("Colour").select_option("number")
    expect(page.locator(".legend .ends")).to_have_text(re.compile(r"^\s*0\s+8\s*$"), use_inner_text=True)
    by_number = page.locator(".map").screenshot()
    page.get_by_label("Size").select_option("number")
    page.evaluate("new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))")
    sized = page.locator(".map").screenshot()
    page.get_by_label("Colour").select_option("trust")
    expect(page.locator(".legend p")).to_have_text("Neighbours kept")
    assert len({by_group, by_number, sized, page.locator(".map").screenshot()}) == 4


def test_files_hold_what_is_seen_and_selected(lattice: Path, open_map: Callable[..., Page], tmp_path: Path) -> None:
    page = open_map(lattice)
    page.get_by_role("button", name="row 1").click()

    def saved(name: str) -> bytes:
        page.get_by_role("button", name="Save", exact=True).click()
        with page.expect_download() as download:
            page.get_by_role("button", name=name).click()
        path = tmp_path / download.value.suggested_filename
        download.value.save_as(path)
        return path.read_bytes()

    rows = list(csv.DictReader(io.StringIO(saved("Selection as CSV").decode("utf-8-sig"))))
    assert [row["label"] for row in rows] == [f"point {x}.1" for x in range(COLUMNS)]
    assert (rows[3]["x"], rows[3]["row"], rows[3]["number"]) == ("3", "row 1", "3")
    assert [row["index"] for row in json.loads(saved("Selection as JSON"))] == list(range(9, 18))
    drawing = saved("Drawing (SVG)").decode()
    assert drawing.count("<circle") == COLUMNS * ROWS
    assert "point 3.1</text>" in drawing
    assert saved("Picture (PNG)").startswith(b"\x89PNG")


def test_a_lost_graphics_context_comes_back(lattice: Path, open_map: Callable[..., Page]) -> None:
    page = open_map(lattice)
    box = Screen(page).box
    # Without its rounded corners, which the browser may mix differently each time.
    inside = {"x": box["x"] + 12, "y": box["y"] + 12, "width": box["width"] - 24, "height": box["height"] - 24}

    def picture() -> bytes:
        return page.screenshot(clip=inside)

    before = picture()
    while (again := picture()) != before:  # until it stands still
        before = again
    page.evaluate(
        "window.lost = document.querySelector('.map canvas').getContext('webgl2').getExtension('WEBGL_lose_context'); lost.loseContext()"
    )
    page.wait_for_timeout(200)
    assert picture() != before
    page.evaluate("lost.restoreContext()")
    for _ in range(40):
        if picture() == before:
            break
        page.wait_for_timeout(100)
    assert picture() == before
    expect(page.locator(".line .plain")).to_have_count(0)


def test_a_context_that_stays_away_is_replaced(lattice: Path, open_map: Callable[..., Page]) -> None:
    page = open_map(lattice)
    page.evaluate(
        "document.querySelector('.map canvas').getContext('webgl2').getExtension('WEBGL_lose_context').loseContext()"
    )
    page.locator(".line .plain").wait_for(timeout=8000)
    screen = Screen(page)
    assert screen.under(*screen.at(3, 2)) == "point 3.2"


def test_without_webgl2_it_says_so_and_works(lattice: Path, open_map: Callable[..., Page]) -> None:
    page = open_map(lattice, script=NO_WEBGL)
    expect(page.locator(".line .plain")).to_contain_text("Canvas 2D")
    screen = Screen(page)
    assert screen.under(*screen.at(3, 2)) == "point 3.2"
    tool(page, "Rectangle")
    screen.drag((-0.25, -0.25), (2.4, 1.4))
    expect(selected(page)).to_have_text("6 selected")
    px, py = screen.at(7, 3)
    page.mouse.move(5, 5)
    inside = page.evaluate(
        "([x, y]) => { const c = document.querySelector('.map canvas'), b = c.getBoundingClientRect();"
        " return [...c.getContext('2d').getImageData(x - b.left, y - b.top, 1, 1).data]; }",
        [px, py],
    )
    assert inside != [255, 255, 255, 255]


def test_at_rest_nothing_is_drawn(lattice: Path, open_map: Callable[..., Page]) -> None:
    page = open_map(lattice, script=COUNT_FRAMES)
    page.wait_for_timeout(800)
    page.evaluate("window.asked = 0")
    page.wait_for_timeout(1000)
    assert page.evaluate("window.asked") == 0


def test_high_resolution_and_a_new_size(lattice: Path, open_map: Callable[..., Page]) -> None:
    page = open_map(lattice, device_scale_factor=2)
    size = "(() => { const c = document.querySelector('.map canvas'); return [c.width / c.clientWidth, c.clientWidth]; })()"
    ratio, wide = page.evaluate(size)
    assert ratio == pytest.approx(2, abs=0.01)
    page.set_viewport_size({"width": 900, "height": 700})
    page.wait_for_timeout(300)
    assert page.evaluate(size)[1] < wide
    screen = Screen(page)
    assert screen.under(*screen.at(8, 0)) == "point 8.0"


def test_chinese_dark_and_narrow(lattice: Path, open_map: Callable[..., Page]) -> None:
    page = open_map(lattice, width=390, locale="zh-CN", color_scheme="dark", is_mobile=True, has_touch=True)
    expect(page.locator(".line")).to_have_text(re.compile(r"^\s*未选择任何点"))
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    screen = Screen(page)
    page.touchscreen.tap(*screen.at(3, 2))
    expect(page.locator(".tip strong")).to_have_text("point 3.2")
    expect(page.locator(".tip")).to_contain_text("确实相近")
    assert_accessible(page)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_nothing_stands_in_the_way_of_screen_readers(lattice: Path, open_map: Callable[..., Page], theme: str) -> None:
    page = open_map(lattice, color_scheme=theme)
    tool(page, "Lasso")
    page.get_by_role("button", name="Points in view (45)").click()
    page.get_by_role("button", name="Save", exact=True).click()
    assert_accessible(page)


def test_texts_from_outside_stay_texts_and_points_without_a_place_are_counted(
    open_map: Callable[..., Page], lattice: Path, tmp_path: Path
) -> None:
    labels = ["</script><script>window.bad = 1</script>", "<img src=x onerror='window.bad=1'>", "词元 %MAP%", ""]
    path = tmp_path / "odd.html"
    export_map(
        path,
        [[0, 0], [1, 1], [2, 0], [np.nan, 1]],
        labels,
        {"<b>": ["<i>x</i>", "y", "", "y"]},
        title="<script>window.bad = 1</script>",
        colour_by="<b>",
    )
    page = open_map(path)
    expect(page.locator(".line")).to_contain_text("4 points, 1 without a place")
    assert page.evaluate("window.bad") is None
    assert page.title() == "<script>window.bad = 1</script>"
    page.get_by_role("button", name="Points in view (3)").click()
    expect(page.locator(".rows")).to_contain_text(labels[1])
    empty = tmp_path / "empty.html"
    export_map(empty, np.zeros((0, 2)), [])
    expect(open_map(empty).locator("main")).to_contain_text("No points to show.")
