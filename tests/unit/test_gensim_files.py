"""gensim's saved files: pickles made here, read as data; what must not be run is not run."""

from __future__ import annotations

import collections
import gzip
import io
import pickle
import random
import sys
import types
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tokenspace import Doc2Vec, FastText, Word2Vec
from tokenspace.errors import FormatError, LimitError, NotFoundError, TokenspaceError, UnsupportedError
from tokenspace.vectors.formats.gensim_files import read_gensim, read_gensim_model
from tokenspace.vectors.formats.pickle_data import Record, load_pickle
from tokenspace.vectors.keyed_vectors import KeyedVectors
from tokenspace.vectors.phrases import FrozenPhrases, Phrases

KEYS = ["the", "cat", "été"]
VECTORS = np.arange(12, dtype=np.float32).reshape(3, 4) / 7
SPECIAL = {"__numpys": [], "__scipys": [], "__ignoreds": [], "__recursive_saveloads": []}


class _Stand(types.ModuleType):
    """A module in place of gensim's."""


@pytest.fixture
def gensim_like(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Classes with gensim's names, so that `pickle.dumps` writes what gensim writes; gone again when reading."""

    def cls(module: str, name: str) -> type:
        for package in ("gensim", "gensim.models", module):
            if not isinstance(sys.modules.get(package), _Stand):
                monkeypatch.setitem(sys.modules, package, _Stand(package))
        home = sys.modules[module]
        if not hasattr(home, name):
            setattr(home, name, type(name, (), {"__module__": module, "__qualname__": name}))
        return getattr(home, name)

    def dump(build: Any, protocol: int = 4) -> bytes:
        with monkeypatch.context():
            content = pickle.dumps(build(cls), protocol=protocol)
        for name in [name for name in sys.modules if name.split(".")[0] == "gensim"]:
            monkeypatch.delitem(sys.modules, name)
        return content

    return dump


def instance(kind: type, **state: Any) -> Any:
    made = kind()
    made.__dict__.update(state)
    return made


def vectors_of(cls: Any, **more: Any) -> Any:
    state: dict[str, Any] = {
        "vector_size": 4,
        "index_to_key": list(KEYS),
        "next_index": 0,
        "key_to_index": {key: row for row, key in enumerate(KEYS)},
        "norms": None,
        "expandos": {"count": np.array([9, 5, 1]), "sample_int": np.array([1, 2, 3], np.uint32)},
        "mapfile_path": None,
        "lifecycle_events": [{"msg": "x", "datetime": "y"}],
        "vectors": VECTORS,
    }
    return instance(cls("gensim.models.keyedvectors", "KeyedVectors"), **{**state, **SPECIAL, **more})


def model_of(cls: Any, name: str = "Word2Vec", module: str = "word2vec", **more: Any) -> Any:
    wv = vectors_of(cls)
    return instance(
        cls(f"gensim.models.{module}", name),
        wv=wv,
        raw_vocab=collections.defaultdict(int),
        random=np.random.RandomState(1),
        hashfxn=hash,
        syn1neg=np.ones((3, 4), np.float32),
        window=5,
        alpha=0.025,
        comment=None,
        **{**SPECIAL, **more},
    )


def check(kv: KeyedVectors) -> None:
    assert kv.index_to_key == KEYS
    np.testing.assert_array_equal(kv.vectors, VECTORS)
    assert kv.vectors.flags.writeable
    assert kv.expandos["count"].tolist() == [9, 5, 1]
    assert kv.expandos["sample_int"].dtype == np.uint32


@pytest.mark.parametrize("protocol", [2, 3, 4, 5])
def test_vectors(tmp_path: Path, gensim_like: Any, protocol: int) -> None:
    path = tmp_path / "vectors.kv"
    path.write_bytes(gensim_like(vectors_of, protocol))
    check(KeyedVectors.load(path))
    check(KeyedVectors.from_pretrained(path))


@pytest.mark.parametrize("protocol", [2, 4])
def test_model(tmp_path: Path, gensim_like: Any, protocol: int) -> None:
    path = tmp_path / "w2v.model"
    path.write_bytes(gensim_like(model_of, protocol))
    check(KeyedVectors.load(path))
    model = read_gensim_model(path)
    assert model.kind == "Word2Vec"
    assert model.fields["window"] == 5
    assert model.fields["alpha"] == 0.025
    np.testing.assert_array_equal(model.array("syn1neg"), np.ones((3, 4)))
    assert "hashfxn" not in model.fields
    assert "random" not in model.fields


def test_documents(tmp_path: Path, gensim_like: Any) -> None:
    path = tmp_path / "d2v.model"
    path.write_bytes(
        gensim_like(lambda cls: model_of(cls, "Doc2Vec", "doc2vec", dv=vectors_of(cls, index_to_key=[0, 1, 2])))
    )
    check(read_gensim(path))
    assert read_gensim(path, part="dv").index_to_key == [0, 1, 2]
    with pytest.raises(UnsupportedError, match="'nothing'"):
        read_gensim(path, part="nothing")


@pytest.mark.parametrize("mmap", [None, "r"])
def test_arrays_beside(tmp_path: Path, gensim_like: Any, mmap: str | None) -> None:
    def large(cls: Any) -> Any:
        wv = vectors_of(cls, __numpys=["vectors"])
        del wv.vectors
        made = model_of(cls, __numpys=["syn1neg"], __recursive_saveloads=["wv"])
        del made.syn1neg
        made.wv = wv
        return made

    path = tmp_path / "large.model"
    path.write_bytes(gensim_like(large))
    with pytest.raises(NotFoundError, match=r"large\.model\.wv\.vectors\.npy"):
        KeyedVectors.load(path)
    np.save(tmp_path / "large.model.wv.vectors.npy", VECTORS)
    np.save(tmp_path / "large.model.syn1neg.npy", np.zeros((3, 4), np.float32))
    kv = KeyedVectors.load(path, mmap=mmap)
    np.testing.assert_array_equal(kv.vectors, VECTORS)
    assert kv.vectors.flags.writeable == (mmap is None)
    (tmp_path / "large.model.wv.vectors.npy").write_bytes(b"\x93NUMPY garbage")
    with pytest.raises(FormatError, match=r"vectors\.npy"):
        KeyedVectors.load(path)
    # A header that says more than the file holds is not believed.
    claimed = io.BytesIO()
    np.lib.format.write_array_header_1_0(claimed, {"descr": "<f4", "fortran_order": False, "shape": (1 << 40, 4)})
    (tmp_path / "large.model.wv.vectors.npy").write_bytes(claimed.getvalue())
    with pytest.raises(FormatError):
        KeyedVectors.load(path)


def test_compressed(tmp_path: Path, gensim_like: Any) -> None:
    def beside(cls: Any) -> Any:
        wv = vectors_of(cls, __numpys=["vectors"])
        del wv.vectors
        return wv

    path = tmp_path / "v.kv.gz"
    path.write_bytes(gzip.compress(gensim_like(beside)))
    np.savez_compressed(tmp_path / "v.kv.gz.vectors.npz", val=VECTORS)
    check(KeyedVectors.load(path))
    (tmp_path / "v.kv.gz.vectors.npz").write_bytes(b"PK\x03\x04 no archive")
    with pytest.raises(FormatError):
        KeyedVectors.load(path)


def test_version_3(tmp_path: Path, gensim_like: Any) -> None:
    def old(cls: Any) -> Any:
        word = cls("gensim.models.keyedvectors", "Vocab")
        vocab = {key: instance(word, count=9 - row, index=row) for row, key in enumerate(KEYS)}
        kind = cls("gensim.models.keyedvectors", "Word2VecKeyedVectors")
        return instance(kind, vectors=VECTORS, index2word=list(KEYS), vocab=vocab, vector_size=4)

    path = tmp_path / "old.kv"
    path.write_bytes(gensim_like(old, 2))
    kv = KeyedVectors.load(path)
    assert kv.index_to_key == KEYS
    assert kv.expandos["count"].tolist() == [9, 8, 7]


# ---- what must not happen ------------------------------------------------------------------------------------------
class _Runs:
    ran = False

    def __reduce__(self) -> Any:
        return (_run, ())


def _run() -> None:
    _Runs.ran = True


@pytest.mark.parametrize("protocol", [2, 4])
def test_nothing_is_run(tmp_path: Path, gensim_like: Any, monkeypatch: pytest.MonkeyPatch, protocol: int) -> None:
    path = tmp_path / "bad.kv"
    path.write_bytes(gensim_like(lambda cls: vectors_of(cls, trap=_Runs()), protocol))
    with pytest.raises(UnsupportedError, match=r"_run.*save_word2vec_format"):
        KeyedVectors.load(path)
    assert not _Runs.ran
    monkeypatch.setattr(_Runs, "ran", False)  # put back to that afterwards
    pickle.loads(pickle.dumps(_Runs()))
    assert _Runs.ran  # Python's own reader would have


@pytest.mark.parametrize(
    "name", [("os", "system"), ("builtins", "eval"), ("builtins", "getattr"), ("numpy", "load"), ("gensim.utils", "unpickle"),
             ("numpy.core.multiarray", "fromstring"), ("gensim.models.keyedvectors.x", "y"), ("", ""), ("posix", "system")]
)  # fmt: skip
def test_names_that_are_not_listed(name: tuple[str, str]) -> None:
    for content in (
        b"\x80\x02c" + "\n".join(name).encode() + b"\nU\x04echo\x85R.",
        b"\x80\x04"
        + b"".join(b"\x8c" + bytes([len(part)]) + part.encode() for part in name)
        + b"\x93\x8c\x04echo\x85R.",
    ):
        with pytest.raises((UnsupportedError, FormatError)):
            load_pickle(memoryview(content), "x")


@pytest.mark.parametrize(
    "content",
    [
        b"\x80\x02i" + b"os\nsystem\n.", b"\x80\x02(o.", b"\x80\x02P0\n.", b"\x80\x02K\x01Q.", b"\x80\x02\x82\x01.",
        b"\x80\x02\x83\x01\x00.", b"\x80\x02\x84\x01\x00\x00\x00.", b"\x80\x05\x97.", b"\x80\x05\x98.",
    ],
)  # fmt: skip
def test_opcodes_that_reach_outside(content: bytes) -> None:
    with pytest.raises(UnsupportedError, match="opcode"):
        load_pickle(memoryview(content), "x")


def test_depth_and_size_are_bounded() -> None:
    deep = b"\x80\x04" + b")" + b"\x85" * 100_000
    with pytest.raises(LimitError, match="container"):
        load_pickle(memoryview(deep + b"."), "x")
    # Nested within what the size allows: nothing here walks down into it, nor hashes it.
    padded = deep + b"N0" * 400_000
    with pytest.raises(FormatError):
        load_pickle(memoryview(b"\x80\x04}" + padded[2:] + b"Ns."), "x")
    assert load_pickle(memoryview(padded + b"."), "x") is not None
    for claim in (b"B\xff\xff\xff\x7f", b"\x8e" + b"\xff" * 7 + b"\x7f", b"\x8b\xff\xff\xff\x7f", b"T\xff\xff\xff\x7f"):
        with pytest.raises(FormatError):
            load_pickle(memoryview(b"\x80\x04" + claim + b"."), "x")


def test_arrays_that_lie() -> None:
    good = pickle.dumps(VECTORS, 4)
    for old, new in (
        (b"K\x03K\x04\x86", b"K\x03K\x7f\x86"),
        (b"\x8c\x02f4", b"\x8c\x02O8"),
        (b"\x8c\x02f4", b"\x8c\x02V4"),
    ):
        assert old in good
        with pytest.raises((FormatError, UnsupportedError)):
            load_pickle(memoryview(good.replace(old, new)), "x")


def test_other_pickles_are_told_apart(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(pickle.dumps({"a": 1}, 4))
    with pytest.raises(UnsupportedError, match="saved by gensim"):
        KeyedVectors.load(path)


@pytest.mark.parametrize("seed", range(20))
def test_mutated_bytes(gensim_like: Any, tmp_path: Path, seed: int) -> None:
    """Whatever the bytes: data, or one of our errors."""
    chance = random.Random(seed)
    content = gensim_like(model_of, chance.choice([2, 4, 5]))
    path = tmp_path / "x"
    for _ in range(25):
        damaged = bytearray(content)
        for _ in range(chance.randint(1, 6)):
            at = chance.randrange(2, len(damaged))
            if chance.random() < 0.6:
                damaged[at] = chance.randrange(256)
            elif chance.random() < 0.5:
                del damaged[at : at + chance.randint(1, 20)]
            else:
                damaged[at:at] = bytes(chance.choices(range(256), k=chance.randint(1, 8)))
        path.write_bytes(bytes(damaged))
        try:
            read_gensim(path)
        except TokenspaceError:
            continue


def test_random_opcodes() -> None:
    chance = random.Random(5)
    alphabet = b"().0125]}lt\x85\x86\x87aesud\x90\x91\x8f\x94q\x01h\x00K\x05N\x88\x93cRb\x81\x92JGX\x8c"
    for _ in range(3000):
        body = bytes(chance.choices(alphabet, k=chance.randint(1, 40)))
        try:
            value = load_pickle(memoryview(b"\x80\x04" + body + b"."), "x")
        except TokenspaceError:
            continue
        assert not isinstance(value, Record)


PAIRS = {"new_york": 9.5, "bank_of_america": 4.0}


@pytest.mark.parametrize("old", [False, True])
def test_phrases(tmp_path: Path, gensim_like: Any, old: bool) -> None:
    # gensim 3: words as bytes, no corpus_word_count, connector words under another name.
    def text(word: str) -> Any:
        return word.encode() if old else word

    def build(cls: Any) -> Any:
        counts: dict[Any, int] = collections.defaultdict(int)
        counts.update({text(word): count for word, count in {"new": 9, "york": 9, "new_york": 9, "is": 9}.items()})
        state: dict[str, Any] = {
            "min_count": 1, "threshold": 0.1, "max_vocab_size": 40, "delimiter": text("_"), "progress_per": 1,
            "vocab": counts, "min_reduce": 2, "lifecycle_events": [],
        }  # fmt: skip
        if not old:
            scorer = cls("gensim.models.phrases", "original_scorer")
            state |= {"connector_words": frozenset(["of"]), "corpus_word_count": 27, "scoring": scorer}
        return instance(cls("gensim.models.phrases", "Phrases"), **state)

    (tmp_path / "phrases").write_bytes(gensim_like(build))
    model = Phrases.load(tmp_path / "phrases")
    assert model[["new", "york", "is"]] == ["new_york", "is"]
    assert (model.min_reduce, model.corpus_word_count) == (2, 0 if old else 27)
    assert model.connector_words == (frozenset() if old else {"of"})
    with pytest.raises(FormatError, match=r"Phrases\.load"):
        FrozenPhrases.load(tmp_path / "phrases")


@pytest.mark.parametrize("old", [False, True])
def test_frozen_phrases(tmp_path: Path, gensim_like: Any, old: bool) -> None:
    grams: dict[Any, Any] = dict(PAIRS)
    if old:
        grams = {tuple(part.encode() for part in key.split("_")): (3, score) for key, score in PAIRS.items()}

    def build(cls: Any) -> Any:
        return instance(
            cls("gensim.models.phrases", "Phraser" if old else "FrozenPhrases"),
            min_count=1, threshold=1, delimiter=b"_" if old else "_", phrasegrams=grams,
            connector_words=frozenset(["of"]), scoring="npmi",
        )  # fmt: skip

    (tmp_path / "phrases").write_bytes(gensim_like(build))
    model = FrozenPhrases.load(tmp_path / "phrases")
    assert model.phrasegrams == PAIRS
    assert model[["new", "york", "bank", "of", "america"]] == ["new_york", "bank_of_america"]


@pytest.mark.parametrize("grams", [None, [1], {("a", "b"): "x"}, {b"\xff": 1.0}, {1: 1.0}, {("a", "b"): ()}])
def test_phrases_that_are_none(tmp_path: Path, gensim_like: Any, grams: Any) -> None:
    def build(cls: Any) -> Any:
        kind = cls("gensim.models.phrases", "FrozenPhrases")
        return instance(kind, min_count=1, threshold=1, delimiter="_", phrasegrams=grams, connector_words=())

    (tmp_path / "phrases").write_bytes(gensim_like(build))
    with pytest.raises(FormatError):
        FrozenPhrases.load(tmp_path / "phrases")


def word2vec_of(cls: Any, **more: Any) -> Any:
    state: dict[str, Any] = {
        "wv": vectors_of(cls), "vector_size": 4, "window": 3, "sg": 1, "hs": 0, "negative": 5, "alpha": 0.02, "min_alpha": 0.001,
        "sample": 0.01, "seed": 7, "workers": 1, "epochs": 4, "min_count": 1, "ns_exponent": 0.5, "cbow_mean": 1,
        "corpus_count": 12, "corpus_total_words": 15, "train_count": 1, "min_alpha_yet_reached": 0.001,
        "syn1neg": VECTORS + 1, "syn1": None, "comment": None, "max_final_vocab": None, "random": None,
    }  # fmt: skip
    return instance(cls("gensim.models.word2vec", "Word2Vec"), **{**state, **SPECIAL, **more})


def test_a_model_goes_on_training(tmp_path: Path, gensim_like: Any) -> None:
    (tmp_path / "model").write_bytes(gensim_like(word2vec_of))
    model = Word2Vec.load(tmp_path / "model")
    np.testing.assert_array_equal(model.wv.vectors, VECTORS)
    np.testing.assert_array_equal(model.syn1neg, VECTORS + 1)
    assert (model.window, model.sg, model.seed, model.epochs, model.ns_exponent) == (3, 1, 7, 4, 0.5)
    assert (model.corpus_count, model.train_count, model.min_alpha_yet_reached) == (12, 1, 0.001)
    assert model.wv.expandos["sample_int"].tolist() == [1, 2, 3]
    model.train([["the", "cat"]] * 9, total_examples=9, epochs=1)
    model.build_vocab([["new", "cat"]], update=True)
    model.save(tmp_path / "own")
    assert Word2Vec.load(tmp_path / "own").wv.index_to_key == [*KEYS, "new"]


@pytest.mark.parametrize(
    "more",
    [{"window": "x"}, {"vector_size": 5}, {"syn1neg": VECTORS[:2]}, {"syn1neg": None}, {"hs": 1}, {"epochs": [1]}, {"seed": -1},
     {"train_count": "x"}],
)  # fmt: skip
def test_a_model_whose_parts_do_not_fit_is_refused(tmp_path: Path, gensim_like: Any, more: dict[str, Any]) -> None:
    (tmp_path / "model").write_bytes(gensim_like(lambda cls: word2vec_of(cls, **more)))
    with pytest.raises(FormatError):
        Word2Vec.load(tmp_path / "model")


def test_a_word2vec_of_another_class_names_what_reads_its_vectors(tmp_path: Path, gensim_like: Any) -> None:
    (tmp_path / "model").write_bytes(gensim_like(word2vec_of))
    for kind in (FastText, Doc2Vec):
        with pytest.raises(UnsupportedError, match=r"KeyedVectors\.load"):
            kind.load(tmp_path / "model")
