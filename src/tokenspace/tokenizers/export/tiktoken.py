"""Writing .tiktoken: byte-level BPE whose merges the order of the ids gives."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .agreement import check_agreement
from .parts import Parts, refusal
from .rank_order import OrderError, check_rank_order

if TYPE_CHECKING:
    from ..tokenizer import Tokenizer

__all__ = ["tiktoken_bytes", "tiktoken_settings"]

_FORMAT = ".tiktoken"
_EVERYTHING = r"[\s\S]+"


def tiktoken_settings(tokenizer: Tokenizer) -> dict[str, Any]:
    """What a .tiktoken file does not say: ``{"pattern": ..., "special_tokens": {token: id}}``, the options with which
    ``Tokenizer.from_file`` opens it as the same tokenizer (and ``pat_str`` and ``special_tokens`` of tiktoken.Encoding).

    Raises UnsupportedError when one pattern cannot state how text is split, or added tokens take white space with them.
    """
    source = tokenizer._source
    if source.format == "tiktoken" and not tokenizer._replaced:
        pattern = source.options["pattern"]
    else:
        parts = Parts.of(tokenizer, _FORMAT, "BPE")
        if parts.normalizer:
            raise refusal(_FORMAT, "text taken as it is", f"a normalizer ({parts.normalizer[0]['type']})")
        pattern = _pattern(parts.pre_tokenizer)
    for id, token in tokenizer.added_tokens.items():
        if token.lstrip or token.rstrip or token.single_word:
            raise refusal(
                _FORMAT,
                "added tokens found anywhere",
                f"{token.content!r} (id {id}) with lstrip, rstrip or single_word",
            )
    return {"pattern": pattern, "special_tokens": {t.content: id for id, t in tokenizer.added_tokens.items()}}


def _pattern(steps: list[dict[str, Any]]) -> str:
    from ..tiktoken_names import PATTERNS, pattern_for

    splits = [step for step in steps if step["type"] != "ByteLevel"]
    byte_level = [step for step in steps if step["type"] == "ByteLevel"]
    if len(byte_level) != 1 or steps[-1] is not byte_level[0]:
        raise refusal(_FORMAT, "a byte-level pre-tokenizer", ", ".join(s["type"] for s in steps) or "none")
    if byte_level[0].get("add_prefix_space", True):
        raise refusal(_FORMAT, "text taken as it is", "add_prefix_space")
    regex = byte_level[0].get("use_regex", True)
    if not splits:
        return pattern_for("gpt2")[1] if regex else _EVERYTHING
    split = splits[0]
    one = len(splits) == 1 and not regex and split["type"] == "Split" and "Regex" in split["pattern"]
    if not one:
        raise refusal(_FORMAT, "one regular expression that splits text", " then ".join(s["type"] for s in steps))
    kept = (split["behavior"], bool(split["invert"])) in (("Isolated", False), ("Removed", True))
    if not kept:
        raise refusal(_FORMAT, "a Split that keeps its matches", f"{split['behavior']}, invert={split['invert']}")
    pattern = str(split["pattern"]["Regex"])
    if split["behavior"] == "Removed" or pattern in PATTERNS.values():
        return pattern
    # tiktoken drops what the pattern does not match; a Split keeps it as pieces of their own.
    return f"{pattern}|(?:(?!{pattern})[\\s\\S])+"


def tiktoken_bytes(tokenizer: Tokenizer) -> bytes:
    """The lines of a .tiktoken file; ``tiktoken_settings`` are what it is read with.

    Raises UnsupportedError, with the entry, when ranks do not give the merges (checked for every entry: it has to merge
    to itself), when a byte has no entry, and for models and settings the format does not have.
    """
    from ..tiktoken_files import to_tiktoken_lines

    settings = tiktoken_settings(tokenizer)
    source = tokenizer._source
    data = source.parts[0] if source.format == "tiktoken" else to_tiktoken_lines(_ranks(tokenizer))
    again = type(tokenizer).from_bytes(data, "export.tiktoken", "tiktoken", **settings)
    check_agreement(_FORMAT, tokenizer, again)
    return data


def _ranks(tokenizer: Tokenizer) -> dict[bytes, int]:
    parts = Parts.of(tokenizer, _FORMAT, "BPE")
    parts.require_plain_bpe(_FORMAT)
    if parts.model.get("unk_token") is not None or parts.model.get("byte_fallback"):
        raise refusal(_FORMAT, "a byte-level model", "one with an unknown token or byte_fallback")
    spelled = {token: tokenizer.id_to_bytes(id) for token, id in parts.vocab.items() if id not in parts.added}
    ranks = {data: parts.vocab[token] for token, data in spelled.items() if data}
    if len(ranks) != len(spelled):
        raise refusal(_FORMAT, "entries with bytes of their own", "entries that stand for the same bytes, or none")
    missing = [byte for byte in range(256) if bytes([byte]) not in ranks]
    if missing:
        raise refusal(_FORMAT, "an entry for every byte", f"none for {len(missing)}, the first 0x{missing[0]:02X}")
    merges = [(spelled.get(left), spelled.get(right)) for left, right in parts.merges()]
    pairs = [(left, right) for left, right in merges if left is not None and right is not None]
    try:
        whole = bool(parts.model.get("ignore_merges"))
        check_rank_order(ranks, pairs, whole, (bytes([byte]) for byte in range(256)))
    except OrderError as error:
        raise refusal(_FORMAT, "merges that the order of the ids gives", str(error)) from None
    return ranks
