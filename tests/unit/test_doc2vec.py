"""Doc2Vec: tags, models, inference, files, against the twin and numbers that gensim 4.4.0 gave."""

from __future__ import annotations

import logging
from pathlib import Path

import numpy as np
import pytest

from tokenspace import Doc2Vec, KeyedVectors, TaggedDocument, TaggedLineDocument
from tokenspace._core import TrainControl, Word2VecTrainer
from tokenspace.errors import ArgumentError, TokenspaceError
from tokenspace.reference import huffman, word2vec
from tokenspace.vectors.corpora.source import SentencesError
from tokenspace.vectors.train import ModelStateError

TAGGED = [
    TaggedDocument(["a", "b", "c", "d"], [0, "x"]),
    TaggedDocument(["b", "c", "e"], [3]),
    TaggedDocument(["f", "a"], ["y", "x"]),
]
TOPICS = {"sea": ["ship", "wave", "sail", "fish", "salt"], "wood": ["tree", "leaf", "deer", "moss", "pine"]}


def topics(count: int = 300) -> list[TaggedDocument]:
    """Documents of five words of one of two topics; even numbers are of the sea."""
    draw = np.random.default_rng(4)
    names = list(TOPICS)
    return [TaggedDocument(list(draw.choice(TOPICS[names[i % 2]], 8)), [i]) for i in range(count)]


MODELS = {
    "PV-DBOW": {"dm": 0},
    "PV-DBOW with words": {"dm": 0, "dbow_words": 1},
    "PV-DM mean": {"dm": 1},
    "PV-DM sum": {"dm": 1, "dm_mean": 0},
    "PV-DM side by side": {"dm": 1, "dm_concat": 1, "window": 2},
    "hierarchical softmax": {"dm": 0, "hs": 1, "negative": 0},
}


def test_whole_numbers_are_rows_and_other_tags_follow() -> None:
    model = Doc2Vec(TAGGED, vector_size=4, min_count=1, epochs=2, workers=1)
    assert model.dv.index_to_key == [0, 1, 2, 3, "x", "y"]
    assert model.dv.key_to_index == {"x": 4, "y": 5}
    assert model.dv.vectors.shape == (6, 4)
    assert model.dv.expandos["word_count"].tolist() == [4, 0, 0, 3, 6, 2]
    assert model.dv.expandos["doc_count"].tolist() == [1, 0, 0, 1, 2, 1]
    assert 2 in model.dv
    assert model.dv.get_index("y") == 5
    with pytest.raises(KeyError):
        model.dv["zz"]
    with pytest.raises(KeyError):
        model.dv[99]
    assert str(model) == "Doc2Vec<dm/m,d4,n5,w5,s0.001>"
    assert model.docvecs is model.dv


def test_vectors_begin_where_gensim_draws_them() -> None:
    model = Doc2Vec(vector_size=4, min_count=1, seed=1)
    model.build_vocab(TAGGED)
    first = [-0.52308154, -0.59791267, -0.9880754, 0.8552846]  # Doc2Vec(...).dv.vectors[0] * 4 in gensim
    assert np.allclose(model.dv.vectors[0] * 4, first, atol=1e-7)
    assert np.allclose(model.wv.vectors[0] * 4, [-0.05362272, 0.02364314, 0.51033497, 0.9009273], atol=1e-7)
    assert model.wv.index_to_key == ["c", "b", "a", "f", "e", "d"]


def test_side_by_side_has_wide_output_rows_and_padding() -> None:
    model = Doc2Vec(TAGGED, vector_size=4, min_count=1, dm_concat=1, dm_tag_count=1, window=2)
    assert model.wv.index_to_key == ["c", "b", "a", "\0", "f", "e", "d"]  # as gensim orders them
    assert model.syn1neg.shape == (7, 20)


@pytest.mark.parametrize("options", MODELS.values(), ids=MODELS.keys())
def test_documents_of_a_topic_are_near_each_other(options: dict[str, int]) -> None:
    documents = topics()
    model = Doc2Vec(documents, vector_size=16, min_count=1, sample=0, epochs=40, alpha=0.05, workers=1, **options)
    near = [other % 2 == tag % 2 for tag in range(60) for other, _ in model.dv.most_similar(tag, topn=5)]
    assert np.mean(near) > 0.95
    vector = model.infer_vector(["wave", "sail", "salt", "fish", "ship", "wave"], epochs=60, alpha=0.05)
    found = [tag % 2 == 0 for tag, _ in model.dv.most_similar([vector], topn=10)]
    assert np.mean(found) > 0.8


@pytest.mark.parametrize("options", MODELS.values(), ids=MODELS.keys())
def test_deterministic_training_and_inference_do_not_depend_on_workers(options: dict[str, int]) -> None:
    documents = topics(80)
    common = {"vector_size": 8, "min_count": 1, "epochs": 3, **options}
    one, two = (Doc2Vec(documents, workers=workers, deterministic=True, **common) for workers in (1, 2))
    assert np.array_equal(one.dv.vectors, two.dv.vectors)
    assert np.array_equal(one.wv.vectors, two.wv.vectors)
    again = Doc2Vec(documents, workers=1, **common)
    assert np.array_equal(again.dv.vectors, Doc2Vec(documents, workers=1, **common).dv.vectors)
    before = {name: matrix.copy() for name, matrix in again._matrices().items()}
    words = [document.words for document in documents[:9]]
    batch = again.infer_vectors(words)
    assert np.array_equal(batch, np.vstack([again.infer_vector(each) for each in words]))
    for name, matrix in again._matrices().items():
        assert np.array_equal(matrix, before[name]), f"inference changed {name}"


@pytest.mark.parametrize("skip_gram", [True, False])
def test_steps_are_those_of_the_twin(skip_gram: bool) -> None:
    draw = np.random.default_rng(0)
    counts = [9, 7, 4, 2, 1]
    sentences = [[0, 2, 1], [3], [4, 0, 0, 1]]
    tags = [[0], [2, 1], [1]]
    words, nodes, rows = (draw.normal(size=(size, 6)).astype(np.float32) for size in (5, 4, 3))
    paths = [(leaf.code, leaf.points) for leaf in huffman.tree([(str(i), count) for i, count in enumerate(counts)])]
    expected = {"words": words.astype(float), "nodes": nodes.astype(float), "rows": rows.astype(float)}
    for sentence, own in zip(sentences, tags, strict=True):
        for centre, places in word2vec.windows(sentence, 2):
            code, points = paths[sentence[centre]]
            targets = word2vec.path_targets(code, points)
            if skip_gram:
                for tag in own:
                    word2vec.train_skip_gram(expected["rows"], expected["nodes"], [tag], targets, 0.1)
                continue
            both = np.vstack([expected["words"], expected["rows"]])
            context = [sentence[place] for place in places] + [5 + tag for tag in own]
            word2vec.train_cbow(both, expected["nodes"], context, targets, 0.1)
            expected["words"], expected["rows"] = both[:5], both[5:]
    trainer = Word2VecTrainer(
        words=words,
        skip_gram=skip_gram,
        window=2,
        shrink_windows=False,
        node_rows=nodes,
        path_offsets=np.cumsum([0, *(len(code) for code, _ in paths)]).astype(np.int64),
        points=np.array([point for _, points in paths for point in points], np.int32),
        codes=np.array([bit for code, _ in paths for bit in code], np.uint8),
        tags=rows,
        train_words=False,
    )
    trainer.train(
        np.array([word for sentence in sentences for word in sentence], np.int32),
        np.cumsum([0, *map(len, sentences)]).astype(np.int64),
        alpha_begin=0.1,
        alpha_end=0.1,
        control=TrainControl(),
        tags=np.array([tag for own in tags for tag in own], np.int32),
        tag_offsets=np.cumsum([0, *map(len, tags)]).astype(np.int64),
    )
    for got, name in ((words, "words"), (nodes, "nodes"), (rows, "rows")):
        assert np.allclose(got, expected[name], atol=1e-5), name


@pytest.mark.parametrize(
    ("tags", "offsets"),
    [([7], [0, 1]), ([-1], [0, 1]), ([0], [0, 2]), ([0], [1, 1]), ([0, 0], [0, 2, 1]), ([], [])],
)
def test_the_core_refuses_tags_that_do_not_fit(tags: list[int], offsets: list[int]) -> None:
    rows = np.zeros((2, 3), np.float32)
    trainer = Word2VecTrainer(
        words=np.zeros((2, 3), np.float32), skip_gram=True, negative=1, negative_rows=np.zeros((2, 3), np.float32),
        noise=np.ones(2), tags=rows,
    )  # fmt: skip
    sentences = max(len(offsets) - 1, 1)
    with pytest.raises(ValueError, match="expected"):
        trainer.train(
            np.zeros(2, np.int32), np.linspace(0, 2, sentences + 1).astype(np.int64), alpha_begin=0.1, alpha_end=0.1,
            control=TrainControl(), tags=np.array(tags, np.int32), tag_offsets=np.array(offsets, np.int64),
        )  # fmt: skip


def test_lines_of_a_file_are_documents(tmp_path: Path) -> None:
    path = tmp_path / "lines.txt"
    path.write_text("ship wave sail\n\ntree leaf deer\n", encoding="utf-8")
    assert [document.tags for document in TaggedLineDocument(path)] == [[0], [1], [2]]
    model = Doc2Vec(corpus_file=str(path), vector_size=4, min_count=1, workers=1)
    other = Doc2Vec(list(TaggedLineDocument(path)), vector_size=4, min_count=1, workers=1)
    assert model.dv.index_to_key == [0, 1, 2]  # the empty line is a document: line and tag agree
    assert np.array_equal(model.dv.vectors, other.dv.vectors)
    assert np.array_equal(
        model.dv.vectors, Doc2Vec(TaggedLineDocument(path), vector_size=4, min_count=1, workers=1).dv.vectors
    )


@pytest.mark.parametrize("options", MODELS.values(), ids=MODELS.keys())
def test_saved_models_go_on(options: dict[str, int], tmp_path: Path) -> None:
    documents = [*topics(40), TaggedDocument(["ship"], ["own"])]
    model = Doc2Vec(documents, vector_size=6, min_count=1, epochs=2, workers=1, **options)
    model.save(tmp_path / "model")
    loaded = Doc2Vec.load(tmp_path / "model")
    assert loaded.dv.index_to_key == model.dv.index_to_key
    assert np.array_equal(loaded.dv["own"], model.dv["own"])
    assert loaded.dv.expandos["doc_count"].tolist() == model.dv.expandos["doc_count"].tolist()
    assert np.array_equal(loaded.infer_vector(["ship"]), model.infer_vector(["ship"]))
    for each in (model, loaded):
        each.train(documents, total_examples=each.corpus_count, epochs=1)
    assert np.array_equal(loaded.dv.vectors, model.dv.vectors)


def test_update_adds_words_and_tags_and_keeps_what_was_learnt() -> None:
    model = Doc2Vec(
        [TaggedDocument(["a", "b"], [0]), TaggedDocument(["b"], ["x"])], vector_size=4, min_count=1, workers=1
    )
    kept = {tag: model.dv[tag].copy() for tag in (0, "x")}
    model.build_vocab([TaggedDocument(["c"], [2]), TaggedDocument(["a"], ["x", "z"])], update=True)
    assert model.dv.index_to_key == [0, 1, 2, "x", "z"]
    for tag, vector in kept.items():
        assert np.array_equal(model.dv[tag], vector)
    model.train([TaggedDocument(["c", "a"], ["z"])], total_examples=1, epochs=1)


def test_word2vec_format_with_documents(tmp_path: Path) -> None:
    model = Doc2Vec(TAGGED, vector_size=4, min_count=1, workers=1)
    model.save_word2vec_format(tmp_path / "both.txt", doctag_vec=True)
    read = KeyedVectors.load_word2vec_format(tmp_path / "both.txt")
    assert read.index_to_key == [*model.wv.index_to_key, *(f"*dt_{tag}" for tag in model.dv.index_to_key)]
    assert np.array_equal(read["*dt_x"], model.dv["x"])


def test_wrong_documents(caplog: pytest.LogCaptureFixture) -> None:
    for wrong in (
        [["a", "b"]],
        [TaggedDocument("a b", [0])],
        [TaggedDocument(["a"], "tag")],
        [TaggedDocument(["a"], 0)],
    ):
        with pytest.raises(SentencesError, match="TaggedDocument"):
            Doc2Vec(wrong, min_count=1)
    with pytest.raises(TypeError):
        Doc2Vec(iter(TAGGED), min_count=1)
    with pytest.raises(ValueError, match="rows of a matrix"):
        Doc2Vec([TaggedDocument(["a"], [-1])], min_count=1)
    with pytest.raises(RuntimeError):
        Doc2Vec(TAGGED, min_count=100)
    with pytest.raises(ModelStateError):
        Doc2Vec(vector_size=4).infer_vector(["a"])
    model = Doc2Vec(TAGGED, vector_size=4, min_count=1)
    with pytest.raises(TypeError, match="list of words"):
        model.infer_vector("a b")  # type: ignore[arg-type]
    assert model.infer_vector([]).shape == (4,)
    assert model.infer_vectors([]).shape == (0, 4)
    assert -1.0 <= model.similarity_unseen_docs(["a"], ["b"]) <= 1.0
    with caplog.at_level(logging.WARNING):
        Doc2Vec([TaggedDocument(["a", "b"], [50])], min_count=1, vector_size=2)
    assert "50 rows" in caplog.text


def test_document_vectors_are_written_whole_whatever_their_tags(tmp_path: Path) -> None:
    # gensim writes the whole-number tags twice where there are others.
    model = Doc2Vec(TAGGED, vector_size=4, min_count=1, epochs=1)
    path = tmp_path / "vectors.txt"
    model.dv.save_word2vec_format(path)
    read = KeyedVectors.load_word2vec_format(path)
    assert read.index_to_key == ["0", "1", "2", "3", "x", "y"]
    np.testing.assert_array_equal(read.vectors, model.dv.vectors)


def test_a_model_is_asked_for_words_and_tags() -> None:
    model = Doc2Vec(TAGGED, vector_size=4, min_count=1, epochs=1)
    assert model["a"].tolist() == model.wv["a"].tolist()
    assert model["x"].tolist() == model.dv["x"].tolist()
    assert model[0].tolist() == model.dv[0].tolist()
    assert model[[0, "a"]].shape == (2, 4)
    with pytest.raises(KeyError, match="below 6"):
        model[6]
    assert (model.dm, model.dbow) == (1, False)


@pytest.mark.parametrize("epochs", [-1, 1.5, "2"])
def test_inference_says_what_epochs_are(epochs: object) -> None:
    model = Doc2Vec(TAGGED, vector_size=4, min_count=1, epochs=1)
    with pytest.raises(ValueError, match="whole number of epochs"):
        model.infer_vector(["a"], epochs=epochs)  # type: ignore[arg-type]


@pytest.mark.parametrize("words", ["text", None, 3])
def test_inference_wants_a_list_of_words(words: object) -> None:
    model = Doc2Vec(TAGGED, vector_size=4, min_count=1, epochs=1)
    with pytest.raises(SentencesError, match="list of words"):
        model.infer_vector(words)  # type: ignore[arg-type]
    with pytest.raises(ArgumentError, match="type str"):
        model.infer_vector([1, 2])  # type: ignore[list-item]


@pytest.mark.parametrize("highest", [None, {}, [], 1.5, "3", 10**30, -(10**30)])
def test_a_file_with_a_senseless_highest_tag_is_refused(tmp_path: Path, highest: object) -> None:
    model = Doc2Vec(TAGGED, vector_size=4, min_count=1, epochs=1)
    model._highest_tag = highest  # type: ignore[assignment]
    model.save(tmp_path / "model")
    with pytest.raises(TokenspaceError):
        Doc2Vec.load(tmp_path / "model")
