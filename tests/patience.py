"""How long a test waits on a machine that has other things to do."""

from __future__ import annotations

import os


def patience(seconds: float) -> float:
    """``seconds`` of a machine of its own; as many times more as processes waited for each core in the last minute."""
    if not hasattr(os, "getloadavg"):
        return seconds
    return seconds * max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))
