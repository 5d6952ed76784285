"""Chat templates rendered in a process of their own, with a bound on time and memory.

Jinja's sandbox keeps a template from reaching the interpreter, not from looping for hours or filling the memory: two nested
``{% for %}`` over ``range(100000)`` are enough. Where templates come from people who are not asked, such as a page,
`TemplateProcess` renders them; a template that takes too long is ended with its process.
"""

from __future__ import annotations

import json
import queue
import subprocess
import sys
import threading
from typing import IO, Any

from ..errors import ChatTemplateError, LimitError, message

__all__ = ["BusyError", "TemplateProcess"]

_START = 20.0  # seconds a busy machine may take to start Python; not the template's fault


class BusyError(LimitError):
    """More templates at once than are rendered or may wait."""


class TemplateProcess:
    """Renders templates in a process that is started when it is first needed. Any thread; one template at a time.

    Args:
        seconds: most time of one template.
        mebibytes: most memory of the process (where the system can bound it).
        characters: longest text a template may give.
        waiting: templates that may wait for the process besides the one in it.
    """

    def __init__(
        self, seconds: float = 5.0, mebibytes: int = 512, characters: int = 10_000_000, waiting: int = 3
    ) -> None:
        self._places = threading.BoundedSemaphore(1 + waiting)
        self._seconds, self._mebibytes, self._characters = seconds, mebibytes, characters
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._answers: queue.Queue[bytes] = queue.Queue()

    def __call__(
        self, template: str, chat: list[dict[str, Any]], marked: bool, variables: dict[str, Any]
    ) -> tuple[str, list[tuple[int, int]]]:
        """As `chat_template.render`.

        Raises:
            ChatTemplateError: as there, or a template that ended the process (out of memory).
            LimitError: too slow, or too long a text.
            BusyError: as many templates wait as may.
        """
        request = json.dumps([template, chat, marked, variables]).encode("ascii") + b"\n"
        if not self._places.acquire(blocking=False):
            raise BusyError(
                "[chat template] expected the templates before to be rendered, received one more; try again"
            )
        try:
            with self._lock:
                answer = self._ask(request)
        finally:
            self._places.release()
        if answer is None:
            said = "one that ended its process (out of memory?)"
            raise ChatTemplateError(message("chat template", "a template that can be rendered", said))
        if "error" in answer:
            raise ChatTemplateError(answer["error"], answer["line"])
        if "length" in answer:
            raise LimitError(
                message("chat template", f"at most {self._characters:,} characters", f"{answer['length']:,}")
            )
        return answer["text"], [(begin, end) for begin, end in answer["spans"]]

    def close(self) -> None:
        """End the process; the next template starts another."""
        with self._lock:
            self._end()

    def _ask(self, request: bytes) -> dict[str, Any] | None:
        process = self._process
        if process is None or process.poll() is not None:
            process = self._start()
            if not self._is_ready():
                self._end()
                return None
        assert process.stdin is not None
        # Writing may block as well: the process reads nothing while it renders, and it may have died.
        writer = threading.Thread(target=_write, args=(process, request), daemon=True)
        writer.start()
        try:
            line = self._answers.get(timeout=self._seconds)
        except queue.Empty:
            self._end()
            raise LimitError(
                f"[chat template] expected to be rendered within {self._seconds:g} s, received a template that takes "
                "longer; try fewer loops"
            ) from None
        if not line:
            self._end()
            return None
        found: dict[str, Any] = json.loads(line)
        return found

    def _start(self) -> subprocess.Popen[bytes]:
        self._answers = queue.Queue()
        bounds = [str(bound) for bound in (self._mebibytes, self._characters, self._seconds)]
        process = subprocess.Popen(
            [sys.executable, "-m", "tokenspace.tokenizers.chat_renderer", *bounds],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        self._process = process
        # The thread has the stream and not the process: dropped by everybody else, it closes its input and ends.
        threading.Thread(target=_read, args=(process.stdout, self._answers), daemon=True).start()
        return process

    def _is_ready(self) -> bool:
        """Wait until a process just started can be asked."""
        try:
            return bool(self._answers.get(timeout=_START))
        except queue.Empty:
            return False

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        process.wait()


def _write(process: subprocess.Popen[bytes], request: bytes) -> None:
    assert process.stdin is not None
    try:
        process.stdin.write(request)
        process.stdin.flush()
    except (OSError, ValueError):
        return  # it died; the reader says so


def _read(output: IO[bytes] | None, answers: queue.Queue[bytes]) -> None:
    """Lines of the process as they come, and an empty one at its end."""
    assert output is not None
    with output:
        for line in output:
            answers.put(line)
    answers.put(b"")
