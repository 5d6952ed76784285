"""The plane by blocks, samples of points, trust in a picture, UMAP, and the map as a document."""

from __future__ import annotations

import base64
import json
import re
import sys

import numpy as np
import pytest

from tokenspace import pictures
from tokenspace.errors import ArgumentError, FileError
from tokenspace.pictures import map_page, plane, sample_points, umap_plane
from tokenspace.pictures import plane as plane_function
from tokenspace.pictures import trust as trust_module
from tokenspace.pictures.plane import _two_largest
from tokenspace.pictures.trust import neighbourhood_trust
from tokenspace.reference import trust as twin

PLANE = sys.modules["tokenspace.pictures.plane"]  # the function has the same name


def clusters(n: int, dimensions: int, seed: int = 0) -> np.ndarray:
    random = np.random.default_rng(seed)
    return (
        random.normal(0, 1, (6, dimensions))[random.integers(0, 6, n)] + random.normal(0, 0.6, (n, dimensions))
    ).astype("f4")


# ---- the plane


@pytest.mark.parametrize(("rows", "columns"), [(2, 2), (7, 3), (300, 40), (40, 300), (5, 1), (1, 4)])
@pytest.mark.parametrize("normalize", [True, False])
def test_plane_is_that_of_a_singular_value_decomposition(rows: int, columns: int, normalize: bool) -> None:
    vectors = np.random.default_rng(rows).normal(0.3, 1, (rows, columns))
    found = plane_function(vectors, normalize=normalize)
    matrix = vectors / np.linalg.norm(vectors, axis=1, keepdims=True) if normalize else vectors
    matrix = matrix - matrix.mean(axis=0)
    left, values, _ = np.linalg.svd(matrix, full_matrices=False)
    expected = np.zeros((rows, 2))
    shown = min(2, len(values))
    expected[:, :shown] = (left * values)[:, :shown]
    np.testing.assert_allclose(np.abs(found.coordinates), np.abs(expected), atol=1e-5)
    if (values**2).sum() > 1e-12:
        np.testing.assert_allclose(found.explained[0], values[0] ** 2 / (values**2).sum(), rtol=1e-6)


def test_plane_in_blocks_is_the_plane_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    vectors = clusters(500, 24)
    at_once = plane_function(vectors)
    monkeypatch.setattr(PLANE, "_BLOCK", 24 * 7)
    in_blocks = plane_function(vectors)
    np.testing.assert_allclose(in_blocks.coordinates, at_once.coordinates, atol=1e-6)
    np.testing.assert_allclose(in_blocks.explained, at_once.explained)


@pytest.mark.parametrize("gap", [1e-1, 1e-4, 0.0])
def test_two_largest_by_iteration_or_at_once(monkeypatch: pytest.MonkeyPatch, gap: float) -> None:
    monkeypatch.setattr(PLANE, "_DIRECT", 10)
    random = np.random.default_rng(3)
    turn = np.linalg.qr(random.normal(size=(120, 120)))[0]
    values = np.concatenate([[5.0, 5.0 - gap], np.linspace(4, 0, 118)])
    products = (turn * values) @ turn.T
    found, axes = _two_largest(products)
    np.testing.assert_allclose(found, values[:2], rtol=1e-9)
    np.testing.assert_allclose(products @ axes, axes * found, atol=1e-7)


def test_plane_refuses_what_is_no_matrix_of_numbers() -> None:
    with pytest.raises(ArgumentError, match="row 2"):
        plane_function([[1, 2], [3, 4], [np.nan, 1]])
    for wrong in (np.zeros(3), np.zeros((0, 3)), np.zeros((3, 0)), np.array([["a", "b"]])):
        with pytest.raises(ArgumentError, match="shape"):
            plane_function(wrong)


# ---- samples


def test_samples_say_what_they_are() -> None:
    assert sample_points(5, 9).rule == "all"
    assert sample_points(5, 9).sentence == "all 5 points"
    assert sample_points(10, 3, "first").rows.tolist() == [0, 1, 2]
    assert sample_points(9, 3, "even").rows.tolist() == [1, 4, 7]
    drawn = sample_points(1000, 50, "random", seed=4)
    assert (
        drawn.rows.tolist()
        == sample_points(1000, 50, "random", seed=4).rows.tolist()
        != sample_points(1000, 50, "random", seed=5).rows.tolist()
    )
    assert len(set(drawn.rows.tolist())) == 50
    assert "50 of 1,000" in drawn.sentence
    assert sample_points(0, 5).rows.tolist() == [] == sample_points(7, 0).rows.tolist()


@pytest.mark.parametrize("most", [1, 3, 4, 10, 57, 99])
def test_every_group_has_its_share(most: int) -> None:
    groups = ["rare"] * 2 + ["common"] * 90 + ["some"] * 8
    sample = sample_points(100, most, "even", groups=groups)
    assert len(sample.rows) == most
    assert (np.diff(sample.rows) > 0).all()
    if most >= 3:
        assert {groups[row] for row in sample.rows} == {"rare", "common", "some"}


def test_sample_refuses() -> None:
    for call in (
        lambda: sample_points(-1, 2),
        lambda: sample_points(9, 2, "best"),
        lambda: sample_points(9, 2, groups=["a"]),
    ):  # type: ignore[arg-type]
        with pytest.raises(ArgumentError):
            call()


# ---- trust


@pytest.mark.parametrize("k", [1, 5, 12])
def test_trust_is_its_twin_and_scikit_learns(k: int) -> None:
    vectors = clusters(160, 12, seed=k)
    vectors[7] = 0
    points = plane(vectors).coordinates
    found = neighbourhood_trust(vectors, points, k, threads=2)
    kept, trustworthiness, continuity = twin.trust(vectors.astype("f8"), points.astype("f8"), k)
    # The row of zeros is as far from all: there rounding decides.
    others = np.arange(len(kept)) != 7
    assert np.abs(found.kept - kept)[others].max() <= 1
    assert found.trustworthiness == pytest.approx(trustworthiness, abs=2e-3)
    assert found.continuity == pytest.approx(continuity, abs=2e-3)
    assert found.share == pytest.approx(found.kept.mean() / k)
    assert (found.checked, found.errors) == (160, (0.0, 0.0, 0.0))
    manifold = pytest.importorskip("sklearn.manifold")
    rows = vectors[others]
    ours = neighbourhood_trust(rows, points[others], k)
    assert ours.trustworthiness == pytest.approx(
        manifold.trustworthiness(rows, points[others], n_neighbors=k, metric="cosine"), abs=1e-5
    )
    # Continuity is trustworthiness the other way round; Euclidean on both sides, as scikit-learn has one metric.
    straight = neighbourhood_trust(rows, points[others], k, normalize=False)
    assert straight.continuity == pytest.approx(manifold.trustworthiness(points[others], rows, n_neighbors=k), abs=1e-5)


def test_a_faithful_plane_keeps_all_and_duplicates_are_ordered() -> None:
    points = np.random.default_rng(1).normal(size=(50, 2))
    whole = neighbourhood_trust(points, points, 6, normalize=False)
    assert (whole.share, whole.trustworthiness, whole.continuity) == (1.0, 1.0, 1.0)
    same = neighbourhood_trust(np.ones((20, 3)), np.zeros((20, 2)), 4)
    assert same.share == 1.0
    assert same.neighbours[0].tolist() == [1, 2, 3, 4]


def test_a_sample_is_exact_for_its_points_and_tells_its_error() -> None:
    vectors = clusters(900, 10)
    points = plane(vectors).coordinates
    whole = neighbourhood_trust(vectors, points, 8)
    part = neighbourhood_trust(vectors, points, 8, sample=200, seed=3)
    checked = ~np.isnan(part.kept)
    assert checked.sum() == part.checked == 200
    np.testing.assert_array_equal(part.kept[checked], whole.kept[checked])
    assert (part.neighbours[~checked] == -1).all()
    assert (part.neighbours[checked] == whole.neighbours[checked]).all()
    for name, error in zip(("share", "trustworthiness", "continuity"), part.errors, strict=True):
        assert error > 0
        assert abs(getattr(part, name) - getattr(whole, name)) < 4 * error


def test_many_points_are_sampled_by_themselves(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trust_module, "EXACT_UP_TO", 100)
    monkeypatch.setattr(trust_module, "_SAMPLE", 60)
    vectors = clusters(101, 4)
    assert neighbourhood_trust(vectors, vectors[:, :2], 3).checked == 60
    assert neighbourhood_trust(vectors[:100], vectors[:100, :2], 3).checked == 100


def test_trust_reports_and_stops() -> None:
    class Stop(Exception):
        pass

    def stop(event: object) -> None:
        raise Stop

    vectors = clusters(60, 4)
    with pytest.raises(Stop):
        neighbourhood_trust(vectors, vectors[:, :2], 3, progress=stop)
    for wrong in (0, 30, 60):
        with pytest.raises(ArgumentError, match="k="):
            neighbourhood_trust(vectors, vectors[:, :2], wrong)
    with pytest.raises(ArgumentError, match=r"\(60, 2\)"):
        neighbourhood_trust(vectors, vectors[:50, :2])


# ---- UMAP


def test_umap_keeps_clusters_together_reports_and_stops() -> None:
    pytest.importorskip("umap", reason="umap-learn is not installed")
    vectors = clusters(300, 20)
    events: list[tuple[str, int]] = []
    first = umap_plane(vectors, epochs=60, threads=2, progress=lambda event: events.append((event.stage, event.done)))
    assert first.exact
    assert first.coordinates.shape == (300, 2)
    assert {stage for stage, _ in events} == {"neighbours", "layout"}
    assert events[-1] == ("layout", 60)
    np.testing.assert_array_equal(first.coordinates, umap_plane(vectors, epochs=60, threads=1).coordinates)
    random = np.random.default_rng(0).normal(size=(300, 2))
    assert (
        neighbourhood_trust(vectors, first.coordinates).trustworthiness
        > neighbourhood_trust(vectors, random).trustworthiness + 0.2
    )

    class Stop(Exception):
        pass

    def stop(event: pictures.plane) -> None:  # type: ignore[valid-type]
        if event.stage == "layout" and event.done >= 5:
            raise Stop

    with pytest.raises(Stop):
        umap_plane(vectors, epochs=2000, progress=stop)


def test_umap_of_little_and_of_nothing_alike() -> None:
    pytest.importorskip("umap", reason="umap-learn is not installed")
    assert np.isfinite(umap_plane(np.eye(4), epochs=5).coordinates).all()
    assert (umap_plane(np.ones((6, 3))).coordinates == 0).all()
    with pytest.raises(ArgumentError, match="at least 4"):
        umap_plane(np.eye(3))


# ---- the document


@pytest.fixture
def page(monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    """A page in the place of the built one: these tests are about what is written into it."""
    asset = tmp_path / "point_map.html"  # type: ignore[operator]
    asset.write_text("<title>%TITLE%</title><script id=map>%MAP%</script>after %MAP% %TITLE%", encoding="utf-8")
    monkeypatch.setattr("tokenspace.pictures.map_page._ASSET", asset)


def written(text: str) -> dict[str, object]:
    found = re.search(r"<script id=map>(.*?)</script>", text, re.DOTALL)
    assert found
    return json.loads(found[1])


def numbers(packed: dict[str, str]) -> np.ndarray:
    return np.frombuffer(base64.b64decode(packed["data"]), dtype="<" + packed["dtype"])


@pytest.mark.usefixtures("page")
def test_the_document_holds_what_was_given() -> None:
    labels = ["</script><script>alert(1)</script>", "%TITLE%%MAP%", "词元", "\ud800", "<!--", ""]
    points = np.arange(12, dtype="f8").reshape(6, 2)
    points[5] = np.nan
    text = map_page.map_page(
        points,
        labels,
        {"count": [1, 2, 3, 4, 5, 6], "kind": ["a", "b", "a", None, "b", "a"]},
        title="<b>&",
        colour_by="kind",
        priority="count",
    )
    map_ = written(text)
    assert map_["labels"] == labels
    np.testing.assert_array_equal(numbers(map_["positions"]), points.astype("f4").ravel())
    count, kind = map_["columns"]
    assert count["kind"] == "number"
    assert (kind["names"], numbers(kind["codes"]).tolist()) == (["a", "b"], [0, 1, 0, -1, 1, 0])
    assert "<b>" not in text
    assert text.count("<script") == 1
    assert text.endswith("after %MAP% %TITLE%")  # only the places are filled


@pytest.mark.usefixtures("page")
def test_many_different_words_are_texts_not_groups() -> None:
    columns = {"text": [f"text {i}" for i in range(500)], "group": [f"g{i % 9}" for i in range(500)]}
    assert [column["kind"] for column in written(map_page.map_page(np.zeros((500, 2)), None, columns))["columns"]] == [
        "text",
        "category",
    ]


@pytest.mark.usefixtures("page")
def test_trust_goes_into_the_document_with_its_neighbours(tmp_path: object) -> None:
    vectors = clusters(40, 6)
    trust = neighbourhood_trust(vectors, vectors[:, :2], 4)
    path = tmp_path / "map.html"  # type: ignore[operator]
    pictures.export_map(path, vectors[:, :2], [str(i) for i in range(40)], trust=trust, colour_by="trust")
    map_ = written(path.read_text(encoding="utf-8"))
    np.testing.assert_array_equal(numbers(map_["trust"]["kept"]), trust.kept)
    np.testing.assert_array_equal(numbers(map_["neighbours"]["indices"]).reshape(40, 4), trust.neighbours)


@pytest.mark.usefixtures("page")
def test_the_document_refuses_what_does_not_agree() -> None:
    points = np.zeros((3, 2))
    for call in (
        lambda: map_page.map_page(np.zeros((3, 3))),
        lambda: map_page.map_page(points, ["a"]),
        lambda: map_page.map_page(points, None, {"c": [1]}),
        lambda: map_page.map_page(points, colour_by="nothing"),
        lambda: map_page.map_page(points, neighbours=np.zeros((2, 4), dtype=int)),
    ):
        with pytest.raises(ArgumentError):
            call()


def test_without_the_built_page_it_says_how_to_build_it(monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    monkeypatch.setattr("tokenspace.pictures.map_page._ASSET", tmp_path / "none.html")  # type: ignore[operator]
    with pytest.raises(FileError, match="make page"):
        map_page.map_page(np.zeros((3, 2)))
