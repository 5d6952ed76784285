"""docs/generated/command-line-options.md lists the options the commands have; the guide shows the settings there are."""

from __future__ import annotations

import re
import subprocess
import sys

from tests.data import ROOT

GUIDE = ROOT / "docs" / "guides" / "command-line.md"
PAGE = ROOT / "docs" / "generated" / "command-line-options.md"


def test_option_tables_are_fresh() -> None:
    script = ROOT / "scripts" / "make_command_tables.py"
    done = subprocess.run([sys.executable, str(script), "--check"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_command_and_option_is_listed() -> None:
    page = PAGE.read_text(encoding="utf-8")
    headings = re.findall(r"^### (.+)$", page, re.MULTILINE)
    assert headings == [
        "encode", "decode", "count", "compare", "report", "chunk", "train tokenizer", "train vectors",
        "tokenizer add", "tokenizer diff", "tokenizer export", "tokenizer extend", "tokenizer prune",
        "embed", "distill", "similarity", "context", "similar", "analogy",
        "vectors convert", "vectors evaluate", "vectors export", "vectors info", "vectors list",
        "recommend evaluate", "recommend session", "recommend similar", "recommend train", "recommend tune", "recommend update",
        "studio", "models info", "models list", "models path", "models pull", "env", "completion", "config show",
    ]  # fmt: skip
    for option in (
        "--tokenizer",
        "--special",
        "--threads",
        "--progress",
        "--ids",
        "--overlap",
        "--round-trip",
        "--html",
    ):
        assert re.search(rf"^\| `[^|]*{option}\b", page, re.MULTILINE), option


def test_settings_shown_are_the_settings(tmp_path: object) -> None:
    from tokenspace.config import SETTINGS

    shown = GUIDE.read_text(encoding="utf-8").split("$ tokenspace config show")[1].split("```")[0].splitlines()[3:]
    rows = {line.split()[0]: line.split()[1] for line in shown if line.strip()}
    assert set(rows) == set(SETTINGS)
    for name, setting in SETTINGS.items():
        default = ", ".join(setting.default) if isinstance(setting.default, list) else str(setting.default)
        assert rows[name] == default, name
