"""Phrases are gensim's: the numbers come from gensim 4.4.0's ``Phrases`` on the same sentences and arguments."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tokenspace.errors import ArgumentError, FormatError
from tokenspace.vectors.corpora import LineSentence
from tokenspace.vectors.phrases import ENGLISH_CONNECTOR_WORDS, FrozenPhrases, Phrases

from .test_vocabulary import TEXT, S


def test_connector_words_stand_inside_phrases() -> None:
    model = Phrases(S, min_count=1, threshold=1, connector_words=ENGLISH_CONNECTOR_WORDS)
    assert len(model.vocab) == 27
    assert list(model.vocab.items())[:8] == [
        ("queen", 3), ("england", 1), ("queen_of_england", 1), ("met", 2), ("england_met", 1), ("king", 4),
        ("met_the_king", 1), ("france", 2),
    ]  # fmt: skip
    phrases = {"king_of_france": 3.375, "new_york": 6.75}
    assert model.export_phrases() == model.find_phrases(S) == model.freeze().phrasegrams == phrases
    assert model[S[0]] == ["the", "queen", "of", "england", "met", "the", "king_of_france"]
    for one in (model, model.freeze()):
        assert list(one.analyze_sentence(S[4])) == (
            [("new_york", 6.75), ("is", None), ("a", None), ("city", None), ("of", None), ("new_york", 6.75)]
        )


def test_npmi_scores() -> None:
    assert Phrases(S, min_count=2, threshold=0.3, scoring="npmi").export_phrases() == pytest.approx({
        "the_queen": 0.6161652048994731, "met_the": 0.7578272073150738, "the_king": 0.5156544146301476,
        "king_of": 0.5156544146301476, "of_france": 0.7578272073150738, "a_b": 0.6161652048994731, "new_york": 1.0,
    }, rel=1e-15)  # fmt: skip


def test_a_full_vocabulary_forgets_as_gensims_does() -> None:
    model = Phrases(S, min_count=1, threshold=0.5, max_vocab_size=10, delimiter="~")
    assert model.vocab == {"the": 4, "of": 4, "king": 2, "queen": 1, "king~queen": 1, "queen~king": 1}
    assert model.min_reduce == 1


def test_files_lists_and_further_sentences_count_the_same(tmp_path: Path) -> None:
    path = tmp_path / "s.txt"
    path.write_text("\n".join(TEXT))
    whole = Phrases(S, min_count=1, threshold=1)
    parts = Phrases(S[:3], min_count=1, threshold=1)
    parts.add_vocab(iter(S[3:]))
    assert Phrases(LineSentence(path), min_count=1, threshold=1).vocab == whole.vocab == parts.vocab
    assert parts.corpus_word_count == whole.corpus_word_count == 35


def test_one_sentence_a_corpus_and_nothing() -> None:
    model = Phrases(S, min_count=1, threshold=1)
    joined = model[S]
    assert len(joined) == len(S)
    assert list(joined) == list(joined) == [model[sentence] for sentence in S]
    assert list(model[iter(S)]) == list(joined)
    assert model[[]] == []
    assert model[["new", "york"]] == ["new_york"]
    frozen = model.freeze()
    assert list(frozen[S]) == list(joined)
    frozen.threshold = 1e9
    assert list(frozen[S]) == S


def own(
    worda_count: int, wordb_count: int, bigram_count: int, len_vocab: int, min_count: int, corpus_word_count: int
) -> float:
    return bigram_count / worda_count


def test_a_score_of_ones_own_and_files(tmp_path: Path) -> None:
    model = Phrases(S, min_count=1, threshold=0.9, scoring=own)
    assert model.export_phrases()["new_york"] == 1.0
    model.save(tmp_path / "p.json")
    with pytest.raises(ArgumentError, match="scoring="):
        Phrases.load(tmp_path / "p.json")
    again = Phrases.load(tmp_path / "p.json", scoring=own)
    assert (again.vocab, again.corpus_word_count) == (model.vocab, 35)
    assert again.export_phrases() == model.export_phrases()
    model.freeze().save(tmp_path / "f.json.gz")
    assert FrozenPhrases.load(tmp_path / "f.json.gz").phrasegrams == model.export_phrases()


@pytest.mark.parametrize(
    "arguments",
    [
        {"min_count": 0},
        {"threshold": 0},
        {"scoring": "npmi"},
        {"scoring": "other"},
        {"scoring": lambda worda_count: 1.0},
    ],
)
def test_arguments_outside_their_range(arguments: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"\[(phrases|read)"):
        Phrases(S, **arguments)


def test_sentences_that_are_none() -> None:
    with pytest.raises(TypeError, match=r"words of type str"):
        Phrases([[1, 2]], min_count=1, threshold=1)
    with pytest.raises(TypeError):
        Phrases("text", min_count=1, threshold=1)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x80\x04K\x05.",
        b"\x80\x04K",
        b"[1]",
        b"{}",
        b'{"format": "tokenspace phrases", "version": 1}',
        b"[" * 100_000,
    ],
)
def test_files_that_are_no_model(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "p"
    path.write_bytes(data)
    with pytest.raises(FormatError, match=r"\[(phrases|read)"):
        Phrases.load(path)


def test_counts_that_are_no_numbers(tmp_path: Path) -> None:
    path = tmp_path / "p"
    Phrases(S, min_count=1, threshold=1).save(path)
    model = json.loads(path.read_text())
    model["vocab"]["a"] = "4"
    path.write_text(json.dumps(model))
    with pytest.raises(FormatError, match="numbers"):
        Phrases.load(path)
