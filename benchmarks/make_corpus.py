"""Text of any size for training: a shared text again and again, in new order and with letters changed, so that new words
keep coming as in real text. The same bytes every time; nothing of it is committed.

    python benchmarks/make_corpus.py en-prose 1000 [FOLDER]      1000 MB; prints the path

The first pass is the text as it is. Lines lose their trailing white space, for trainers differ in whether a line's ending
belongs to it: behind a letter it is a piece of its own that no merge touches.
"""

from __future__ import annotations

import gzip
import os
import re
import sys
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
DATA = Path(os.environ.get("TOKENSPACE_DATA", ROOT.parent / "shared" / "data"))
FOLDER = ROOT / "build" / "bench" / "corpora"
# One letter of so many is changed in a repetition. A Chinese clause is one word for the GPT-2 pattern and in real text
# hardly ever occurs twice, so more of them change.
LETTERS = {"zh": 40}
USUAL_LETTERS = 400
_WORD = re.compile(r"[^\W\d_]+")


def lines_of(language: str) -> list[str]:
    path = DATA / "text" / f"{language}.txt.gz"
    if not path.exists():
        raise SystemExit(f"[bench] expected {path.name} in the shared data, found none; try setting TOKENSPACE_DATA")
    text = gzip.decompress(path.read_bytes()).decode("utf-8")
    return [line.rstrip() for line in text.split("\n") if line.strip()]


class Perturbed:
    """A text as words and what stands between them, given out with other letters and in another order of lines."""

    def __init__(self, lines: list[str], letters: int) -> None:
        words: list[str] = []
        self.lines: list[tuple[list[str], int]] = []  # (gaps around the words, place of the first word)
        for line in lines:
            self.lines.append((_WORD.split(line), len(words)))
            words.extend(_WORD.findall(line))
        self.words = words
        lengths = np.array([len(word) for word in words])
        self.chance = 1 - (1 - 1 / letters) ** lengths

    def text(self, seed: int) -> str:
        random = np.random.default_rng(seed)
        words = list(self.words)
        changed = np.flatnonzero(random.random(len(words)) < self.chance)
        # The new letter stands in another word of the text, so frequent letters stay frequent.
        donors = random.integers(len(words), size=len(changed))
        places = random.random((2, len(changed)))
        for index, donor, place, source in zip(changed, donors, *places, strict=True):
            word, other = words[index], self.words[donor]
            at = int(place * len(word))
            words[index] = word[:at] + other[int(source * len(other))] + word[at + 1 :]
        out: list[str] = []
        for number in random.permutation(len(self.lines)):
            gaps, first = self.lines[number]
            for offset, gap in enumerate(gaps[:-1]):
                out.append(gap)
                out.append(words[first + offset])
            out.append(gaps[-1])
            out.append("\n")
        return "".join(out)


def make_corpus(language: str, megabytes: int, folder: Path = FOLDER) -> Path:
    """The file with `megabytes` * 10^6 bytes, whole lines; made when it is not there."""
    path = folder / f"{language}-{megabytes}mb.txt"
    if path.exists():
        return path
    folder.mkdir(parents=True, exist_ok=True)
    lines = lines_of(language)
    perturbed = Perturbed(lines, LETTERS.get(language, USUAL_LETTERS))
    left = megabytes * 1_000_000
    unfinished = path.with_suffix(".part")
    with unfinished.open("wb") as file:
        seed = 0
        while left > 0:
            data = ("\n".join([*lines, ""]) if seed == 0 else perturbed.text(seed)).encode()
            if len(data) > left:
                data = data[: data.rfind(b"\n", 0, left) + 1]
                left = len(data)
            file.write(data)
            left -= len(data)
            seed += 1
    unfinished.replace(path)
    return path


def main() -> int:
    if len(sys.argv) not in (3, 4) or not sys.argv[2].isdigit():
        print(f"[bench] {__doc__}", file=sys.stderr)
        return 2
    print(make_corpus(sys.argv[1], int(sys.argv[2]), *map(Path, sys.argv[3:])))
    return 0


if __name__ == "__main__":
    sys.exit(main())
