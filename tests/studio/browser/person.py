"""What a person does with hands and keyboard: drops a file, walks with Tab to what has a name, presses it."""

from __future__ import annotations

import base64
import json
import re
from pathlib import Path
from typing import Any

MOST_TABS = 200
# The name a screen reader would say, near enough.
NAME = """() => {
  const e = document.activeElement;
  if (!e) return "";
  const by = (e.getAttribute("aria-labelledby") ?? "").split(" ").map((id) => document.getElementById(id)?.textContent ?? "").join(" ");
  const text = by.trim() || e.getAttribute("aria-label") || e.labels?.[0]?.textContent || e.textContent || e.getAttribute("placeholder") || "";
  return text.replace(/\\s+/g, " ").trim();
}"""


def state_word(state: Any) -> str:
    """A state as links hold it, not deflated; before it stands ``j``."""
    return base64.urlsafe_b64encode(json.dumps(state).encode()).decode().rstrip("=")


def drop_file(page: Any, path: Path) -> None:
    """Drops a file of this machine on the middle of the page, as from a file manager."""
    handle = page.evaluate_handle(
        """([name, text]) => {
          const data = new DataTransfer();
          data.items.add(new File([text], name, { type: "text/plain" }));
          return data;
        }""",
        [path.name, path.read_text("utf-8")],
    )
    for kind in ("dragenter", "dragover", "drop"):
        page.dispatch_event("main", kind, {"dataTransfer": handle})


def tab_to(page: Any, name: str) -> None:
    """Presses Tab until the focus is on what has this name (a regular expression); says what was met when it is not there."""
    met = []
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        met.append(page.evaluate(NAME)[:60])
        if re.search(name, met[-1]):
            return
    raise AssertionError(f"Tab does not reach {name!r}; it met {list(dict.fromkeys(met))}")


def press(page: Any, name: str) -> None:
    """Walks to what has this name and presses it."""
    tab_to(page, name)
    page.keyboard.press("Enter")
