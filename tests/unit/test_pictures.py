"""Pictures: what they show is what they were given, in every form, whatever the texts are."""

from __future__ import annotations

import base64
import io
import json
import re
import subprocess
import sys
import warnings
import xml.etree.ElementTree as ElementTree

import numpy as np
import pytest

from tests.patience import patience
from tokenspace.errors import ArgumentError, LimitError
from tokenspace.pictures import Curve, CurveChart, HeatMap, Picture, PointMap, plane
from tokenspace.pictures.colours import GROUPS, Scale, ink_on

SVG = "{http://www.w3.org/2000/svg}"
AWKWARD = [
    "<b>&\"'",
    "苹果 公司",
    "a\x00b\x1b[31m",
    "line\nbreak",
    "",
    "\ud800",
    "‮flip",
    "👩‍👩‍👧",
    "é" * 3000,
    "]]>",
    "$x^2$",
]


def parsed(picture: Picture) -> ElementTree.Element:
    return ElementTree.fromstring(picture.to_svg())


def marks(root: ElementTree.Element) -> list[ElementTree.Element]:
    return [one for one in root.iter() if one.tag in (SVG + "circle", SVG + "polygon")]


def tips(root: ElementTree.Element) -> list[str]:
    return [title.text or "" for title in root.iter(SVG + "title")]


def pixels(data: bytes) -> np.ndarray:
    matplotlib_image = pytest.importorskip("matplotlib.image")
    return np.rint(matplotlib_image.imread(io.BytesIO(data)) * 255).astype(int)


# ---- planes ----
def test_the_plane_is_that_of_the_singular_value_decomposition() -> None:
    rng = np.random.default_rng(0)
    for rows, columns in ((2, 5), (5, 2), (40, 7), (7, 40), (30, 30)):
        vectors = rng.normal(size=(rows, columns)) * np.geomspace(3, 0.1, columns)
        found = plane(vectors, normalize=False)
        centred = vectors - vectors.mean(axis=0)
        left, values, _ = np.linalg.svd(centred, full_matrices=False)
        np.testing.assert_allclose(np.abs(found.coordinates), np.abs(left[:, :2] * values[:2]), atol=1e-5)
        np.testing.assert_allclose(found.explained, (values**2 / (values**2).sum())[:2], atol=1e-9)


def test_planes_of_little() -> None:
    assert plane([[1.0, 2.0]]).coordinates.tolist() == [[0, 0]]
    same = plane(np.ones((5, 3)))
    assert not same.coordinates.any()
    assert same.explained == (0, 0)
    line = plane([[0.0], [1.0], [3.0]], normalize=False)
    assert line.explained == pytest.approx((1, 0))
    for wrong in (np.zeros((0, 3)), np.zeros(3), [[1.0, np.nan]], [[np.inf, 0]]):
        with pytest.raises(ArgumentError):
            plane(wrong)


def test_normalized_planes_forget_lengths() -> None:
    rng = np.random.default_rng(1)
    vectors = rng.normal(size=(9, 4))
    np.testing.assert_allclose(
        plane(vectors).coordinates, plane(vectors * rng.uniform(0.1, 9, (9, 1))).coordinates, atol=1e-6
    )


# ---- points ----
def test_every_point_is_drawn_where_it_is() -> None:
    rng = np.random.default_rng(2)
    points = rng.normal(size=(25, 2))
    root = parsed(PointMap([f"text {i}" for i in range(25)], points))
    drawn = np.array([[float(mark.get("cx")), float(mark.get("cy"))] for mark in marks(root)])
    assert len(drawn) == 25
    # One scale for both axes, up is up.
    scale = np.ptp(drawn[:, 0]) / np.ptp(points[:, 0])
    np.testing.assert_allclose(drawn[:, 0] - drawn[0, 0], (points[:, 0] - points[0, 0]) * scale, atol=0.02)
    np.testing.assert_allclose(drawn[:, 1] - drawn[0, 1], -(points[:, 1] - points[0, 1]) * scale, atol=0.02)


def test_groups_have_colours_and_outlines_of_their_own() -> None:
    names = [f"group {i}" for i in range(20)]
    root = parsed(PointMap(names, np.arange(40).reshape(20, 2), names))
    legend = {text.text for text in root.iter(SVG + "text")}
    assert {f"{name} (1)" for name in names} <= legend
    signs = set()
    for mark in marks(root)[:20]:
        corners = len((mark.get("points") or "").split())
        signs.add((mark.get("fill"), corners))
    assert len(signs) == 20
    ordered = parsed(PointMap(["x", "y"], [[0, 0], [1, 1]], ["b", "a"], group_order=["a", "b"]))
    assert [mark.get("fill") for mark in marks(ordered)][:2] == [GROUPS[1], GROUPS[0]]
    many = parsed(PointMap(names * 2, np.arange(80).reshape(40, 2), [f"g{i}" for i in range(40)]))
    assert any("20 more groups" in (text.text or "") for text in many.iter(SVG + "text"))


def test_points_at_one_place_are_one_point_that_says_so() -> None:
    root = parsed(PointMap(["a", "a", "a", "b"], [[0, 0], [0, 0], [0, 0], [4, 4]]))
    assert len(marks(root)) == 2
    words = [text.text for text in root.iter(SVG + "text")] + ["".join(t.itertext()) for t in root.iter(SVG + "text")]
    assert any("a ×3" in (word or "") for word in words)
    everything = parsed(PointMap([f"t{i}" for i in range(30)], np.zeros((30, 2))))
    assert len(marks(everything)) == 1
    assert "18 more" in tips(everything)[0]


def test_labels_do_not_cover_each_other() -> None:
    rng = np.random.default_rng(3)
    picture = PointMap([f"document number {i}" for i in range(300)], rng.normal(size=(300, 2)))
    shapes = [shape for shape in picture.drawing().shapes if type(shape).__name__ == "Words"]
    assert 10 < len(shapes) <= 41
    from tokenspace.pictures.words import text_width

    boxes = []
    for words in shapes:
        size = text_width(words.text, words.size)
        left = words.x - {"start": 0, "middle": size / 2, "end": size}[words.anchor]
        boxes.append((left, words.y - words.size * 0.7, left + size, words.y))
    for i, a in enumerate(boxes):
        for b in boxes[:i]:
            assert a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1]


def test_two_thousand_points_are_quick_and_small() -> None:
    import time

    rng = np.random.default_rng(4)
    start = time.perf_counter()
    page = PointMap(["a text of some length " * 3] * 2000, rng.normal(size=(2000, 2))).to_html()
    assert time.perf_counter() - start < patience(3)
    assert len(page) < 2_000_000


# ---- tables of colours ----
def test_cells_tell_their_numbers() -> None:
    values = np.array([[1.0, 0.25], [-0.5, 0.0], [0.333, 0.999]])
    root = parsed(HeatMap(values, ["x", "y", "z"], ["first", "second"], title="score"))
    cells = [one for one in root.iter(SVG + "rect") if one.find(SVG + "title") is not None]
    assert [float(one.find(SVG + "title").text.split("\n")[0].split()[1]) for one in cells] == pytest.approx(
        values.ravel().tolist(), abs=1e-4
    )
    written = ["".join(t.itertext()) for t in root.iter(SVG + "text")]
    for number in ("1.00", ".25", "-.50", ".00", ".33"):
        assert any(word.endswith(number) for word in written), number


def test_many_cells_become_pixels_and_the_page_still_tells_them() -> None:
    rng = np.random.default_rng(5)
    values = rng.uniform(-1, 1, size=(70, 70))
    picture = HeatMap(values, [f"<text {i}>" for i in range(70)])
    assert "data:image/png;base64" in picture.to_svg()
    cells = json.loads(re.search(r"cells=(\{.*?\});", picture.to_html())[1])
    packed = np.frombuffer(base64.b64decode(cells["values"]), dtype="<u2").reshape(70, 70)
    np.testing.assert_allclose(cells["low"] + cells["step"] * packed, values, atol=2e-5)
    assert cells["rows"][3] == "<text 3>"
    assert "<text 3>" not in picture.to_html()


def test_colours_rise_with_the_numbers() -> None:
    for scale in (Scale(0, 1), Scale(-1, 1), Scale(0.7, 0.9), Scale(-20, 5)):
        for side in (1, -1):
            numbers = np.linspace(max(scale.low, 0) if side > 0 else 0, scale.high if side > 0 else scale.low, 50)
            if side < 0 and scale.low >= 0:
                continue
            colours = scale.colours(numbers).astype(float) @ [0.2126, 0.7152, 0.0722]
            assert (np.diff(colours) <= 0).all(), "lightness falls with the distance from the palest"
    # On every colour one of the two inks has a contrast of 4.5 to 1 (WCAG 2, AA).
    for colour in Scale(-1, 1).colours(np.linspace(-1, 1, 201)):

        def luminance(c: list[float]) -> float:
            return sum(
                w * (v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4)
                for w, v in zip((0.2126, 0.7152, 0.0722), c, strict=True)
            )

        ink = luminance([int(ink_on(colour)[i : i + 2], 16) / 255 for i in (1, 3, 5)])
        paper = luminance([float(v) / 255 for v in colour])
        assert (max(ink, paper) + 0.05) / (min(ink, paper) + 0.05) > 4.5


def test_the_diagonal_may_stay_out_of_the_scale() -> None:
    values = np.full((4, 4), 0.31)
    np.fill_diagonal(values, 1)
    values[0, 1] = values[1, 0] = 0.38
    assert HeatMap(values, list("abcd")).scale.high == pytest.approx(1)
    assert HeatMap(values, list("abcd"), diagonal=False).scale.high == pytest.approx(0.38)


def test_wrong_numbers_are_refused() -> None:
    with pytest.raises(ArgumentError, match="NaN or infinity in row 1, column 0"):
        HeatMap([[1, 2], [np.nan, 3]], ["a", "b"])
    with pytest.raises(ArgumentError, match="point 1"):
        PointMap(["a", "b"], [[0, 0], [0, np.inf]])
    for make in (
        lambda: HeatMap(np.zeros((0, 0)), []),
        lambda: HeatMap(np.zeros((2, 3)), ["a", "b"]),
        lambda: PointMap([], np.zeros((0, 2))),
        lambda: PointMap(["a"], [[0, 0]], ["g", "h"]),
        lambda: CurveChart([], ["1"]),
        lambda: CurveChart([Curve("a", [1.0])], ["1", "2"]),
        lambda: CurveChart([Curve("a", [np.nan])], ["1"]),
    ):
        with pytest.raises(ArgumentError):
            make()
    with pytest.raises(LimitError):
        HeatMap(np.zeros((2001, 2000)), [""] * 2001, [""] * 2000)


# ---- curves ----
def test_curves_pass_through_their_numbers() -> None:
    chart = CurveChart(
        [Curve("one", [0.0, 0.5, None, 1.0]), Curve("two", [1.0, 1.0, 1.0, 1.0])], list("0123"), title="t"
    )
    root = parsed(chart)
    told = [tip for tip in tips(root) if tip.startswith("one")]
    assert [float(tip.split(": ")[1]) for tip in told] == [0, 0.5, 1]
    heights = [float(mark.get("cy")) for mark in marks(root)][:3]
    assert heights[1] == pytest.approx((heights[0] + heights[2]) / 2, abs=0.1)
    assert parsed(CurveChart([Curve("flat", [0.5])], ["0"])) is not None


# ---- forms ----
@pytest.mark.parametrize("text", AWKWARD, ids=ascii)
def test_any_text_gives_well_formed_pictures(text: str) -> None:
    for picture in (
        PointMap([text, text + "!"], [[0, 0], [1, 2]], [text, "g"], (0.5, 0.5), text),
        HeatMap([[1.0, 0.5], [0.5, 1.0]], [text, "other"], title=text or "t"),
        CurveChart([Curve(text, [1.0, 2.0])], [text, "b"], title=text),
    ):
        root = parsed(picture)
        assert root.tag == SVG + "svg"
        page = picture.to_html()
        assert "<b>" not in page
        assert "\x1b" not in page
        assert not re.search(r"(src|href)=\"(?!data:)", page), "nothing is fetched"
        page.encode("utf-8")


def test_saved_by_extension(tmp_path) -> None:
    picture = PointMap(["a", "b"], [[0, 0], [1, 1]])
    for name in ("p.svg", "p.html", "p.SVG"):
        picture.save(tmp_path / name)
        assert (tmp_path / name).stat().st_size > 300
    with pytest.raises(ArgumentError, match=r"\.svg, \.html or \.png"):
        picture.save(tmp_path / "p.jpg")
    assert not (tmp_path / "p.jpg").exists()


def test_png_shows_the_colours_of_the_cells() -> None:
    pytest.importorskip("matplotlib")
    picture = HeatMap([[0.0, 1.0], [0.4, 0.8]], ["a", "b"])
    drawing = picture.drawing()
    image = pixels(picture.to_png(scale=2))
    assert image.shape[:2] == (round(drawing.height * 2), round(drawing.width * 2))
    boxes = [shape for shape in drawing.shapes if type(shape).__name__ == "Box"]
    assert len(boxes) == 4
    for box in boxes:
        shown = image[int((box.y + 5) * 2), int((box.x + 5) * 2), :3]
        assert "#" + "".join(f"{part:02x}" for part in shown) == box.fill
    with pytest.raises(ArgumentError):
        picture.to_png(scale=0)
    with pytest.raises(ArgumentError):
        picture.to_png(scale=1e6)


@pytest.mark.parametrize("text", AWKWARD, ids=ascii)
def test_png_of_any_text(text: str, tmp_path) -> None:
    pytest.importorskip("matplotlib")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # characters without a font are told of, see below
        PointMap([text, "b"], [[0, 0], [1, 1]], [text, ""]).save(tmp_path / "p.png")
    assert (tmp_path / "p.png").read_bytes().startswith(b"\x89PNG")


def test_characters_without_a_font_are_told(monkeypatch) -> None:
    pytest.importorskip("matplotlib")
    from tokenspace.pictures import png

    monkeypatch.setattr(
        png, "_characters", lambda path: frozenset(range(128)) if "DejaVuSans.ttf" in path else frozenset({ord("果")})
    )
    with pytest.warns(UserWarning, match="no installed font that can be drawn has 1 of the characters, such as 苹"):
        PointMap(["苹果", "b"], [[0, 0], [1, 1]]).to_png(0.5)


def test_png_without_matplotlib_says_what_to_install(tmp_path) -> None:
    code = (
        "import sys; sys.modules['matplotlib'] = None\n"
        "import importlib.util as u; real = u.find_spec\n"
        "u.find_spec = lambda name, *a: None if name == 'matplotlib' else real(name, *a)\n"
        "from tokenspace.pictures import PointMap\n"
        "try: PointMap(['a'], [[0, 0]]).save('p.png')\n"
        "except Exception as error: print(type(error).__name__, error)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=tmp_path)
    assert done.stdout.startswith("UnsupportedError")
    assert "pip install 'tokenspace[plots]'" in done.stdout
    assert not list(tmp_path.iterdir())


def test_svg_and_pages_do_without_matplotlib() -> None:
    code = "import sys; from tokenspace.pictures import PointMap; PointMap(['a'], [[0, 0]]).to_html(); print('matplotlib' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
