"""fastText's model files: what fastText 0.9.2 wrote, damaged ones, and ours."""

from __future__ import annotations

import base64
import gzip
import struct
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tokenspace import FastText, FastTextClassifier
from tokenspace.errors import ArgumentError, FileError, FormatError, LimitError, UnsupportedError
from tokenspace.vectors.fasttext import load_facebook_model, load_facebook_vectors, save_facebook_model
from tokenspace.vectors.fasttext.inspect import FastTextModel
from tokenspace.vectors.formats.fasttext_bin import read_fasttext_bin, write_fasttext_bin

# fasttext.train_unsupervised(..., dim=2, minCount=1, bucket=7, minn=2, maxn=3), then set_matrices with eighths.
UNSUPERVISED = zlib.decompress(
    base64.b85decode(
        "c-m!8NeaS15UfN*1P_8JxPc!KZ=OOT_yE6<0S6QmLZXJ;@-7ca-s07ZKhW-^XB2EGs;j4ZnfqwB>H%;GZ9<FSNbX3T(GlkNJz=?>Js;~y(5"
        "0Ng@e+PZc&o&RCq=~9<dR`-<Uy-jhN+Q>N-?$~)%t>w?L0;rL))m%XB~faq*aW8Q7Vc~8hs;e=Gw|80CHbM2~-7X;;?LZLs*cfB2O4JHumS"
        "7n_fZv{^RHVyl8en^g{Z$Mzgzr2l3+is8WW?QFRo}!2IVp=1M+LGuQkNtUE>L"
    )
)
# fasttext.train_supervised(..., dim=2, bucket=7, wordNgrams=2)
SUPERVISED = zlib.decompress(
    base64.b85decode(
        "c-q?~=C9Agz`(!+#H>Kf48)93HWQQ&!t4wPkOIWI&N8nbnMv7m1KFHVwK|Lt`TtO0qhD;tU<1=tR9ak8$sh~kW~3&TRWeA!xW$R(43cn8d1`"
        "72gBV<AW<e^0C|qM=Zf<H3f?trDSi~R<<0Tdp<fJkPz_{`8If+TBIq~r&`T02vN>EWoxNurgX=Vw76ighhkqJt>u9~;6_xLuuhkl#)-&*Nox"
        "AnlB{ZCxe>^|8|-7ne|X7|l#x&4HkhJCeVQ|yaorR@_sTE72yu!)_>j#>8nv03~23cBsn!^8G{k7?Vxv`Nw?W0&lH$w!ZEkK``c7wY3<D?NF"
        "+?F`A!d#pP4*oI}#-&5k1ZMQ(cXm7e?hW$51t9@{X!05yUG6zJp9@!-=kZ};xdbAG!Slw=("
    )
)


@pytest.fixture
def unsupervised(tmp_path: Path) -> Path:
    path = tmp_path / "words.bin"
    path.write_bytes(UNSUPERVISED)
    return path


@pytest.fixture
def supervised(tmp_path: Path) -> Path:
    path = tmp_path / "classes.bin"
    path.write_bytes(SUPERVISED)
    return path


def test_word_vectors_are_those_that_fasttext_gives(unsupervised: Path) -> None:
    # model.get_word_vector(word), model.get_subwords(word), model.get_nearest_neighbors("apples", k=2)
    model = FastTextModel(read_fasttext_bin(unsupervised))
    expected = {
        "apple": [0.3958333432674408, -0.71875],
        "apples": [0.38461539149284363, -0.567307710647583],
        "</s>": [0.75, 0.25],
        "": [0.375, -1.0],
        "é": [0.0, 0.8333333730697632],
    }
    for word, vector in expected.items():
        assert model.get_word_vector(word) == pytest.approx(vector, abs=1e-6)
    assert model.get_subwords("apple")[1].tolist() == [8, 13, 13, 11, 15, 15, 13, 15, 11, 14, 13, 11]
    assert model.get_subwords("apple")[0][:3] == ["apple", "<a", "<ap"]
    assert model.get_sentence_vector("ripe apples") == pytest.approx([0.75047588, -0.2429827], abs=1e-6)
    neighbours = model.get_nearest_neighbors("apples", k=2)
    assert [word for _, word in neighbours] == ["apple", "heavy"]
    assert neighbours[0][0] == pytest.approx(0.9957354664802551, abs=1e-6)


def test_keyed_vectors_of_a_file(unsupervised: Path) -> None:
    vectors = load_facebook_vectors(unsupervised)
    assert vectors["apple"] == pytest.approx([0.3958333432674408, -0.71875], abs=1e-6)
    assert vectors["apples"] == pytest.approx([0.38461539149284363, -0.567307710647583], abs=1e-6)
    assert vectors["</s>"] == pytest.approx([0.75, 0.25])
    assert "apples" in vectors
    assert "apples" not in vectors.key_to_index
    assert vectors.get_vecattr("</s>", "count") == 60


def test_predictions_are_those_that_fasttext_gives(supervised: Path) -> None:
    model = FastTextClassifier.load(supervised)
    labels, p = model.predict("ripe apple", k=2)
    assert labels == ("__label__fruit", "__label__tool")
    assert p == pytest.approx([0.903648316860199, 0.09637165814638138], abs=2e-5)
    labels, p = model.predict("a rusty saw", k=-1)
    assert labels == ("__label__tool", "__label__fruit")
    assert p == pytest.approx([0.9446174502372742, 0.05540252849459648], abs=2e-5)
    assert model.get_sentence_vector("a rusty saw") == pytest.approx([-0.55486661195755, 0.1363815814256668], abs=1e-6)
    assert model.loss == "softmax"
    assert model.dim == 2


def test_what_is_read_is_written_byte_for_byte(unsupervised: Path, supervised: Path, tmp_path: Path) -> None:
    again = tmp_path / "again.bin"
    save_facebook_model(load_facebook_model(unsupervised), again)
    assert again.read_bytes() == UNSUPERVISED
    FastTextClassifier.load(supervised).save_model(again)
    assert again.read_bytes() == SUPERVISED


def test_a_loaded_model_trains_on_and_grows(unsupervised: Path) -> None:
    model = load_facebook_model(unsupervised)
    sentences = [["ripe", "apples", "fall"], ["a", "heavy", "hammer"]] * 30
    before = model.wv["apple"].copy()
    model.min_count, model.sample = 1, 0.0  # fastText's sample of 1e-4 would leave nothing of so small a text
    model.build_vocab(sentences, update=True)
    assert "fall" in model.wv.key_to_index
    model.train(sentences, total_examples=len(sentences), epochs=2)
    assert not np.array_equal(model.wv["apple"], before)


def test_compressed(unsupervised: Path, tmp_path: Path) -> None:
    packed = tmp_path / "words.bin.gz"
    packed.write_bytes(gzip.compress(UNSUPERVISED))
    assert np.array_equal(load_facebook_vectors(packed).vectors, load_facebook_vectors(unsupervised).vectors)


@pytest.mark.parametrize("data", [UNSUPERVISED, SUPERVISED], ids=["words", "classes"])
def test_cut_anywhere_is_an_error(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "cut.bin"
    for length in range(len(data)):
        path.write_bytes(data[:length])
        with pytest.raises((FormatError, UnsupportedError)):
            read_fasttext_bin(path)
    path.write_bytes(data + b"x")
    with pytest.raises(FormatError, match="more bytes"):
        read_fasttext_bin(path)


def test_any_changed_byte_is_read_or_refused(tmp_path: Path) -> None:
    path = tmp_path / "changed.bin"
    for at in range(len(SUPERVISED)):
        data = bytearray(SUPERVISED)
        data[at] ^= 0xFF
        path.write_bytes(bytes(data))
        try:
            model = FastTextClassifier.load(path)
            model.predict("ripe apple unknown", k=2)
        except (FormatError, UnsupportedError, LimitError, ArgumentError):
            continue


def test_other_files_are_named(tmp_path: Path, unsupervised: Path, supervised: Path) -> None:
    path = tmp_path / "x.bin"
    path.write_bytes(b"")
    with pytest.raises(FormatError):
        read_fasttext_bin(path)
    path.write_bytes(b"3 2\na 1 2\n")
    with pytest.raises(UnsupportedError, match="word2vec"):
        read_fasttext_bin(path)
    path.write_bytes(UNSUPERVISED[:4] + struct.pack("<i", 13) + UNSUPERVISED[8:])
    with pytest.raises(UnsupportedError, match="version 13"):
        read_fasttext_bin(path)
    with pytest.raises(NotImplementedError, match="FastTextClassifier"):
        load_facebook_model(supervised)
    with pytest.raises(ArgumentError, match="supervised"):
        FastTextClassifier.load(unsupervised)
    with pytest.raises(FileError):
        read_fasttext_bin(tmp_path / "nothing.bin")


def arguments(**changed: Any) -> dict[str, Any]:
    given = {
        "dim": 2,
        "ws": 5,
        "epoch": 5,
        "minCount": 1,
        "neg": 5,
        "wordNgrams": 1,
        "loss": 2,
        "model": 2,
        "bucket": 0,
        "minn": 0,
        "maxn": 0,
        "lrUpdateRate": 100,
        "t": 1e-4,
    }
    return given | changed


def write(path: Path, words: list[bytes], **changed: Any) -> None:
    matrix = np.arange(2 * len(words), dtype=np.float32).reshape(-1, 2)
    given = arguments(**changed)
    ngrams = np.ones((given["bucket"], 2), np.float32)
    write_fasttext_bin(
        path, arguments=given, words=words, labels=[], counts=range(len(words), 0, -1), tokens=9, input=[matrix, ngrams],
        output=matrix,
    )  # fmt: skip


def test_words_that_are_not_utf8(tmp_path: Path) -> None:
    path = tmp_path / "bytes.bin"
    words = [b"\xe8a", "é".encode(), b"plain"]
    write(path, words, bucket=50, minn=1, maxn=2)
    vectors = load_facebook_vectors(path)
    assert vectors.index_to_key == ["\\xe8a", "é", "plain"]
    # </w> of one byte that is no UTF-8 has the n-grams of its bytes: <\xe8, \xe8, \xe8a, a, a>.
    assert len(vectors.buckets_word[0]) == 5
    model = load_facebook_model(path)
    again = tmp_path / "again.bin"
    save_facebook_model(model, again)
    assert again.read_bytes() == path.read_bytes()
    model.wv.save(tmp_path / "kv")
    assert np.array_equal(type(model.wv).load(tmp_path / "kv").buckets_word[0], vectors.buckets_word[0])
    write(path, ["ě".encode("cp852"), b"x"])
    assert load_facebook_vectors(path, encoding="cp852").index_to_key == ["ě", "x"]


def test_what_the_format_cannot_hold_is_not_written(tmp_path: Path) -> None:
    path = tmp_path / "x.bin"
    with pytest.raises(ArgumentError, match="twice"):
        write(path, [b"a", b"a"])
    with pytest.raises(ArgumentError, match="NUL"):
        write(path, [b"a\0b"])
    with pytest.raises(ArgumentError, match="input"):
        write_fasttext_bin(
            path, arguments=arguments(bucket=3), words=[b"a"], labels=[], counts=[1], tokens=1,
            input=[np.ones((1, 2), np.float32)], output=np.ones((1, 2), np.float32),
        )  # fmt: skip
    assert list(tmp_path.iterdir()) == []


def test_a_trained_model_is_read_back(tmp_path: Path) -> None:
    sentences = [["cat", "say", "meow"], ["dog", "say", "woof"]] * 10
    for hs in (0, 1):
        model = FastText(sentences, vector_size=6, min_count=1, bucket=30, hs=hs, negative=0 if hs else 5, epochs=2)
        path = tmp_path / f"{hs}.bin"
        save_facebook_model(model, path)
        loaded = load_facebook_model(path)
        assert np.array_equal(loaded.wv.vectors, model.wv.vectors)
        assert np.array_equal(loaded.wv["unseen"], model.wv["unseen"])
        assert loaded.hs == hs
        assert loaded.negative == (0 if hs else 5)


def quantized(tmp_path: Path, rows: int = 4, codes: int | None = None) -> Path:
    """A model of four words whose rows are codes of two sub-vectors of one number each, with norms."""
    centroids = np.zeros((2, 256), "<f4")
    centroids[0, :4] = [1, 2, 3, 4]
    centroids[1, :4] = [-1, -2, -3, -4]
    norms = np.zeros(256, "<f4")
    norms[:2] = [1, 10]
    head = UNSUPERVISED[:8] + struct.pack("<12id", 2, 5, 5, 1, 5, 1, 3, 3, 0, 0, 0, 100, 1e-4)
    words = b"".join(w + b"\0" + struct.pack("<qb", 3, 0) for w in (b"a", b"b", b"c", b"d"))
    labels = b"__label__x\0" + struct.pack("<qb", 3, 1)
    dictionary = struct.pack("<3i2q", 5, 4, 1, 12, 0) + words + labels
    data = bytes([0, 0, 1, 1, 2, 2, 3, 0])
    matrix = struct.pack("<??qqi", True, True, rows, 2, len(data) if codes is None else codes) + data
    matrix += struct.pack("<4i", 2, 2, 1, 1) + centroids.tobytes()
    matrix += bytes([0, 0, 1, 1]) + struct.pack("<4i", 1, 1, 1, 1) + norms.tobytes()
    output = struct.pack("<?qq", False, 1, 2) + np.array([[1, 1]], "<f4").tobytes()
    path = tmp_path / "small.ftz"
    path.write_bytes(head + dictionary + matrix + output)
    return path


def test_quantized_matrices(tmp_path: Path) -> None:
    parts = read_fasttext_bin(quantized(tmp_path))
    assert parts.quantized
    assert parts.input.tolist() == [[1, -1], [2, -2], [30, -30], [40, -10]]
    model = FastTextClassifier.load(quantized(tmp_path))
    assert model.predict("a b")[0] == ("__label__x",)
    with pytest.raises(UnsupportedError, match="quantized"):
        model.save_model(tmp_path / "x.bin")
    with pytest.raises(ValueError, match="quantized"):
        model.get_input_matrix()
    for changed in (quantized(tmp_path, rows=5), quantized(tmp_path, codes=7)):
        with pytest.raises(FormatError):
            read_fasttext_bin(changed)


def test_a_small_file_whose_n_grams_would_fill_the_memory_is_refused(tmp_path: Path) -> None:
    arguments = {
        "dim": 1, "ws": 5, "epoch": 1, "minCount": 1, "neg": 5, "wordNgrams": 1, "loss": 3, "model": 3, "bucket": 10,
        "minn": 1, "maxn": 2**31 - 1, "lrUpdateRate": 1, "t": 1e-4,
    }  # fmt: skip

    def load(**changed: int) -> None:
        write_fasttext_bin(
            tmp_path / "model.bin", arguments={**arguments, **changed}, words=[b"x" * 20_000], labels=[b"__label__a"],
            counts=[1, 1], tokens=5, input=[np.zeros((11, 1), np.float32)], output=np.zeros((1, 1), np.float32),
        )  # fmt: skip
        read_fasttext_bin(tmp_path / "model.bin")

    with pytest.raises(LimitError, match="n-grams"):
        load()
    with pytest.raises(LimitError, match="runs of 100 words"):
        load(maxn=0, wordNgrams=2**31 - 1)
    load(maxn=6)
