"""How fast is WordPiece training (BERT's normalizer and pre-tokenizer), in time and peak memory, against tokenizers?

    python benchmarks/train_wordpiece.py [--sizes 8 100] [--languages en-prose multilingual] [--threads 1 2]

The reference numbers its alphabet in hash order, so ties, and with them a few entries, differ from run to run: vocabularies
are compared as sets, and by the tokens each makes of text neither has seen.
"""

from __future__ import annotations

import argparse

from make_corpus import make_corpus
from training import Contest, Contestant, report

CONTESTANTS = [Contestant("tokenspace", "tokenspace"), Contestant("tokenizers", "tokenizers")]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[8, 100], metavar="MB")
    parser.add_argument("--languages", nargs="+", default=["en-prose", "multilingual"])
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2])
    arguments = parser.parse_args()
    held_out = make_corpus("en-docs", 1)
    report(
        "train_wordpiece",
        [
            Contest(
                language, megabytes, 16_000, threads, "wordpiece", CONTESTANTS, 3 if megabytes <= 8 else 1, held_out
            )
            for megabytes in arguments.sizes
            for language in arguments.languages
            for threads in arguments.threads
        ],
    )


if __name__ == "__main__":
    main()
