"""How fast is FastText with character n-grams trained, at what quality? Against gensim (from a file) and fastText itself.

python benchmarks/vectors_fasttext.py [--seeds 3] [--workers 2 1] [--libraries tokenspace gensim] [--reader list]
"""

from __future__ import annotations

import argparse
from dataclasses import replace

from vectors_race import Contest, add_reader, read_by, report

COMMON = {
    "vector_size": 100,
    "window": 5,
    "negative": 5,
    "min_count": 5,
    "sample": 1e-3,
    "alpha": 0.025,
    "min_n": 3,
    "max_n": 6,
    "bucket": 200_000,
}
CONTESTANTS = ["tokenspace", "gensim", "fasttext"]
CONTESTS = [
    Contest("FastText skip-gram, n-grams 3 to 6", "fasttext", COMMON | {"sg": 1, "epochs": 1}, CONTESTANTS, bar=3.0),
    Contest("FastText CBOW, n-grams 3 to 6", "fasttext", COMMON | {"sg": 0, "epochs": 2}, CONTESTANTS, bar=3.0),
]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--workers", type=int, nargs="+", default=[2, 1])
    parser.add_argument("--libraries", nargs="+", help="only these")
    add_reader(parser)
    given = parser.parse_args()
    asked = []
    for contest in CONTESTS:
        for workers in given.workers:
            chosen = [one for one in CONTESTANTS if not given.libraries or one in given.libraries]
            seeds = given.seeds if workers > 1 else 1
            asked.append(read_by(given.reader, replace(contest, workers=workers, seeds=seeds, contestants=chosen)))
    report("vectors_fasttext", asked)


if __name__ == "__main__":
    main()
