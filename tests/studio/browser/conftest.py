"""Chromium, servers and pages for the tests of the page. One browser a test session, one server a set of files.

    def test_something(studio, open_page):
        server = studio(some_file)
        page = open_page(server, "#/tokens", width=390, language="zh", theme="dark")

Every page that was opened is looked at when its test ends: an error on its console, or a request to another machine, fails the
test. `page.watch.allow("...")` says which errors the test asked for.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from .server import StudioServer
from .watched_page import PATIENCE, Watch, no_console_errors, no_outside_requests, settle

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

ROOT = Path(__file__).resolve().parents[3]
STATIC = ROOT / "src" / "tokenspace" / "studio" / "static"
CHROMIUM = Path(os.environ.get("TOKENSPACE_CHROMIUM", "/usr/bin/chromium"))
ARGUMENTS = [
    "--no-sandbox",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    # The same pixels on every machine, for the pictures.
    "--font-render-hinting=none",
    "--force-color-profile=srgb",
]
LOCALES = {"en": "en-GB", "zh": "zh-CN"}
HEIGHTS = {1280: 860, 390: 844}
# Milliseconds that every answer takes longer (`make test-slow-page`): what a test reads before it is there fails here first.
DELAY = float(os.environ.get("TOKENSPACE_PAGE_DELAY", "0"))


# Of the package, not of the session: while Playwright is there, this thread has a running event loop, and tests elsewhere
# want one of their own.
@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Chromium, headless, drawing WebGL in software."""
    if not CHROMIUM.exists():
        pytest.skip(f"Chromium not found: {CHROMIUM} (apt install chromium, or set TOKENSPACE_CHROMIUM)")
    if not (STATIC / "index.html").exists():
        pytest.skip("the page is not built: make page (needs Node 20.19 or later)")
    pytest.importorskip("fastapi", reason="fastapi not found: pip install 'tokenspace[studio]'")
    api = pytest.importorskip("playwright.sync_api", reason="playwright not found: pip install playwright")
    with api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def studio(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., StudioServer]]:
    """``studio(*files, options=(), hub=None, without=()) -> StudioServer``: a server with these files and without these
    packages; asked again, the same one."""
    running: dict[tuple[Any, ...], StudioServer] = {}

    def start(
        *files: str | os.PathLike[str],
        options: tuple[str, ...] = (),
        hub: Path | None = None,
        without: tuple[str, ...] = (),
    ) -> StudioServer:
        key = (tuple(os.fspath(file) for file in files), options, hub, without)
        if key not in running or running[key].process.poll() is not None:
            folder = tmp_path_factory.mktemp("studio")
            running[key] = StudioServer(files, folder, options=options, hub=hub, without=without)
        return running[key]

    yield start
    for server in running.values():
        server.stop()
    for server in running.values():
        server.assert_nothing_outside()


@pytest.fixture
def own_studio(browser: Browser, tmp_path: Path) -> Iterator[Callable[..., StudioServer]]:
    """Like `studio`, for a test that stops or restarts its server: never shared."""
    running: list[StudioServer] = []

    def start(*files: str | os.PathLike[str], options: tuple[str, ...] = ()) -> StudioServer:
        running.append(StudioServer(files, tmp_path, options=options))
        return running[-1]

    yield start
    for server in running:
        server.stop()
    for server in running:
        server.assert_nothing_outside()


@pytest.fixture
def open_page(browser: Browser) -> Iterator[Callable[..., Page]]:
    """``open_page(server, "#/tokens", width=1280, language="en", theme="light", context=None) -> Page``.

    Language and theme are the browser's, as for a person who comes for the first time. ``context``: of an earlier page, for
    a second tab. ``page.watch`` is the page's `Watch`.
    """
    contexts: list[BrowserContext] = []
    pages: list[Page] = []

    def open_one(
        server: StudioServer | str,
        fragment: str = "",
        *,
        width: int = 1280,
        height: int | None = None,
        language: str = "en",
        theme: str = "light",
        context: BrowserContext | None = None,
        wait: bool = True,
        **options: Any,
    ) -> Page:
        url = server if isinstance(server, str) else server.url
        if context is None:
            context = browser.new_context(
                viewport={"width": width, "height": height or HEIGHTS.get(width, 860)},
                locale=LOCALES[language],
                color_scheme=theme,
                reduced_motion="reduce",
                # A telephone: scrollbars lie over the page, nothing hovers.
                **({"is_mobile": True, "has_touch": True} if width < 720 else {}),
                **options,
            )
            context.set_default_timeout(PATIENCE)
            contexts.append(context)
        page = context.new_page()
        page.watch = Watch(page)
        pages.append(page)
        if DELAY:
            network = context.new_cdp_session(page)
            network.send("Network.enable")
            network.send(
                "Network.emulateNetworkConditions",
                {"offline": False, "latency": DELAY, "downloadThroughput": -1, "uploadThroughput": -1},
            )
        page.goto(f"{url}/{fragment}")
        if wait:
            settle(page)
        return page

    yield open_one
    watches = [page.watch for page in pages]
    for context in contexts:
        context.close()
    for watch in watches:
        no_outside_requests(watch)
        no_console_errors(watch)
