"""The rules that scripts/check_house.py enforces, in every test run."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import sys

import pytest

from tests.data import ROOT


def test_house_rules() -> None:
    if not shutil.which("git") or not (ROOT / ".git").exists():
        pytest.skip("not a git checkout")
    done = subprocess.run(
        [sys.executable, str(ROOT / "scripts" / "check_house.py")], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout


def test_performance_table_is_of_the_committed_results() -> None:
    script = ROOT / "scripts" / "make_performance_table.py"
    done = subprocess.run([sys.executable, str(script), "--check"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_contributing_fits_on_a_page() -> None:
    assert len((ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8").splitlines()) < 60


def test_twins_are_short() -> None:
    for path in (ROOT / "src" / "tokenspace" / "reference").glob("*.py"):
        assert len(path.read_text(encoding="utf-8").splitlines()) <= 200, path.name


def test_what_type_checkers_need_ships() -> None:
    package = ROOT / "src" / "tokenspace"
    assert (package / "py.typed").is_file()
    assert (package / "_core.pyi").is_file()


def test_embedded_tokenizers_stay_small() -> None:
    assets = (ROOT / "src" / "tokenspace" / "assets").iterdir()
    assert sum(path.stat().st_size for path in assets) < 3_000_000


def test_errors_below_the_command_line_name_no_options() -> None:
    """The page and Python have no ``--errors``; the command line puts its options in place of parameters."""
    package = ROOT / "src" / "tokenspace"
    found = []
    for path in package.rglob("*.py"):
        if "cli" in path.relative_to(package).parts:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            error = node.exc if isinstance(node, ast.Raise) else node
            if isinstance(error, ast.Call) and (error is not node or ast.unparse(error.func) == "message"):
                texts = [str(part.value) for part in ast.walk(error) if isinstance(part, ast.Constant)]
                found += [f"{path.name}: {text}" for text in texts if re.search(r"(?<![\w-])--[a-z]", text)]
    assert not found
