"""The vocabulary as a mapping and as a table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

__all__ = ["VocabEntry", "Vocabulary"]


@dataclass(frozen=True)
class VocabEntry:
    """One row of the table: id, its spelling in the vocabulary, the bytes it stands for, and whether it is special."""

    id: int
    token: str
    bytes: bytes | None
    special: bool


class Vocabulary(Mapping[str, int]):
    """Token -> id, read only. The dict behind it is made on first iteration; look-ups ask the tokenizer."""

    def __init__(self, core: Any) -> None:
        self._core = core
        self._dict: dict[str, int] | None = None

    def _all(self) -> dict[str, int]:
        if self._dict is None:
            self._dict = self._core.vocabulary(True)
        return self._dict

    def __getitem__(self, token: str) -> int:
        id = self._core.token_to_id(token)
        if id is None:
            raise KeyError(token)
        return int(id)

    def __contains__(self, token: object) -> bool:
        return isinstance(token, str) and self._core.token_to_id(token) is not None

    def __len__(self) -> int:
        return int(self._core.vocab_size(True))

    def __iter__(self) -> Iterator[str]:
        return iter(self._all())

    def items(self) -> Any:
        """(token, id) pairs."""
        return self._all().items()

    def rows(self) -> Iterator[VocabEntry]:
        """The table in order of id."""
        core = self._core
        for id in range(core.id_bound):
            token = core.id_to_token(id)
            if token is not None:
                yield VocabEntry(id, token, core.id_to_bytes(id), core.is_special_id(id))

    def __repr__(self) -> str:
        return f"Vocabulary({len(self)} tokens)"
