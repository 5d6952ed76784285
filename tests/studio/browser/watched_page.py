"""A page of the browser that remembers what it said and asked for, and the questions every room has to pass."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import ConsoleMessage, Locator, LocatorAssertions, Page, Request

ROOT = Path(__file__).resolve().parents[3]
AXE = ROOT / "web" / "node_modules" / "axe-core" / "axe.min.js"
PATIENCE = 20_000  # milliseconds
LOOPBACK = {"127.0.0.1", "localhost", "[::1]", "::1"}


# Before the page's own scripts: what it has asked for and not been answered, and what it means to do within a second
# (a request after the last key, the address after the last change).
COUNT_WORK = """
(() => {
  let asked = 0;
  const soon = new Set();
  const { fetch, setTimeout, clearTimeout } = window;
  window.fetch = (...all) => { asked++; return fetch(...all).finally(() => asked--); };
  window.setTimeout = (call, wait = 0, ...all) => {
    const timer = setTimeout((...given) => { soon.delete(timer); call(...given); }, wait, ...all);
    if (wait > 0 && wait < 1000) soon.add(timer);
    return timer;
  };
  window.clearTimeout = (timer) => { soon.delete(timer); clearTimeout(timer); };
  window.workToDo = () => asked + soon.size;
})();
"""


class Watch:
    """Complaints of one page since it was opened."""

    def __init__(self, page: Page) -> None:
        self.errors: list[str] = []
        self.outside: list[str] = []
        self.allowed: tuple[str, ...] = ()
        page.add_init_script(COUNT_WORK)
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.errors.append(f"uncaught: {error}"))
        page.on("request", self._request)

    def allow(self, *parts: str) -> None:
        """Errors that contain one of these belong to the test (a server that was stopped, an upload that is refused)."""
        self.allowed += parts

    def _console(self, said: ConsoleMessage) -> None:
        if said.type == "error":
            self.errors.append(f"{said.text} ({said.location.get('url', '')})")

    def _request(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme not in {"data", "blob", "about"} and parts.hostname not in LOOPBACK:
            self.outside.append(request.url)

    def complaints(self) -> list[str]:
        return [error for error in self.errors if not any(part in error for part in self.allowed)]


def expect(locator: Locator) -> LocatorAssertions:
    """Playwright's assertions, which wait for what they ask for: what is read at once may not have been drawn yet."""
    from playwright.sync_api import expect as expect_soon

    expect_soon.set_options(timeout=PATIENCE)
    return expect_soon(locator)


def settle(page: Page, *, timeout: float = 30_000) -> None:
    """Waits until the room has loaded, nothing says that it is at work, every request is answered and nothing is about to
    be asked; jobs with a progress bar may go on."""
    page.wait_for_function(
        """() => {
          const main = document.querySelector("main");
          if (!main || !main.childElementCount || !main.textContent.trim()) return false;
          const busy = main.querySelector(".loading, .spinner, [aria-busy=true]");
          const now = performance.now();
          if (busy || window.workToDo() || window.lastBusy === undefined) window.lastBusy = now;
          return now - window.lastBusy > 150;
        }""",
        timeout=timeout,
        polling=50,
    )


def no_console_errors(watch: Watch) -> None:
    """Fails when the page wrote an error or threw one."""
    assert not watch.complaints(), "errors on the page:\n" + "\n".join(watch.complaints())


def no_outside_requests(watch: Watch) -> None:
    """Fails when the page asked any machine but this one."""
    assert not watch.outside, "requests to elsewhere:\n" + "\n".join(watch.outside)


def assert_accessible(page: Page, *, within: str | None = None, except_rules: Iterable[str] = ()) -> None:
    """Runs axe-core on the page, or on the part that ``within`` selects; a serious or critical fault fails."""
    if not AXE.exists():
        pytest.skip("axe-core not found: npm ci in web/")
    # Through the debugger and not as a script of the page: the page's own policy forbids inline scripts.
    page.evaluate(AXE.read_text(encoding="utf-8"))
    rules = {name: {"enabled": False} for name in except_rules}
    result = page.evaluate(
        """([within, rules]) => axe.run(within ?? document, {resultTypes: ["violations"], rules})""", [within, rules]
    )
    found = [one for one in result["violations"] if one["impact"] in {"serious", "critical"}]
    assert not found, "axe-core:\n" + "\n".join(_fault(one) for one in found)


def _fault(violation: dict[str, object]) -> str:
    nodes = violation["nodes"]
    assert isinstance(nodes, list)
    where = [f"    {json.dumps(node['target'])} {node['html'][:160]}\n      {_last(node)}" for node in nodes[:5]]
    more = [f"    and {len(nodes) - 5} more"] if len(nodes) > 5 else []
    return "\n".join([f"  {violation['id']} ({violation['impact']}): {violation['help']}", *where, *more])


def _last(node: dict[str, str]) -> str:
    lines = node.get("failureSummary", "").strip().splitlines()
    return lines[-1].strip() if lines else ""


def assert_no_sideways_scroll(page: Page) -> None:
    """Fails when the page is wider than its window; the message names the elements that stick out."""
    found = page.evaluate(
        """() => {
          const width = document.documentElement.clientWidth;
          if (document.documentElement.scrollWidth <= width) return null;
          const inScroller = (e) => {
            for (let p = e.parentElement; p && p !== document.body; p = p.parentElement)
              if (["auto", "scroll", "hidden", "clip"].includes(getComputedStyle(p).overflowX)) return true;
            return false;
          };
          return [document.documentElement.scrollWidth, width, [...document.querySelectorAll("body *")]
            .filter((e) => e.getBoundingClientRect().right > width + 1 && !inScroller(e)).slice(0, 8)
            .map((e) => e.outerHTML.slice(0, 120))];
        }"""
    )
    assert found is None, f"the page is {found[0]} px wide in a window of {found[1]}:\n" + "\n".join(found[2])
