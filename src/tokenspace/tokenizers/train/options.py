"""What a training is asked for, checked before the corpus is touched."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from typing import Any, Literal

from ...errors import ArgumentError, message
from ...types import AddedToken

__all__ = ["MODELS", "TrainOptions"]

MODELS = ("bpe", "wordpiece", "unigram", "word", "char", "superbpe")
_DEFAULT_PRE_TOKENIZER = {
    "bpe": "gpt2",
    "superbpe": "o200k",
    "wordpiece": "bert",
    "unigram": "sentencepiece",
    "word": "whitespace",
    "char": "none",
}
_DEFAULT_SPECIAL = {
    "wordpiece": ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"),
    "word": ("<unk>",),
    "char": ("<unk>",),
    "sentencepiece": ("<unk>", "<s>", "</s>"),
}
_SIZES = {"k": 1_000, "m": 1_000_000}


@dataclass
class TrainOptions:
    """Parameters of `Tokenizer.train`, under the field's usual names.

    Attributes:
        model: "bpe", "wordpiece", "unigram", "word", "char" or "superbpe".
        vocab_size: entries wanted, special tokens and alphabet included; an int, or "32k".
        min_frequency: rarest pair merged, or rarest word or character kept.
        special_tokens: get the first ids, in this order. None: those usual for the model.
        pre_tokenizer: a preset (see `tokenizers.train.pipelines`), a component of tokenizer.json as dict or object, a
            regular expression, or None for the model's usual one.
        normalizer: "nfc", "nfd", "nfkc", "nfkd", "lowercase", "bert", "nmt_nfkc", "none", a list of them, or a component;
            None: the preset's.
        lowercase, strip_accents: added to the normalizer when True; None: the preset's.
        digits: "individual", "groups" (of three) or None (the preset's).
        initial_alphabet: characters kept whether or not they occur; None: all 256 bytes for byte-level models, else none.
        limit_alphabet: number of characters kept, the most frequent.
        character_coverage: share of the characters of the text to cover; the rest become bytes or unknown.
        max_token_length: longest token learnt, in characters.
        continuing_subword_prefix, end_of_word_suffix: as in the reference's BPE.
        byte_fallback: characters outside the alphabet become bytes ("sentencepiece" models).
        add_prefix_space: a space before the text (byte-level models; "sentencepiece" ones have their dummy prefix).
        tie_breaking: of equally frequent pairs, "huggingface" takes the first by code points of the byte-level
            alphabet, "bytes" the first by byte values.
        unk_token: for text outside the vocabulary; None: the special token that looks like it.
        transition: share of a SuperBPE vocabulary learnt before merges may cross spaces.
        max_token_words: words a SuperBPE token may span.
        seed_size, shrinking_factor, sub_iterations: of the Unigram trainer.
        token_cost: nats that one token more is worth when Unigram prunes; 0 is the references' rule.
        split_by_unicode_script, split_by_number, split_digits: SentencePiece's rules for pieces.
    """

    model: str = "bpe"
    vocab_size: int | str = 16_000
    min_frequency: int = 0
    special_tokens: Sequence[str | AddedToken] | None = None
    pre_tokenizer: Any = None
    normalizer: Any = None
    lowercase: bool | None = None
    strip_accents: bool | None = None
    digits: Literal["individual", "groups"] | None = None
    initial_alphabet: Sequence[str] | None = None
    limit_alphabet: int | None = None
    character_coverage: float | None = None
    max_token_length: int | None = None
    continuing_subword_prefix: str | None = None
    end_of_word_suffix: str | None = None
    byte_fallback: bool = True
    add_prefix_space: bool = False
    tie_breaking: Literal["huggingface", "bytes"] = "huggingface"
    unk_token: str | None = None
    transition: float = 0.75
    max_token_words: int = 4
    seed_size: int = 1_000_000
    shrinking_factor: float = 0.75
    sub_iterations: int = 2
    token_cost: float = 1.0
    split_by_unicode_script: bool = True
    split_by_number: bool = True
    split_digits: bool = False
    special: list[AddedToken] = field(default_factory=list, init=False)

    def __post_init__(self) -> None:
        if self.model not in MODELS:
            raise ArgumentError(message("train", f"model= one of {', '.join(MODELS)}", repr(self.model)))
        self.vocab_size = _size(self.vocab_size)
        if self.pre_tokenizer is None:
            self.pre_tokenizer = _DEFAULT_PRE_TOKENIZER[self.model]
        self._check_numbers()
        self._check_contradictions()
        self.special = self._special()
        if self.vocab_size <= len(self.special):
            raise ArgumentError(
                message(
                    "train",
                    f"vocab_size= more than the {len(self.special)} special tokens",
                    str(self.vocab_size),
                )
            )

    @property
    def is_sentencepiece(self) -> bool:
        """The result is a SentencePiece model: U+2581 for spaces, scores instead of merges."""
        return self.pre_tokenizer == "sentencepiece" and self.model in ("bpe", "unigram")

    def identity(self) -> dict[str, Any]:
        """Everything that decides the result, as JSON: the fingerprint of a checkpoint."""
        values = {entry.name: getattr(self, entry.name) for entry in fields(self) if entry.name != "special"}
        values["special_tokens"] = [token.as_tuple() for token in self.special]
        for name in ("pre_tokenizer", "normalizer"):
            if not isinstance(values[name], (str, dict, list, type(None))):
                values[name] = str(values[name])
        return values

    def _check_numbers(self) -> None:
        limits: tuple[tuple[str, float, float], ...] = (
            ("min_frequency", 0, float("inf")),
            ("limit_alphabet", 1, float("inf")),
            ("max_token_length", 1, float("inf")),
            ("character_coverage", 0.5, 1.0),
            ("transition", 0.05, 1.0),
            ("max_token_words", 1, 1000),
            ("seed_size", 1000, 16_000_000),
            ("shrinking_factor", 0.1, 0.99),
            ("sub_iterations", 1, 100),
            ("token_cost", 0, 100),
        )
        for name, least, most in limits:
            value = getattr(self, name)
            if value is not None and not least <= value <= most:
                bounds = f"at least {least:g}" if most == float("inf") else f"{least:g} to {most:g}"
                raise ArgumentError(message("train", f"{name}= {bounds}", repr(value)))

    def _check_contradictions(self) -> None:
        def refuse(expected: str, received: str, remedy: str = "") -> None:
            raise ArgumentError(message("train", expected, received, remedy))

        if self.tie_breaking not in ("huggingface", "bytes"):
            refuse('tie_breaking= "huggingface" or "bytes"', repr(self.tie_breaking))
        if self.tie_breaking == "bytes" and self.model not in ("bpe", "superbpe"):
            refuse('model="bpe" with tie_breaking="bytes"', f"model={self.model!r}")
        if self.digits not in (None, "individual", "groups"):
            refuse('digits= "individual", "groups" or None', repr(self.digits))
        if self.model == "wordpiece" and self.end_of_word_suffix is not None:
            refuse("no end_of_word_suffix with wordpiece", repr(self.end_of_word_suffix))
        if self.is_sentencepiece and (self.continuing_subword_prefix or self.end_of_word_suffix):
            refuse(
                "no subword prefix or suffix with pre_tokenizer='sentencepiece', which marks spaces",
                repr(self.continuing_subword_prefix or self.end_of_word_suffix),
                "pre_tokenizer='whitespace'",
            )
        if self.limit_alphabet is not None and self.character_coverage is not None:
            refuse("limit_alphabet= or character_coverage=, not both", "both")
        if self.model == "unigram" and self.min_frequency:
            refuse("no min_frequency with unigram, which keeps what explains the text", repr(self.min_frequency))
        if self.model in ("word", "char") and self.max_token_length is not None:
            refuse("no max_token_length with whole words or characters", repr(self.max_token_length))

    def _special(self) -> list[AddedToken]:
        given = self.special_tokens
        if given is None:
            given = (
                _DEFAULT_SPECIAL["sentencepiece" if self.is_sentencepiece else self.model]
                if (self.is_sentencepiece or self.model in _DEFAULT_SPECIAL)
                else ()
            )
        if isinstance(given, str):
            raise ArgumentError(
                message("train", "special_tokens= a list of tokens", f"the string {given!r}", f"[{given!r}]")
            )
        tokens = [AddedToken.of(token, special=True) for token in given]
        seen: set[str] = set()
        for token in tokens:
            if not token.content:
                raise ArgumentError(message("train", "special tokens with text", "an empty one"))
            if token.content in seen:
                raise ArgumentError(message("train", "different special tokens", f"{token.content!r} twice"))
            seen.add(token.content)
        unk = self.unk_token
        if unk is not None and unk not in seen:
            tokens.insert(0, AddedToken(unk, special=True))
        return tokens


def _size(value: int | str) -> int:
    """``"32k"`` -> 32000."""
    if isinstance(value, str):
        text = value.strip().lower().replace("_", "")
        factor = _SIZES.get(text[-1:], 1)
        try:
            value = round(float(text[:-1] if factor > 1 else text) * factor)
        except ValueError:
            raise ArgumentError(message("train", "vocab_size= a number such as 16000 or 32k", repr(value))) from None
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= 2**31:
        raise ArgumentError(message("train", "vocab_size= 1 to 2^31", repr(value)))
    return value
