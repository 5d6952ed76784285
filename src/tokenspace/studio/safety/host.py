"""The Host header: a name that points here by DNS alone is refused (DNS rebinding)."""

from __future__ import annotations

import ipaddress
import re
import socket

from starlette.types import ASGIApp, Receive, Scope, Send

from .refusal import header, refuse

__all__ = ["HostCheck", "is_loopback"]

_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_AUTHORITY = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[^:\[\]/?#@\s]+)(?::\d{1,5})?")


def is_loopback(host: str) -> bool:
    """Whether an address to listen on is this machine's alone."""
    if host == "localhost":
        return True
    address = _address(host)
    return address is not None and address.is_loopback


def _address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


class HostCheck:
    """Lets requests through whose Host names this server.

    On loopback these are 127.0.0.1, localhost, [::1] and the address listened on. On another address also the machine's own
    name and any address written in numbers: a foreign page can make its own name point here, but not a number. The port is
    not compared, so that a forwarded port (``ssh -L``) works: the name is what rebinding needs.
    """

    def __init__(self, app: ASGIApp, host: str) -> None:
        self._app = app
        self._numbers = not is_loopback(host)
        own = {socket.gethostname().lower(), socket.getfqdn().lower()} if self._numbers else set()
        self._names = _LOOPBACK | {host.strip("[]").lower()} | own

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan" or self._known(header(scope, "host")):
            await self._app(scope, receive, send)
            return
        await refuse(
            scope, receive, send, 403,
            "[request] expected the address this server printed as Host, received another name; try that address",
        )  # fmt: skip

    def _known(self, host: str | None) -> bool:
        found = None if host is None else _AUTHORITY.fullmatch(host)
        if found is None:
            return False
        name = found.group(1).strip("[]").lower().removesuffix(".")
        return name in self._names or (self._numbers and _address(name) is not None)
