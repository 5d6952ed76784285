"""The pictures of docs/learn/contextual-vectors.md are those of the model, and a wrong one would be noticed."""

from __future__ import annotations

import importlib.util
import subprocess
import sys

import pytest

from tests.data import ROOT, minilm_folder

SCRIPT = ROOT / "scripts" / "make_encoder_pictures.py"


def test_pictures_are_current() -> None:
    done = subprocess.run(
        [sys.executable, str(SCRIPT), str(minilm_folder()), "--check"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("left", "right", "equal"),
    [
        ('x="12.3" fill="#102030"', 'x="13.9" fill="#112031"', True),
        ('x="12.3"', 'x="19"', False),
        (">.79<", ">.80<", True),
        (">.79<", ">.89<", False),
        ('fill="#102030"', 'fill="#902030"', False),
        (">bank<", ">bonk<", False),
        ("<g/>", "<g/><g/>", False),
    ],
)
def test_only_last_digits_may_differ(left: str, right: str, equal: bool) -> None:
    spec = importlib.util.spec_from_file_location("make_encoder_pictures", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert module.same(left, right) == equal
