"""BPE training gives the merges and ids of tokenizers 0.23.3, and with ties by bytes those of rustbpe's rule.

The shared texts are taken up to a size that the reference trains in seconds; TOKENSPACE_WHOLE_TEXTS=1 takes them whole.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

import tokenspace as ts
from tests.data import read_text
from tokenspace.reference.byte_level import to_bytes
from tokenspace.tokenizers.train.options import TrainOptions
from tokenspace.tokenizers.train.pipelines import PRESETS, make_pipeline

pytestmark = pytest.mark.parity

TEXTS = ["text/en-prose.txt.gz", "text/en-docs.txt.gz", "text/zh.txt.gz", "text/multilingual.txt.gz"]
SIZES = [1_000, 8_000, 32_000]
WHOLE = os.environ.get("TOKENSPACE_WHOLE_TEXTS") == "1"
CHARACTERS = {"text/zh.txt.gz": 250_000}


@pytest.fixture(scope="module", params=TEXTS)
def text_file(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    text = read_text(request.param)
    if not WHOLE:
        text = text[: CHARACTERS.get(request.param, 1_200_000)]
    path = tmp_path_factory.mktemp("train") / "text.txt"
    path.write_text(text, encoding="utf-8", newline="")
    return path


def model_of(tokenizer: ts.Tokenizer) -> tuple[dict[str, int], list[list[str]]]:
    model = json.loads(tokenizer.to_json())["model"]
    return model["vocab"], [list(merge) for merge in model["merges"]]


def reference_model(tokenizer: Any) -> tuple[dict[str, int], list[list[str]]]:
    model = json.loads(tokenizer.to_str())["model"]
    return model["vocab"], [list(merge) for merge in model["merges"]]


def reference_trained(files: list[str], components: dict[str, Any], **options: Any) -> Any:
    tokenizers = pytest.importorskip("tokenizers", reason="tokenizers is not installed")
    document = {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": [],
        "normalizer": components.get("normalizer"),
        "pre_tokenizer": components.get("pre_tokenizer"),
        "post_processor": None,
        "decoder": None,
        "model": {"type": "BPE", "vocab": {}, "merges": []},
    }
    tokenizer = tokenizers.Tokenizer.from_str(json.dumps(document))
    tokenizer.train(files, tokenizers.trainers.BpeTrainer(show_progress=False, **options))
    return tokenizer


def byte_alphabet() -> list[str]:
    return pytest.importorskip("tokenizers").pre_tokenizers.ByteLevel.alphabet()


@pytest.mark.parametrize("vocab_size", SIZES)
def test_merges_and_ids(text_file: Path, vocab_size: int) -> None:
    ours = ts.Tokenizer.train([text_file], vocab_size=vocab_size, special_tokens=["<|endoftext|>"])
    pre_tokenizer = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": True}
    theirs = reference_trained(
        [str(text_file)],
        {"pre_tokenizer": pre_tokenizer},
        vocab_size=vocab_size,
        special_tokens=["<|endoftext|>"],
        initial_alphabet=byte_alphabet(),
    )
    assert model_of(ours) == reference_model(theirs)
    sample = text_file.read_text(encoding="utf-8")[-20_000:]
    assert ours.encode(sample).ids == theirs.encode(sample).ids


@pytest.mark.parametrize("preset", [name for name in PRESETS if name not in ("sentencepiece", "bert", "none")])
def test_presets(preset: str, tmp_path: Path) -> None:
    text = read_text("text/multilingual.txt.gz")[:300_000]
    path = tmp_path / "text.txt"
    path.write_text(text, encoding="utf-8", newline="")
    options = TrainOptions(pre_tokenizer=preset, special_tokens=[])
    pipeline = make_pipeline(options)
    ours = ts.Tokenizer.train(
        [path], vocab_size=3_000, pre_tokenizer=preset, special_tokens=["<unk>"], unk_token="<unk>"
    )
    theirs = reference_trained(
        [str(path)],
        {"normalizer": pipeline.normalizer, "pre_tokenizer": pipeline.pre_tokenizer},
        vocab_size=3_000,
        special_tokens=["<unk>"],
        initial_alphabet=byte_alphabet() if pipeline.byte_level else [],
    )
    assert model_of(ours) == reference_model(theirs)


@pytest.mark.parametrize(
    "options",
    [
        {"min_frequency": 25},
        {"max_token_length": 5},
        {"max_token_length": 2},
        {"initial_alphabet": []},
        {"initial_alphabet": ["x", "☃"]},
        {"add_prefix_space": True},
        {"normalizer": "nfc"},
        {"normalizer": ["nfkc", "lowercase"]},
        {"digits": "individual"},
        {"pre_tokenizer": {"type": "Whitespace"}},
        {"pre_tokenizer": {"type": "Punctuation", "behavior": "Isolated"}, "normalizer": "lowercase"},
        {"pre_tokenizer": r"\p{L}+|\p{N}|[^\p{L}\p{N}]+"},
    ],
    ids=str,
)
def test_options(options: dict[str, Any], tmp_path: Path) -> None:
    text = read_text("text/multilingual.txt.gz")[200_000:420_000]
    path = tmp_path / "text.txt"
    path.write_text(text, encoding="utf-8", newline="")
    pipeline = make_pipeline(TrainOptions(**options))
    ours = ts.Tokenizer.train([path], vocab_size=2_000, **options)
    own = {name: options[name] for name in ("min_frequency", "max_token_length") if name in options}
    alphabet = options.get("initial_alphabet")
    theirs = reference_trained(
        [str(path)],
        {"normalizer": pipeline.normalizer, "pre_tokenizer": pipeline.pre_tokenizer},
        vocab_size=2_000,
        initial_alphabet=(byte_alphabet() if pipeline.byte_level else []) if alphabet is None else alphabet,
        **own,
    )
    assert model_of(ours) == reference_model(theirs)


def test_from_an_iterator_of_texts() -> None:
    tokenizers = pytest.importorskip("tokenizers", reason="tokenizers is not installed")
    texts = read_text("text/en-prose.txt.gz")[:400_000].split("\n\n")
    theirs = tokenizers.Tokenizer(tokenizers.models.BPE())
    theirs.pre_tokenizer = tokenizers.pre_tokenizers.ByteLevel(add_prefix_space=False)
    theirs.train_from_iterator(
        texts,
        tokenizers.trainers.BpeTrainer(vocab_size=3_000, initial_alphabet=byte_alphabet(), show_progress=False),
    )
    assert model_of(ts.Tokenizer.train(iter(texts), vocab_size=3_000)) == reference_model(theirs)
    batches = (texts[at : at + 7] for at in range(0, len(texts), 7))
    assert model_of(ts.Tokenizer.train(batches, vocab_size=3_000)) == reference_model(theirs)


def test_wordpiece_has_the_reference_tokens() -> None:
    """The reference numbers its prefixed characters in hash order, which decides ties: tokens are compared, not ids."""
    tokenizers = pytest.importorskip("tokenizers", reason="tokenizers is not installed")
    texts = read_text("text/en-prose.txt.gz")[:400_000].split("\n\n")
    ours = ts.Tokenizer.train(texts, model="wordpiece", vocab_size=2_000)
    theirs = tokenizers.Tokenizer(tokenizers.models.WordPiece(unk_token="[UNK]"))
    theirs.normalizer = tokenizers.normalizers.BertNormalizer()
    theirs.pre_tokenizer = tokenizers.pre_tokenizers.BertPreTokenizer()
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    theirs.train_from_iterator(
        texts, tokenizers.trainers.WordPieceTrainer(vocab_size=2_000, special_tokens=special, show_progress=False)
    )
    shared = set(ours.get_vocab()) & set(theirs.get_vocab())
    assert len(shared) >= 0.98 * 2_000
    held_out = read_text("text/en-prose.txt.gz")[400_000:600_000]
    count = len(ours.encode(held_out, add_special_tokens=False).ids)
    assert count <= 1.005 * len(theirs.encode(held_out, add_special_tokens=False).ids)


def test_word_level_is_the_reference() -> None:
    tokenizers = pytest.importorskip("tokenizers", reason="tokenizers is not installed")
    texts = read_text("text/multilingual.txt.gz")[:300_000].split("\n")
    ours = ts.Tokenizer.train(texts, model="word", vocab_size=1_500, special_tokens=["<unk>"])
    theirs = tokenizers.Tokenizer(tokenizers.models.WordLevel(unk_token="<unk>"))
    theirs.pre_tokenizer = tokenizers.pre_tokenizers.Whitespace()
    theirs.train_from_iterator(
        texts, tokenizers.trainers.WordLevelTrainer(vocab_size=1_500, special_tokens=["<unk>"], show_progress=False)
    )
    assert ours.get_vocab() == theirs.get_vocab()


def plain_byte_merges(texts: list[str], vocab_size: int) -> list[bytes]:
    """The rank-by-bytes rule in its plainest form: ids 0 to 255 are the bytes, ties go to the smallest ids."""
    regex = pytest.importorskip("regex", reason="regex is not installed")
    pattern = regex.compile(r"'(?:[sdmt]|ll|ve|re)| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+")
    counts = Counter(piece.encode() for text in texts for piece in pattern.findall(text))
    words = [(list(piece), count) for piece, count in counts.items()]
    vocabulary = [bytes([byte]) for byte in range(256)]
    while len(vocabulary) < vocab_size:
        pairs: Counter[tuple[int, int]] = Counter()
        for ids, count in words:
            for pair in pairwise(ids):
                pairs[pair] += count
        best = min(pairs, key=lambda pair: (-pairs[pair], pair))
        for ids, _ in words:
            at = 0
            while at + 1 < len(ids):
                if (ids[at], ids[at + 1]) == best:
                    ids[at : at + 2] = [len(vocabulary)]
                at += 1
        vocabulary.append(vocabulary[best[0]] + vocabulary[best[1]])
    return vocabulary


def test_ties_by_bytes() -> None:
    texts = read_text("text/multilingual.txt.gz")[:40_000].split("\n")
    ours = ts.Tokenizer.train(texts, vocab_size=600, tie_breaking="bytes")
    vocabulary = [to_bytes(ours.id_to_token(index) or "") for index in range(len(ours))]
    assert vocabulary == plain_byte_merges(texts, 600)
