"""DecodeStream: text as ids arrive, never half a character."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

__all__ = ["DecodeStream"]


class DecodeStream:
    """Decodes one id at a time. Get one from ``Tokenizer.decode_stream``; use it in one thread.

    Chunks are those of tokenizers' DecodeStream: text comes out when it has grown and does not end in half a character.
    """

    def __init__(self, core: Any, skip_special_tokens: bool = True, prefill: Iterable[int] = ()) -> None:
        from .. import _core

        self._stream: Any = _core.DecodeStream(core, skip_special_tokens, list(prefill))

    def step(self, id: int) -> str | None:
        """The text that ``id`` completes, or None when it completes none yet."""
        text: str | None = self._stream.step(id)
        return text

    def finish(self) -> str:
        """What is still held back (an incomplete character becomes U+FFFD). The stream is then as new."""
        text: str = self._stream.finish()
        return text
