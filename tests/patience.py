"""How long a test waits on a machine that has other things to do."""

from __future__ import annotations

import os


def patience(seconds: float) -> float:
    """``seconds`` of a machine of its own; as many times more as there are processes at work for each core."""
    if not hasattr(os, "getloadavg"):
        return seconds
    return seconds * max(1.0, max(os.getloadavg()) / (os.cpu_count() or 1))
