"""The server in the foreground: a free port, the address, the browser, Ctrl-C."""

from __future__ import annotations

import json
import os
import socket
import sys
import threading
import urllib.request
from collections.abc import Callable
from dataclasses import replace

import uvicorn

from ..errors import FileError, message
from .app import create_app
from .settings import StudioSettings
from .state import Studio

__all__ = ["address_of", "free_socket", "serve"]

_PORTS = 100  # looked through above one that is taken
_GRACE = 0.5  # seconds that requests and jobs have to end


def free_socket(host: str, port: int) -> socket.socket:
    """A socket bound to ``port``, or the next free one of the hundred above it; 0 takes any.

    Raises:
        FileError: the address is not this machine's, or no port is free.
    """
    last: OSError | None = None
    for candidate in range(port, min(port + _PORTS, 65536)) if port else (0,):
        try:
            family, kind, protocol, _, place = socket.getaddrinfo(
                host, candidate, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
            )[0]
            bound = socket.socket(family, kind, protocol)
        except OSError as error:
            raise FileError(
                message("studio", "an address of this machine as host, such as 127.0.0.1", repr(host))
            ) from error
        try:
            if os.name == "posix":  # elsewhere it would share the port with whoever has it
                bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            bound.bind(place)
            bound.listen(2048)
            return bound
        except OSError as error:
            bound.close()
            last = error
    remedy = "port 0, which takes a free one, or host 127.0.0.1"
    raise FileError(message("studio", f"a free port at {host} from {port}", str(last), remedy)) from last


def address_of(host: str, port: int, token: str | None) -> str:
    """What is typed into a browser."""
    if host in ("0.0.0.0", "") or host == "::":
        host = socket.gethostname()
    name = f"[{host}]" if ":" in host else host
    return f"http://{name}:{port}/" + (f"?token={token}" if token else "")


class _Server(uvicorn.Server):
    """Says when it listens, and ends streams before it waits for them."""

    def __init__(self, config: uvicorn.Config, studio: Studio, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._studio, self._ready = studio, ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=sockets)
        if not self.should_exit:
            self._ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._studio.closing.set()
        await super().shutdown(sockets=sockets)


def serve(
    settings: StudioSettings,
    *,
    say: Callable[[str], None] = print,
    open_browser: bool = False,
    check: bool = False,
    prepare: Callable[[Studio], None] | None = None,
) -> int:
    """Serve until Ctrl-C.

    Args:
        settings: where and what; of ``port`` the next free one is taken.
        say: is given the address when the server listens.
        open_browser: open the address in the person's browser.
        check: end as soon as the page and ``/api/status`` have answered.
        prepare: is given the Studio before anything is served.

    Returns:
        0, or 1 when ``check`` got no answer.

    Raises:
        FileError: no such address, no free port.
    """
    bound = free_socket(settings.host, settings.port)
    port = bound.getsockname()[1]
    app = create_app(replace(settings, port=port))
    studio: Studio = app.state.studio
    if prepare is not None:
        prepare(studio)
    address = address_of(settings.host, port, settings.token)
    config = uvicorn.Config(
        app,
        access_log=False,
        log_config=None,
        log_level="critical",  # what goes wrong in a route is logged by `faults`
        lifespan="on",
        server_header=False,
        timeout_keep_alive=30,
        h11_max_incomplete_event_size=64 << 10,
    )
    config.timeout_graceful_shutdown = _GRACE  # type: ignore[assignment]
    answered: list[bool] = []

    def ready() -> None:
        say(address)
        if open_browser:
            import webbrowser

            threading.Thread(target=webbrowser.open, args=(address,), daemon=True).start()
        if check:
            threading.Thread(target=ask, daemon=True).start()

    def ask() -> None:
        try:
            answered.append(_answers(bound.getsockname()[:2], settings.token))
        finally:
            server.should_exit = True

    server = _Server(config, studio, ready)
    try:
        server.run(sockets=[bound])
    except KeyboardInterrupt:
        pass
    finally:
        bound.close()
    code = 1 if check and answered != [True] else 0
    if studio.jobs.at_work:
        # A native call that has not come to its next look at the clock: the interpreter must not be taken away under it.
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
    return code


def _answers(place: tuple[str, int], token: str | None) -> bool:
    """Whether the page and the status of the server at that place answer."""
    host, port = place
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
    base = address_of(host, port, None)
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        for path in ("", "api/status"):
            with opener.open(urllib.request.Request(base + path, headers=headers), timeout=30) as answer:
                body = answer.read()
                if path and "version" not in json.loads(body):
                    return False
                if not path and b"<html" not in body:
                    return False
    except (OSError, ValueError):
        return False
    return True
