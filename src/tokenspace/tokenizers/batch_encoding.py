"""BatchEncoding: what calling a tokenizer gives, with transformers' names."""

from __future__ import annotations

from typing import Any

from ..errors import ArgumentError, UnsupportedError, message
from .encoding import Encoding

__all__ = ["BatchEncoding"]


class BatchEncoding(dict[str, Any]):
    """A dict of model inputs ("input_ids", "attention_mask", ...) that remembers the encodings behind them.

    Keys are also attributes. Methods that take positions accept (batch_index, position) or, for a single text, (position).
    """

    def __init__(self, data: dict[str, Any], encodings: list[Encoding] | None = None, single: bool = False) -> None:
        super().__init__(data)
        self._encodings = encodings
        self._single = single

    def __getattr__(self, name: str) -> Any:
        try:
            return self[name]
        except KeyError:
            raise AttributeError(name) from None

    def __getitem__(self, key: Any) -> Any:
        if isinstance(key, int):
            return self._encoding(key)
        if isinstance(key, slice):
            return {name: value[key] for name, value in self.items()}
        return super().__getitem__(key)

    def __reduce__(self) -> Any:
        # The encodings refer to texts and native memory; the inputs are what is worth sending elsewhere.
        return (BatchEncoding, (dict(self), None, self._single))

    @property
    def data(self) -> dict[str, Any]:
        """The inputs as a dict."""
        return self

    @property
    def is_fast(self) -> bool:
        """Always True: encodings are at hand."""
        return True

    @property
    def encodings(self) -> list[Encoding] | None:
        """One Encoding a row."""
        return self._encodings

    @property
    def n_sequences(self) -> int | None:
        """1 for texts, 2 for pairs."""
        return self._encodings[0].n_sequences if self._encodings else None

    def _encoding(self, index: int) -> Encoding:
        if self._encodings is None:
            raise ArgumentError(message("BatchEncoding", "a result of calling a tokenizer", "one without encodings"))
        return self._encodings[index]

    def _at(self, first: int, second: int | None) -> tuple[Encoding, int]:
        return (self._encoding(0), first) if second is None else (self._encoding(first), second)

    def tokens(self, batch_index: int = 0) -> list[str]:
        """Token texts of a row."""
        return self._encoding(batch_index).tokens

    def word_ids(self, batch_index: int = 0) -> list[int | None]:
        """Word of each token of a row."""
        return self._encoding(batch_index).word_ids

    def sequence_ids(self, batch_index: int = 0) -> list[int | None]:
        """Which text each token of a row comes from."""
        return self._encoding(batch_index).sequence_ids

    def token_to_sequence(self, batch_or_token_index: int, token_index: int | None = None) -> int | None:
        """Which text a token comes from."""
        encoding, token = self._at(batch_or_token_index, token_index)
        return encoding.token_to_sequence(token)

    def token_to_word(self, batch_or_token_index: int, token_index: int | None = None) -> int | None:
        """The word of a token."""
        encoding, token = self._at(batch_or_token_index, token_index)
        return encoding.token_to_word(token)

    def token_to_chars(self, batch_or_token_index: int, token_index: int | None = None) -> tuple[int, int] | None:
        """Code points of a token in its text."""
        encoding, token = self._at(batch_or_token_index, token_index)
        return encoding.token_to_chars(token)

    def char_to_token(
        self, batch_or_char_index: int, char_index: int | None = None, sequence_index: int = 0
    ) -> int | None:
        """The token that covers a code point."""
        encoding, char = self._at(batch_or_char_index, char_index)
        return encoding.char_to_token(char, sequence_index)

    def char_to_word(
        self, batch_or_char_index: int, char_index: int | None = None, sequence_index: int = 0
    ) -> int | None:
        """The word that covers a code point."""
        encoding, char = self._at(batch_or_char_index, char_index)
        return encoding.char_to_word(char, sequence_index)

    def word_to_tokens(
        self, batch_or_word_index: int, word_index: int | None = None, sequence_index: int = 0
    ) -> tuple[int, int] | None:
        """Tokens of a word."""
        encoding, word = self._at(batch_or_word_index, word_index)
        return encoding.word_to_tokens(word, sequence_index)

    def word_to_chars(
        self, batch_or_word_index: int, word_index: int | None = None, sequence_index: int = 0
    ) -> tuple[int, int] | None:
        """Code points of a word."""
        encoding, word = self._at(batch_or_word_index, word_index)
        return encoding.word_to_chars(word, sequence_index)

    def convert_to_tensors(self, tensor_type: str | None = None, prepend_batch_axis: bool = False) -> BatchEncoding:
        """Turns every value into an int64 NumPy array ("np") or torch tensor ("pt"), in place."""
        if tensor_type is None:
            return self
        make = _tensor_maker(tensor_type)
        for name, value in self.items():
            self[name] = make(name, [value] if prepend_batch_axis else value)
        return self

    def to(self, device: Any, *, non_blocking: bool = False) -> BatchEncoding:
        """Moves torch tensors to a device; other values stay."""
        for name, value in self.items():
            if hasattr(value, "to"):
                self[name] = value.to(device=device, non_blocking=non_blocking)
        return self


def _tensor_maker(tensor_type: str) -> Any:
    if tensor_type == "np":
        import numpy as np

        def make(name: str, value: Any) -> Any:
            try:
                return np.asarray(value, dtype=None if np.size(value) else np.int64)
            except ValueError as error:
                raise ArgumentError(_ragged(name)) from error

        return make
    if tensor_type == "pt":
        try:
            import torch
        except ImportError as error:
            raise UnsupportedError(
                message("return_tensors='pt'", "PyTorch to be installed", "none", "pip install torch, or 'np'")
            ) from error

        def make_torch(name: str, value: Any) -> Any:
            try:
                return value if torch.is_tensor(value) else torch.tensor(value, dtype=torch.int64)
            except ValueError as error:
                raise ArgumentError(_ragged(name)) from error

        return make_torch
    raise ArgumentError(message("return_tensors", "None, 'np' or 'pt'", repr(tensor_type)))


def _ragged(name: str) -> str:
    return message(
        "return_tensors", "rows of one length", f"rows of several in {name}", "padding=True and truncation=True"
    )
