"""The long run: at least a million strings per family against the references, several processes, a line per family.

    python -m tests.parity.long --strings 1000000 --jobs 2 [--only gpt2,random-bpe] [--seed 0]

Differences go to build/parity/<family>.txt; the exit status is 1 when there are any. Seeds are fixed, so a run can be repeated.
"""

from __future__ import annotations

import argparse
import multiprocessing
import sys
import time
import traceback
from datetime import datetime, timezone
from pathlib import Path

from tests.parity.families import FAMILIES
from tests.parity.runs import PATTERNS_KIND, RANDOM_KINDS, Outcome, run

CHUNK = 20_000
LOG = Path(__file__).resolve().parents[2] / "build" / "parity"


def work(task: tuple[str, int, int]) -> tuple[str, Outcome, float]:
    name, seed, count = task
    start = time.perf_counter()
    try:
        outcome = run(name, seed, count)
    except Exception:  # a crash of the harness is a finding too
        outcome = Outcome(strings=0, count=1, differences=[f"seed {seed}: {traceback.format_exc()}"])
    return name, outcome, time.perf_counter() - start


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--strings", type=int, default=1_000_000, help="per family")
    parser.add_argument("--jobs", type=int, default=multiprocessing.cpu_count())
    parser.add_argument("--only", default="", help="family names, comma separated")
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    names = [family.name for family in FAMILIES if family.path.exists()] + RANDOM_KINDS + [PATTERNS_KIND]
    if arguments.only:
        names = [name for name in names if name in arguments.only.split(",")]
    LOG.mkdir(parents=True, exist_ok=True)
    chunk = min(CHUNK, arguments.strings)
    rounds = -(-arguments.strings // chunk)
    total: dict[str, Outcome] = {name: Outcome() for name in names}
    seconds = dict.fromkeys(names, 0.0)
    pending = dict.fromkeys(names, rounds)
    tasks = [(name, arguments.seed * 1_000_003 + index, chunk) for name in names for index in range(rounds)]
    with multiprocessing.get_context("spawn").Pool(arguments.jobs, maxtasksperchild=20) as pool:
        for name, outcome, spent in pool.imap(work, tasks):
            mine = total[name]
            mine.strings += outcome.strings
            mine.count += outcome.count
            mine.differences += outcome.differences
            seconds[name] += spent
            pending[name] -= 1
            if not pending[name]:
                stamp = datetime.now(timezone.utc).strftime("%Y-%m-%d %H:%M")
                print(
                    f"{stamp} {name:22} {mine.strings:>9} strings {mine.count:>6} differences {seconds[name]:>8.1f} s",
                    flush=True,
                )
                (LOG / f"{name}.txt").write_text("\n".join(mine.differences) + "\n", encoding="utf-8")
    failed = [name for name in names if total[name].count]
    print(f"{sum(o.strings for o in total.values())} strings, families with differences: {', '.join(failed) or 'none'}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
