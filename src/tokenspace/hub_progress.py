"""Downloads of the hub as events of the progress protocol; raising in the callback stops them."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from .progress import ProgressCallback, ProgressLike, Reporter, progress_callback

__all__ = ["download_bar", "downloads_told"]

_TOLD: ContextVar[ProgressCallback | None] = ContextVar("downloads_told", default=None)


@contextmanager
def downloads_told(progress: ProgressLike) -> Iterator[None]:
    """Every file that is downloaded inside, on this thread, is a stage of its own, counted in bytes.

    Args:
        progress: see `tokenspace.progress`. What it raises ends the download; what had come stays and is continued from.
    """
    token = _TOLD.set(progress_callback(progress))
    try:
        yield
    finally:
        _TOLD.reset(token)


def download_bar() -> dict[str, Any]:
    """Arguments of hf_hub_download that have it told; none where nobody listens, or its version cannot."""
    tell = _TOLD.get()
    if tell is None:
        return {}
    from huggingface_hub import hf_hub_download
    from tqdm.auto import tqdm

    if "tqdm_class" not in inspect.signature(hf_hub_download).parameters:
        return {}

    class Bar(tqdm):  # type: ignore[misc]
        """Draws nothing."""

        def __init__(self, *args: Any, **named: Any) -> None:
            named.pop("name", None)
            super().__init__(*args, **{**named, "disable": True})
            stage = str(named.get("desc") or "download")
            self._reporter = Reporter(stage, self.total or None, "bytes", tell)
            self._reporter.done = int(self.n)
            self._reporter.__enter__()

        def update(self, n: float | None = 1) -> bool | None:
            self._reporter.advance(int(n or 0))
            return None

        def close(self) -> None:
            reporter, self._reporter = self._reporter, Reporter("")
            if reporter.stage and reporter.done == reporter.total:
                reporter.__exit__(None, None, None)

    return {"tqdm_class": Bar}
