"""Item vectors beside baselines on the next film of MovieLens 100k (Harper and Konstan, ACM TiiS 2015).

Everything is chosen on a validation split inside the training part: the settings of item vectors by random search, the
half-life of histories for every baseline. Then the held-out part is asked once, for two ways of holding out. The data are
found through TOKENSPACE_DATA and are not part of this repository; only numbers are written.

    python benchmarks/recommend_movielens.py [--trials 16] [--output benchmarks/results/recommend_movielens.json]
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
HALF_LIVES = (1.0, 3.0, 10.0, None)
SPACE: dict[str, tuple[Any, ...]] = {
    "window": (5, 8, 13, 20),
    "negative": (5, 16, 32),
    "ns_exponent": (0.0, 0.5, 0.75, 1.0),
    "sample": (1e-4, 1e-3),
    "epochs": (10, 20, 40),
    "half_life": (1.0, 3.0, 10.0),
}


def tuned_baselines(validation: Any) -> dict[str, Any]:
    """Each baseline with the half-life that is best on the validation queries."""
    from tokenspace.recommend import baselines, evaluate

    best: dict[str, tuple[float, Any, Any]] = {}
    for half_life in HALF_LIVES:
        for row, system in zip(
            evaluate(baselines(half_life), validation, k=10, resamples=1).rows, baselines(half_life), strict=True
        ):
            if row.system not in best or row.metrics["ndcg"].value > best[row.system][0]:
                best[row.system] = (row.metrics["ndcg"].value, half_life, system)
    for name, (value, half_life, _) in best.items():
        print(f"validation: {name}, half-life {half_life}: ndcg@10 {value:.4f}", file=sys.stderr)
    return {name: system for name, (_, _, system) in best.items()}


def main() -> int:
    from tokenspace.recommend import Columns, Recommender, evaluate, read_sessions, split_last, split_time, tune

    parser = argparse.ArgumentParser()
    parser.add_argument("--trials", type=int, default=16)
    parser.add_argument("--output", type=Path)
    options = parser.parse_args()
    data = (
        Path(os.environ.get("TOKENSPACE_DATA", ROOT.parent / "shared" / "data")) / "benchmarks" / "ml-100k" / "u.data"
    )
    sessions = read_sessions(data, format="tsv", header=False, columns=Columns("1", "2", "4"))
    # Ratings are given by the page: many share a second, and the file lists those by film.
    sessions = sessions.with_shuffled_ties(0)
    found = {}
    for name, split in (("last", split_last(sessions)), ("time", split_time(sessions))):
        validation = split_last(split.train) if name == "last" else split_time(split.train)
        base = Recommender(workers=2)
        tuning = tune(split, space=SPACE, trials=options.trials, recommender=base, validation=validation, seed=0)
        print(tuning.to_text(), file=sys.stderr)
        best = Recommender(workers=2, **tuning.best)
        systems = {
            "item2vec, tuned": best,
            "item2vec, defaults": Recommender(workers=2),
            "item2vec, tuned, by cosine": Recommender(workers=2, scoring="cosine", **tuning.best),
            **tuned_baselines(validation),
        }
        measured = evaluate(systems, split, k=(10, 20))
        print(measured.to_text())
        found[name] = {"settings": tuning.best, "trials": len(tuning.trials), **measured.to_dict()}
    if options.output is not None:
        options.output.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
