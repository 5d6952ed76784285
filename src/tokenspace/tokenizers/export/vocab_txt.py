"""Writing vocab.txt: WordPiece with BERT's pipeline, an entry a line."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from .agreement import check_agreement
from .parts import Parts, refusal

if TYPE_CHECKING:
    from ..tokenizer import Tokenizer

__all__ = ["vocab_txt_bytes", "vocab_txt_settings"]

_FORMAT = "vocab.txt"
_ROLES = {"unk": "unk_token", "sep": "sep_token", "cls": "cls_token", "pad": "pad_token", "mask": "mask_token"}


def vocab_txt_settings(tokenizer: Tokenizer) -> dict[str, Any]:
    """What the file does not say: the options with which ``Tokenizer.from_file`` opens it as the same tokenizer
    (lowercase, tokenize_chinese_chars, strip_accents, unk, sep, cls, pad, mask).

    Raises UnsupportedError for a pipeline that is not BERT's.
    """
    parts = Parts.of(tokenizer, _FORMAT, "WordPiece")
    kinds = [step["type"] for step in parts.normalizer]
    if kinds != ["BertNormalizer"] or not parts.normalizer[0].get("clean_text", True):
        raise refusal(_FORMAT, "BertNormalizer with clean_text", ", ".join(kinds) or "no normalizer")
    kinds = [step["type"] for step in parts.pre_tokenizer]
    if kinds != ["BertPreTokenizer"]:
        raise refusal(_FORMAT, "BertPreTokenizer", ", ".join(kinds) or "no pre-tokenizer")
    normalizer = parts.normalizer[0]
    settings = {
        "lowercase": bool(normalizer.get("lowercase", True)),
        "tokenize_chinese_chars": bool(normalizer.get("handle_chinese_chars", True)),
        "strip_accents": normalizer.get("strip_accents"),
    }
    for short, role in _ROLES.items():
        token = tokenizer.special_tokens.get(role)
        if token is not None:
            settings[short] = token
    settings["unk"] = parts.model["unk_token"]
    return settings


def vocab_txt_bytes(tokenizer: Tokenizer) -> bytes:
    """The lines; ``vocab_txt_settings`` are what they are read with.

    Raises UnsupportedError when the model is no WordPiece with "##" and words of 100 characters, when ids have gaps, when
    an entry holds a line end, or when tokens were added that the file cannot mark as such.
    """
    parts = Parts.of(tokenizer, _FORMAT, "WordPiece")
    model = parts.model
    if model.get("continuing_subword_prefix", "##") != "##":
        raise refusal(_FORMAT, "the prefix ##", repr(model["continuing_subword_prefix"]))
    if model.get("max_input_chars_per_word", 100) != 100:
        raise refusal(_FORMAT, "words of at most 100 characters", str(model["max_input_chars_per_word"]))
    settings = vocab_txt_settings(tokenizer)
    entries = {id: token for token, id in parts.vocab.items()}
    if sorted(entries) != list(range(len(entries))):
        raise refusal(_FORMAT, "ids from 0 without gaps", f"{len(entries)} entries up to id {max(entries)}")
    for id, token in entries.items():
        if not token or "\n" in token or "\r" in token:
            raise refusal(_FORMAT, "entries that fit a line", f"{token!r} (id {id})")
    data = "".join(f"{entries[id]}\n" for id in range(len(entries))).encode("utf-8")
    again = type(tokenizer).from_bytes(data, "vocab.txt", "vocab.txt", **settings)
    other = next((token for token, id in parts.vocab.items() if again.token_to_id(token) != id), None)
    if other is not None:
        raise refusal(_FORMAT, "entries that lines give back", repr(other))
    for id, added in tokenizer.added_tokens.items():
        if again.added_tokens.get(id) != added:
            raise refusal(
                _FORMAT, f"no added tokens but {', '.join(again.added_tokens_encoder)}", f"{added.content!r} (id {id})"
            )
    check_agreement(_FORMAT, tokenizer, again)
    return data


def vocab_txt_config(tokenizer: Tokenizer) -> bytes:
    """A tokenizer_config.json that makes a folder with the file open as the same tokenizer."""
    settings = vocab_txt_settings(tokenizer)
    config = {
        "tokenizer_class": "BertTokenizer",
        "do_lower_case": settings["lowercase"],
        "tokenize_chinese_chars": settings["tokenize_chinese_chars"],
        "strip_accents": settings["strip_accents"],
        **{role: settings[short] for short, role in _ROLES.items() if short in settings},
    }
    return json.dumps(config, ensure_ascii=False, indent=2).encode("utf-8")
