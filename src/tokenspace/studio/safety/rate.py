"""How much may be asked at once, and how often by one client."""

from __future__ import annotations

import math
import time
from collections import OrderedDict
from collections.abc import Callable

from starlette.types import ASGIApp, Receive, Scope, Send

from .refusal import refuse

__all__ = ["RateLimit"]

_CLIENTS = 4096  # addresses remembered; who has not asked for long has a full bucket anyway


class RateLimit:
    """A bound on requests in flight, and a token bucket for each client address; beyond them 429 with Retry-After.

    Streams of events last as long as their job: they are counted for themselves, with the same bound.

    The defaults of `StudioSettings` bound programs that run wild, not people: 200 requests in flight from one client for a
    minute pass without a single 429, since one process answers fewer a second than a bucket refills.

    Args:
        in_flight: requests of all clients answered at the same time.
        per_second: requests a second that one client may make for long.
        burst: requests that one client may make at once.
        clock: seconds, for tests.
    """

    def __init__(
        self,
        app: ASGIApp,
        in_flight: int,
        per_second: float,
        burst: int,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._app, self._most, self._rate, self._burst, self._clock = app, in_flight, per_second, burst, clock
        self._open = {"requests": 0, "streams": 0}
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()  # address -> (requests left, when)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        wait = self._take((scope.get("client") or ("", 0))[0])
        if wait > 0:
            message = (
                f"[request] expected at most {self._rate:g} requests a second, received more; try again in {wait} s"
            )
            await refuse(scope, receive, send, 429, message, {"Retry-After": str(wait)})
            return
        stream = scope["path"].startswith("/api/jobs/") and scope["path"].endswith("/events")
        kind = "streams" if stream else "requests"
        if self._open[kind] >= self._most:
            message = f"[request] expected at most {self._most} {kind} in flight, received one more; try again in 1 s"
            await refuse(scope, receive, send, 429, message, {"Retry-After": "1"})
            return
        self._open[kind] += 1
        try:
            await self._app(scope, receive, send)
        finally:
            self._open[kind] -= 1

    def _take(self, address: str) -> int:
        """0 and one request less for this address, or the seconds to wait."""
        now = self._clock()
        left, then = self._buckets.pop(address, (float(self._burst), now))
        left = min(float(self._burst), left + (now - then) * self._rate)
        allowed = left >= 1.0
        self._buckets[address] = (left - 1.0 if allowed else left, now)
        if len(self._buckets) > _CLIENTS:
            self._buckets.popitem(last=False)
        return 0 if allowed else max(1, math.ceil((1.0 - left) / self._rate))
