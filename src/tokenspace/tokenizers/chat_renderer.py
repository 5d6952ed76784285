"""The other side of `chat_process`: requests on standard input, answers on standard output, a JSON value a line
after one line that says it is ready."""

from __future__ import annotations

import json
import signal
import sys
from typing import Any

from ..errors import ChatTemplateError
from .chat_template import render


def bound_memory(mebibytes: int) -> None:
    """Refuse this process more memory than that, where the system can (not on Windows and macOS)."""
    try:
        import resource
    except ImportError:
        return
    most = mebibytes << 20
    try:
        resource.setrlimit(resource.RLIMIT_AS, (most, most))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    except (OSError, ValueError):
        return


def answer(request: list[Any], characters: int) -> dict[str, Any]:
    """What to answer to ``[template, messages, marked, variables]``."""
    template, chat, marked, variables = request
    try:
        text, spans = render(template, chat, marked, variables)
    except ChatTemplateError as error:
        return {"error": str(error), "line": error.line}
    if len(text) > characters:
        return {"length": len(text)}
    return {"text": text, "spans": spans}


def end_after(seconds: float) -> None:
    """End this process by a signal then (0: no more), in case nobody is left to end it; not on Windows."""
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_REAL, seconds)


def main() -> None:
    """Answer until standard input ends. Arguments: MiB of memory, characters of a text, seconds of a template."""
    bound_memory(int(sys.argv[1]))
    characters, seconds = int(sys.argv[2]), float(sys.argv[3])
    print("ready", flush=True)  # starting Python is not the template's time
    for line in sys.stdin:
        end_after(seconds + 5)
        sys.stdout.write(json.dumps(answer(json.loads(line), characters)) + "\n")
        sys.stdout.flush()
        end_after(0)


if __name__ == "__main__":
    main()
