"""Makes the pictures of docs/learn/word2vec.md from what the library computes; SVG, no other package needed.

word2vec-window.svg: a window with its pairs and drawn noise words, from `explain_word2vec`. word2vec-map.svg: words of the little world of
examples/royal_sentences.py on a plane, with an analogy. word2vec-curve.svg: the loss of each epoch of that training.

    python scripts/make_word2vec_pictures.py
"""

from __future__ import annotations

import html
import sys
from pathlib import Path

import tokenspace as ts

ROOT = Path(__file__).resolve().parent.parent
ASSETS = ROOT / "docs" / "assets"
sys.path.insert(0, str(ROOT / "examples"))
from royal_sentences import sentences  # noqa: E402

ADULTS = ("king", "queen", "man", "woman")
SENTENCE = "Thou shalt not make a machine in the likeness of a human mind"
INK, FAINT, GRID, BLUE, RED, GREEN = "#22262e", "#6b7280", "#e5e7eb", "#2b8cbe", "#d95f4c", "#3f9b5f"


def text(
    x: float, y: float, words: str, size: int = 14, colour: str = INK, anchor: str = "middle", weight: int = 400
) -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" fill="{colour}" text-anchor="{anchor}" '
        f'font-weight="{weight}">{html.escape(words)}</text>'
    )


def line(x1: float, y1: float, x2: float, y2: float, colour: str = GRID, width: float = 1.0, dash: str = "") -> str:
    more = f' stroke-dasharray="{dash}"' if dash else ""
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}" stroke-width="{width}"{more}/>'


def page(width: int, height: int, title: str, parts: list[str]) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif">'
        f'<title>{html.escape(title)}</title><rect width="{width}" height="{height}" fill="#ffffff"/>'
        + "\n".join(parts)
        + "</svg>\n"
    )


def window_picture() -> str:
    """The third window of a sentence: which pairs are true, which are drawn."""
    words = SENTENCE.lower().split()[:6]
    shown = ts.explain_word2vec(SENTENCE, window=2, negative=5, centre="not").windows[2]
    parts = []
    places = {}
    for number, word in enumerate(words):
        x = 75 + 130 * number
        places[word] = x
        inside = word in shown.context
        fill = BLUE if word == shown.centre else "#dbeafe" if inside else "#f3f4f6"
        parts.append(f'<rect x="{x - 52}" y="96" width="104" height="40" rx="8" fill="{fill}"/>')
        parts.append(text(x, 122, word, 17, "#ffffff" if word == shown.centre else INK if inside else FAINT))
    centre = places[shown.centre]
    for pair in shown.pairs:
        x = places[pair.output]
        lift = 30 + abs(x - centre) / 8
        parts.append(
            f'<path d="M{centre} 94 C{centre} {94 - lift} {x} {94 - lift} {x} 94" fill="none" stroke="{GREEN}" stroke-width="2"/>'
        )
    parts.append(text(20, 26, "pairs of the text: target 1", 14, GREEN, "start", 600))
    noise = [pair.output for pair in shown.noise_pairs]
    parts.append(text(20, 226, "noise words, drawn by count to the power of 0.75: target 0", 14, RED, "start", 600))
    for number, word in enumerate(noise):
        x = 75 + 130 * number
        parts.append(line(centre, 138, x, 166, RED, 1.2, "4 3"))
        parts.append(f'<rect x="{x - 48}" y="168" width="96" height="32" rx="8" fill="#fde8e4"/>')
        parts.append(text(x, 189, word, 15))
    return page(800, 244, "A window of word2vec", parts)


def train() -> ts.Word2Vec:
    return ts.Word2Vec(
        list(sentences()),
        vector_size=32,
        window=8,
        min_count=1,
        sg=1,
        epochs=10,
        workers=1,
        sample=0,
        compute_loss=True,
    )


def map_picture(model: ts.Word2Vec) -> str:
    """Eight people on a plane, king - man + woman drawn in."""
    groups = {"royal": ["king", "queen", "prince", "princess"], "common": ["man", "woman", "boy", "girl"]}
    shown = model.wv.word_map(groups)
    low, high = shown.coordinates.min(axis=0), shown.coordinates.max(axis=0)

    def place(row: int) -> tuple[float, float]:
        x, y = (shown.coordinates[row] - low) / (high - low)
        return 90 + 600 * float(x), 400 - 310 * float(y)

    at = {word: place(row) for row, word in enumerate(shown.words)}
    parts = []
    for start, end, colour in (
        ("man", "king", BLUE),
        ("woman", "queen", BLUE),
        ("man", "woman", RED),
        ("king", "queen", RED),
    ):
        parts.append(line(*at[start], *at[end], colour, 1.6, "6 4"))
    for word, (x, y) in at.items():
        colour = GREEN if word in groups["royal"] else FAINT
        parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="6" fill="{colour}"/>')
        parts.append(
            text(x, y + (-12 if word in ADULTS else 22), word, 15, INK, "middle", 600 if word in ADULTS else 400)
        )
    parts.append(text(20, 28, "the way from man to king is that from woman to queen", 14, BLUE, "start", 600))
    parts.append(text(20, 48, "the way from man to woman is that from king to queen", 14, RED, "start", 600))
    share = shown.explained
    parts.append(
        text(20, 452, f"principal components, {share[0]:.0%} and {share[1]:.0%} of the variance", 12, FAINT, "start")
    )
    return page(800, 466, "Words on a plane", parts)


def curve_picture(model: ts.Word2Vec) -> str:
    losses = model.epoch_losses
    top = max(losses) * 1.08
    parts = [text(20, 28, "mean loss of a pair", 14, FAINT, "start")]

    def place(epoch: int) -> tuple[float, float]:
        return 90 + 640 * epoch / (len(losses) - 1), 270 - 210 * losses[epoch] / top

    for share in range(5):
        value = top * share / 4
        y = 270 - 210 * share / 4
        parts += [line(90, y, 740, y), text(80, y + 4, f"{value:.1f}", 12, FAINT, "end")]
    points = " ".join(f"{x:.1f},{y:.1f}" for x, y in map(place, range(len(losses))))
    parts.append(f'<polyline points="{points}" fill="none" stroke="{BLUE}" stroke-width="2.5"/>')
    for epoch in range(len(losses)):
        x, y = place(epoch)
        parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="{BLUE}"/>', text(x, 292, str(epoch + 1), 12, FAINT)]
    parts.append(text(415, 314, "epoch", 13, FAINT))
    return page(800, 326, "Training curve", parts)


def main() -> None:
    ASSETS.mkdir(parents=True, exist_ok=True)
    model = train()
    pictures = {"window": window_picture(), "map": map_picture(model), "curve": curve_picture(model)}
    for name, picture in pictures.items():
        (ASSETS / f"word2vec-{name}.svg").write_text(picture, encoding="utf-8")


if __name__ == "__main__":
    main()
