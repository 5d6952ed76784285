"""Makes the pictures of docs/learn/recommendation.md from what the library computes; SVG, no other package needed.

recommend-map.svg: the item vectors of a small playlist file in two dimensions (principal components), a song that nobody
played, and the neighbours of one song. recommend-reasons.svg: what each event of a history weighs, and what it adds to
recommendations. recommend-movielens.svg: benchmarks/results/recommend_movielens.json as points with intervals; the same numbers
become the tables of the page.

    python scripts/make_recommend_pictures.py            # pictures and tables
    python scripts/make_recommend_pictures.py --check    # are the tables those of the results?
"""

from __future__ import annotations

import html
import json
import random
import sys
from pathlib import Path

import numpy as np

import tokenspace as ts

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "benchmarks" / "results" / "recommend_movielens.json"
PAGE, ASSETS = ROOT / "docs" / "learn" / "recommendation.md", ROOT / "docs" / "assets"
BEGIN, END = "<!-- movielens: written by scripts/make_recommend_pictures.py -->", "<!-- movielens end -->"
TITLES = {"last": "the last film of each user", "time": "the next film from a moment on"}
INK, FAINT, GRID = "#22262e", "#6b7280", "#e5e7eb"
COLOURS = {"tidewave": "#2b8cbe", "forgecore": "#d95f4c", "lanternfolk": "#3f9b5f"}
SONGS = 40


class Svg:
    """A drawing on a white page, text in the reader's sans-serif font."""

    def __init__(self, width: int, height: int, title: str) -> None:
        self._size, self._title = (width, height), title
        self._parts: list[str] = []

    def add(self, tag: str, text: str = "", **attributes: object) -> None:
        named = " ".join(f'{name.replace("_", "-")}="{value}"' for name, value in attributes.items())
        self._parts.append(f"<{tag} {named}>{html.escape(text)}</{tag}>" if text else f"<{tag} {named}/>")

    def text(
        self, x: float, y: float, text: str, size: int = 13, colour: str = INK, anchor: str = "start", weight: int = 400
    ) -> None:
        self.add(
            "text",
            text,
            x=f"{x:.1f}",
            y=f"{y:.1f}",
            font_size=size,
            fill=colour,
            text_anchor=anchor,
            font_weight=weight,
        )

    def line(self, x1: float, y1: float, x2: float, y2: float, colour: str = GRID, width: float = 1) -> None:
        self.add(
            "line", x1=f"{x1:.1f}", y1=f"{y1:.1f}", x2=f"{x2:.1f}", y2=f"{y2:.1f}", stroke=colour, stroke_width=width
        )

    def save(self, path: Path) -> None:
        width, height = self._size
        head = (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
            f'role="img" font-family="system-ui, -apple-system, Segoe UI, Helvetica, Arial, sans-serif">'
            f"<title>{html.escape(self._title)}</title><rect width='{width}' height='{height}' fill='#ffffff'/>"
        )
        path.write_text(head + "\n" + "\n".join(self._parts) + "\n</svg>\n", encoding="utf-8")
        print(f"{path}: {path.stat().st_size:,} bytes")


def trained() -> ts.Recommender:
    """The playlists of the page: three genres, one song in eight of a playlist from another."""
    draw = random.Random(0)
    genres = list(COLOURS)
    table = {
        f"{genre} {number}": {"title": f"{genre} {number}", "genre": genre}
        for genre in genres
        for number in range(SONGS)
    }
    lists = []
    for _ in range(500):
        own = draw.choice(genres)
        lists.append(
            [
                f"{own if draw.random() < 7 / 8 else draw.choice(genres)} {draw.randrange(SONGS)}"
                for _ in range(draw.randint(3, 20))
            ]
        )
    recommender = ts.Recommender.from_sessions(
        lists, table, vector_size=32, window=20, negative=50, min_count=1, epochs=10, workers=1
    )
    recommender.add_items({"nobody played it": {"title": "Lanternfolk at dusk", "genre": "lanternfolk"}})
    return recommender


def draw_map(recommender: ts.Recommender, path: Path) -> None:
    catalogue = recommender.catalogue
    vectors = catalogue.vectors(np.arange(len(catalogue)), unit=True).astype(np.float64)
    centred = vectors - vectors.mean(0)
    _, _, axes = np.linalg.svd(centred, full_matrices=False)
    flat = centred @ axes[:2].T
    low, high = flat.min(0), flat.max(0)
    spot = np.array([40, 60]) + (flat - low) / (high - low) * np.array([640, 330])
    svg = Svg(720, 450, "Songs in two dimensions: the three genres stand apart")
    svg.text(24, 30, "120 songs from 500 playlists, two of 32 dimensions", 16, weight=600)
    svg.text(24, 50, "lines: the five songs nearest to one", 12, FAINT)
    centre = "forgecore 7"
    at = spot[catalogue.index[centre]]
    for near in recommender.similar(centre, k=5):
        there = spot[catalogue.index[near.item]]
        svg.line(at[0], at[1], there[0], there[1], "#9aa1ad", 1.2)
    for item, (x, y) in zip(catalogue.items, spot.tolist(), strict=True):
        genre = recommender.metadata[item]["genre"]
        if catalogue.counts[catalogue.index[item]]:
            svg.add(
                "circle",
                cx=f"{x:.1f}",
                cy=f"{y:.1f}",
                r=5 if item != centre else 8,
                fill=COLOURS[genre],
                fill_opacity=0.85,
            )
        else:
            svg.add("circle", cx=f"{x:.1f}", cy=f"{y:.1f}", r=8, fill="#ffffff", stroke=COLOURS[genre], stroke_width=3)
    for number, (genre, colour) in enumerate(COLOURS.items()):
        svg.add("circle", cx=40 + number * 120, cy=428, r=6, fill=colour)
        svg.text(52 + number * 120, 433, genre)
    svg.add("circle", cx=405, cy=428, r=7, fill="#ffffff", stroke=COLOURS["lanternfolk"], stroke_width=3)
    svg.text(418, 433, "in no playlist: placed by words")
    svg.save(path)


def draw_reasons(recommender: ts.Recommender, path: Path) -> None:
    history = [
        ("tidewave 3", 1.0),
        ("tidewave 9", 1.0),
        ("forgecore 2", 10.0),
        ("lanternfolk 5", 1.0),
        ("forgecore 8", 1.0),
        ("tidewave 1", 3.0),
    ]
    names = ["view", "view", "buy", "view", "view", "cart"]
    half_life = 3.0
    weights = np.array([weight for _, weight in history]) * 0.5 ** (np.arange(len(history) - 1, -1, -1) / half_life)
    found = recommender.recommend(history, k=3, half_life=half_life)
    svg = Svg(760, 500, "A history, what its events weigh, and what each adds to three recommendations")
    svg.text(24, 30, "What a history weighs", 16, weight=600)
    svg.text(24, 50, "weight of the event, halved for every 3 events after it", 12, FAINT)
    for number, ((item, weight), name) in enumerate(zip(history, names, strict=True)):
        y = 76 + number * 27
        svg.text(170, y + 4, item, anchor="end")
        svg.text(178, y + 4, f"{name} {weight:g}", 12, FAINT)
        svg.add(
            "rect", x=240, y=y - 9, width=f"{weights[number] * 60:.1f}", height=18, rx=2, fill=COLOURS[item.split()[0]]
        )
        svg.text(246 + weights[number] * 60, y + 4, f"{weights[number]:.2f}", 12, FAINT)
    svg.text(24, 268, "Because of what", 16, weight=600)
    svg.text(
        24,
        288,
        "parts of the score above or below the mean item's; the order of the list also knows how popular items are",
        12,
        FAINT,
    )
    parts = [recommender.explain(history, one.item, half_life=half_life) for one in found]
    most = max(sum(max(0, reason.share) for reason in whole) for whole in parts)
    least = min(sum(min(0, reason.share) for reason in whole) for whole in parts)
    scale = 430 / (most - least)
    zero = 200 - least * scale
    for number, (one, whole) in enumerate(zip(found, parts, strict=True)):
        y = 322 + number * 52
        svg.text(170, y + 9, one.item, anchor="end", weight=600)
        right, left = zero, zero
        for reason in whole:
            width = abs(reason.share) * scale
            x = right if reason.share > 0 else left - width
            right, left = (right + width, left) if reason.share > 0 else (right, left - width)
            svg.add(
                "rect", x=f"{x:.1f}", y=y - 8, width=f"{width:.1f}", height=24, fill=COLOURS[reason.item.split()[0]],
                fill_opacity=0.85, stroke="#ffffff", stroke_width=1,
            )  # fmt: skip
            if width > 80:
                svg.text(x + width / 2, y + 8, reason.item, 11, "#ffffff", "middle")
        svg.text(right + 8, y + 9, f"{sum(reason.share for reason in whole):+.2f}", 13, INK)
    svg.line(zero, 306, zero, 450, INK)
    svg.text(zero, 470, "mean item", 12, FAINT, "middle")
    svg.save(path)


def draw_movielens(path: Path) -> None:
    found = json.loads(RESULTS.read_text(encoding="utf-8"))
    names = list(dict.fromkeys(row["system"] for row in found["last"]["rows"]))
    left, width, top, step = 228, 230, 92, 27
    height = top + step * len(names) + 62
    svg = Svg(
        left + 2 * width + 90, height, "NDCG at 10 of item vectors and baselines on MovieLens 100k, with intervals"
    )
    svg.text(24, 30, "NDCG@10 on MovieLens 100k, with 95% bootstrap intervals", 16, weight=600)
    rows = {part: {row["system"]: row for row in found[part]["rows"] if row["k"] == 10} for part in TITLES}
    most = max(row["metrics"]["ndcg"]["high"] for part in rows.values() for row in part.values())
    for panel, (part, title) in enumerate(TITLES.items()):
        x0 = left + panel * (width + 40)
        svg.text(x0, 62, f"{title} ({found[part]['queries']:,} queries)", 12, FAINT)
        for tick in np.arange(0, most, 0.04):
            x = x0 + tick / most * width
            svg.line(x, top - 14, x, top + step * (len(names) - 1) + 14)
            svg.text(x, top + step * (len(names) - 1) + 32, f"{tick:.2f}", 11, FAINT, "middle")
        order = sorted(names, key=lambda name: -rows["last"][name]["metrics"]["ndcg"]["value"])
        for number, name in enumerate(order):
            y = top + number * step
            ours = name.startswith("item2vec")
            colour = COLOURS["tidewave"] if ours else FAINT
            if panel == 0:
                svg.text(left - 14, y + 4, name, 13, INK, "end", 600 if ours else 400)
            metric = rows[part][name]["metrics"]["ndcg"]
            svg.line(x0 + metric["low"] / most * width, y, x0 + metric["high"] / most * width, y, colour, 3)
            svg.add("circle", cx=f"{x0 + metric['value'] / most * width:.1f}", cy=y, r=5, fill=colour)
    svg.text(
        24,
        height - 14,
        "settings and half-lives, but for the defaults, chosen on a validation split inside the training part",
        12,
        FAINT,
    )
    svg.save(path)


def tables() -> str:
    """The results at 10 of both splits as Markdown."""
    found = json.loads(RESULTS.read_text(encoding="utf-8"))
    blocks = []
    for part, title in TITLES.items():
        result = found[part]
        rows = [row for row in result["rows"] if row["k"] == 10]
        blocks.append(
            f"Asked for {title}: {result['queries']:,} queries, {result['items']:,} films, mean popularity rank of the truths "
            f"{result['truth_popularity_rank']:.3f}; films of the history are never recommended.\n"
        )
        blocks.append("| system | hit rate@10 | NDCG@10 | MRR@10 | NDCG minus the first row's | pop. rank | coverage |")
        blocks.append("|---|---|---|---|---|---|---|")
        for row in sorted(rows, key=lambda row: row["system"] != result["reference"]):
            values = row["metrics"]
            cells = [row["system"], *(shown(values[name]) for name in ("hit_rate", "ndcg", "mrr"))]
            cells.append(shown(row["differences"]["ndcg"], "+.3f") if row["differences"] else "")
            cells += [f"{values['popularity_rank']['value']:.3f}", f"{values['coverage']['value']:.0%}"]
            blocks.append(f"| {' | '.join(cells)} |")
        chosen = ", ".join(f"{name} {value}" for name, value in result["settings"].items())
        blocks.append(f"\nChosen by `tune` out of {result['trials']}: {chosen}.\n")
    return "\n".join(blocks)


def shown(interval: dict[str, float], form: str = ".3f") -> str:
    return f"{interval['value']:{form}} [{interval['low']:{form}}, {interval['high']:{form}}]"


def page_with_tables() -> str:
    text = PAGE.read_text(encoding="utf-8")
    head, rest = text.split(BEGIN)
    return head + BEGIN + "\n\n" + tables() + "\n" + END + rest.split(END)[1]


def main() -> int:
    if "--check" in sys.argv[1:]:
        fresh = PAGE.read_text(encoding="utf-8") == page_with_tables()
        print("tables: ok" if fresh else f"{PAGE}: not those of {RESULTS}; run {Path(__file__).name}")
        return 0 if fresh else 1
    recommender = trained()
    draw_map(recommender, ASSETS / "recommend-map.svg")
    draw_reasons(recommender, ASSETS / "recommend-reasons.svg")
    draw_movielens(ASSETS / "recommend-movielens.svg")
    PAGE.write_text(page_with_tables(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
