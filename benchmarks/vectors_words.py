"""How fast are word2vec's models trained, at what quality? Against gensim (from a file), word2vec.c and fastText without n-grams.

python benchmarks/vectors_words.py [--only skip-gram playlists ...] [--seeds 3] [--workers 2 1] [--libraries tokenspace gensim] [--reader list]
"""

from __future__ import annotations

import argparse
import random
from dataclasses import replace
from pathlib import Path

from harness import CACHE
from vectors_race import Contest, add_reader, read_by, report

COMMON = {"vector_size": 100, "window": 5, "negative": 5, "min_count": 5, "sample": 1e-3, "alpha": 0.025, "hs": 0}
C_PROGRAM = "word2vec.c"
SONGS, PLAYLISTS = 20_000, 12_000


def playlists() -> Path:
    """Sessions like a music service's: a genre each, popular songs more often. Made by a seed, the same everywhere."""
    CACHE.mkdir(parents=True, exist_ok=True)
    path = CACHE / f"playlists-{SONGS}-{PLAYLISTS}.txt"
    if not path.exists():
        draw = random.Random(7)
        genres = [list(range(first, SONGS, 40)) for first in range(40)]
        weights = [[1.0 / (1 + rank) ** 0.8 for rank in range(len(genre))] for genre in genres]
        with path.open("w", encoding="ascii") as out:
            for _ in range(PLAYLISTS):
                genre = draw.randrange(len(genres))
                length = draw.randint(5, 120)
                out.write(" ".join(map(str, draw.choices(genres[genre], weights[genre], k=length))) + "\n")
    return path


def contests() -> dict[str, Contest]:
    words = ["tokenspace", "gensim", C_PROGRAM]
    return {
        "skip-gram": Contest(
            "Skip-gram, 5 negatives", "word2vec", COMMON | {"sg": 1, "epochs": 2}, [*words, "fasttext-words"], bar=4.0
        ),
        "cbow": Contest("CBOW, 5 negatives", "word2vec", COMMON | {"sg": 0, "epochs": 5}, words, bar=2.5),
        "skip-gram-hs": Contest(
            "Skip-gram, hierarchical softmax",
            "word2vec",
            COMMON | {"sg": 1, "hs": 1, "negative": 0, "epochs": 2},
            words,
            bar=3.0,
        ),
        "cbow-hs": Contest(
            "CBOW, hierarchical softmax",
            "word2vec",
            COMMON | {"sg": 0, "hs": 1, "negative": 0, "epochs": 5},
            words,
            bar=3.0,
        ),
        "deterministic": Contest(
            "Skip-gram, the same bits for every number of workers",
            "word2vec",
            COMMON | {"sg": 1, "epochs": 2},
            ["tokenspace", "gensim"],
            own={"deterministic": True},
        ),
        "playlists": Contest(
            "Playlists: 50 negatives, window 20, 32 dimensions",
            "word2vec",
            COMMON | {"sg": 0, "vector_size": 32, "window": 20, "negative": 50, "min_count": 1, "epochs": 5},
            words,
            bar=6.0,
            corpus=playlists(),
            judged=False,
        ),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    known = contests()
    parser.add_argument("--only", nargs="+", choices=list(known), default=list(known))
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--workers", type=int, nargs="+", default=[2, 1])
    parser.add_argument("--libraries", nargs="+", help="only these")
    add_reader(parser)
    given = parser.parse_args()
    asked = []
    for name in given.only:
        for workers in given.workers:
            contest = replace(known[name], workers=workers, seeds=given.seeds if workers > 1 else 1)
            contest.contestants = [one for one in contest.contestants if not given.libraries or one in given.libraries]
            asked.append(read_by(given.reader, contest))
    report("vectors_words", asked)


if __name__ == "__main__":
    main()
