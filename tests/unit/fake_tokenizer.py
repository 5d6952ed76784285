"""Two tokenizers small enough to check by eye: bytes, and lower-cased words with an unknown token."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import numpy as np


@dataclass
class FakeEncoding:
    ids: list[int] = field(default_factory=list)
    tokens: list[str] = field(default_factory=list)
    offsets: list[tuple[int, int]] = field(default_factory=list)
    special_tokens_mask: list[int] = field(default_factory=list)

    def add(self, number: int, token: str, start: int, end: int, special: int = 0) -> None:
        self.ids.append(number)
        self.tokens.append(token)
        self.offsets.append((start, end))
        self.special_tokens_mask.append(special)


class FakeBatch:
    def __init__(self, rows: list[FakeEncoding], spans: bool) -> None:
        self.ids = np.array([number for row in rows for number in row.ids], dtype=np.uint32)
        self.row_offsets = np.cumsum([0] + [len(row.ids) for row in rows])
        flat = [span for row in rows for span in row.offsets]
        self.spans = np.array(flat, dtype=np.uint32).reshape(-1, 2) if spans else None
        self._rows = rows

    def to_list(self) -> list[list[int]]:
        return [row.ids for row in self._rows]


class _Fake:
    all_special_ids: tuple[int, ...] = ()
    unk_token_id: int | None = None
    kind = ""
    name = "fake"

    def no_truncation(self):
        pass

    def no_padding(self):
        pass

    def encode(self, text, pair=None, *, add_special_tokens=True, special_tokens="allow"):
        raise NotImplementedError

    def encode_batch(
        self, texts, pairs=None, *, threads=None, offsets=None, add_special_tokens=True, special_tokens="allow"
    ):
        return FakeBatch(
            [self.encode(text, add_special_tokens=add_special_tokens) for text in texts], offsets is not None
        )

    def count(self, text, *, add_special_tokens=True, special_tokens="allow"):
        return len(self.encode(text, add_special_tokens=add_special_tokens).ids)


class FakeBytes(_Fake):
    """Every UTF-8 byte is a token; the offsets of a byte are its character's."""

    kind, name = "byte", "fake-bytes"

    def encode(self, text, pair=None, *, add_special_tokens=True, special_tokens="allow"):
        encoding = FakeEncoding()
        for index, char in enumerate(text):
            for byte in char.encode():
                encoding.add(byte, f"<0x{byte:02X}>" if byte > 127 else chr(byte), index, index + 1)
        return encoding

    def decode(self, ids, skip_special_tokens=True):
        return bytes(ids).decode("utf-8", "replace")

    def decode_bytes(self, ids):
        return bytes(ids)

    def id_to_token(self, number):
        return f"<0x{number:02X}>" if number > 127 else chr(number)

    def id_to_bytes(self, number):
        return bytes([number])

    def __len__(self):
        return 256


class FakeWords(_Fake):
    """Lower-cased words and marks of a short list; [UNK] for the rest, white space lost, [CLS] and [SEP] around."""

    kind, name = "word", "fake-words"
    words = ("[UNK]", "[CLS]", "[SEP]", "hello", "world", ",", ".", "!", "the", "a", "cat", "Never")
    all_special_ids = (0, 1, 2)
    unk_token_id = 0

    def encode(self, text, pair=None, *, add_special_tokens=True, special_tokens="allow"):
        encoding = FakeEncoding()
        if add_special_tokens:
            encoding.add(1, "[CLS]", 0, 0, 1)
        for match in re.finditer(r"\w+|[^\w\s]", text):
            word = match.group().lower()
            number = self.words.index(word) if word in self.words else 0
            encoding.add(number, self.words[number], match.start(), match.end())
        if add_special_tokens:
            encoding.add(2, "[SEP]", 0, 0, 1)
        return encoding

    def decode(self, ids, skip_special_tokens=True):
        return " ".join(self.words[i] for i in ids if not (skip_special_tokens and i in self.all_special_ids))

    def id_to_token(self, number):
        return self.words[number]

    def id_to_bytes(self, number):
        return self.words[number].encode()

    def __len__(self):
        return len(self.words)
