"""The samples of Studio: the same bytes at every run, and worth training on."""

from __future__ import annotations

import hashlib
from collections import Counter
from pathlib import Path

import pytest

import tokenspace as ts
from tokenspace import samples
from tokenspace.recommend import evaluate, read_items, read_sessions, split_sessions
from tokenspace.recommend.baselines import Popularity
from tokenspace.samples.grammar import Draw, Grammar
from tokenspace.vectors.corpora.preprocess import simple_preprocess


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("samples") / "here"
    samples.write(place)
    return place


def lines(path: Path) -> list[str]:
    return path.read_text("utf-8").splitlines()


def test_every_file_is_there_and_says_what_it_is(folder: Path) -> None:
    assert {path.name for path in folder.iterdir()} == set(samples.FILES)
    assert 20_000 < sum(path.stat().st_size for path in folder.iterdir()) < 10_000_000


def test_the_same_bytes_at_every_run(folder: Path) -> None:
    again = {name: hashlib.sha256(text.encode()).hexdigest() for name, text in samples.texts()}
    assert again == {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}


def test_the_cache_is_written_once(tmp_path: Path) -> None:
    first = samples.folder(tmp_path)
    stamp = (first / "english.txt").stat().st_mtime_ns
    assert samples.folder(tmp_path) == first
    assert (first / "english.txt").stat().st_mtime_ns == stamp
    (first / "chinese.txt").unlink()
    assert (samples.folder(tmp_path) / "chinese.txt").exists()


def test_chinese_is_the_same_text_with_and_without_spaces(folder: Path) -> None:
    spaced = (folder / "chinese-words.txt").read_text("utf-8")
    assert spaced.replace(" ", "") == (folder / "chinese.txt").read_text("utf-8")


def test_paragraphs_vary_and_read_as_sentences(folder: Path) -> None:
    for name, ends in (("english.txt", ".?"), ("chinese.txt", "。？")):
        texts = lines(folder / name)
        assert len(set(texts)) > 0.85 * len(texts)
        assert all(text[-1] in ends for text in texts)
        assert not any(mark in "".join(texts) for mark in "{}[]|")
    english = " ".join(lines(folder / "english.txt")).split()
    counts = sorted(Counter(english).values(), reverse=True)
    assert counts[0] > 20 * counts[len(counts) // 2]  # few words are very common, as in any text


def test_word_vectors_of_the_defaults_solve_the_analogies(folder: Path) -> None:
    """Also the neighbours that anyone would try first."""
    english = ts.Word2Vec([simple_preprocess(text) for text in lines(folder / "english.txt")], workers=1).wv
    score, sections = english.evaluate_word_analogies(str(folder / "english-analogies.txt"))
    right = {one["section"]: len(one["correct"]) / (len(one["correct"]) + len(one["incorrect"])) for one in sections}
    assert score > 0.55
    assert right["capitals"] > 0.8
    assert right["family"] > 0.85
    assert right["comparatives"] > 0.4
    assert right["present participle"] > 0.6
    assert english.most_similar(positive=["queen", "man"], negative=["king"], topn=1)[0][0] == "woman"
    assert "tokyo" in dict(english.most_similar(positive=["paris", "japan"], negative=["france"], topn=3))
    near = {word for word, _ in english.most_similar("violin", topn=8)}
    assert len(near & {"cello", "harp", "guitar", "flute", "violinist", "piano", "organ", "drum", "string", "bow"}) >= 5

    chinese = ts.Word2Vec(corpus_file=str(folder / "chinese-words.txt"), workers=1).wv
    score, _ = chinese.evaluate_word_analogies(str(folder / "chinese-analogies.txt"))
    assert score > 0.6
    assert chinese.most_similar(positive=["巴黎", "日本"], negative=["法国"], topn=1)[0][0] == "东京"
    assert chinese.most_similar(positive=["女儿", "爸爸"], negative=["儿子"], topn=1)[0][0] == "妈妈"


def test_a_tokenizer_trained_on_it_has_whole_words(folder: Path) -> None:
    files = [str(folder / name) for name in ("english.txt", "chinese.txt")]
    trained = ts.Tokenizer.train(files, model="bpe", vocab_size=4000)
    assert len(trained.encode(" government parliament capital").ids) == 3
    assert len(trained.encode("首都").ids) == 1
    assert len(trained.encode("xylophone").ids) > 3


def test_recommendations_beat_what_is_popular(folder: Path) -> None:
    sessions = read_sessions(folder / "listening-sessions.csv")
    titles = read_items(folder / "listening-songs.csv")
    known = {item for session in sessions for item in session.items}
    assert known <= set(titles)
    found = evaluate(
        {"vectors": ts.Recommender(seed=1, workers=1), "popular": Popularity()}, split_sessions(sessions, seed=1), k=10
    )
    vectors, popular = found.row("vectors", 10), found.row("popular", 10)
    assert vectors.metrics["ndcg"].value > 2 * popular.metrics["ndcg"].value


def test_the_grammar_says_what_is_wrong_with_a_template() -> None:
    grammar = Grammar({"word": ["one"]}, Draw(1))
    assert grammar.text("[{word}|{word}] {key}", {"key": "[x]"}) == "one x"
    for wrong in ("[a", "a]", "{a", "{a{b}}"):
        with pytest.raises(ValueError, match=r"bracket|out of place|a slot|not closed"):
            grammar.text(wrong, {})
    with pytest.raises(KeyError):
        grammar.text("{nothing}", {})
