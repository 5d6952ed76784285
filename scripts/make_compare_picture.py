"""Makes docs/assets/compare.png: what ``tokenspace compare`` prints, as a terminal shows it.

The command is run, its colour codes become HTML, and a headless browser takes the picture, so the picture cannot show what the
command does not print. Needs chromium and the fonts DejaVu Sans Mono, Noto Sans CJK and Noto Color Emoji (Debian: ``chromium``,
``fonts-dejavu-core``, ``fonts-noto-cjk``, ``fonts-noto-color-emoji``).

    python scripts/make_compare_picture.py [docs/assets/compare.png]
"""

from __future__ import annotations

import html
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from rich.cells import cell_len

ROOT = Path(__file__).resolve().parent.parent
TEXT = "English and CAPITALIZATION 🎵 鸟 show_tokens elif == >= 12.0*50=600"
TOKENIZERS = ["tokenspace/bpe", "tokenspace/wordpiece", "tokenspace/unigram", "tokenspace/byte"]
COLUMNS = 98
FONT_PIXELS, LINE_PIXELS, PADDING = 14, 22, 18
ADVANCE = 0.602  # of DejaVu Sans Mono, in ems
ESCAPE = re.compile(r"\x1b\[([0-9;]*)m")

PAGE = """<!doctype html><meta charset="utf-8"><style>
html,body{{margin:0;background:#16181d}}
pre{{margin:0;padding:{padding}px;color:#d7dae0;font:{font}px/{line}px "DejaVu Sans Mono","Noto Sans CJK SC","Noto Color Emoji",monospace}}
.wide{{display:inline-block;width:2ch;height:{line}px;vertical-align:top;overflow:hidden;text-align:center}}
</style><pre>{body}</pre>"""


def style_of(codes: list[int]) -> str | None:
    """CSS of one SGR sequence, None for a reset; the few attributes `compare` uses."""
    css = []
    position = 0
    while position < len(codes):
        code = codes[position]
        if code in (38, 48) and codes[position + 1 : position + 2] == [2]:
            red, green, blue = codes[position + 2 : position + 5]
            css.append(f"{'color' if code == 38 else 'background'}:rgb({red},{green},{blue})")
            position += 5
            continue
        if code == 1:
            css.append("font-weight:bold")
        elif code == 2:
            css.append("color:#8b909a")
        elif code != 0:
            raise SystemExit(f"[picture] expected colours, bold or dim, received SGR {code}; teach style_of about it")
        position += 1
    return ";".join(css) or None


def as_html(text: str) -> str:
    """Terminal output as HTML. Wide characters are given the two columns a terminal gives them, whatever their font says."""
    out = []
    opened = False
    for index, part in enumerate(ESCAPE.split(text)):
        if index % 2 == 0:
            for char in part:
                safe = html.escape(char)
                out.append(f'<span class="wide">{safe}</span>' if cell_len(char) == 2 else safe)
            continue
        if opened:
            out.append("</span>")
        style = style_of([int(code or 0) for code in part.split(";")])
        opened = style is not None
        if opened:
            out.append(f'<span style="{style}">')
    return "".join(out)


def main() -> int:
    target = Path(sys.argv[1] if len(sys.argv) > 1 else ROOT / "docs" / "assets" / "compare.png").resolve()
    browser = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if browser is None:
        raise SystemExit("[picture] expected chromium on PATH, found none; try: apt-get install chromium")
    chosen = [argument for name in TOKENIZERS for argument in ("-t", name)]
    command = [sys.executable, "-m", "tokenspace.cli", "compare", TEXT, *chosen]
    printed = subprocess.run(
        [*command, "--color", "always", "--width", str(COLUMNS)], check=True, capture_output=True, text=True
    ).stdout
    shown = f'\x1b[2m$\x1b[0m tokenspace compare "{TEXT}" \\\n      {" ".join(chosen)}\n\n{printed.rstrip()}\n'
    page = PAGE.format(body=as_html(shown), padding=PADDING, font=FONT_PIXELS, line=LINE_PIXELS)
    wide = int(COLUMNS * FONT_PIXELS * ADVANCE) + 2 * PADDING + 1
    high = len(shown.splitlines()) * LINE_PIXELS + 2 * PADDING
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder, "compare.html")
        source.write_text(page, encoding="utf-8")
        flags = ["--headless", "--no-sandbox", "--hide-scrollbars", "--force-device-scale-factor=2"]
        subprocess.run(
            [
                browser,
                *flags,
                f"--user-data-dir={folder}/profile",
                f"--window-size={wide},{high}",
                f"--screenshot={target}",
                str(source),
            ],
            check=True,
            capture_output=True,
        )
    print(f"{target}: {target.stat().st_size:,} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
