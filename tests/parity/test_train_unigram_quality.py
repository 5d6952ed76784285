"""Unigram training against tokenizers and sentencepiece: held-out tokens and likelihood at equal size and pre-tokenization."""

from __future__ import annotations

import io
import json
import re
from collections import Counter

import pytest

from tests.data import read_text
from tokenspace import _core
from tokenspace.reference.unigram import log_likelihood
from tokenspace.reference.unigram_seeds import cut_words
from tokenspace.reference.unigram_train import best_path

pytestmark = [pytest.mark.parity, pytest.mark.slow]

PIECES = 6_000
BYTES = 1_000_000
Vocab = dict[str, float]


def split(name: str) -> tuple[list[str], list[str]]:
    """(a million bytes of training lines, held-out lines), white space collapsed; lines taken from all over the text."""
    lines = [re.sub(r"\s+", " ", line).strip() for line in read_text(f"text/{name}.txt.gz").split("\n")]
    step = max(1, sum(len(line.encode()) for line in lines) // (BYTES * 11 // 10))
    lines = [line for line in lines[::step] if line]
    return [line for i, line in enumerate(lines) if i % 10], lines[::10]


def words_of(lines: list[str]) -> Counter[str]:
    return Counter("▁" + word for line in lines for word in line.split(" "))


def ours(lines: list[str]) -> Vocab:
    words = _core.WordCounts(list(words_of(lines).items()))
    model = _core.train_unigram(
        words, _core.TrainControl(), vocab_size=PIECES, split_by_unicode_script=False, split_by_number=False
    )
    return dict(zip(model.pieces, model.scores, strict=True))


def of_tokenizers(lines: list[str]) -> Vocab:
    tokenizers = pytest.importorskip("tokenizers")
    tokenizer = tokenizers.Tokenizer(tokenizers.models.Unigram())
    tokenizer.pre_tokenizer = tokenizers.pre_tokenizers.Metaspace()
    trainer = tokenizers.trainers.UnigramTrainer(
        vocab_size=PIECES + 1, unk_token="<unk>", special_tokens=["<unk>"], show_progress=False
    )
    tokenizer.train_from_iterator(lines, trainer)
    return {piece: score for piece, score in json.loads(tokenizer.to_str())["model"]["vocab"] if piece != "<unk>"}


def of_sentencepiece(lines: list[str]) -> Vocab:
    sentencepiece = pytest.importorskip("sentencepiece")
    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(lines),
        model_writer=model,
        model_type="unigram",
        vocab_size=PIECES + 1,
        character_coverage=1.0,
        bos_id=-1,
        eos_id=-1,
        normalization_rule_name="identity",
        split_by_unicode_script=False,
        split_by_number=False,
        max_sentence_length=1_000_000,
        minloglevel=2,
    )
    reader = sentencepiece.SentencePieceProcessor(model_proto=model.getvalue())
    return {
        reader.id_to_piece(i): reader.get_score(i) for i in range(reader.get_piece_size()) if not reader.is_unknown(i)
    }


@pytest.mark.parametrize("name", ["en-prose", "en-docs", "multilingual", "zh"])
def test_held_out_tokens_and_likelihood(name: str) -> None:
    training, held_out = split(name)
    found = {}
    for library, train in (("tokenspace", ours), ("tokenizers", of_tokenizers), ("sentencepiece", of_sentencepiece)):
        vocab = train(training)
        segments = cut_words(words_of(held_out), {piece for piece in vocab if len(piece) == 1})
        longest = max(map(len, vocab))
        tokens = sum(len(best_path(segment, vocab, longest)) * count for segment, count in segments.items())
        likelihood = sum(log_likelihood(vocab, segment) * count for segment, count in segments.items())
        found[library] = (len(vocab), tokens, likelihood)
        print(f"{name} {library}: {found[library][0]} pieces, {tokens} tokens, log-likelihood {found[library][2]:.0f}")
    pieces, tokens, likelihood = found.pop("tokenspace")
    assert pieces == PIECES
    assert tokens <= 1.005 * min(other[1] for other in found.values())
    assert likelihood >= max(other[2] for other in found.values())
