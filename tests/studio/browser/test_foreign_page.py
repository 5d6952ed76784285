"""A page of somebody else, in the same browser, tries to read Studio and to change it."""

from __future__ import annotations

import json
import threading
import urllib.request
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING, Any

import pytest

from .server import StudioServer

if TYPE_CHECKING:
    from playwright.sync_api import Browser

# Each way returns what it got to see; everything a browser can be made to send without asking first is among them.
ATTACK = """
async (studio) => {
  const seen = {};
  const attempt = async (name, work) => {
    try { seen[name] = await work(); } catch (error) { seen[name] = "refused"; }
  };
  const read = (path, options) => async () => (await fetch(studio + path, options)).text();
  await attempt("read", read("/api/files", {}));
  await attempt("read with cookies", read("/api/files", { credentials: "include" }));
  await attempt("read blindly", read("/api/files", { mode: "no-cors" }));
  await attempt("post blindly", read("/api/files?name=evil.txt", { method: "POST", mode: "no-cors", body: "evil" }));
  await attempt("post text", read("/api/files?name=evil.txt", { method: "POST", body: "evil" }));
  await attempt("post JSON", read("/api/tokens/encode", {
    method: "POST", headers: { "Content-Type": "application/json" }, body: "{}",
  }));
  await attempt("delete", read("/api/files/x", { method: "DELETE" }));
  await attempt("stream", () => new Promise((told) => {
    const source = new EventSource(studio + "/api/jobs/x/events");
    source.onerror = () => { source.close(); told("refused"); };
    source.onmessage = (message) => told(message.data);
  }));
  await attempt("script", () => new Promise((told) => {
    const script = document.createElement("script");
    script.src = studio + "/api/status";
    script.onload = () => told("loaded");
    script.onerror = () => told("refused");
    document.head.append(script);
  }));
  await attempt("form", () => new Promise((told) => {
    const frame = document.createElement("iframe");
    frame.name = "hidden";
    document.body.append(frame);
    const form = document.createElement("form");
    form.action = studio + "/api/files?name=evil.txt";
    form.method = "POST";
    form.target = "hidden";
    form.enctype = "text/plain";
    document.body.append(form);
    form.submit();
    setTimeout(() => told("refused"), 500);
  }));
  return seen;
}
"""


@pytest.fixture
def elsewhere() -> Iterator[int]:
    """The port of a server of somebody else."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = f'<!doctype html><title>x</title><iframe id="studio" src="{self.path[1:]}"></iframe>'.encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server.server_address[1]
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost"])  # the same site at another port; another site
def test_a_foreign_page_sees_and_changes_nothing(
    browser: Browser, studio: Callable[..., StudioServer], elsewhere: int, name: str
) -> None:
    server = studio()
    before = files(server)
    context = browser.new_context()
    try:
        page = context.new_page()
        page.goto(f"http://{name}:{elsewhere}/{server.url}/")
        seen: dict[str, Any] = page.evaluate(ATTACK, server.url)
        blind = ("read blindly", "post blindly")  # such an answer is empty by the browser's own rule
        assert {way for way, told in seen.items() if told != "refused" and not (way in blind and told == "")} == set()
        # Nor does it show Studio in a frame, where clicks could be caught.
        framed = page.frames[1]
        assert framed.url.startswith("chrome-error:") or framed.evaluate("document.body.innerText.trim()") == ""
    finally:
        context.close()
    assert files(server) == before


def files(server: StudioServer) -> list[str]:
    with urllib.request.urlopen(f"{server.url}/api/files", timeout=20) as answer:
        return [file["name"] for file in json.loads(answer.read())["files"]]
