"""Every question in turn; name some to ask only those: python benchmarks/run.py byte_level load_time

Training takes hours, so it is asked only by name.
"""

import importlib
import sys

QUESTIONS = ["byte_level", "wordpiece", "sentencepiece_bpe", "unigram", "lengths", "threads", "load_time", "memory"]
TRAINING = ["train_bpe", "train_wordpiece", "train_unigram"]


def main() -> int:
    names, sys.argv[1:] = sys.argv[1:] or QUESTIONS, []  # what follows is not for the questions' own options
    for name in names:
        if name not in QUESTIONS + TRAINING:
            print(f"[bench] expected one of {', '.join(QUESTIONS + TRAINING)}, received {name!r}", file=sys.stderr)
            return 2
        module = importlib.import_module(name)
        print(f"## {name}: {(module.__doc__ or '').strip()}\n", flush=True)
        module.main()
    return 0


if __name__ == "__main__":
    sys.exit(main())
