"""The tables of docs/learn/recommendation.md are the committed results."""

from __future__ import annotations

import subprocess
import sys

from tests.data import ROOT


def test_tables_are_those_of_the_results() -> None:
    script = ROOT / "scripts" / "make_recommend_pictures.py"
    done = subprocess.run([sys.executable, str(script), "--check"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
