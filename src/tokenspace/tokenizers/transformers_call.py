"""Calling a tokenizer the transformers way: padding and truncation rules, and the dict of model inputs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..errors import ArgumentError, message
from .batch_encoding import BatchEncoding
from .encoding import Encoding
from .settings import STRATEGIES, Padding, Truncation, native

if TYPE_CHECKING:
    from .tokenizer import Tokenizer

__all__ = ["BatchEncoding", "Request", "call", "strategies"]

_PADDINGS = ("longest", "max_length", "do_not_pad")


@dataclass
class Request:
    """The arguments of a call that say what is returned."""

    return_tensors: str | None = None
    return_token_type_ids: bool | None = None
    return_attention_mask: bool | None = None
    return_overflowing_tokens: bool = False
    return_special_tokens_mask: bool = False
    return_offsets_mapping: bool = False
    return_length: bool = False


def strategies(
    tok: Tokenizer,
    padding: bool | str,
    truncation: bool | str | None,
    max_length: int | None,
    stride: int = 0,
    pad_to_multiple_of: int | None = None,
    padding_side: str | None = None,
) -> tuple[Truncation | None, Padding | None]:
    """Truncation and padding of one call.

    max_length alone means truncation. Without max_length the model's limit is used; a model without one is neither cut
    nor padded to a length.
    """
    if max_length is not None and padding is False and truncation is None:
        truncation = True
    padding = "longest" if padding is True else "do_not_pad" if padding is False else getattr(padding, "value", padding)
    if padding not in _PADDINGS:
        raise ArgumentError(message("padding", f"True, False or one of {', '.join(_PADDINGS)}", repr(padding)))
    strategy = getattr(truncation, "value", truncation)
    if strategy is True:
        strategy = "longest_first"
    elif strategy in (False, None, "do_not_truncate"):
        strategy = None
    elif strategy not in STRATEGIES:
        raise ArgumentError(message("truncation", f"True, False or one of {', '.join(STRATEGIES)}", repr(strategy)))
    if max_length is None and (padding == "max_length" or strategy is not None):
        max_length = tok.model_max_length
        if max_length is None:
            padding = "do_not_pad" if padding == "max_length" else padding
            strategy = None
    if padding != "do_not_pad" and tok.pad_token_id is None:
        raise ArgumentError(
            message(
                "padding",
                "a padding token",
                f"none in {tok.name!r}",
                "tok.pad_token = tok.eos_token, or tok.add_special_tokens({'pad_token': '[PAD]'})",
            )
        )
    both = strategy is not None and padding != "do_not_pad"
    if both and pad_to_multiple_of and max_length is not None and max_length % pad_to_multiple_of:
        raise ArgumentError(
            message("padding", f"max_length a multiple of pad_to_multiple_of {pad_to_multiple_of}", str(max_length))
        )
    cut = None
    if strategy is not None and max_length is not None:
        cut = Truncation(max_length, stride, strategy, tok.truncation_side)
    pad = None
    if padding != "do_not_pad":
        assert tok.pad_token is not None
        assert tok.pad_token_id is not None
        length = max_length if padding == "max_length" else None
        side = padding_side or tok.padding_side
        pad = Padding(length, side, pad_to_multiple_of, tok.pad_token_id, 0, tok.pad_token)
    return cut, pad


def _is_words(value: Any) -> bool:
    return isinstance(value, (list, tuple))


def _inputs(text: Any, text_pair: Any, is_split: bool) -> tuple[list[tuple[Any, Any]], bool]:
    """((text, pair or None), ...) and whether it was a batch."""
    batched = _is_words(text) and (not is_split or (len(text) > 0 and _is_words(text[0])))
    if not batched:
        return [(text, text_pair if text_pair else None)], False
    if text_pair is None:
        if is_split:
            # A batch of (words, words) pairs is given as tuples of two lists.
            return [
                (t[0], t[1]) if len(t) == 2 and all(_is_words(part) for part in t) else (t, None) for t in text
            ], True
        return [(t[0], t[1]) if _is_words(t) and len(t) == 2 else (t, None) for t in text], True
    if isinstance(text_pair, str) or not _is_words(text_pair):
        raise ArgumentError(message("text_pair", "a list as long as text", type(text_pair).__name__))
    if len(text) != len(text_pair):
        raise ArgumentError(message("text_pair", f"{len(text)} texts, one for each text", str(len(text_pair))))
    return list(zip(text, text_pair, strict=True)), True


def _rows(tok: Tokenizer, encodings: list[Encoding], request: Request) -> dict[str, Any]:
    names = tok.model_input_names
    types = "token_type_ids" in names if request.return_token_type_ids is None else request.return_token_type_ids
    mask = "attention_mask" in names if request.return_attention_mask is None else request.return_attention_mask
    out: dict[str, Any] = {"input_ids": [e.ids for e in encodings]}
    if types:
        out["token_type_ids"] = [e.type_ids for e in encodings]
    if mask:
        out["attention_mask"] = [e.attention_mask for e in encodings]
    if request.return_special_tokens_mask:
        out["special_tokens_mask"] = [e.special_tokens_mask for e in encodings]
    if request.return_offsets_mapping:
        out["offset_mapping"] = [e.offsets for e in encodings]
    if request.return_length:
        out["length"] = [len(e) for e in encodings]
    return out


def call(
    tok: Tokenizer,
    text: Any,
    text_pair: Any,
    add_special_tokens: bool,
    truncation: Truncation | None,
    padding: Padding | None,
    is_split_into_words: bool,
    special_tokens: str | None,
    request: Request,
) -> BatchEncoding:
    """Encodes and gives model inputs: lists of lists for a batch, lists for one text."""
    from .. import _core

    inputs, batched = _inputs(text, text_pair, is_split_into_words)
    options = _core.Options(
        add_special_tokens,
        special_tokens or tok._default_special,
        truncation=native(truncation),
        padding=native(padding),
    )
    encodings = tok._encode_many(inputs, options, is_split_into_words)
    mapping: list[int] = []
    if request.return_overflowing_tokens:
        flat: list[Encoding] = []
        for i, encoding in enumerate(encodings):
            parts = [encoding, *encoding.overflowing]
            flat += parts
            mapping += [i] * len(parts)
        encodings = flat
    data = _rows(tok, encodings, request)
    if request.return_overflowing_tokens:
        data["overflow_to_sample_mapping"] = mapping
    elif not batched and request.return_tensors is None:
        data = {name: rows[0] if isinstance(rows[0], list) else rows for name, rows in data.items()}
    return BatchEncoding(data, encodings, not batched).convert_to_tensors(request.return_tensors)
