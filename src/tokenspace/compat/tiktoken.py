"""tiktoken's functions and Encoding class (0.14), over this package's engine.

>>> import tokenspace.compat.tiktoken as tiktoken
>>> enc = tiktoken.get_encoding("cl100k_base")  # doctest: +SKIP
"""

from __future__ import annotations

import re
import threading
from collections.abc import Collection, Iterable, Sequence
from collections.abc import Set as AbstractSet
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any, Literal, NoReturn

from ..errors import SpecialTokenError
from ..tokenizers.source import Source, build
from ..tokenizers.tiktoken_files import read_encoding, to_tiktoken_lines
from ..tokenizers.tiktoken_names import ENCODINGS, PATTERNS, encoding_name_for_model

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

__all__ = [
    "Encoding",
    "encoding_for_model",
    "encoding_name_for_model",
    "get_encoding",
    "list_encoding_names",
]

_Allowed = Literal["all"] | AbstractSet[str]
_Disallowed = Literal["all"] | Collection[str]
_lock = threading.RLock()
_loaded: dict[str, Encoding] = {}


@lru_cache(maxsize=128)
def _matcher(tokens: frozenset[str]) -> re.Pattern[str]:
    # Longest first: tiktoken's own alternation has no defined order, which this one refines.
    return re.compile("|".join(re.escape(token) for token in sorted(tokens, key=len, reverse=True)) or r"(?!)")


def _refuse(token: str) -> NoReturn:
    raise SpecialTokenError(
        f"Encountered text corresponding to disallowed special token {token!r}.\n"
        "If you want this text to be encoded as a special token, "
        f"pass it to `allowed_special`, e.g. `allowed_special={{{token!r}, ...}}`.\n"
        "If you want this text to be encoded as normal text, disable the check for this token "
        f"by passing `disallowed_special=(enc.special_tokens_set - {{{token!r}}})`.\n"
        "To disable this check for all special tokens, pass `disallowed_special=()`.\n"
    )


def _joined(text: str) -> str:
    """Surrogate pairs become their character, lone surrogates U+FFFD, as in tiktoken."""
    if text.isascii():
        return text
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


class Encoding:
    """A byte-level BPE with special tokens. Constructor and methods as tiktoken.Encoding."""

    def __init__(
        self,
        name: str,
        *,
        pat_str: str,
        mergeable_ranks: dict[bytes, int],
        special_tokens: dict[str, int],
        explicit_n_vocab: int | None = None,
    ) -> None:
        self._init(name, pat_str, to_tiktoken_lines(mergeable_ranks), dict(special_tokens))
        self._ranks: dict[bytes, int] | None = dict(mergeable_ranks)
        if explicit_n_vocab:
            assert len(mergeable_ranks) + len(special_tokens) == explicit_n_vocab
            assert self.max_token_value == explicit_n_vocab - 1

    def _init(self, name: str, pat_str: str, lines: bytes, special_tokens: dict[str, int]) -> None:
        from .. import _core

        self.name = name
        self._pat_str = pat_str
        self._lines = lines
        self._special_tokens = special_tokens
        self._special_token_values = set(special_tokens.values())
        self._core = build(Source("tiktoken", name, (lines,), {"pattern": pat_str, "special": special_tokens}))
        self.max_token_value = int(self._core.id_bound) - 1
        self._ordinary = _core.Options(False, "as_text")
        self._all = _core.Options(False, "allow")

    @classmethod
    def _of_lines(cls, name: str, pat_str: str, lines: bytes, special_tokens: dict[str, int]) -> Encoding:
        self = cls.__new__(cls)
        self._init(name, pat_str, lines, special_tokens)
        self._ranks = None
        return self

    def __repr__(self) -> str:
        return f"<Encoding {self.name!r}>"

    def __reduce__(self) -> Any:
        if _loaded.get(self.name) is self:
            return (get_encoding, (self.name,))
        return (Encoding._of_lines, (self.name, self._pat_str, self._lines, self._special_tokens))

    @cached_property
    def _mergeable_ranks(self) -> dict[bytes, int]:
        if self._ranks is not None:
            return self._ranks
        import base64

        rows = (line.split() for line in self._lines.splitlines() if line)
        return {base64.b64decode(token): int(rank) for token, rank in rows}

    # ---- encoding ----
    def _check(self, text: str, allowed: _Allowed, disallowed: _Disallowed) -> AbstractSet[str]:
        """The allowed set; raises when the text holds a disallowed token."""
        if isinstance(allowed, str) and allowed == "all":
            allowed = self.special_tokens_set
        if isinstance(disallowed, str) and disallowed == "all":
            disallowed = self.special_tokens_set - allowed
        if disallowed and (found := _matcher(frozenset(disallowed)).search(text)):
            _refuse(found.group())
        return allowed

    def _encode(self, text: str, allowed: AbstractSet[str]) -> list[int]:
        text = _joined(text)
        if not allowed:
            return self._core.encode_list(text, self._ordinary)  # type: ignore[no-any-return]
        if allowed >= self.special_tokens_set:
            return self._core.encode_list(text, self._all)  # type: ignore[no-any-return]
        return [id for part in self._parts(text, allowed) for id in part]

    def _parts(self, text: str, allowed: AbstractSet[str]) -> Iterable[list[int]]:
        begin = 0
        for found in _matcher(frozenset(self.special_tokens_set)).finditer(text):
            if found.group() in allowed:
                yield self._core.encode_list(text[begin : found.start()], self._ordinary)
                yield [self._special_tokens[found.group()]]
                begin = found.end()
        yield self._core.encode_list(text[begin:], self._ordinary)

    def encode_ordinary(self, text: str) -> list[int]:
        """Ids; special tokens in the text are ordinary text."""
        return self._core.encode_list(_joined(text), self._ordinary)  # type: ignore[no-any-return]

    def encode(
        self, text: str, *, allowed_special: _Allowed = frozenset(), disallowed_special: _Disallowed = "all"
    ) -> list[int]:
        """Ids; raises ValueError for a disallowed special token in the text (by default any)."""
        return self._encode(text, self._check(text, allowed_special, disallowed_special))

    def encode_to_numpy(
        self, text: str, *, allowed_special: _Allowed = frozenset(), disallowed_special: _Disallowed = "all"
    ) -> npt.NDArray[np.uint32]:
        """The same as a uint32 array."""
        import numpy as np

        allowed = self._check(text, allowed_special, disallowed_special)
        if allowed and not allowed >= self.special_tokens_set:
            return np.asarray(self._encode(text, allowed), dtype=np.uint32)
        options = self._all if allowed else self._ordinary
        return self._core.encode_array(_joined(text), options)  # type: ignore[no-any-return]

    def encode_ordinary_batch(self, text: list[str], *, num_threads: int = 8) -> list[list[int]]:
        """Ids of many texts; special tokens are ordinary text."""
        return self._core.encode_batch_lists(  # type: ignore[no-any-return]
            [_joined(t) for t in text], self._ordinary, num_threads
        )

    def encode_batch(
        self,
        text: list[str],
        *,
        num_threads: int = 8,
        allowed_special: _Allowed = frozenset(),
        disallowed_special: _Disallowed = "all",
    ) -> list[list[int]]:
        """Ids of many texts."""
        allowed: AbstractSet[str] = frozenset()
        for one in text:
            allowed = self._check(one, allowed_special, disallowed_special)
        if allowed and not allowed >= self.special_tokens_set:
            return [self._encode(one, allowed) for one in text]
        options = self._all if allowed else self._ordinary
        return self._core.encode_batch_lists(  # type: ignore[no-any-return]
            [_joined(t) for t in text], options, num_threads
        )

    def encode_with_unstable(
        self, text: str, *, allowed_special: _Allowed = frozenset(), disallowed_special: _Disallowed = "all"
    ) -> tuple[list[int], list[list[int]]]:
        """Ids that further text cannot change, and the ways the rest of the text may come to be encoded."""
        from .tiktoken_unstable import encode_with_unstable

        allowed = self._check(text, allowed_special, disallowed_special)
        return encode_with_unstable(self, _joined(text), allowed)

    def encode_single_token(self, text_or_bytes: str | bytes) -> int:
        """Id of a text that is one token, special or not; KeyError otherwise."""
        piece = text_or_bytes.encode("utf-8") if isinstance(text_or_bytes, str) else text_or_bytes
        rank = self._mergeable_ranks.get(piece)
        if rank is None:
            try:
                return self._special_tokens[piece.decode("utf-8")]
            except (KeyError, UnicodeDecodeError):
                raise KeyError(piece) from None
        return rank

    def _encode_single_piece(self, text_or_bytes: str | bytes) -> list[int]:
        piece = text_or_bytes.encode("utf-8") if isinstance(text_or_bytes, str) else text_or_bytes
        return [id for id, _, _ in self._core.model_tokenize(piece)]

    def _encode_bytes(self, text: bytes) -> list[int]:
        from .tiktoken_unstable import encode_bytes

        return encode_bytes(self, text)

    # ---- decoding ----
    def _token_bytes(self, token: int) -> bytes:
        data = self._core.id_to_bytes(token) if 0 <= token < 1 << 32 else None
        if data is None:
            raise KeyError(f"Invalid token for decoding: {token}")
        return bytes(data)

    def decode_bytes(self, tokens: Sequence[int]) -> bytes:
        """Bytes of ids; KeyError for an id without a token."""
        return b"".join([self._token_bytes(int(token)) for token in tokens])

    def decode(self, tokens: Sequence[int], errors: str = "replace") -> str:
        """Text of ids; ``errors`` as bytes.decode."""
        return self.decode_bytes(tokens).decode("utf-8", errors=errors)

    def decode_single_token_bytes(self, token: int) -> bytes:
        """Bytes of one id; KeyError for an id without a token."""
        return self._token_bytes(token)

    def decode_tokens_bytes(self, tokens: Sequence[int]) -> list[bytes]:
        """Bytes of each id."""
        return [self._token_bytes(token) for token in tokens]

    def decode_with_offsets(self, tokens: Sequence[int]) -> tuple[str, list[int]]:
        """Text, and for each id the code point at which it begins (the one it is part of, when it begins inside)."""
        parts = self.decode_tokens_bytes(tokens)
        offsets = []
        length = 0
        for part in parts:
            inside = 0x80 <= part[0] < 0xC0
            offsets.append(max(0, length - inside))
            length += sum(not 0x80 <= byte < 0xC0 for byte in part)
        return b"".join(parts).decode("utf-8", errors="strict"), offsets

    def decode_batch(
        self, batch: Sequence[Sequence[int]], *, errors: str = "replace", num_threads: int = 8
    ) -> list[str]:
        """Texts of many lists of ids."""
        return [self.decode(tokens, errors) for tokens in batch]

    def decode_bytes_batch(self, batch: Sequence[Sequence[int]], *, num_threads: int = 8) -> list[bytes]:
        """Bytes of many lists of ids."""
        return [self.decode_bytes(tokens) for tokens in batch]

    # ---- the vocabulary ----
    @cached_property
    def _sorted_token_bytes(self) -> list[bytes]:
        return sorted(self._mergeable_ranks)

    def token_byte_values(self) -> list[bytes]:
        """Bytes of every mergeable token, sorted."""
        return list(self._sorted_token_bytes)

    @property
    def eot_token(self) -> int:
        """Id of <|endoftext|>."""
        return self._special_tokens["<|endoftext|>"]

    @cached_property
    def special_tokens_set(self) -> set[str]:
        """Texts of the special tokens."""
        return set(self._special_tokens)

    def is_special_token(self, token: int) -> bool:
        """True for the id of a special token."""
        return token in self._special_token_values

    @property
    def n_vocab(self) -> int:
        """max_token_value + 1."""
        return self.max_token_value + 1


def get_encoding(encoding_name: str) -> Encoding:
    """One of tiktoken's encodings by name, from its cache or by download."""
    if not isinstance(encoding_name, str):
        raise ValueError(f"Expected a string in get_encoding, got {type(encoding_name)}")
    with _lock:
        if encoding_name not in _loaded:
            if encoding_name not in ENCODINGS:
                raise ValueError(f"Unknown encoding {encoding_name}; known: {', '.join(ENCODINGS)}")
            known = ENCODINGS[encoding_name]
            lines = read_encoding(encoding_name)
            _loaded[encoding_name] = Encoding._of_lines(
                encoding_name, PATTERNS[known.pattern], lines, dict(known.special)
            )
        return _loaded[encoding_name]


def encoding_for_model(model_name: str) -> Encoding:
    """The encoding a model uses; KeyError when the name is not known."""
    return get_encoding(encoding_name_for_model(model_name))


def list_encoding_names() -> list[str]:
    """Names get_encoding knows."""
    return list(ENCODINGS)
