"""`tokenspace studio` as a person starts it: a process of its own, on a free port of the loopback address."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path

ADDRESS = re.compile(r"http://(?:127\.0\.0\.1|localhost|\[::1\]):\d+")
START_SECONDS = 60.0
STOP_SECONDS = 15.0


# Put in the server's way as `sitecustomize`: writes down whatever it wants to reach beyond this machine, and hides packages
# as if they were not installed.
OBSERVER = """
import os, sys
from importlib.machinery import PathFinder

def _watch(event, arguments):
    if event == "socket.connect" and isinstance(arguments[1], tuple):
        host = str(arguments[1][0])
    elif event == "socket.getaddrinfo":
        host = str(arguments[0])
    else:
        return
    if host not in {"127.0.0.1", "::1", "localhost", "None", ""}:
        with open(os.environ["STUDIO_TEST_OUTSIDE"], "a") as log:
            print(event, host, file=log)

sys.addaudithook(_watch)

_hidden = os.environ.get("STUDIO_TEST_WITHOUT", "").split()

class _Without(PathFinder):
    @classmethod
    def find_spec(cls, name, path=None, target=None):
        return None if name.partition(".")[0] in _hidden else super().find_spec(name, path, target)

sys.meta_path[sys.meta_path.index(PathFinder)] = _Without
"""


class StudioServer:
    """One running server; its address is printed by the program itself."""

    def __init__(
        self,
        files: Sequence[str | os.PathLike[str]],
        folder: Path,
        *,
        port: int = 0,
        options: Sequence[str] = (),
        hub: Path | None = None,
        without: Sequence[str] = (),
    ) -> None:
        self.lines: list[str] = []
        self.files = [os.fspath(file) for file in files]
        self.folder = folder
        self.options = list(options)
        self.hub = hub
        self.without = without
        self.url = ""
        self._start(port)

    def _start(self, port: int) -> None:
        self._found = threading.Event()
        command = [sys.executable, "-m", "tokenspace.cli", "studio", "--port", str(port), *self.options]
        self.process = subprocess.Popen(
            [*command, *self.files],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            env=environment(self.folder, self.hub, self.without),
            cwd=self.folder,
        )
        threading.Thread(target=self._read, daemon=True).start()
        if not self._found.wait(START_SECONDS) or not self.url:
            self.stop()
            raise RuntimeError("the studio printed no address:\n" + "".join(self.lines))

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.append(line)
            if not self._found.is_set() and (match := ADDRESS.search(line)):
                self.url = match[0]
                self._found.set()
        self._found.set()  # ended: whoever waits for the address is told by its absence

    @property
    def port(self) -> int:
        return int(self.url.rsplit(":", 1)[1])

    def stop(self) -> None:
        """Ctrl-C, as a person does; killed when it does not end."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            try:
                self.process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()

    def restart(self) -> None:
        """The same server again, on the same port and folders."""
        port = self.port
        self.stop()
        self._start(port)

    def assert_nothing_outside(self) -> None:
        """Fails when the server looked for another machine."""
        log = self.folder / "outside.log"
        assert not log.exists(), "the server reached for the network:\n" + log.read_text()


def environment(folder: Path, hub: Path | None = None, without: Sequence[str] = ()) -> Mapping[str, str]:
    """The test's environment, with every folder the server may write in below ``folder``; ``hub``: a cache of models;
    ``without``: packages the server is not to find."""
    changed = dict(os.environ)
    observer = folder / "observer"
    observer.mkdir(exist_ok=True)
    (observer / "sitecustomize.py").write_text(OBSERVER)
    path = os.pathsep.join([str(observer), *filter(None, [os.environ.get("PYTHONPATH")])])
    changed.update(
        TOKENSPACE_CACHE_DIR=str(folder / "cache"),
        XDG_CACHE_HOME=str(folder / "cache"),
        XDG_STATE_HOME=str(folder / "state"),
        XDG_DATA_HOME=str(folder / "data"),
        HF_HUB_OFFLINE="1",
        STUDIO_TEST_OUTSIDE=str(folder / "outside.log"),
        STUDIO_TEST_WITHOUT=" ".join(without),
        PYTHONPATH=path,
        PYTHONUNBUFFERED="1",
        NO_COLOR="1",
        HF_HUB_CACHE=str(hub or folder / "hub"),
    )
    return changed
