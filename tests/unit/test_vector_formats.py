"""Word2vec text and binary, GloVe, .vec and our own file: what is read, what is written, and what damaged files do."""

from __future__ import annotations

import bz2
import codecs
import gzip
import lzma
import os
import random
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tokenspace import _core
from tokenspace.errors import (
    ArgumentError,
    FormatError,
    KeyEncodingError,
    NotFoundError,
    TokenspaceError,
    TruncatedFileError,
    UnsupportedError,
)
from tokenspace.io.safetensors_file import read_tensors, write_tensors
from tokenspace.vectors.formats.open import open_file, recognise
from tokenspace.vectors.keyed_vectors import KeyedVectors

TEXT = b"3 2\nking 0.5 -1.25\nqueen 1e-3 7\nr\xc3\xa9sum\xc3\xa9 .25 +2.\n"
WORDS = ["king", "queen", "résumé"]
MATRIX = np.array([[0.5, -1.25], [1e-3, 7], [0.25, 2]], np.float32)


def binary(words: list[bytes], matrix: np.ndarray, end: bytes = b"") -> bytes:
    rows = [word + b" " + row.astype("<f4").tobytes() + end for word, row in zip(words, matrix, strict=True)]
    return f"{len(words)} {matrix.shape[1]}\n".encode() + b"".join(rows)


BINARY = binary([word.encode() for word in WORDS], MATRIX)


def put(folder: Path, content: bytes, name: str = "vectors") -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def table(rows: int = 6, columns: int = 4, dtype: Any = np.float32) -> KeyedVectors:
    kv = KeyedVectors(columns, dtype=dtype)
    matrix = np.random.default_rng(0).normal(size=(rows, columns)).astype(dtype)
    kv.add_vectors([f"word{row}" for row in range(rows)], matrix, {"count": np.arange(rows)})
    return kv


def same(left: KeyedVectors, right: KeyedVectors) -> None:
    assert left.index_to_key == right.index_to_key
    assert left.key_to_index == right.key_to_index
    assert left.vectors.dtype == right.vectors.dtype
    np.testing.assert_array_equal(left.vectors, right.vectors)


# ---- reading -------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("content", [TEXT, BINARY, binary([w.encode() for w in WORDS], MATRIX, b"\n")])
@pytest.mark.parametrize("pack", [bytes, gzip.compress, bz2.compress, lzma.compress])
def test_reads(tmp_path: Path, content: bytes, pack: Any) -> None:
    path = put(tmp_path, pack(content))
    kv = KeyedVectors.load_word2vec_format(path, binary=content is not TEXT)
    assert kv.index_to_key == WORDS
    np.testing.assert_array_equal(kv.vectors, MATRIX)
    assert kv.vectors.flags.c_contiguous
    assert kv.vectors.flags.writeable
    assert [kv.get_vecattr(word, "count") for word in WORDS] == [3, 2, 1]
    same(kv, KeyedVectors.from_pretrained(path))


def test_zstd(tmp_path: Path) -> None:
    zstandard = pytest.importorskip("zstandard")
    path = put(tmp_path, zstandard.ZstdCompressor().compress(TEXT))
    assert KeyedVectors.from_pretrained(path).index_to_key == WORDS


def test_glove_has_no_header_and_words_may_hold_blanks(tmp_path: Path) -> None:
    path = put(tmp_path, b"the 1 2 3\n. . . 4 5 6\nat name@domain.com 7 8 9\n1 2 0 0 1\n 3 4 5\n\n<unk> 1 1 1\n")
    kv = KeyedVectors.load_word2vec_format(path, no_header=True)
    assert kv.index_to_key == ["the", ". . .", "at name@domain.com", "1 2", "", "<unk>"]
    assert kv["at name@domain.com"].tolist() == [7, 8, 9]
    assert kv["1 2"].tolist() == [0, 0, 1]
    assert recognise(path) == "glove"
    assert KeyedVectors.load_word2vec_format(path, no_header=True, limit=2).index_to_key == ["the", ". . ."]


def test_a_byte_order_mark_is_no_part_of_the_first_line(tmp_path: Path) -> None:
    for content, kind in ((b"2 2\na 1 2\nb 3 4\n", "word2vec-text"), (b"a 1 2\nb 3 4\n", "glove")):
        for packed in (codecs.BOM_UTF8 + content, gzip.compress(codecs.BOM_UTF8 + content)):
            path = put(tmp_path, packed)
            assert recognise(path) == kind
            kv = KeyedVectors.load_word2vec_format(path, no_header=kind == "glove")
            assert (kv.index_to_key, kv.vectors.tolist()) == (["a", "b"], [[1, 2], [3, 4]])


def test_a_header_that_cannot_be_meant_is_not_a_word(tmp_path: Path) -> None:
    for header in (b"-2 3", b"2.0 3"):
        with pytest.raises(FormatError, match=r"line 1.*expected lines of a word and 3 values"):
            KeyedVectors.load_word2vec_format(put(tmp_path, header + b"\na 1 2 3\nb 4 5 6\n"), no_header=True)


def test_blanks_in_words_with_header(tmp_path: Path) -> None:
    kv = KeyedVectors.load_word2vec_format(put(tmp_path, b"2 2\nnew york 1 2\nx\t3\t4 \r\n"))
    assert kv.index_to_key == ["new york", "x"]
    assert kv.vectors.tolist() == [[1, 2], [3, 4]]


def test_values_are_those_of_numpy(tmp_path: Path) -> None:
    chance = random.Random(7)
    texts = ["0", "-0.0", "1e-45", "3.4028235e38", "3.5e38", "-1e400", "1e-400", "inf", "-Infinity", "16777217", "1E5"]
    while len(texts) < 4000:
        digits = "".join(chance.choices("0123456789", k=chance.choice([1, 3, 7, 9, 17, 25])))
        cut = chance.randrange(len(digits) + 1)
        number = digits[:cut] + chance.choice([".", ""]) + digits[cut:]
        texts.append(chance.choice(["", "-", "+"]) + number + chance.choice(["", "", f"e{chance.randint(-50, 50)}"]))
    path = put(tmp_path, b"".join(b"w%d %s\n" % (row, text.encode()) for row, text in enumerate(texts)))
    for datatype in (np.float32, np.float64, np.float16):
        with pytest.warns(UserWarning, match="NaN or infinite"):
            kv = KeyedVectors.load_word2vec_format(path, no_header=True, datatype=datatype)
        with np.errstate(over="ignore"):
            expected = np.array([float(text) for text in texts]).astype(datatype)
        np.testing.assert_array_equal(kv.vectors[:, 0], expected)


def test_many_rows_by_any_number_of_threads(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    matrix = rng.normal(size=(20_000, 20)).astype(np.float32)
    kv = KeyedVectors(20)
    kv.add_vectors([f"w{row}é" for row in range(len(matrix))], matrix)
    path = tmp_path / "many.txt"
    kv.save_word2vec_format(path)
    for threads in (1, 3):
        same(KeyedVectors.load_word2vec_format(path, threads=threads), kv)
    same(KeyedVectors.load_word2vec_format(put(tmp_path, gzip.compress(path.read_bytes(), 1))), kv)


def test_duplicates_keep_the_first(tmp_path: Path) -> None:
    path = put(tmp_path, b"4 1\na 1\nb 2\na 3\nc 4\n")
    with pytest.warns(UserWarning, match="1 words come again"):
        kv = KeyedVectors.load_word2vec_format(path)
    assert kv.index_to_key == ["a", "b", "c"]
    assert kv.vectors.tolist() == [[1], [2], [4]]
    assert kv.expandos["count"].tolist() == [4, 3, 2]


def test_nan_is_kept_and_said(tmp_path: Path) -> None:
    for content in (b"2 2\na nan 1\nb 1 2\n", binary([b"a", b"b"], np.array([[np.nan, 1], [1, 2]]))):
        with pytest.warns(UserWarning, match="1 vectors hold NaN"):
            kv = KeyedVectors.from_pretrained(put(tmp_path, content))
        assert np.isnan(kv["a"][0])


def test_counts_from_a_file(tmp_path: Path) -> None:
    counts = put(tmp_path, b"king 40\nqueen 20\n", "counts")
    with pytest.warns(UserWarning, match="no count"):
        kv = KeyedVectors.load_word2vec_format(put(tmp_path, TEXT), fvocab=counts)
    assert kv.expandos["count"].tolist() == [40, 20, 0]


@pytest.mark.parametrize("datatype", [np.float16, np.float64])
def test_datatype(tmp_path: Path, datatype: Any) -> None:
    for name, content in (("t", TEXT), ("b", BINARY)):
        kv = KeyedVectors.load_word2vec_format(put(tmp_path, content, name), binary=name == "b", datatype=datatype)
        assert kv.vectors.dtype == datatype
        np.testing.assert_allclose(kv.vectors, MATRIX, rtol=1e-3)


def test_keys_that_are_not_text(tmp_path: Path) -> None:
    for name, content in (("t", b"2 1\nok 1\nna\xefve 2\n"), ("b", binary([b"ok", b"na\xefve"], np.ones((2, 1))))):
        path, options = put(tmp_path, content, name), {"binary": name == "b"}
        with pytest.raises(KeyEncodingError, match=r"row 2.*utf-8") as caught:
            KeyedVectors.load_word2vec_format(path, **options)
        assert isinstance(caught.value, UnicodeDecodeError)
        assert KeyedVectors.load_word2vec_format(path, encoding="latin-1", **options).index_to_key[1] == "naïve"
        assert KeyedVectors.load_word2vec_format(path, unicode_errors="ignore", **options).index_to_key[1] == "nave"
        assert KeyedVectors.load_word2vec_format(path, unicode_errors="replace", **options).index_to_key[1] == "na�ve"
    with pytest.raises(ArgumentError):
        KeyedVectors.load_word2vec_format(path, encoding="klingon")


@pytest.mark.parametrize(
    ("content", "error", "text"),
    [
        (b"", FormatError, "an empty file"),
        (b"king 0.5 1\n", FormatError, "no_header=True"),
        (b"3 x\n", FormatError, "numbers of rows and columns"),
        (b"-3 2\n", FormatError, "numbers of rows and columns"),
        (b"3 0\n", FormatError, "numbers of rows and columns"),
        (TEXT.replace(b"3 2", b"4 2"), TruncatedFileError, "unexpected end after 3"),
        (TEXT.replace(b"3 2", b"999999999999 2"), TruncatedFileError, "unexpected end after 3"),
        (TEXT.replace(b"3 2", b"3 900000000"), FormatError, "900000000 values"),
        (TEXT.replace(b"3 2", b"3 3"), FormatError, "line 2"),
        (b"2 2\na 1 2\nb 1 x\n", FormatError, "line 3.*not all numbers"),
        (b"2 2\na 1 2\nb 1\n", FormatError, "line 3.*received 1 values"),
        (b"1 1\na 0x10\n", FormatError, "line 2"),
        (b"1 1\na 1_0\n", FormatError, "line 2"),
    ],
)
def test_damaged_text(tmp_path: Path, content: bytes, error: type[Exception], text: str) -> None:
    for packed in (content, gzip.compress(content)):
        with pytest.raises(error, match=text):
            KeyedVectors.load_word2vec_format(put(tmp_path, packed))
    assert issubclass(TruncatedFileError, EOFError)
    assert issubclass(FormatError, ValueError)


@pytest.mark.parametrize(
    "content",
    [BINARY[:-1], BINARY[: len(BINARY) // 2], BINARY.replace(b"3 2", b"9 2"), BINARY.replace(b"3 2", b"9999999999 2")],
)
def test_truncated_binary(tmp_path: Path, content: bytes) -> None:
    for packed in (content, gzip.compress(content)):
        with pytest.raises(TruncatedFileError, match="unexpected end"):
            KeyedVectors.load_word2vec_format(put(tmp_path, packed), binary=True)


def test_more_rows_than_the_header_says(tmp_path: Path) -> None:
    for content, options in ((TEXT.replace(b"3 2", b"2 2"), {}), (BINARY.replace(b"3 2", b"2 2"), {"binary": True})):
        path = put(tmp_path, content)
        with pytest.warns(UserWarning, match="says 2 rows"):
            assert KeyedVectors.load_word2vec_format(path, **options).index_to_key == WORDS[:2]
        # A limit asks for less than there is: nothing is wrong then.
        assert KeyedVectors.load_word2vec_format(path, limit=1, **options).index_to_key == WORDS[:1]


def test_no_header_in_binary_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NotImplementedError, match="no_header"):
        KeyedVectors.load_word2vec_format(put(tmp_path, BINARY), binary=True, no_header=True)


def test_no_rows(tmp_path: Path) -> None:
    kv = KeyedVectors.from_pretrained(put(tmp_path, b"0 5\n"))
    assert (len(kv), kv.vector_size) == (0, 5)
    kv.save_word2vec_format(tmp_path / "out")
    assert (tmp_path / "out").read_bytes() == b"0 5\n"
    kv.save(tmp_path / "own")
    assert len(KeyedVectors.load(tmp_path / "own")) == 0


@pytest.mark.parametrize("seed", range(60))
def test_random_damage_never_crashes(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    own = tmp_path / "own"
    table().save(own)
    for original in (TEXT, BINARY, own.read_bytes(), gzip.compress(TEXT), b"the 1 2 3\nof 4 5 6\n"):
        content = bytearray(original)
        for _ in range(chance.randint(1, 4)):
            at = chance.randrange(len(content))
            match chance.randrange(4):
                case 0:
                    content[at] = chance.randrange(256)
                case 1:
                    del content[at : at + chance.randint(1, 8)]
                case 2:
                    content[at:at] = bytes(chance.choices(b" \n0123456789e.-\xff\0", k=chance.randint(1, 6)))
                case _:
                    del content[at + 1 :]
            if not content:
                break
        path = put(tmp_path, bytes(content))
        for options in ({}, {"format": "word2vec-binary"}, {"format": "tokenspace"}, {"format": "glove"}):
            try:
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")
                    kv = open_file(path, **options)
            except TokenspaceError:
                continue
            assert kv.vectors.shape == (len(kv.index_to_key), kv.vector_size)


# ---- writing -------------------------------------------------------------------------------------------------------
def test_text_as_gensim_writes_it(tmp_path: Path) -> None:
    kv = KeyedVectors(4)
    matrix = np.array(
        [[0.1, 1e-5, 123456.7, 1.5e6], [3, -0.0, 1e-4, 1e20], [np.nan, np.inf, -np.inf, 1e-45]], np.float32
    )
    kv.add_vectors(["b", "a", "c"], matrix, {"count": np.array([1, 5, 5])})
    kv.save_word2vec_format(tmp_path / "out", prefix="*", fvocab=tmp_path / "counts")
    # gensim 4.4.0 with NumPy 2.4: kv.save_word2vec_format("out", prefix="*", fvocab="counts")
    assert (tmp_path / "out").read_text() == (
        "3 4\n*a 3.0 -0.0 1e-04 1e+20\n*c nan inf -inf 1e-45\n*b 0.1 1e-05 123456.7 1.5e+06\n"
    )
    assert (tmp_path / "counts").read_text() == "*a 5\n*c 5\n*b 1\n"
    with pytest.warns(UserWarning, match="no attribute 'order'"):
        kv.save_word2vec_format(tmp_path / "glove", write_header=False, sort_attr="order")
    assert (tmp_path / "glove").read_text().splitlines()[0] == "b 0.1 1e-05 123456.7 1.5e+06"


def test_any_float_is_the_same_again(tmp_path: Path) -> None:
    bits = np.random.default_rng(3).integers(0, 1 << 32, 60_000, dtype=np.uint64).astype(np.uint32)
    matrix = bits.view(np.float32)
    matrix = matrix[np.isfinite(matrix)][:50_000].reshape(-1, 10)
    kv = KeyedVectors(10)
    kv.add_vectors([f"w{row}" for row in range(len(matrix))], matrix)
    kv.save_word2vec_format(tmp_path / "out")
    first = (tmp_path / "out").read_text().splitlines()[1:]
    assert first[:500] == [f"w{row} " + " ".join(str(value) for value in matrix[row]) for row in range(500)]
    same(KeyedVectors.load_word2vec_format(tmp_path / "out"), kv)


def test_binary_as_gensim_writes_it(tmp_path: Path) -> None:
    kv = KeyedVectors(2)
    kv.add_vectors(WORDS, MATRIX)
    kv.save_word2vec_format(tmp_path / "out", binary=True)
    assert (tmp_path / "out").read_bytes() == BINARY
    kv.save_word2vec_format(tmp_path / "out", binary=True, append=True, write_header=False, prefix="p_")
    assert (tmp_path / "out").read_bytes() == BINARY + b"".join(
        b"p_" + word.encode() + b" " + row.tobytes() for word, row in zip(WORDS, MATRIX, strict=True)
    )
    kv.save_word2vec_format(tmp_path / "total", total_vec=9)
    assert (tmp_path / "total").read_bytes().startswith(b"9 2\n")


def test_compressed_output(tmp_path: Path) -> None:
    kv = table()
    kv.save_word2vec_format(tmp_path / "out.gz")
    assert (tmp_path / "out.gz").read_bytes()[:2] == b"\x1f\x8b"
    assert sorted(KeyedVectors.load_word2vec_format(tmp_path / "out.gz").index_to_key) == sorted(kv.index_to_key)


@pytest.mark.parametrize(("key", "binary"), [("a b", True), ("a\nb", False), ("a\nb", True), ("\ud800", False)])
def test_keys_that_could_not_be_read_again(tmp_path: Path, key: str, binary: bool) -> None:
    kv = KeyedVectors(1)
    kv.add_vectors(["fine", key], np.ones((2, 1)))
    with pytest.raises(UnsupportedError, match=r"save\(\)"):
        kv.save_word2vec_format(tmp_path / "out", binary=binary)
    assert not (tmp_path / "out").exists()
    kv.save(tmp_path / "own")
    assert KeyedVectors.load(tmp_path / "own").index_to_key == ["fine", key]


def test_a_failed_write_leaves_the_old_file(tmp_path: Path) -> None:
    path = put(tmp_path, b"old")
    kv = table()
    kv.expandos["odd"] = np.array([object()] * len(kv), dtype=object)
    with pytest.raises(UnsupportedError, match="odd"):
        kv.save(path)
    with pytest.raises(ArgumentError, match="fvocab"):
        kv.save_word2vec_format(path, fvocab=tmp_path / "v", sort_attr="missing")
    assert path.read_bytes() == b"old"
    assert sorted(os.listdir(tmp_path)) == ["vectors"]


def test_intersect(tmp_path: Path) -> None:
    kv = KeyedVectors(2)
    kv.add_vectors(["queen", "other"], np.zeros((2, 2)))
    kv.intersect_word2vec_format(put(tmp_path, TEXT), lockf=0.5)
    assert kv.vectors.tolist() == [MATRIX[1].tolist(), [0, 0]]
    assert kv.vectors_lockf.tolist() == [0.5, 1.0]
    assert kv.index_to_key == ["queen", "other"]
    with pytest.raises(ArgumentError, match="2 columns"):
        kv.intersect_word2vec_format(put(tmp_path, b"1 1\na 1\n"))


# ---- our own file --------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("dtype", [np.float32, np.float16, np.float64])
@pytest.mark.parametrize("mmap", [None, "r"])
def test_save_and_load(tmp_path: Path, dtype: Any, mmap: str | None) -> None:
    kv = table(dtype=dtype)
    kv.set_vecattr("word1", "note", "été")
    kv.set_vecattr("word2", "weight", 0.5)
    kv.save(tmp_path / "own.kv")
    again = KeyedVectors.load(tmp_path / "own.kv", mmap=mmap)
    same(again, kv)
    assert again.vectors.flags.writeable == (mmap is None)
    for name, values in kv.expandos.items():
        assert again.expandos[name].dtype == values.dtype
        assert again.expandos[name].tolist() == values.tolist()
    assert recognise(tmp_path / "own.kv") == "tokenspace"


def test_scales_are_kept(tmp_path: Path) -> None:
    kv = table()
    kv.vectors = np.arange(24, dtype=np.int8).reshape(6, 4)
    kv.scales = np.linspace(0.1, 0.6, 6, dtype=np.float32)
    kv.save(tmp_path / "own")
    again = KeyedVectors.load(tmp_path / "own", mmap="r")
    same(again, kv)
    np.testing.assert_array_equal(again.scales, kv.scales)
    del kv.expandos["count"]
    kv.save_word2vec_format(tmp_path / "text")
    np.testing.assert_allclose(KeyedVectors.from_pretrained(tmp_path / "text").vectors, kv.vectors * kv.scales[:, None])


def test_keys_of_numbers(tmp_path: Path) -> None:
    kv = KeyedVectors(1)
    kv.add_vectors([0, 1, "two", 3], np.ones((4, 1)))
    kv.save(tmp_path / "own")
    assert KeyedVectors.load(tmp_path / "own").index_to_key == [0, 1, "two", 3]


def test_other_readers_open_it(tmp_path: Path) -> None:
    safetensors = pytest.importorskip("safetensors.numpy")
    kv = table()
    kv.save(tmp_path / "own")
    found = safetensors.load_file(tmp_path / "own")
    np.testing.assert_array_equal(found["vectors"], kv.vectors)
    assert bytes(found["keys"]).decode() == "".join(kv.index_to_key)
    safetensors.save_file({"vectors": kv.vectors, "odd": np.zeros(3, np.uint8)}, tmp_path / "theirs")
    tensors, _ = read_tensors(tmp_path / "theirs")
    np.testing.assert_array_equal(tensors["vectors"], kv.vectors)
    with pytest.raises(FormatError, match=r"KeyedVectors\.save"):
        KeyedVectors.load(tmp_path / "theirs")


def test_tensors_that_lie(tmp_path: Path) -> None:
    write_tensors(tmp_path / "t", {"a": np.arange(6, dtype=np.int32).reshape(2, 3)}, {})
    content = (tmp_path / "t").read_bytes()
    for old, new in (
        (b"[2,3]", b"[9,3]"), (b'"I32"', b'"F99"'), (b"[0,24]", b"[0,99]"), (b"[0,24]", b"[9,24]"), (b"[2,3]", b'"abc"'),
        (b"[2,3]", b"[-2,-3]"), (b'{"__', b'["__'), (b'"dtype":', b'"dtypo":'),
    ):  # fmt: skip
        changed = content.replace(old, new)
        assert changed != content
        with pytest.raises((FormatError, UnsupportedError)):
            read_tensors(put(tmp_path, changed))
    for size in (0, 4, 8, 20, len(content) - 1):
        with pytest.raises(FormatError):
            read_tensors(put(tmp_path, content[:size]))
    with pytest.raises(FormatError, match="header"):
        read_tensors(put(tmp_path, (1 << 62).to_bytes(8, "little") + b"{}"))


# ---- opening -------------------------------------------------------------------------------------------------------
def test_formats_are_recognised(tmp_path: Path) -> None:
    assert recognise(put(tmp_path, TEXT)) == "word2vec-text"
    assert recognise(put(tmp_path, BINARY)) == "word2vec-binary"
    assert recognise(put(tmp_path, b"the 0.1 0.2\n")) == "glove"
    with pytest.raises(UnsupportedError, match="zip"):
        recognise(put(tmp_path, b"PK\x03\x04abc"))
    for content in (b"", b"just some words\n", b"\x00\x01\x02"):
        with pytest.raises(FormatError, match="formats"):
            recognise(put(tmp_path, content))


def test_load_names_the_way_for_other_formats(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match="from_pretrained"):
        KeyedVectors.load(put(tmp_path, TEXT))
    with pytest.raises(NotFoundError):
        KeyedVectors.load(tmp_path / "missing")
    with pytest.raises(NotFoundError, match="tokenspace vectors list"):
        KeyedVectors.from_pretrained("no-such-vectors")


def test_limit_of_our_own_file(tmp_path: Path) -> None:
    kv = table()
    kv.save(tmp_path / "own")
    first = KeyedVectors.from_pretrained(tmp_path / "own", limit=2)
    assert first.index_to_key == ["word0", "word1"]
    assert first.expandos["count"].tolist() == [0, 1]


def test_progress_is_in_bytes(tmp_path: Path) -> None:
    events: list[Any] = []
    path = put(tmp_path, TEXT)
    KeyedVectors.load_word2vec_format(path, progress=events.append)
    assert events[-1].finished
    assert events[-1].done == events[-1].total == len(TEXT)
    assert events[-1].unit == "bytes"


def test_ngrams_are_kept(tmp_path: Path) -> None:
    from tokenspace.vectors.fasttext import FastText, FastTextKeyedVectors

    model = FastText([["lower", "lowest", "newer"]] * 5, vector_size=6, min_count=1, bucket=50, epochs=1)
    model.wv.save(tmp_path / "own")
    for again in (KeyedVectors.load(tmp_path / "own"), FastTextKeyedVectors.load(tmp_path / "own")):
        assert isinstance(again, FastTextKeyedVectors)
        same(again, model.wv)
        np.testing.assert_array_equal(again["lowering"], model.wv["lowering"])
        assert again.expandos["count"].tolist() == [5, 5, 5]
    content = (tmp_path / "own").read_bytes()
    for old, new in (
        (b'bucket\\": 50', b'bucket\\": 51'),
        (b'max_n\\": 6', b'max_n\\": x'),
        (b'min_n\\"', b'min_x\\"'),
    ):
        assert old in content
        with pytest.raises(FormatError):
            KeyedVectors.load(put(tmp_path, content.replace(old, new)))


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
@pytest.mark.parametrize("binary_format", [False, True])
def test_files_of_many_windows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pack: Any, binary_format: bool) -> None:
    from tokenspace.vectors.formats import byte_feed

    kv = table(500, 7)
    kv.save_word2vec_format(tmp_path / "plain", binary=binary_format)
    content = (tmp_path / "plain").read_bytes()
    path = put(tmp_path, pack(content))
    expected = KeyedVectors.load_word2vec_format(path, binary=binary_format)
    monkeypatch.setattr(byte_feed, "WINDOW", 300)
    same(KeyedVectors.load_word2vec_format(path, binary=binary_format), expected)
    same(KeyedVectors.load_word2vec_format(path, binary=binary_format, limit=321), KeyedVectors.load_word2vec_format(
        put(tmp_path, content, "again"), binary=binary_format, limit=321
    ))  # fmt: skip
    middle = content.index(b"word300 ")
    damaged = content[:middle] + (b"word300 x" if not binary_format else b"") + content[middle + 8 :]
    if binary_format:
        with pytest.raises(FormatError):
            KeyedVectors.load_word2vec_format(put(tmp_path, pack(content[: middle + 9])), binary=True)
    else:
        line = content[:middle].count(b"\n") + 1
        with pytest.raises(FormatError, match=f"line {line}[^0-9]"):
            KeyedVectors.load_word2vec_format(put(tmp_path, pack(damaged)))
    monkeypatch.setattr(byte_feed, "WINDOW", 20)
    with pytest.raises(FormatError, match="MiB"):
        KeyedVectors.load_word2vec_format(path, binary=binary_format)


def test_models_of_fasttext(tmp_path: Path) -> None:
    from tokenspace.vectors.fasttext import FastTextKeyedVectors
    from tokenspace.vectors.formats.fasttext_bin import write_fasttext_bin

    arguments = dict.fromkeys(
        ("ws", "epoch", "minCount", "neg", "wordNgrams", "loss", "lrUpdateRate", "t"), 1
    ) | {"dim": 3, "model": 2, "bucket": 5, "minn": 3, "maxn": 4}  # fmt: skip
    words = np.arange(6, dtype=np.float32).reshape(2, 3)
    ngrams = np.arange(15, dtype=np.float32).reshape(5, 3)
    path = tmp_path / "model.bin"
    write_fasttext_bin(
        path, arguments=arguments, words=[b"lower", b"\xffraw"], labels=[], counts=[4, 2], tokens=6,
        input=[words, ngrams], output=words,
    )  # fmt: skip
    assert recognise(path) == "fasttext-bin"
    kv = KeyedVectors.from_pretrained(path)
    assert isinstance(kv, FastTextKeyedVectors)
    assert kv.index_to_key == ["lower", "\\xffraw"]
    assert kv.expandos["count"].tolist() == [4, 2]
    np.testing.assert_array_equal(kv.vectors_vocab, words)
    assert kv["lowering"].shape == (3,)
    kv.save(tmp_path / "own")
    again = KeyedVectors.load(tmp_path / "own")
    np.testing.assert_array_equal(again.vectors, kv.vectors)
    assert again.word_bytes("\\xffraw") == b"\xffraw"
    with pytest.raises(FormatError):
        KeyedVectors.from_pretrained(put(tmp_path, path.read_bytes()[:-30], "cut"))


@pytest.mark.parametrize("window", [16, 1 << 25])
def test_counts_of_many_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, window: int) -> None:
    from tokenspace.vectors.formats import byte_feed
    from tokenspace.vectors.formats.counts import read_counts

    monkeypatch.setattr(byte_feed, "WINDOW", window)
    expected = {f"w{row}": row for row in range(20_000)}
    content = "".join(f"{word} {count}\n" for word, count in expected.items()).encode()
    assert read_counts(put(tmp_path, content)) == expected
    assert read_counts(put(tmp_path, content[:-1])) == expected
    assert read_counts(put(tmp_path, gzip.compress(content))) == expected
    with pytest.raises(FormatError, match="line 3"):
        read_counts(put(tmp_path, b"a 1\nb 2\nc\n"))


@pytest.mark.parametrize("line", ["a 99999999999999999999999", "a 1e3", "a -1"])
def test_a_count_that_is_none_names_its_line(tmp_path: Path, line: str) -> None:
    (tmp_path / "vectors.txt").write_text("2 1\na 1\nb 2\n")
    (tmp_path / "counts.txt").write_text(f"b 2\n{line}\n")
    with pytest.raises(FormatError, match="line 2"):
        KeyedVectors.load_word2vec_format(tmp_path / "vectors.txt", tmp_path / "counts.txt")


def test_a_count_of_a_word_that_is_not_utf8_names_its_line(tmp_path: Path) -> None:
    (tmp_path / "vectors.txt").write_text("1 1\na 1\n")
    (tmp_path / "counts.txt").write_bytes(b"a 2\n\xff 3\n")
    with pytest.raises(KeyEncodingError, match="line 2"):
        KeyedVectors.load_word2vec_format(tmp_path / "vectors.txt", tmp_path / "counts.txt")


def test_a_negative_limit_is_refused_by_every_format(tmp_path: Path) -> None:
    vectors = KeyedVectors(2)
    vectors.add_vectors(["a", "b"], np.eye(2))
    vectors.save(tmp_path / "own")
    vectors.save_word2vec_format(tmp_path / "text")
    for name in ("own", "text"):
        with pytest.raises(ArgumentError, match="limit"):
            open_file(tmp_path / name, limit=-1)


def test_the_core_writes_into_the_rows_it_is_given_or_refuses_them() -> None:
    block = np.frombuffer(b"a 1 2\n", np.uint8)
    for rows in (np.zeros((1, 2), np.float16), np.zeros((1, 4), np.float32)[:, ::2]):
        with pytest.raises(TypeError):
            _core.parse_vector_text(block, rows, 1)  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        _core.parse_vector_binary(block, np.zeros((1, 2)))  # type: ignore[arg-type]
