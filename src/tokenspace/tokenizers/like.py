"""What compare, report and chunk ask of a tokenizer: `tokenspace.Tokenizer` has it all, and so may an object of yours."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Protocol, TypeAlias, TypeVar

T = TypeVar("T")


class TokenizerLike(Protocol):
    """The methods used; signatures as in `tokenspace.Tokenizer`."""

    def encode(self, text: str, *, add_special_tokens: bool = True) -> Any: ...

    def encode_batch(
        self, texts: Sequence[str], *, threads: int | None = None, offsets: str | None = None,
        add_special_tokens: bool = True,
    ) -> Any: ...  # fmt: skip

    def count(self, text: str, *, add_special_tokens: bool = True) -> int: ...

    def decode(self, ids: Sequence[int], skip_special_tokens: bool = True) -> str: ...

    def id_to_token(self, id: int) -> str | None: ...

    def id_to_bytes(self, id: int) -> bytes | None: ...

    def __len__(self) -> int: ...

    def no_truncation(self) -> None: ...

    def no_padding(self) -> None: ...


Choice: TypeAlias = "str | TokenizerLike | tuple[str, TokenizerLike]"
Choices: TypeAlias = "Iterable[Choice] | Choice | None"


def resolve(tokenizers: Choices) -> list[tuple[str, TokenizerLike]]:
    """(name, tokenizer) pairs of what a caller named: objects, names, paths or such pairs, one or many.

    None is the six embedded tokenizers. Equal names are told apart by a number, so that rows of a table stay distinct.
    """
    if tokenizers is None:
        tokenizers = EMBEDDED
    many: Iterable[Any]
    if isinstance(tokenizers, str) or hasattr(tokenizers, "encode_batch") or not isinstance(tokenizers, Iterable):
        many = [tokenizers]
    else:
        many = tokenizers
    pairs: list[tuple[str, TokenizerLike]] = []
    seen: dict[str, int] = {}
    for item in many:
        if isinstance(item, tuple):
            name, tokenizer = item
        elif isinstance(item, str):
            import tokenspace

            name, tokenizer = item, tokenspace.Tokenizer.from_pretrained(item)
        else:
            tokenizer, name = item, str(getattr(item, "name", None) or type(item).__name__)
        seen[name] = seen.get(name, 0) + 1
        pairs.append((name if seen[name] == 1 else f"{name} ({seen[name]})", _unbounded(tokenizer)))
    return pairs


def _unbounded(tokenizer: TokenizerLike) -> TokenizerLike:
    """A view of ``tokenizer`` that neither truncates nor pads; the caller's own settings stay as they are."""
    if getattr(tokenizer, "truncation", None) is None and getattr(tokenizer, "padding", None) is None:
        return tokenizer
    view = own_settings(tokenizer)
    view.no_truncation()
    view.no_padding()
    return view


def own_settings(tokenizer: T) -> T:
    """The same tokenizer, sharing its vocabulary, with settings and added tokens of its own."""
    view = object.__new__(type(tokenizer))
    view.__dict__.update(tokenizer.__dict__)
    return view


EMBEDDED = tuple(f"tokenspace/{kind}" for kind in ("bpe", "wordpiece", "unigram", "word", "char", "byte"))


def unknown_id(tokenizer: TokenizerLike) -> int | None:
    """Id that stands for what the vocabulary lacks; None for a tokenizer that can spell everything.

    The role is asked first. Files without roles are probed: two unrelated private-use characters give the same single id.
    """
    named = getattr(tokenizer, "unk_token_id", None)
    if named is not None:
        return int(named)
    seen = []
    for rare in ("\U000f1234", "\U0010f0f3"):
        ids = plain_ids(tokenizer, rare)
        text = rare.encode()
        seen.append({token for token in ids if (tokenizer.id_to_bytes(token) or b"") not in text} if ids else set())
    common = seen[0] & seen[1]
    return int(common.pop()) if len(common) == 1 else None


def plain_ids(tokenizer: TokenizerLike, text: str) -> list[int]:
    """Ids of ``text`` without the tokens a template adds."""
    return [int(token) for token in tokenizer.encode(text, add_special_tokens=False).ids]
