"""Every file of examples/ runs, offline, and every Python snippet of the documentation does too."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.data import DATA, ROOT, has_minilm, hub_cache_with_minilm

EXAMPLES = sorted((ROOT / "examples").glob("*.py"))
PAGES = sorted([ROOT / "README.md", ROOT / "README.zh-CN.md", *(ROOT / "docs").rglob("*.md")])
# A fence after the comment `<!-- needs: ... -->` is shown, not run: it wants the network or a file of the reader's. One that
# needs this model is run where the model is installed.
MODEL = "all-MiniLM-L6-v2"
COMMANDS = re.compile(r"(?:<!-- needs: (?P<needs>[^\n]*?) -->\n+)?```bash\n(?P<code>.*?)```", re.DOTALL)
FENCE = re.compile(r"(?:<!-- needs: (?P<needs>[^\n]*?) -->\n+)?```python\n(?P<code>.*?)```", re.DOTALL)


def code_of(page: Path, fence: re.Pattern[str]) -> list[str]:
    """The fences of a page that are run."""
    found = fence.finditer(page.read_text(encoding="utf-8"))
    return [match["code"] for match in found if not match["needs"] or (match["needs"] == MODEL and has_minilm())]


def run(command: list[str], cwd: Path) -> str:
    environment = {**os.environ, "HF_HUB_OFFLINE": "1", "PYTHONUTF8": "1"}
    if has_minilm():
        environment["HF_HUB_CACHE"] = str(hub_cache_with_minilm(cwd / "hub"))
    done = subprocess.run(
        command, capture_output=True, text=True, cwd=cwd, env=environment, timeout=120, encoding="utf-8"
    )
    assert done.returncode == 0, f"{done.stdout[-2000:]}\n{done.stderr[-4000:]}"
    return done.stdout


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_example(path: Path, tmp_path: Path) -> None:
    run([sys.executable, str(path)], tmp_path)


def test_the_missions_snippet_over_llama2(tmp_path: Path) -> None:
    model = DATA / "tokenizers" / "llama2" / "tokenizer.model"
    if not model.exists():
        pytest.skip("shared data not found: llama2/tokenizer.model (set TOKENSPACE_DATA)")
    out = run([sys.executable, str(ROOT / "examples" / "first_tokens.py"), str(model)], tmp_path)
    # The ids the snippet prints, and its texts token by token.
    assert [int(number) for number in re.findall(r"\d+", out[: out.index("]]")])][:4] == [14350, 385, 4876, 27746]
    assert "'Write'\n'an'\n'email'\n'apolog'\n'izing'\n" in out


def test_the_token_matrix_with_the_real_vocabulary(tmp_path: Path) -> None:
    vocabulary = DATA / "tokenizers" / "qwen" / "qwen.tiktoken"
    if not vocabulary.exists():
        pytest.skip("shared data not found: qwen/qwen.tiktoken (set TOKENSPACE_DATA)")
    out = run([sys.executable, str(ROOT / "examples" / "token_matrix.py"), str(vocabulary), "24"], tmp_path)
    ids = re.findall(r"^ *(\d+) '", out, re.MULTILINE)
    assert ids == ["13048", "11", "220", "108386", "93"]
    assert "151936 x 24, BF16" in out


def test_show_tokens_over_real_vocabularies(tmp_path: Path) -> None:
    files = [
        DATA / "tokenizers" / name
        for name in ("bert-base-uncased/tokenizer.json", "gpt2/tokenizer.json", "llama2/tokenizer.model")
    ]
    if not all(file.exists() for file in files):
        pytest.skip("shared data not found: tokenizers (set TOKENSPACE_DATA)")
    run([sys.executable, str(ROOT / "examples" / "show_tokens.py"), *map(str, files)], tmp_path)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_snippets_of(page: Path, tmp_path: Path) -> None:
    """The fences of a page, in order, as one program."""
    code = code_of(page, FENCE)
    if not code:
        pytest.skip("no Python on this page")
    program = tmp_path / "page.py"
    program.write_text("\n".join(code), encoding="utf-8")
    run([sys.executable, str(program)], tmp_path)


@pytest.mark.parametrize(
    "page",
    [page for page in PAGES if COMMANDS.search(page.read_text(encoding="utf-8"))],
    ids=lambda page: str(page.relative_to(ROOT)),
)
def test_commands_of(page: Path, tmp_path: Path) -> None:
    """The fences of shell commands of a page, in order, as one script that stops at the first that fails."""
    script = "\n".join(code_of(page, COMMANDS))
    if not script:
        pytest.skip("no commands on this page that can be run here")
    bin = str(Path(sys.executable).parent)
    run(["bash", "-c", f'export PATH="$1:$PATH"\nset -eu\n{script}', "bash", bin], tmp_path)


def test_links_between_pages_lead_somewhere() -> None:
    missing = []
    for page in [*PAGES, ROOT / "CONTRIBUTING.md"]:
        for target in re.findall(r"\]\(([^)#\s]+?)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
            if "://" not in target and not (page.parent / target).exists():
                missing.append(f"{page.relative_to(ROOT)} -> {target}")
    assert not missing, "\n".join(missing)
