"""The character maps this package makes against those sentencepiece has built in: rule by rule and as applied."""

from __future__ import annotations

import io
import random
import struct
from functools import lru_cache

import pytest

import tokenspace as ts
from tests.parity.protobuf import field_bytes
from tokenspace.tokenizers.export.sentencepiece_model import Piece, sentencepiece_charsmap, sentencepiece_model

pytestmark = pytest.mark.parity
RULES = ["nmt_nfkc", "nfkc", "nmt_nfkc_cf", "nfkc_cf"]


@lru_cache
def reference(rule: str) -> bytes:
    """A small model trained by sentencepiece with the rule."""
    spm = pytest.importorskip("sentencepiece", reason="the reference sentencepiece is not installed")
    out = io.BytesIO()
    lines = ["hello world this is a test", "the quick brown fox jumps"] * 20
    spm.SentencePieceTrainer.train(
        sentence_iterator=iter(lines),
        model_writer=out,
        vocab_size=40,
        hard_vocab_limit=False,
        normalization_rule_name=rule,
        minloglevel=2,
    )
    return out.getvalue()


def rules_of(charsmap: bytes) -> dict[bytes, bytes]:
    """source -> target, by walking every path of the trie."""
    (size,) = struct.unpack_from("<I", charsmap)
    units = struct.unpack_from(f"<{size // 4}I", charsmap, 4)
    targets = charsmap[4 + size :]
    base = [i ^ ((unit >> 10) << ((unit & 0x200) >> 6)) for i, unit in enumerate(units)]
    found: dict[bytes, bytes] = {}
    open_nodes = [(base[0], b"")]
    while open_nodes:
        node, source = open_nodes.pop()
        for byte in range(1, 256):
            at = node ^ byte
            if units[at] & 0x800000FF != byte:
                continue
            key = source + bytes([byte])
            if units[at] >> 8 & 1:
                target = units[base[at]] & 0x7FFFFFFF
                found[key] = targets[target : targets.index(b"\0", target)]
            open_nodes.append((base[at], key))
    return found


@pytest.mark.slow
@pytest.mark.parametrize("rule", RULES)
def test_rules_are_those_of_the_library(rule: str) -> None:
    theirs = field_bytes(field_bytes(reference(rule), 3), 2)
    ours = sentencepiece_charsmap(rule)
    assert rules_of(ours) == rules_of(theirs)
    assert len(ours) <= len(theirs)


@pytest.mark.parametrize("rule", ["nmt_nfkc", "nfkc_cf", "identity"])
def test_normalized_text_is_equal(rule: str) -> None:
    """Every code point between letters, and random sequences of marks, jamo, compatibility characters and NUL."""
    spm = pytest.importorskip("sentencepiece", reason="the reference sentencepiece is not installed")
    theirs = spm.SentencePieceProcessor(model_proto=reference(rule))
    pieces: list[Piece] = [("<unk>", 0.0, "unknown"), ("▁", -1.0, "normal")]
    model = sentencepiece_model(pieces, "unigram", rule)  # type: ignore[arg-type]
    ours = spm.SentencePieceProcessor(model_proto=model)
    tokenizer = ts.Tokenizer.from_bytes(model)
    points = [c for c in range(0x110000) if not 0xD800 <= c < 0xE000]
    texts = ["".join(f"a{chr(c)}" for c in points[i : i + 4096]) for i in range(0, len(points), 4096)]
    rng = random.Random(7)
    ranges = [(0, 0x250), (0x300, 0x370), (0x1100, 0x1200), (0x3130, 0x3190), (0xFF00, 0xFFF0), (0x1D400, 0x1D800)]
    ranges += [(0xAC00, 0xAD00), (0x2000, 0x2070), (0x0900, 0x0A00), (0x1F00, 0x2000), (0x32, 0x7B)]
    for _ in range(3000):
        texts.append("".join(chr(rng.randrange(*rng.choice(ranges))) for _ in range(rng.randint(1, 12))))
    for text in texts:
        assert ours.normalize(text) == theirs.normalize(text), ascii(text)[:200]
    assert list(tokenizer.encode("a  b").ids) == ours.encode("a  b")


def test_own_rules() -> None:
    spm = pytest.importorskip("sentencepiece", reason="the reference sentencepiece is not installed")
    rules = {"ab": "X", "abc": "", "b": "yy", "é": "e", "\u0301": ""}
    pieces: list[Piece] = [("<unk>", 0.0, "unknown"), ("▁", -1.0, "normal")]
    processor = spm.SentencePieceProcessor(model_proto=sentencepiece_model(pieces, "unigram", rules))
    assert processor.normalize("ab abc bé e\u0301 a") == "▁X▁yye▁e▁a"
    with pytest.raises(ts.errors.ArgumentError, match="not empty"):
        sentencepiece_model(pieces, "unigram", {"": "x"})
    with pytest.raises(ts.errors.ArgumentError, match="nmt_nfkc"):
        sentencepiece_model(pieces, "unigram", "nfc")  # type: ignore[arg-type]
