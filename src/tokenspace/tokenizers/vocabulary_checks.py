"""Questions about every entry of a vocabulary: which can never be produced, which are the longest."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from .like import TokenizerLike
from .visible import is_partial

_BATCH = 20_000


@dataclass(frozen=True, slots=True)
class Entry:
    """A vocabulary entry with the text it stands for (None when that is not whole characters)."""

    id: int
    token: str
    text: str | None


@dataclass
class Reachability:
    """Outcome of `check_reachable`: entries no text was found for, and those that cannot be tried."""

    checked: int = 0
    unreachable: list[Entry] = field(default_factory=list)
    untestable: int = 0  # parts of characters: only bytes, no text of their own


def entries(tokenizer: TokenizerLike) -> Iterator[Entry]:
    """All ordinary entries by id: special and added tokens are matched before the model and left out."""
    skip = {int(token) for token in getattr(tokenizer, "all_special_ids", ())}
    for token in range(len(tokenizer)):
        if token in skip:
            continue
        spelled = tokenizer.id_to_token(token)
        if spelled is None:
            continue
        data = tokenizer.id_to_bytes(token)
        if data is None:
            data = spelled.encode("utf-8", "surrogatepass")
        yield Entry(token, spelled, None if is_partial(data) else data.decode("utf-8"))


def _contexts(entry: Entry) -> Iterator[str]:
    """Texts in which the entry may show itself: alone, inside a word, after a space, before one, next to other classes."""
    text = entry.text or ""
    yield text
    yield text.strip(" ")
    yield "a" + text
    yield "a " + text
    yield text + "a"
    yield text + " a"
    yield "1" + text
    yield "." + text
    yield "\n" + text
    yield text + text
    # A continuation piece may need a whole word of its own script before it.
    yield text[:1] + text
    yield text + "1"
    yield text + "\U0010fffd"  # a lone space mark of SentencePiece stays alone before what the vocabulary lacks


def check_reachable(tokenizer: TokenizerLike, threads: int | None = None) -> Reachability:
    """Encode every entry's own text, in several surroundings, and keep the entries that never come out.

    An entry that stays unseen is dead weight: merges or normalization always prefer another reading. Texts of whole
    characters only; an entry found in none of the surroundings could in principle appear in a longer one.
    """
    import numpy as np

    result = Reachability()
    pending: list[tuple[Entry, Iterator[str], set[str]]] = []

    def settle() -> None:
        nonlocal pending
        while pending:
            texts, waiting = [], []
            for entry, contexts, tried in pending:
                text = next((one for one in contexts if one and one not in tried), None)
                if text is None:
                    result.unreachable.append(entry)
                    continue
                tried.add(text)
                texts.append(text)
                waiting.append((entry, contexts, tried))
            if not texts:
                pending = []
                break
            batch = tokenizer.encode_batch(texts, threads=threads, add_special_tokens=False)
            ids, rows = np.asarray(batch.ids), np.asarray(batch.row_offsets)
            wanted = np.repeat([entry.id for entry, _, _ in waiting], np.diff(rows))
            before = np.concatenate(([0], np.cumsum(ids == wanted)))
            found = before[rows[1:]] > before[rows[:-1]]
            pending = [item for item, hit in zip(waiting, found.tolist(), strict=True) if not hit]

    for entry in entries(tokenizer):
        if entry.text is None or entry.token.startswith("<0x"):
            result.untestable += 1
            continue
        result.checked += 1
        pending.append((entry, _contexts(entry), set()))
        if len(pending) >= _BATCH:
            settle()
    settle()
    result.unreachable.sort(key=lambda entry: entry.id)
    return result


def longest_tokens(tokenizer: TokenizerLike, count: int = 5) -> list[dict[str, Any]]:
    """The entries with the most characters."""
    import heapq

    best = heapq.nlargest(
        count,
        (entry for entry in entries(tokenizer) if entry.text),
        key=lambda entry: (len(entry.text or ""), -entry.id),
    )
    return [
        {"id": entry.id, "token": entry.token, "text": entry.text, "chars": len(entry.text or "")} for entry in best
    ]
