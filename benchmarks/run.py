"""Every question in turn; name some to ask only those: python benchmarks/run.py byte_level load_time"""

import importlib
import sys

QUESTIONS = ["byte_level", "wordpiece", "sentencepiece_bpe", "unigram", "lengths", "threads", "load_time", "memory"]


def main() -> int:
    for name in sys.argv[1:] or QUESTIONS:
        if name not in QUESTIONS:
            print(f"[bench] expected one of {', '.join(QUESTIONS)}, received {name!r}", file=sys.stderr)
            return 2
        module = importlib.import_module(name)
        print(f"## {name}: {(module.__doc__ or '').strip()}\n", flush=True)
        module.main()
    return 0


if __name__ == "__main__":
    sys.exit(main())
