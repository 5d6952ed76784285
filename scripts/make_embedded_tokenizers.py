"""Trains the small tokenizers that ship in the wheel, with this package's own trainers.

    .venv/bin/python scripts/make_embedded_tokenizers.py [--data ../shared/data] [--only bpe]
    .venv/bin/python scripts/make_embedded_tokenizers.py --check

Only parts of the corpus in the public domain or under CC0, MIT, Apache-2.0, PSF-2.0 or CC-BY-4.0 are read;
src/tokenspace/assets/README.md lists them. Every run gives the same bytes, however many threads work on it; --check trains
anew, writes nothing, and ends with exit code 1 when a stored file says something else.
"""

from __future__ import annotations

import argparse
import gzip
import io
import os
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import tokenspace as ts
from tokenspace.tokenizers.export.write import export_files

ROOT = Path(__file__).resolve().parent.parent
ASSETS = ROOT / "src" / "tokenspace" / "assets"
ALLOWED = re.compile(r"public domain|public-domain|CC0|MIT|Apache-2\.0|PSF-2\.0|CC-BY-4\.0", re.IGNORECASE)
# Bytes read of each language: enough for the vocabulary sizes here, and no language drowns the others.
BUDGET = {"en-prose": 2_500_000, "en-docs": 2_500_000, "zh": 3_500_000}
OTHER_BUDGET = 900_000


@dataclass(frozen=True)
class Recipe:
    """One tokenizer: its file, its size, and what `Tokenizer.train` is asked for."""

    file: str
    vocab_size: int
    options: dict[str, Any] = field(default_factory=dict)


CHAT = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
RECIPES = {
    "bpe": Recipe("bpe.json.gz", 32_000, {"pre_tokenizer": "cl100k", "min_frequency": 2, "special_tokens": CHAT}),
    "wordpiece": Recipe("wordpiece.json.gz", 16_000, {"min_frequency": 2, "limit_alphabet": 5_000}),
    "unigram": Recipe("unigram.model.gz", 16_000, {"character_coverage": 0.9995}),
    "word": Recipe("word.json.gz", 24_001),
    "char": Recipe("char.json.gz", 1 << 20, {"min_frequency": 5, "initial_alphabet": ["\t", "\n"]}),
}


def parts(readme: str) -> list[tuple[str, str, int, str]]:
    """(file stem, description, lines, licence) for each row of the table "Text sources, part by part"."""
    rows = []
    for line in readme.split("### Text sources, part by part", 1)[1].splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if len(cells) == 5 and cells[0].startswith("text/"):
            rows.append((cells[0].removeprefix("text/").removesuffix(".txt.gz"), cells[1], int(cells[3]), cells[4]))
    return rows


def corpus(data: Path) -> tuple[list[str], list[tuple[str, str, int]]]:
    """Lines to train on and (description, licence, bytes used) of every part they come from."""
    lines: list[str] = []
    used: list[tuple[str, str, int]] = []
    spent: dict[str, int] = {}
    texts: dict[str, list[str]] = {}
    position: dict[str, int] = {}
    for stem, description, count, licence in parts((data / "README.md").read_text(encoding="utf-8")):
        if stem not in texts:
            with gzip.open(data / "text" / f"{stem}.txt.gz", "rt", encoding="utf-8", newline="\n") as file:
                texts[stem] = file.read().split("\n")
        start = position.get(stem, 0)
        position[stem] = start + count
        if not ALLOWED.search(licence):
            continue
        language = description.split(":", 1)[0] if stem == "multilingual" else stem
        left = BUDGET.get(language, OTHER_BUDGET) - spent.get(language, 0)
        part = texts[stem][start : start + count]
        # Spread over the part: every k-th line, so that a long book does not crowd out the books behind it.
        size = sum(len(line.encode()) + 1 for line in part)
        wanted = min(left, size, max(left // 3, 200_000) if language in BUDGET else left)
        step = max(1, round(size / wanted)) if wanted > 0 else 0
        chosen = part[::step] if step else []
        taken = sum(len(line.encode()) + 1 for line in chosen)
        spent[language] = spent.get(language, 0) + taken
        if chosen:
            lines.extend(line + "\n" for line in chosen)
            used.append((description, licence, taken))
    return lines, used


def packed(data: bytes) -> bytes:
    """Deterministic gzip: no time stamp, no file name."""
    buffer = io.BytesIO()
    with gzip.GzipFile(filename="", mode="wb", fileobj=buffer, mtime=0, compresslevel=9) as file:
        file.write(data)
    return buffer.getvalue()


def train(kind: str, lines: Sequence[str], vocab_size: int | None = None, threads: int | None = None) -> bytes:
    """The file of one tokenizer, not yet compressed; ``vocab_size`` None: the one that ships."""
    recipe = RECIPES[kind]
    size = recipe.vocab_size if vocab_size is None else vocab_size
    tokenizer = ts.Tokenizer.train(lines, model=kind, vocab_size=size, threads=threads, **recipe.options)
    if recipe.file.endswith(".model.gz"):
        return export_files(tokenizer, "sentencepiece")["tokenizer.model"]
    return tokenizer.to_json().encode("utf-8")


def source_table(used: list[tuple[str, str, int]]) -> Iterator[str]:
    yield "| part | licence | bytes read |"
    yield "|---|---|---|"
    for description, licence, size in used:
        yield f"| {description} | {licence} | {size} |"


def write_sources(used: list[tuple[str, str, int]]) -> None:
    """The table of sources at the end of the folder's README."""
    readme = ASSETS / "README.md"
    head = readme.read_text(encoding="utf-8").split("## Sources")[0]
    readme.write_text(head + "## Sources\n\n" + "\n".join(source_table(used)) + "\n", encoding="utf-8")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--data", type=Path, default=Path(os.environ.get("TOKENSPACE_DATA", ROOT.parent / "shared" / "data"))
    )
    parser.add_argument("--only", choices=list(RECIPES))
    parser.add_argument("--check", action="store_true", help="write nothing; exit code 1 when a file would change")
    arguments = parser.parse_args()
    lines, used = corpus(arguments.data)
    print(f"{len(lines)} lines, {sum(size for _, _, size in used)} bytes")
    stale = 0
    for kind, recipe in RECIPES.items():
        if arguments.only not in (None, kind):
            continue
        data = train(kind, lines)
        path = ASSETS / recipe.file
        # What is inside is compared: another zlib may pack the same bytes differently.
        same = path.is_file() and gzip.decompress(path.read_bytes()) == data
        if not same and not arguments.check:
            path.write_bytes(packed(data))
        stale += not same
        print(f"{path.name}: {len(data)} bytes, {path.stat().st_size} compressed, {'the same' if same else 'changed'}")
    if arguments.check:
        return int(stale > 0)
    write_sources(used)
    return 0


if __name__ == "__main__":
    sys.exit(main())
