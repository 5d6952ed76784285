"""CLIP's tokenizer from vocab.json + merges.txt, as transformers builds it (CLIPTokenizer, 5.x)."""

from __future__ import annotations

import json
from typing import Any

__all__ = ["clip_tokenizer_json"]

_SPLIT = r"<\|startoftext\|>|<\|endoftext\|>|'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+"
_BYTES = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": True}


def clip_tokenizer_json(
    vocab: bytes, merges: bytes, bos: str = "<|startoftext|>", eos: str = "<|endoftext|>", unk: str = "<|endoftext|>"
) -> bytes:
    """A complete tokenizer.json. Words end in ``</w>``; decoding turns that into a space and strips the ends.

    Raises ValueError when the vocabulary is not JSON, KeyError when it lacks the tokens around a text.
    """
    ids: dict[str, int] = json.loads(vocab)
    lines = merges.decode("utf-8").split("\n")
    pairs = [line for line in lines if line and not line.startswith("#version")]
    space = {"type": "Replace", "pattern": {"Regex": r"\s+"}, "content": " "}
    document: dict[str, Any] = {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": [],
        "normalizer": {"type": "Sequence", "normalizers": [{"type": "NFC"}, space, {"type": "Lowercase"}]},
        "pre_tokenizer": {
            "type": "Sequence",
            "pretokenizers": [
                {"type": "Split", "pattern": {"Regex": _SPLIT}, "behavior": "Removed", "invert": True},
                _BYTES,
            ],
        },
        "post_processor": {
            "type": "RobertaProcessing",
            "sep": [eos, ids[eos]],
            "cls": [bos, ids[bos]],
            "trim_offsets": False,
            "add_prefix_space": False,
        },
        "decoder": {
            "type": "Sequence",
            "decoders": [
                _BYTES,
                {"type": "Replace", "pattern": {"String": "</w>"}, "content": " "},
                {"type": "Strip", "content": " ", "start": 1, "stop": 1},
            ],
        },
        "model": {
            "type": "BPE",
            "dropout": None,
            "unk_token": unk,
            "continuing_subword_prefix": "",
            "end_of_word_suffix": "</w>",
            "fuse_unk": False,
            "byte_fallback": False,
            "vocab": ids,
            "merges": pairs,
        },
    }
    return json.dumps(document, ensure_ascii=False).encode("utf-8")
