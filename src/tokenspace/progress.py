"""One progress protocol for every long call: the command line, notebooks and the page read the same events.

A long call takes ``progress=`` and turns it into a `Reporter`. What may be passed:

=================  ==============================================================================
``None``, False    nothing
``True``, "auto"   a bar on stderr when stderr is a terminal, else nothing
"bar"              a bar, whatever stderr is
"plain"            one line of text per event on stderr
"json"             one JSON object per line on stderr: ``{"stage", "done", "total", "rate", "eta", "unit"}``
"none"             nothing
a callable         called with each `ProgressEvent`; raise in it to stop the work
=================  ==============================================================================

A `tokenspace.RunSwitch` around the call pauses it where it reports; rates and remaining times leave pauses out.

Events come once at the start, at most every ``interval`` seconds, and once at the end.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from types import TracebackType
from typing import Any, Literal, TextIO, TypeVar

from .errors import ArgumentError
from .run_switch import pause_point, paused_seconds

T = TypeVar("T")
STYLES = ("auto", "bar", "plain", "json", "none")


@dataclass(frozen=True, slots=True)
class ProgressEvent:
    """A moment of a long call.

    ``total``, ``rate`` (units a second) and ``eta`` (seconds left) are None while unknown. ``values`` are further
    numbers by name, such as the loss of a training.
    """

    stage: str
    done: int
    total: int | None
    rate: float | None
    eta: float | None
    unit: str = "rows"
    finished: bool = False
    values: Mapping[str, float] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """The event as the JSON object printed by the style "json"; ``values`` are keys of their own in it."""
        out = asdict(self)
        out.update(out.pop("values"))
        return out


ProgressCallback = Callable[[ProgressEvent], object]
ProgressLike = ProgressCallback | Literal["auto", "bar", "plain", "json", "none"] | str | bool | None


def human_number(value: float) -> str:
    """``12345`` -> ``12.3k``: three digits at most, for bars and tables."""
    for limit, divisor, suffix in ((1e3, 1.0, ""), (1e6, 1e3, "k"), (1e9, 1e6, "M"), (1e12, 1e9, "G")):
        if abs(value) < limit * 0.9995:
            scaled = value / divisor
            whole = scaled >= 100 or (not suffix and scaled == int(scaled))
            return f"{scaled:.0f}{suffix}" if whole else f"{scaled:.3g}{suffix}"
    return f"{value / 1e12:.3g}T"


def human_time(seconds: float) -> str:
    """``75`` -> ``1:15``, ``3675`` -> ``1:01:15``."""
    whole = int(seconds + 0.5)
    hours, minutes, rest = whole // 3600, whole // 60 % 60, whole % 60
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def is_terminal(stream: TextIO) -> bool:
    """True when ``stream`` is a terminal that understands carriage returns (``TERM=dumb`` does not)."""
    try:
        return stream.isatty() and os.environ.get("TERM") != "dumb"
    except (AttributeError, ValueError):  # a closed or replaced stream
        return False


class _Bar:
    """A one-line bar redrawn in place and erased at the end, so nothing of it stays between the data."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._drawn = False

    def __call__(self, event: ProgressEvent) -> None:
        columns = shutil.get_terminal_size((80, 24)).columns
        if event.finished:
            if self._drawn:
                self._write("\r" + " " * (columns - 1) + "\r")
            return
        if not event.done:
            return  # short work ends before its first bar: nothing flickers
        self._drawn = True
        parts = [human_number(event.done) + (f"/{human_number(event.total)}" if event.total else "") + f" {event.unit}"]
        if event.rate is not None:
            parts.append(f"{human_number(event.rate)} {event.unit}/s")
        parts.extend(f"{name} {value:.4g}" for name, value in event.values.items())
        if event.eta is not None:
            parts.append(f"eta {human_time(event.eta)}")
        tail = "  ".join(parts)
        head = event.stage
        if event.total:
            share = min(1.0, event.done / event.total)
            room = max(0, min(30, columns - len(head) - len(tail) - 12))
            filled = round(share * room)
            head += f"  {'━' * filled}{'─' * (room - filled)} {share:4.0%}"
        line = f"{head}  {tail}"[: columns - 1]
        self._write("\r" + line + " " * (columns - 1 - len(line)))

    def _write(self, text: str) -> None:
        try:
            self._stream.write(text)
        except UnicodeEncodeError:  # a terminal without UTF-8
            self._stream.write(text.replace("━", "=").replace("─", "-").encode("ascii", "replace").decode())
        self._stream.flush()


def _plain(stream: TextIO) -> ProgressCallback:
    def write(event: ProgressEvent) -> None:
        of = f"/{event.total}" if event.total is not None else ""
        rate = f", {human_number(event.rate)} {event.unit}/s" if event.rate is not None else ""
        values = "".join(f", {name} {value:.4g}" for name, value in event.values.items())
        eta = f", eta {human_time(event.eta)}" if event.eta is not None and not event.finished else ""
        done = ", done" if event.finished else ""
        stream.write(f"{event.stage}: {event.done}{of} {event.unit}{rate}{values}{eta}{done}\n")
        stream.flush()

    return write


def _json_lines(stream: TextIO) -> ProgressCallback:
    def write(event: ProgressEvent) -> None:
        stream.write(json.dumps(event.to_dict()) + "\n")
        stream.flush()

    return write


def progress_callback(progress: ProgressLike, stream: TextIO | None = None) -> ProgressCallback | None:
    """The function behind a ``progress=`` argument, or None for silence.

    Raises:
        ArgumentError: a style that does not exist.
    """
    if progress is None or progress is False or progress == "none":
        return None
    if callable(progress):
        return progress
    out = sys.stderr if stream is None else stream
    style = "auto" if progress is True else progress
    if style == "auto":
        return _Bar(out) if is_terminal(out) else None
    if style == "bar":
        return _Bar(out)
    if style == "plain":
        return _plain(out)
    if style == "json":
        return _json_lines(out)
    raise ArgumentError(f"[progress] expected one of {', '.join(STYLES)} or a callable, received {progress!r}")


class Reporter:
    """Counts finished units and emits events; a context manager.

    Example:
        >>> with Reporter("encode", total=2, progress=print) as report:  # doctest: +SKIP
        ...     report.advance()
    """

    def __init__(
        self,
        stage: str,
        total: int | None = None,
        unit: str = "rows",
        progress: ProgressLike = None,
        interval: float = 0.1,
    ) -> None:
        self.stage, self.total, self.unit, self.done = stage, total, unit, 0
        self.values: dict[str, float] = {}  # shown with each event from now on
        self._emit = progress_callback(progress)
        self._interval = interval
        self._started = self._last = time.monotonic()
        self._paused = paused_seconds()

    def __enter__(self) -> Reporter:
        self._started = self._last = time.monotonic()
        self._paused = paused_seconds()
        self._send(False)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # The last event is sent on failure too: a bar must be erased before the message is printed.
        if kind is None or isinstance(self._emit, _Bar):
            self._send(True)

    def advance(self, count: int = 1) -> None:
        """Add ``count`` finished units."""
        self.done += count
        pause_point()
        if self._emit is not None:
            now = time.monotonic()
            if now - self._last >= self._interval:
                self._last = now
                self._send(False)

    def update(self, done: int) -> None:
        """Set the finished units, where the work knows its own position (bytes of a file)."""
        self.advance(max(0, done - self.done))

    def _send(self, finished: bool) -> None:
        if self._emit is None:
            return
        elapsed = time.monotonic() - self._started - (paused_seconds() - self._paused)
        rate = self.done / elapsed if self.done and elapsed > 0 else None
        eta = None
        if rate and self.total is not None:
            eta = max(0.0, (self.total - self.done) / rate)
        self._emit(ProgressEvent(self.stage, self.done, self.total, rate, eta, self.unit, finished, dict(self.values)))


def track(
    items: Iterable[T], stage: str, total: int | None = None, unit: str = "rows", progress: ProgressLike = True
) -> Iterator[T]:
    """Yield from ``items`` while reporting; the total is taken from ``len(items)`` when it has one."""
    if total is None and hasattr(items, "__len__"):
        total = len(items)  # type: ignore[arg-type]
    with Reporter(stage, total, unit, progress) as report:
        for item in items:
            yield item
            report.advance()
