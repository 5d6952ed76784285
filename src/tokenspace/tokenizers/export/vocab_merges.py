"""Writing vocab.json and merges.txt: byte-level BPE split by GPT-2's pattern."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from .agreement import check_agreement
from .parts import Parts, refusal
from .rank_order import OrderError, check_rank_order

if TYPE_CHECKING:
    from ..tokenizer import Tokenizer

__all__ = ["vocab_merges_bytes"]

_FORMAT = "vocab.json"


def vocab_merges_bytes(tokenizer: Tokenizer) -> tuple[bytes, bytes, bytes]:
    """vocab.json, merges.txt, and the tokenizer_config.json that makes a folder with both open as the same tokenizer.

    Raises UnsupportedError when the model is no plain byte-level BPE, or when text is not split as GPT-2 splits it: the
    two files say nothing about that.
    """
    parts = Parts.of(tokenizer, _FORMAT, "BPE")
    parts.require_plain_bpe(_FORMAT)
    for option in ("unk_token", "byte_fallback"):
        if parts.model.get(option):
            raise refusal(_FORMAT, f"a model without {option}", repr(parts.model[option]))
    if parts.normalizer:
        raise refusal(_FORMAT, "text taken as it is", f"a normalizer ({parts.normalizer[0]['type']})")
    prefix = _add_prefix_space(parts.pre_tokenizer)
    vocab = parts.vocab | {token.content: id for id, token in parts.added.items()}
    merges = _needed_merges(parts) if parts.model.get("ignore_merges") else parts.merges()
    for left, right in merges:
        if any(c.isspace() for c in left + right):
            raise refusal(_FORMAT, "merges of symbols without white space", f"{left!r} {right!r}")
    ordered = dict(sorted(vocab.items(), key=lambda item: item[1]))
    vocab_json = json.dumps(ordered, ensure_ascii=False).encode("utf-8")
    merges_txt = ("#version: 0.2\n" + "".join(f"{left} {right}\n" for left, right in merges)).encode("utf-8")
    config: dict[str, object] = {"tokenizer_class": "GPT2Tokenizer", "add_prefix_space": prefix}
    config |= tokenizer.special_tokens
    config["added_tokens_decoder"] = {
        str(id): {
            "content": token.content,
            "single_word": token.single_word,
            "lstrip": token.lstrip,
            "rstrip": token.rstrip,
            "normalized": not token.special if token.normalized is None else token.normalized,
            "special": token.special,
        }
        for id, token in parts.added.items()
    }
    _check(tokenizer, vocab_json, merges_txt, prefix)
    return vocab_json, merges_txt, json.dumps(config, ensure_ascii=False, indent=2).encode("utf-8")


def _add_prefix_space(steps: list[dict[str, Any]]) -> bool:
    """Of a pre-tokenizer that splits as GPT-2 does, in one step or as a Split before ByteLevel."""
    from ..tiktoken_names import PATTERNS

    if [step["type"] for step in steps] == ["ByteLevel"] and steps[0].get("use_regex", True):
        return bool(steps[0].get("add_prefix_space", True))
    if [step["type"] for step in steps] == ["Split", "ByteLevel"] and not steps[1].get("use_regex", True):
        kept = steps[0]["behavior"] == "Isolated" and not steps[0]["invert"]
        if kept and steps[0]["pattern"].get("Regex") == PATTERNS["gpt2"] and not steps[1].get("add_prefix_space", True):
            return False
    raise refusal(_FORMAT, "text split by GPT-2's pattern", ", ".join(step["type"] for step in steps) or "one piece")


def _needed_merges(parts: Parts) -> list[tuple[str, str]]:
    """The merge of each entry, where entries are looked up whole: that look-up is not needed when merges give them all."""
    ranks = {token: id for token, id in parts.vocab.items() if id not in parts.added}
    try:
        return check_rank_order(ranks, parts.merges(), False, (token for token in ranks if len(token) == 1))
    except OrderError as error:
        raise refusal(_FORMAT, "merges for every entry (whole entries are looked up)", str(error)) from None


def _check(tokenizer: Tokenizer, vocab_json: bytes, merges_txt: bytes, prefix: bool) -> None:
    from ..loading import Loaded
    from ..source import Source

    special = [token.content for token in tokenizer.added_tokens.values() if token.special]
    options = {"add_prefix_space": prefix, "special": special}
    again = type(tokenizer)(Loaded(Source("vocab.json", "vocab.json", (vocab_json, merges_txt), options)))
    check_agreement(_FORMAT, tokenizer, again)
