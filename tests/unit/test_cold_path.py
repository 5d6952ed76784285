"""What importing the package and asking for help may load: nothing heavy, and quickly."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.data import ASSETS
from tests.patience import patience

HEAVY = {
    "torch",
    "sklearn",
    "pandas",
    "pyarrow",
    "scipy",
    "transformers",
    "tokenizers",
    "tiktoken",
    "sentencepiece",
    "jieba",
    "matplotlib",
}


def modules_after(statement: str) -> set[str]:
    code = f"{statement}\nimport sys\nprint(' '.join(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return {name.split(".")[0] for name in done.stdout.splitlines()[-1].split()}


@pytest.mark.parametrize(
    "statement",
    [
        "import tokenspace",
        "import tokenspace.cli.main",
        "import tokenspace as ts; ts.Tokenizer.from_pretrained('tokenspace/bpe').encode('hello')",
        "import tokenspace as ts; ts.ContextualEncoder; ts.pictures.HeatMap([[1.0]], ['a']).to_svg()",
        "import tokenspace.cli.context, tokenspace.cli.similarity",
        "import tokenspace as ts; ts.compare('hello', ['tokenspace/bpe', 'tokenspace/wordpiece'])",
        "import tokenspace as ts; ts.TextEncoder().encode('hello')",
    ],
)
def test_nothing_heavy_is_imported(statement: str) -> None:
    loaded = modules_after(statement) & HEAVY
    assert not loaded, f"{statement} imports {', '.join(sorted(loaded))}"


def test_no_network_library_for_local_work() -> None:
    loaded = modules_after("import tokenspace as ts; ts.Tokenizer.from_pretrained('tokenspace/bpe').encode('hello')")
    assert not loaded & {"huggingface_hub", "requests", "httpx", "httpx2"}


# The system's own count (ru_maxrss) begins with the memory of the process that starts the program: here the tests', torch and all.
PEAK = """
import atexit, pathlib, runpy, sys
out = sys.argv.pop(1)
status = pathlib.Path("/proc/self/status")
atexit.register(lambda: pathlib.Path(out).write_text(status.read_text()))
runpy.run_module("tokenspace.cli", run_name="__main__", alter_sys=True)
"""


@pytest.mark.slow
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")
def test_ten_lines_are_embedded_at_once(tmp_path: Path) -> None:
    """Half a second and 150 MB on a quiet machine; processor time, since the machine may not be."""
    lines = tmp_path / "lines.txt"
    lines.write_text("".join(f"Line {number} of ten.\n" for number in range(10)))
    status_file = tmp_path / "status"
    command = [sys.executable, "-c", PEAK, str(status_file), "embed", str(lines), "-o", str(tmp_path / "out.npy")]
    used = []
    for _ in range(3):
        _, status, usage = os.wait4(subprocess.Popen(command).pid, 0)
        assert status == 0
        peak = next(line for line in status_file.read_text().splitlines() if line.startswith("VmHWM"))
        used.append((usage.ru_utime + usage.ru_stime, int(peak.split()[1]) / 1024))
    assert min(seconds for seconds, _ in used) < patience(1.0)
    assert min(megabytes for _, megabytes in used) < 150


@pytest.mark.slow
def test_help_is_quick() -> None:
    def once(command: list[str]) -> float:
        start = time.perf_counter()
        subprocess.run(command, capture_output=True, check=True)
        return time.perf_counter() - start

    bare = min(once([sys.executable, "-c", "pass"]) for _ in range(5))
    help_ = min(once([sys.executable, "-m", "tokenspace.cli", "--help"]) for _ in range(5))
    assert help_ - bare < 0.25, f"--help costs {help_ - bare:.3f} s over the bare interpreter"


def test_the_embedded_tokenizers_are_small() -> None:
    total = sum(path.stat().st_size for path in ASSETS.iterdir())
    assert total < 3_000_000, f"{total} bytes of assets in the wheel"
