"""Trainings told while they go on, the settings that suit a corpus, and words of scripts without spaces."""

from __future__ import annotations

import random
import threading
from itertools import pairwise

import pytest

import tokenspace as ts
from tokenspace.errors import ArgumentError
from tokenspace.io.corpus import Corpus
from tokenspace.tokenizers.train.advice import estimate_seconds as tokenizer_seconds
from tokenspace.vectors.corpora.cut_words import share_without_spaces
from tokenspace.vectors.corpora.survey import survey_corpus
from tokenspace.vectors.train import NeighbourSnapshot, NeighbourWatch, telling_words
from tokenspace.vectors.train.advice import estimate_seconds

WORDS = ["low", "lower", "lowest", "new", "newer", "newest", "wide", "wider", "widest", "slow", "slower", "slowest"]


def lines(count: int = 400) -> list[str]:
    draw = random.Random(11)
    return [" ".join(draw.choices(WORDS, k=8)) for _ in range(count)]


def news_of(model: str, **options: object) -> tuple[ts.Tokenizer, list[ts.LearningNews]]:
    news: list[ts.LearningNews] = []
    tokenizer = ts.Tokenizer.train(lines(), model=model, on_learning=news.append, threads=2, **options)  # type: ignore[arg-type]
    return tokenizer, news


@pytest.mark.parametrize(
    ("model", "options"),
    [
        ("bpe", {"vocab_size": 290}),
        ("bpe", {"vocab_size": 60, "pre_tokenizer": "whitespace"}),
        ("bpe", {"vocab_size": 320, "pre_tokenizer": "sentencepiece"}),
        ("wordpiece", {"vocab_size": 70}),
    ],
)
def test_every_merge_is_told_once_and_the_curve_ends_where_encoding_does(
    model: str, options: dict[str, object]
) -> None:
    tokenizer, news = news_of(model, **options)
    assert ts.Tokenizer.train(lines(), model=model, threads=1, **options).to_json() == tokenizer.to_json()  # type: ignore[arg-type]
    merges = [merge for one in news for merge in one.merges]
    assert [merge.number for merge in merges] == list(range(1, len(merges) + 1))
    tokens = [news[0].start_tokens, *(merge.corpus_tokens for merge in merges)]
    assert all(before > after for before, after in pairwise(tokens))
    if model == "bpe" and options.get("pre_tokenizer") != "sentencepiece":
        assert [tokenizer.get_vocab()[merge.token] for merge in merges] == [merge.token_id for merge in merges]
        # Lines keep their ends in training from files alone: a list's texts are counted as they are.
        assert tokens[-1] == len(tokenizer.encode_batch(lines(), add_special_tokens=False).ids)


def test_the_story_of_a_training_is_that_of_its_merges() -> None:
    _, news = news_of("bpe", vocab_size=290)
    [story] = [one.story for one in news if one.story is not None]
    merges = [merge for one in news for merge in one.merges]
    assert [(step.pair.left, step.pair.right, step.pair.count) for step in story.steps] == [
        (merge.left, merge.right, merge.count) for merge in merges[:60]
    ]
    assert story.finished == (len(merges) <= 60)
    # The same story as the plain-Python twin tells, which counts anew at every step.
    twin = ts.explain_training(Corpus.of(lines(), kind="texts"), steps=len(story.steps), vocab_size=290)
    for mine, other in zip(story.steps, twin.steps, strict=True):
        assert mine.pairs[0] == mine.pair == other.pair
        assert [pair.count for pair in mine.pairs] == [pair.count for pair in other.pairs[: len(mine.pairs)]]
        states = {word.text: word.tokens for word in other.words}
        assert all(states[word.text] == word.tokens for word in mine.words)
        assert mine.reason == other.reason


def test_superbpe_tells_both_stages() -> None:
    _, news = news_of("superbpe", vocab_size=300)
    assert {one.stage for one in news} == {"words", "stretches"}
    assert sum(one.story is not None for one in news) == 1
    assert any(" " in merge.token or merge.token.count("Ġ") > 1 for one in news for merge in one.merges)


def test_rounds_of_unigram_come_down_to_the_size_asked_for() -> None:
    draw = random.Random(6)
    text = [" ".join("".join(draw.choices("etaoinshr", k=draw.randint(3, 9))) for _ in range(8)) for _ in range(600)]
    news: list[ts.LearningNews] = []
    ts.Tokenizer.train(text, model="unigram", vocab_size=500, on_learning=news.append)
    rounds = [one.round for one in news if one.round is not None]
    pieces = [one.pieces for one in rounds]
    assert rounds
    assert pieces == sorted(pieces, reverse=True)
    for word in rounds[-1].words:
        assert "".join(word.tokens) == word.text


def test_what_a_listener_raises_ends_the_training() -> None:
    def refuse(news: ts.LearningNews) -> None:
        raise RuntimeError("enough")

    with pytest.raises(RuntimeError, match="enough"):
        ts.Tokenizer.train(lines(), vocab_size=300, on_learning=refuse)


# -- vectors --------------------------------------------------------------------------------------------------------------


def sentences() -> list[list[str]]:
    draw = random.Random(4)
    topics = [["cat", "dog", "fur", "paw"], ["sun", "moon", "star", "sky"], ["bread", "salt", "soup", "spoon"]]
    return [draw.choices(draw.choice(topics), k=8) for _ in range(600)]


@pytest.mark.parametrize("kind", [ts.Word2Vec, ts.FastText, ts.GloVe])
def test_watched_words_find_their_neighbours(kind: type) -> None:
    seen: list[NeighbourSnapshot] = []
    watch = NeighbourWatch(seen.append, ["cat", "sun", "nowhere"], topn=3)
    more = {} if kind is ts.GloVe else {"negative": 5, "compute_loss": True}
    if kind is ts.FastText:
        more["bucket"] = 1000
    model = kind(sentences(), vector_size=16, epochs=25, min_count=1, window=3, workers=2, callbacks=[watch], **more)
    ends = [snapshot for snapshot in seen if not snapshot.during]
    assert [snapshot.epoch for snapshot in ends] == list(range(1, 26))
    assert all(snapshot.loss is not None and snapshot.loss > 0 for snapshot in ends)
    last = ends[-1].neighbours
    assert set(last) == {"cat", "sun"}
    if kind is not ts.GloVe:  # twelve words are too few for its counts
        assert {word for word, _ in last["cat"]} == {"dog", "fur", "paw"}
    for (word, cosine), (expected, other) in zip(last["sun"], model.wv.most_similar("sun", topn=3), strict=True):
        assert word == expected
        assert cosine == pytest.approx(other, abs=1e-5)


def test_looks_inside_an_epoch_do_not_change_the_result() -> None:
    draw = random.Random(2)
    text = [[f"w{int(draw.paretovariate(0.7)) % 3000}" for _ in range(20)] for _ in range(48_000)]
    # Without sub-sampling: an epoch lasts about a second, ten times the time between two looks.
    options = {
        "vector_size": 64,
        "epochs": 1,
        "sg": 1,
        "min_count": 2,
        "sample": 0,
        "workers": 2,
        "deterministic": True,
    }
    seen: list[NeighbourSnapshot] = []
    model = ts.Word2Vec(text, callbacks=[NeighbourWatch(seen.append, topn=4, seconds=0.001)], **options)
    assert any(snapshot.during for snapshot in seen)
    assert (model.wv.vectors == ts.Word2Vec(text, **options).wv.vectors).all()


def test_telling_words_are_neither_the_first_nor_short() -> None:
    vectors = ts.KeyedVectors(4)
    keys = [f"of{number}" for number in range(40)] + [f"telling{number}" for number in range(400)]
    vectors.add_vectors(keys, [[1.0, 0.0, 0.0, 0.0]] * len(keys))
    assert len(telling_words(vectors)) == 4
    assert all(word.startswith("telling") for word in telling_words(vectors, 6)[1:])
    assert telling_words(ts.KeyedVectors(4)) == []


def test_advice_grows_with_the_text() -> None:
    sizes = [1_000, 30_000, 300_000, 3_000_000, 30_000_000, 3_000_000_000]
    for model in ("word2vec", "fasttext", "glove", "doc2vec"):
        advised = [ts.advise_training(words, model) for words in sizes]
        assert [one.settings["vector_size"] for one in advised] == sorted(
            one.settings["vector_size"] for one in advised
        )
        assert [one.settings["epochs"] for one in advised] == sorted(
            (one.settings["epochs"] for one in advised), reverse=True
        )
        assert all(reason for one in advised for reason in one.reasons.values())
        assert all(estimate_seconds(words, model, {}, 2) > 0 for words in sizes)
    vocabularies = [ts.advise_tokenizer(size).settings["vocab_size"] for size in sizes]
    assert vocabularies == sorted(vocabularies)
    assert tokenizer_seconds(10**9, "unigram", 32_000) > tokenizer_seconds(10**6, "bpe", 8_000)
    for call in (
        lambda: ts.advise_training(5, "lda"),
        lambda: ts.advise_training(-1),
        lambda: ts.advise_tokenizer(5, "lda"),
    ):
        with pytest.raises(ArgumentError):
            call()


@pytest.mark.parametrize("model", ["word2vec", "fasttext", "glove", "doc2vec"])
@pytest.mark.parametrize("words", [10, 100_000, 10**8])
def test_advice_is_what_the_classes_take(model: str, words: int) -> None:
    settings = ts.advise_training(words, model).settings
    kind = {"word2vec": ts.Word2Vec, "fasttext": ts.FastText, "glove": ts.GloVe, "doc2vec": ts.Doc2Vec}[model]
    given = [ts.TaggedDocument(["a", "b"], [0])] * 9 if model == "doc2vec" else [["a", "b"]] * 9
    small = {
        "epochs": 1,
        "min_count": 1,
        **({"bucket": 100} if model == "fasttext" else {}),
    }  # a table of 2 million rows takes a while
    trained = kind(given, **{**settings, **small})
    assert len(trained.wv) == 2


# -- words ----------------------------------------------------------------------------------------------------------------


def chinese(count: int = 1500) -> tuple[list[str], list[list[str]]]:
    """(texts, their words): words of two characters, a few much more frequent than the rest."""
    draw = random.Random(9)
    characters = [chr(0x4E00 + number) for number in range(300)]
    words = ["".join(draw.sample(characters, 2)) for _ in range(200)]
    weights = [1 / (rank + 2) for rank in range(200)]
    cut = [draw.choices(words, weights, k=7) for _ in range(count)]
    return ["".join(line) + "。" for line in cut], cut


def test_words_of_scripts_with_spaces() -> None:
    cutter = ts.learn_word_cutter([])
    assert cutter("The cat's 3 tails, naïve: l’été हिन्दी テスト") == [
        "the",
        "cat's",
        "tails",
        "naïve",
        "l’été",
        "हिन्दी",
        "テスト",
    ]
    assert cutter("") == cutter(" 123 … \0") == []
    assert ts.WordCutter(lowercase=False)("The") == ["The"]


def test_words_without_spaces_are_learnt_from_the_text() -> None:
    texts, cut = chinese()
    cutter = ts.learn_word_cutter(texts, "learnt")
    assert cutter.name == "learnt"
    found = [cutter(text) for text in texts]
    assert ["".join(words) for words in found] == ["".join(words) for words in cut]
    right = sum(len(set(mine) & set(words)) for mine, words in zip(found, cut, strict=True))
    assert right > 0.6 * sum(len(set(words)) for words in cut)
    assert cutter("𠮷野家 new")[-1] == "new"
    assert "".join(cutter("从未见过的字")) == "从未见过的字"


def test_other_segmenters() -> None:
    assert ts.learn_word_cutter(chinese()[0], "characters")("老师 ok") == ["老", "师", "ok"]
    pytest.importorskip("jieba", reason="jieba not found: pip install 'tokenspace[zh]'")
    assert ts.learn_word_cutter(chinese()[0]).name == "jieba"
    assert ts.learn_word_cutter(["これはテストです。", "それは猫です。"] * 9).name == "learnt"  # Japanese
    with pytest.raises(ArgumentError, match="segmenter="):
        ts.learn_word_cutter([], "other")


def test_a_survey_says_what_a_text_is() -> None:
    found = survey_corpus(Corpus.of(lines(), kind="texts"))
    assert (found.texts, found.words, found.without_spaces, found.sampled) == (400, 3200, 0.0, False)
    assert found.bytes == sum(len(line) for line in lines())
    found = survey_corpus(Corpus.of(chinese()[0], kind="texts"))
    assert found.without_spaces == 1.0
    assert 9_000 < found.words < 15_000
    assert share_without_spaces(["ab 中文"]) == 0.5


def test_a_survey_of_a_large_file_reads_its_beginning(tmp_path: object) -> None:
    path = tmp_path / "large.txt"  # type: ignore[operator]
    path.write_text("\n".join(lines(60_000)), encoding="utf-8")
    found = survey_corpus(Corpus.of(str(path)), most=200_000)
    assert found.sampled
    assert found.words == pytest.approx(480_000, rel=0.1)


def test_a_training_under_a_switch_tells_its_merges_while_paused_and_after() -> None:
    switch, news = ts.RunSwitch(), []

    def work() -> None:
        with switch:
            ts.Tokenizer.train(lines(), vocab_size=290, on_learning=news.append)

    switch.pause()
    thread = threading.Thread(target=work)
    thread.start()
    switch.resume()
    thread.join(10)
    assert sum(len(one.merges) for one in news) > 0
