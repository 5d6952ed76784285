"""Sentences of every kind become the same counts and ids; gensim's readers and preprocessing."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import signal
import threading
import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

import tokenspace as ts
from tests.patience import patience
from tokenspace import _core
from tokenspace.errors import ArgumentError, FormatError, NotFoundError
from tokenspace.io.corpus import Corpus
from tokenspace.vectors.corpora import (
    BrownCorpus,
    LineSentence,
    PathLineSentences,
    SentencesError,
    Text8Corpus,
    as_source,
)
from tokenspace.vectors.corpora.preprocess import deaccent, simple_preprocess, to_unicode, to_utf8, tokenize
from tokenspace.vectors.corpora.readers import save_as_line_sentence
from tokenspace.vectors.doc2vec import TaggedBrownCorpus
from tokenspace.vectors.vocabulary import prepare

LINES = ["the cat sat", "", "the\u3000dog\x1csat  down ", "a\u00a0b", " \t", "sat the \U0001f600"]
SENTENCES = [line.split() for line in LINES if line.split()]


class Again:
    """Can be walked again and again."""

    def __init__(self, sentences: list[list[str]]) -> None:
        self.sentences, self.walks = sentences, 0

    def __iter__(self) -> Iterator[list[str]]:
        self.walks += 1
        return iter(self.sentences)


def read(source: Any, epochs: int = 2) -> list[list[str]]:
    """The sentences through counting, encoding and back, the same in each epoch."""
    raw = source.count()
    words = prepare(raw, min_count=1).words
    encoder = _core.WordEncoder(words)
    found = []
    for epoch in range(epochs):
        sentences = []
        for block in source.blocks(encoder, epoch):
            assert block.raw_words == len(block.ids)
            assert block.sentences == len(block.offsets) - 1
            for begin, end in pairwise(block.offsets):
                sentences.append([words[i] for i in block.ids[begin:end]])
        found.append(sentences)
    assert all(sentences == found[0] for sentences in found)
    assert (raw.sentences, raw.total_words) == (len(found[0]), sum(map(len, found[0])))
    assert [list(sentence) for sentence in source.sentences()] == found[0]
    return found[0]


def test_lists_iterables_files_and_folders_are_the_same_sentences(tmp_path: Path) -> None:
    path = tmp_path / "corpus.unknown"
    path.write_text("\n".join(LINES), encoding="utf-8")
    sources = [
        as_source(SENTENCES),
        as_source(tuple(SENTENCES)),
        as_source(Again(SENTENCES)),
        as_source(corpus_file=path),
        as_source(corpus_file=str(tmp_path)),
        as_source(LineSentence(path)),
        as_source(LineSentence(path, max_sentence_length=10_000)),
        as_source(PathLineSentences(tmp_path)),
        as_source(corpus_file=path, memory_budget=0),
        as_source(Corpus.of(path, format="txt")),
    ]
    for source in sources:
        assert read(source) == SENTENCES


def test_ids_beyond_the_budget_wait_in_a_file_that_vanishes(tmp_path: Path) -> None:
    path = tmp_path / "corpus.txt"
    path.write_text("\n".join(LINES), encoding="utf-8")
    temporary = tmp_path / "temp"
    temporary.mkdir()
    source = as_source(corpus_file=path, memory_budget=0, temp_dir=temporary)
    assert read(source) == SENTENCES
    assert source._store.on_disk > 0  # type: ignore[attr-defined]
    assert list(temporary.iterdir())
    del source
    assert not list(temporary.iterdir())


def test_an_iterable_is_walked_in_every_epoch_and_a_list_once() -> None:
    given = Again(SENTENCES)
    source = as_source(given)
    read(source, epochs=3)
    assert given.walks == 1 + 3 + 1
    listed = as_source(SENTENCES)
    encoder = _core.WordEncoder(["the"])
    assert next(listed.blocks(encoder)) is next(listed.blocks(encoder))


@pytest.mark.parametrize(("name", "pack"), [("gz", gzip.compress), ("bz2", bz2.compress), ("xz", lzma.compress)])
def test_compressed_files_are_known_by_content(tmp_path: Path, name: str, pack: Any) -> None:
    path = tmp_path / "corpus.data"
    path.write_bytes(pack("\n".join(LINES).encode()))
    assert read(as_source(corpus_file=path)) == SENTENCES
    assert list(LineSentence(path)) == SENTENCES
    path.write_bytes(path.read_bytes()[:-9])
    with pytest.raises(FormatError, match=r"corpus\.data"):
        as_source(corpus_file=path).count()


def test_long_sentences_stay_whole(tmp_path: Path) -> None:
    words = [f"w{i % 77}" for i in range(300_000)]
    path = tmp_path / "one.txt"
    path.write_text(" ".join(words))
    assert read(as_source(corpus_file=path), 1) == [words]
    assert [len(sentence) for sentence in LineSentence(path)] == [300_000]
    assert [len(sentence) for sentence in LineSentence(path, 100_001)] == [100_001, 100_001, 99_998]
    cut = list(Text8Corpus(path))
    assert [len(sentence) for sentence in cut] == [10_000] * 30
    assert [word for sentence in cut for word in sentence] == words


def test_readers_take_open_files_lines_limits_and_folders(tmp_path: Path) -> None:
    text = io.StringIO("a b\n\nc d\ne\n")
    assert list(LineSentence(text)) == list(LineSentence(text)) == [["a", "b"], ["c", "d"], ["e"]]
    assert list(LineSentence(io.BytesIO(b"a b\nc"), limit=1)) == [["a", "b"]]
    assert list(LineSentence(["a b", "c"])) == [["a", "b"], ["c"]]
    (tmp_path / "2").write_text("second")
    (tmp_path / "1").write_text("first line\nsecond line")
    (tmp_path / "folder").mkdir()
    assert list(PathLineSentences(tmp_path)) == [["first", "line"], ["second", "line"], ["second"]]
    assert list(PathLineSentences(tmp_path, limit=1)) == [["first", "line"], ["second"]]
    for missing in (lambda: PathLineSentences(tmp_path / "x"), lambda: list(LineSentence(tmp_path / "x"))):
        with pytest.raises(NotFoundError):
            missing()
    with pytest.raises(ArgumentError, match="max_sentence_length"):
        LineSentence("x", max_sentence_length=0)
    tagged = tmp_path / "folder"
    (tagged / "a").write_text("The/at Fulton/np-tl ,/, odd/word/jj said/vbd\n./.\n")
    assert list(BrownCorpus(tagged)) == [["the/at", "fulton/np", "said/vb"]]


def test_bytes_that_are_not_utf8(tmp_path: Path) -> None:
    path = tmp_path / "bad.txt"
    path.write_bytes(b"good line\nbad \xff\xfe line\n")
    with pytest.raises(FormatError, match=r"bad.txt.*byte 14"):
        as_source(corpus_file=path).count()
    with pytest.raises(FormatError, match=r"bad.txt, line 2"):
        list(LineSentence(path))
    replaced = [["good", "line"], ["bad", "\ufffd\ufffd", "line"]]
    ignored = [["good", "line"], ["bad", "line"]]
    for errors, wanted in (("replace", replaced), ("ignore", ignored)):
        assert read(as_source(corpus_file=path, errors=errors)) == wanted
        assert list(LineSentence(path, errors=errors)) == wanted
        assert read(as_source(LineSentence(path, errors=errors))) == wanted
    with pytest.raises(ArgumentError, match="errors="):
        as_source(corpus_file=path, errors="hide")
    with pytest.raises(FormatError, match="UTF-8"):
        _core.WordCounter().add_lines(b"\xff")
    with pytest.raises(FormatError, match="UTF-8"):
        _core.WordEncoder([]).encode_lines(b"\xed\xa0\x80")


def test_any_str_is_a_word() -> None:
    odd = [["\0", "", "\ud800", "\udfff\ud800", "a\0b", "x" * 100_000, "\u0301"], [""]]
    assert read(as_source(odd)) == odd


@pytest.mark.parametrize("given", [5, [5], [[5]], [[b"bytes"]], [["a", None]], "text", b"bytes"])
def test_what_is_no_list_of_words(given: Any) -> None:
    with pytest.raises(SentencesError, match=r"\[sentences\]") as raised:
        as_source(given).count()
    assert isinstance(raised.value, TypeError)
    assert isinstance(raised.value, ValueError)


def test_a_str_for_a_sentence_is_warned_of() -> None:
    with pytest.warns(UserWarning, match="split"):
        assert as_source(["ab a"]).count().to_dict() == {"a": 2, "b": 1, " ": 1}


def test_both_neither_and_iterators() -> None:
    for arguments in ({}, {"sentences": [], "corpus_file": "x"}, {"corpus_file": 5}):
        with pytest.raises(TypeError, match=r"\[sentences\]"):
            as_source(**arguments)
    assert as_source(iter(SENTENCES)).count().total_words == 12
    with pytest.raises(TypeError, match="walked 2 times"):
        as_source(iter(SENTENCES), passes=2)
    with pytest.raises(NotFoundError):
        as_source(corpus_file="no such file here")


def test_nothing_counts_as_nothing(tmp_path: Path) -> None:
    (tmp_path / "empty").write_text("")
    (tmp_path / "blank").write_text("\n \n\t\n")
    for source in (as_source([]), as_source([[]]), *(as_source(corpus_file=tmp_path / n) for n in ("empty", "blank"))):
        raw = source.count()
        assert (len(raw), raw.total_words) == (0, 0)
        assert sum(block.raw_words for block in source.blocks(_core.WordEncoder(["x"]))) == 0


def test_columns_of_tables_and_documents(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"text": "The cat\\nsat"}\n{"text": ""}\n{"text": "the dog"}\n')
    (tmp_path / "a.csv").write_text('id,text\n1,"The cat\nsat"\n2,the dog\n')
    wanted = [["the", "cat", "sat"], ["the", "dog"]]
    for name in ("a.jsonl", "a.csv"):
        corpus = Corpus.of(tmp_path / name, column="text")
        assert read(as_source(corpus, tokenize=simple_preprocess)) == wanted
    assert read(as_source(["The cat sat", "the dog"], tokenize=simple_preprocess)) == wanted
    pyarrow = pytest.importorskip("pyarrow")
    from pyarrow import parquet

    parquet.write_table(pyarrow.table({"text": ["The cat sat", None, "the dog"]}), tmp_path / "a.parquet")
    assert read(as_source(Corpus.of(tmp_path / "a.parquet"), tokenize=simple_preprocess)) == wanted


def test_a_tokenizer_gives_sub_words() -> None:
    texts = ["low lower lowest", "newer", "low"] * 3
    tokenizer = ts.Tokenizer.train(texts, vocab_size=300)
    found = read(as_source(texts, tokenize=tokenizer))
    assert found == [[token.replace("Ġ", "▁") for token in tokenizer.encode(text).tokens] for text in texts]
    assert any(len(word) > 1 for sentence in found for word in sentence)
    with pytest.raises(SentencesError, match="tokenize="):
        as_source(texts, tokenize=5)


def test_the_small_example_of_simple_preprocess() -> None:
    documents = [
        "I love programming in Python.",
        "Python is a versatile language.",
        "Machine learning is fascinating.",
        "Deep learning is a subset of machine learning.",
        "Natural language processing is a field of AI.",
    ]
    assert [simple_preprocess(document) for document in documents] == [
        ["love", "programming", "in", "python"],
        ["python", "is", "versatile", "language"],
        ["machine", "learning", "is", "fascinating"],
        ["deep", "learning", "is", "subset", "of", "machine", "learning"],
        ["natural", "language", "processing", "is", "field", "of", "ai"],
    ]


def test_letters_accents_and_lengths() -> None:
    # gensim 4.4.0: utils.simple_preprocess(text, deacc=True)
    text = "\u00dcn\u00efcode_x na\u00efve 3rd x\u00b2 \u2167 \u4e2d\u6587\u5b57\u7b26 _under a " + "x" * 16
    assert simple_preprocess(text, deacc=True) == ["unicode_x", "naive", "rd", "x\u00b2", "\u4e2d\u6587\u5b57\u7b26"]
    assert simple_preprocess("a bb " + "x" * 16, min_len=1, max_len=16) == ["a", "bb", "x" * 16]
    assert list(tokenize("a1b2 \u00bdc don't", lower=True)) == ["a", "b", "\u00bdc", "don", "t"]
    assert list(tokenize(b"A\xc3\xa9", deacc=True)) == ["Ae"]
    assert simple_preprocess(b"ab\xff cd") == ["ab", "cd"]
    assert deaccent("\u0160\u00e9f chomutovsk\u00fdch komunist\u016f") == "Sef chomutovskych komunistu"
    assert (
        to_unicode(b"\xe9", "latin-1"),
        to_unicode("x"),
        to_utf8("\u00e9"),
        to_utf8(b"\xe9", encoding="latin-1"),
    ) == (("\u00e9", "x", b"\xc3\xa9", b"\xc3\xa9"))
    with pytest.raises(UnicodeDecodeError):
        list(tokenize(b"\xff"))


def test_progress_counts_what_was_read(tmp_path: Path) -> None:
    path = tmp_path / "corpus.txt"
    path.write_text("a b c\n" * 1000)
    events: list[Any] = []
    as_source(corpus_file=path).count(progress=events.append)
    assert (events[-1].stage, events[-1].done, events[-1].finished) == ("count", 6000, True)
    events.clear()
    as_source([["a"]] * 7).count(progress=events.append)
    assert (events[-1].done, events[-1].total, events[-1].unit) == (7, 7, "sentences")


@pytest.mark.usefixtures("without_collection")
def test_control_c_stops_the_counting() -> None:
    class Endless:
        def __iter__(self) -> Iterator[list[str]]:
            while True:
                yield ["word"] * 50

    source = as_source(Endless())
    timer = threading.Timer(0.05, signal.raise_signal, [signal.SIGINT])
    started = time.monotonic()
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        source.count()
    assert time.monotonic() - started < patience(5)


def test_sentences_written_are_the_sentences_read(tmp_path: Path) -> None:
    save_as_line_sentence(([*sentence] for sentence in SENTENCES), tmp_path / "lines.gz")
    assert list(LineSentence(tmp_path / "lines.gz")) == SENTENCES
    with pytest.raises(TypeError, match="list"):
        save_as_line_sentence(["a str"], tmp_path / "other")
    assert not (tmp_path / "other").exists()


def test_a_word_longer_than_a_block_is_one_word(tmp_path: Path) -> None:
    path = tmp_path / "text8"
    path.write_text("a " + "x" * 300_000 + " b")
    assert list(Text8Corpus(path)) == [["a", "x" * 300_000, "b"]]


def test_brown_lines_become_documents(tmp_path: Path) -> None:
    (tmp_path / "ca01").write_text("The/at Jury/nn-hl said/vbd ./.\n\n./. \nEnd/nn\n")
    found = list(TaggedBrownCorpus(tmp_path))
    assert [document.words for document in found] == [["the/at", "jury/nn", "said/vb"], ["end/nn"]]
    assert [document.tags for document in found] == [[f"{tmp_path}/ca01_SENT_{number}"] for number in (0, 3)]
