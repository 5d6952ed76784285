"""Shared settings: hypothesis profiles, and one place that says why parity tests were skipped."""

from __future__ import annotations

import gc
import os
import signal
from collections.abc import Iterator

import pytest

try:
    from hypothesis import HealthCheck, settings

    settings.register_profile("quick", max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
    settings.register_profile("long", max_examples=5000, deadline=None, suppress_health_check=list(HealthCheck))
    settings.load_profile(os.environ.get("TOKENSPACE_HYPOTHESIS", "quick"))
except ImportError:
    pass


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """No test reaches the hub or writes into the user's caches."""
    monkeypatch.setenv("HF_HUB_OFFLINE", os.environ.get("TOKENSPACE_TEST_HF_OFFLINE", "1"))
    monkeypatch.setenv("TOKENSPACE_CACHE_DIR", str(tmp_path_factory.getbasetemp() / "cache"))
    monkeypatch.setenv("NO_COLOR", "1")


@pytest.fixture
def without_collection() -> Iterator[None]:
    """For a Ctrl-C in this process: Python drops what a signal's handler raises inside a callback of the garbage collector, and
    hypothesis leaves one there."""
    gc.disable()
    yield
    gc.enable()


@pytest.fixture(scope="session", autouse=True)
def _ctrl_c_raises() -> None:
    """Background jobs of a script inherit an ignored SIGINT, which Python then leaves ignored; tests of Ctrl-C would wait for ever."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
