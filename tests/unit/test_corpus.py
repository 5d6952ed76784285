"""What may be given as a corpus, how it is read, and what is refused."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import pytest

from tokenspace.errors import ArgumentError, FileError, FormatError, NotFoundError, UnsupportedError
from tokenspace.io.corpus import Block, Corpus
from tokenspace.io.corpus_given import multipliers
from tokenspace.io.corpus_parts import Sizes
from tokenspace.progress import ProgressEvent


def texts(corpus: Corpus) -> list[str]:
    return [text for block in corpus.blocks() for text in block.texts()]


def weights(corpus: Corpus) -> dict[str, int]:
    return {text: block.weight for block in corpus.blocks() for text in block.texts()}


def write(path: Path, data: bytes | str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return path


# ---- what may be given ----


def test_iterables_hold_texts() -> None:
    assert texts(Corpus.of(["low lower", "lowest"])) == ["low lower", "lowest"]
    assert texts(Corpus.of(("a", "b"))) == ["a", "b"]
    assert texts(Corpus.of(text for text in "xyz")) == ["x", "y", "z"]
    assert texts(Corpus.of([["a", "b"], ("c",)])) == ["a", "b", "c"]
    assert texts(Corpus.of([{"text": "a"}, {"text": None}, {"text": "b"}])) == ["a", "b"]
    assert texts(Corpus.of([{"body": "a"}], column="body")) == ["a"]
    assert texts(Corpus.of(io.StringIO("one\ntwo"))) == ["one\n", "two"]
    corpus = Corpus.of(["a", "", "é"])
    assert next(corpus.blocks()) == Block(["a", "é"], 1, "texts", 1)
    assert (corpus.statistics.texts, corpus.statistics.bytes, corpus.statistics.empty) == (2, 3, 1)


def test_a_str_is_a_path(tmp_path: Path) -> None:
    write(tmp_path / "a.txt", "one\n")
    write(tmp_path / "sub" / "b.md", "two\n")
    write(tmp_path / "c.py", "three\n")
    for given in (str(tmp_path), tmp_path, [tmp_path / "a.txt", tmp_path / "sub"], str(tmp_path / "**" / "*.[tm]*")):
        assert texts(Corpus.of(given)) == ["one\n", "two\n"]
    assert texts(Corpus.of(tmp_path, glob="*.py")) == ["three\n"]
    with pytest.raises(NotFoundError, match="nothing there; try a list for texts"):
        Corpus.of("the words themselves")
    with pytest.raises(NotFoundError, match="matches no file"):
        Corpus.of(str(tmp_path / "*.nothing"))
    with pytest.raises(NotFoundError, match="in this folder"):
        Corpus.of(write(tmp_path / "empty" / "x.bin", "").parent)
    with pytest.raises(ArgumentError, match="empty string"):
        Corpus.of("")


def test_a_list_of_str_is_paths_when_each_names_something(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write(tmp_path / "a.txt", "one\n")
    write(tmp_path / "low" / "b.txt", "two\n")
    assert texts(Corpus.of(["a.txt", "low/b.txt"])) == ["one\n", "two\n"]
    assert texts(Corpus.of(["a.txt", "low"], kind="paths")) == ["one\n", "two\n"]
    with pytest.raises(ArgumentError, match="kind='paths'"):
        Corpus.of(["a.txt", "low"])
    assert texts(Corpus.of(["low", "lower"])) == ["low", "lower"]
    assert texts(Corpus.of(["low"], kind="texts")) == ["low"]
    assert texts(Corpus.of({"a.txt", "low/b.txt"})) == ["one\n", "two\n"]
    with pytest.raises(NotFoundError, match="missing"):
        Corpus.of(["a.txt", "missing.txt"])
    with pytest.raises(ArgumentError, match="kind='paths'"):
        Corpus.of(["a.txt", "some words"])
    with pytest.raises(NotFoundError):
        Corpus.of(["some words"], kind="paths")


def test_weights(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write(tmp_path / "wiki" / "a.txt", "wiki")
    write(tmp_path / "code" / "b.txt", "code")
    for given in ({"wiki/*.txt": 2, "code": 0.5}, [("wiki", 2), (Path("code"), 0.5)]):
        corpus = Corpus.of(given)
        assert corpus.scale == 2
        assert weights(corpus) == {"wiki": 4, "code": 1}
    inner = Corpus.of([(["x"], 3), "code"])
    assert repr(inner) == f"Corpus(texts x3, {Path('code', 'b.txt')} x1)"
    assert weights(inner) == {"x": 3, "code": 1}
    assert weights(Corpus.of([(inner, Fraction(1, 3)), (["y"], 1)])) == {"x": 3, "code": 1, "y": 3}
    assert weights(Corpus.of([inner, Corpus.of(["z"])])) == {"x": 3, "code": 1, "z": 1}
    assert multipliers([Fraction(2), Fraction(2)]) == ([2, 2], 1)
    assert multipliers([Fraction(1, 999), Fraction(1, 997)]) == ([1, 1], 1000)
    for wrong in (0, -1, float("nan"), float("inf"), 1e-9, 1e9, True):
        with pytest.raises(ArgumentError, match="weight"):
            Corpus.of([(["a"], wrong)])
    with pytest.raises(ArgumentError, match="weight"):
        Corpus.of({"wiki": "2"})


def test_what_is_no_corpus() -> None:
    for wrong in (b"bytes", 7, None):
        with pytest.raises(ArgumentError, match="received"):
            Corpus.of(wrong)
    with pytest.raises(ArgumentError, match=r"text 2: expected a str, received bytes; try \.decode\(\)"):
        texts(Corpus.of(["a", b"b"]))
    with pytest.raises(ArgumentError, match="try a list of paths"):
        texts(Corpus.of(iter([Path("a")])))
    with pytest.raises(ArgumentError, match="columns body; try column="):
        texts(Corpus.of([{"body": "a"}]))


@pytest.mark.parametrize(
    "options",
    [
        {"unit": "word"}, {"errors": "hide"}, {"held_out": 0.6}, {"held_out": -0.1}, {"limit": 0}, {"kind": "files"},
        {"format": "doc"}, {"encoding": "klingon"},
    ],
)  # fmt: skip
def test_options_outside_their_range(options: dict[str, object]) -> None:
    with pytest.raises(ArgumentError):
        Corpus.of(["a"], **options)  # type: ignore[arg-type]


# ---- reading ----


def test_lines_keep_their_endings(tmp_path: Path) -> None:
    path = write(tmp_path / "a.txt", "\ufeffone\r\n\n\u2028two\x0c\r\n\r\nlast")
    corpus = Corpus.of(path)
    block = next(corpus.blocks())
    assert isinstance(block.data, bytes)
    assert (block.source, block.position) == (str(path), 3)
    assert texts(corpus) == ["one\r\n", "\n", "\u2028two\x0c\r\n", "\r\n", "last"]
    assert (corpus.statistics.texts, corpus.statistics.empty) == (5, 2)
    assert texts(Corpus.of(path, unit="document")) == ["one\r\n\n\u2028two\x0c\r\n\r\nlast"]


def test_files_without_a_last_line_ending_are_not_joined(tmp_path: Path) -> None:
    for name, data in (("a.txt", "one\n"), ("b.txt", "two\nthree"), ("c.txt", "four\n"), ("d.txt", "five")):
        write(tmp_path / name, data)
    corpus = Corpus.of(tmp_path)
    assert [block.data for block in corpus.blocks()] == [b"one\ntwo\nthree", b"four\nfive"]
    assert texts(corpus) == ["one\n", "two\n", "three", "four\n", "five"]


def test_empty_lines_are_counted_across_slices(tmp_path: Path) -> None:
    path = write(tmp_path / "a.txt", "\n" * 300_001 + "\r\n" * 300_001 + "a\r\n")
    corpus = Corpus.of(path)
    assert sum(len(block.data) for block in corpus.blocks()) == 900_006
    assert (corpus.statistics.texts, corpus.statistics.empty) == (600_003, 600_002)


def test_tables(tmp_path: Path) -> None:
    write(tmp_path / "a.jsonl", '{"text": "one", "body": "1"}\n{"text": "", "body": "2"}\n')
    write(tmp_path / "b.csv", 'text,body\n"two\nlines",3\n')
    write(tmp_path / "c.txt", "three\n")
    assert texts(Corpus.of(tmp_path)) == ["one", "two\nlines", "three\n"]
    assert texts(Corpus.of(tmp_path, column="body")) == ["1", "2", "3", "three\n"]
    with pytest.raises(FormatError, match="columns text, body"):
        texts(Corpus.of(tmp_path / "a.jsonl", column="nope"))
    with pytest.raises(ArgumentError, match="text files only"):
        Corpus.of(tmp_path / "c.txt", column="body")
    odd = write(tmp_path / "rows", json.dumps({"text": "x"}))
    assert texts(Corpus.of(odd, format="jsonl")) == ["x"]


def test_parquet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pa = pytest.importorskip("pyarrow", reason="pyarrow is not installed")
    import pyarrow.parquet as pq

    pq.write_table(pa.table({"text": ["one", "two"], "n": ["1", "2"]}), tmp_path / "a.parquet")
    assert texts(Corpus.of(tmp_path)) == ["one", "two"]
    assert texts(Corpus.of(tmp_path, column="n")) == ["1", "2"]
    with pytest.raises(FormatError, match="columns text, n"):
        texts(Corpus.of(tmp_path, column="nope"))
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(UnsupportedError, match="pyarrow"):
        texts(Corpus.of(tmp_path))


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress])
def test_compressed_lines_come_as_bytes(tmp_path: Path, pack) -> None:
    path = write(tmp_path / "misnamed.txt", pack(b"one\ntwo\n" * 1000))
    corpus = Corpus.of(path)
    assert [block.data for block in corpus.blocks()] == [b"one\ntwo\n" * 1000]
    assert corpus.bytes_read == corpus.total_bytes == path.stat().st_size


def test_zstd(tmp_path: Path) -> None:
    zstandard = pytest.importorskip("zstandard", reason="zstandard is not installed")
    path = write(tmp_path / "a.txt.zst", zstandard.compress(b"one\ntwo\n" * 100_000))
    assert texts(Corpus.of(path, sizes=Sizes(10_000))) == ["one\n", "two\n"] * 100_000


@pytest.mark.parametrize("unit", ["line", "document"])
def test_other_encodings(tmp_path: Path, unit) -> None:
    whole = ["é\nü"]
    latin = write(tmp_path / "a.txt", "é\nü".encode("latin-1"))
    utf16 = write(tmp_path / "b.txt", "é\nü".encode("utf-16"))
    for path, encoding in ((latin, "latin-1"), (utf16, "utf-16")):
        corpus = Corpus.of(path, encoding=encoding, unit=unit)
        assert texts(corpus) == (["é\n", "ü"] if unit == "line" else whole)
    with pytest.raises(FormatError, match="UTF-16"):
        texts(Corpus.of(utf16, unit=unit))


def test_bytes_that_are_not_text(tmp_path: Path) -> None:
    path = write(tmp_path / "a.txt", b"good\nb\xffd\nlast\xe2\x82")
    with pytest.raises(FormatError, match=r"a\.txt: expected utf-8, received bytes ff .* at byte 6"):
        texts(Corpus.of(path))
    assert texts(Corpus.of(path, errors="replace")) == ["good\n", "b\ufffdd\n", "last\ufffd"]
    corpus = Corpus.of(path, errors="skip")
    assert texts(corpus) == ["good\n"]
    assert corpus.statistics.skipped == 2
    with pytest.raises(FormatError, match="at byte 6"):
        texts(Corpus.of(path, unit="document"))
    assert texts(Corpus.of(path, unit="document", errors="replace")) == ["good\nb\ufffdd\nlast\ufffd"]
    with pytest.raises(FormatError, match=r"a\.txt \(1 skipped"):
        texts(Corpus.of(path, unit="document", errors="skip"))


def test_bad_bytes_far_into_a_block(tmp_path: Path) -> None:
    path = write(tmp_path / "a.txt", "привет\n".encode() * 20_000 + b"\xd0\n")
    with pytest.raises(FormatError, match="at byte 260000"):
        texts(Corpus.of(path))


def test_lone_surrogates() -> None:
    given = ["a", "b\ud800c", "😀"]
    with pytest.raises(FormatError, match=r"text 2: lone surrogate U\+D800 at character 1"):
        texts(Corpus.of(given))
    assert texts(Corpus.of(given, errors="replace")) == ["a", "b\ufffdc", "😀"]
    corpus = Corpus.of(given, errors="skip")
    assert texts(corpus) == ["a", "😀"]
    assert corpus.statistics.skipped == 1


def test_a_huge_line_is_cut_at_white_space(tmp_path: Path) -> None:
    path = write(tmp_path / "a.txt", "short\n" + "word " * 40 + "\n" + "é" * 60 + "\nlast\n")
    for unit in ("line", "document"):
        cut = texts(Corpus.of(path, unit=unit, sizes=Sizes(7, 50)))  # type: ignore[arg-type]
        assert "".join(cut) == path.read_text()
        assert max(len(text.encode()) for text in cut) <= 50
    assert texts(Corpus.of(path, sizes=Sizes(1000, 50)))[:3] == ["short\n", "word " * 9 + "word", " word" * 9]
    assert texts(Corpus.of(["word " * 20], sizes=Sizes(1000, 50)))[0] == "word " * 9 + "word"


def test_memory_does_not_grow_with_the_corpus(tmp_path: Path) -> None:
    path = tmp_path / "a.txt.gz"
    with gzip.open(path, "wb", 1) as file:
        for _ in range(30):
            file.write("some wörds of a line\n".encode() * 190_000)
    code = (
        "import resource, sys\nfrom tokenspace.io.corpus import Corpus\nfrom tokenspace.io.corpus_parts import Sizes\n"
        "peak = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10\n"
        "read = lambda **options: sum(len(b.data) for b in Corpus.of(sys.argv[1], held_out=0.1, **options).blocks())\n"
        "read(limit=100)\nbefore = peak()\nprint(read() >> 20, peak() - before)\n"
    )
    done = subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, check=True, text=True)
    size, growth = map(int, done.stdout.split())
    assert size > 100
    assert growth < 60


def test_limit_takes_whole_texts_from_the_beginning(tmp_path: Path) -> None:
    path = write(tmp_path / "a.txt", "one\ntwo\nthree\nfour")
    assert texts(Corpus.of(path, limit=9)) == ["one\n", "two\n"]
    assert texts(Corpus.of(path, limit=18)) == ["one\n", "two\n", "three\n", "four"]
    assert texts(Corpus.of(["one", "zwölf", "x"], limit=9)) == ["one", "zwölf"]
    assert texts(Corpus.of([(path, 1), (["abcd", "e"], 1)], limit=9)) == ["one\n", "abcd"]
    assert Corpus.of(path, limit=9).total_bytes == 9
    with pytest.raises(FormatError, match="limit=3"):
        texts(Corpus.of(path, limit=3))


def test_an_empty_corpus_says_what_was_read(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match=r"\[train\] expected text, received none in texts"):
        texts(Corpus.of([]))
    with pytest.raises(FormatError, match=r"none in texts \(2 empty\)"):
        texts(Corpus.of(["", ""]))
    with pytest.raises(FormatError, match=r"a\.txt"):
        texts(Corpus.of(write(tmp_path / "a.txt", "")))
    with pytest.raises(FormatError, match="no source"):
        texts(Corpus.of({}))


def test_an_unreadable_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path / "a.txt", "x")
    monkeypatch.setattr("os.access", lambda *_: False)
    with pytest.raises(FileError, match="not readable"):
        Corpus.of(path)


def test_standard_input() -> None:
    code = (
        "from tokenspace.io.corpus import Corpus\n"
        "corpus = Corpus.of('-', held_out=0.5)\n"
        "print([block.data for block in corpus.blocks()], list(corpus.held_out_texts()), corpus.reiterable)\n"
        "print(corpus.fingerprint(), corpus.total_bytes)\n"
        "try: list(corpus.blocks())\n"
        "except Exception as error: print(error)\n"
    )
    for data in (b"a\nb\nc\nd\n", gzip.compress(b"a\nb\nc\nd\n")):
        done = subprocess.run([sys.executable, "-c", code], input=data, capture_output=True, check=True)
        lines = done.stdout.decode().splitlines()
        assert lines[:2] == [r"[b'a\nb\n'] ['c\n', 'd\n'] False", "None None"]
        assert "received an iterator already read" in lines[2]


# ---- identity and progress ----


def test_reiterable_and_fingerprint(tmp_path: Path) -> None:
    path = write(tmp_path / "a.txt", "one\n")
    corpus = Corpus.of(path)
    assert corpus.reiterable
    assert texts(corpus) == texts(corpus)
    assert corpus.total_bytes == 4
    first = corpus.fingerprint()
    assert first == json.loads(json.dumps(first)) == Corpus.of(path).fingerprint()
    assert first != Corpus.of(path, held_out=0.1).fingerprint()
    assert first != Corpus.of(path, unit="document").fingerprint()
    write(path, "other\n")
    assert first != Corpus.of(path).fingerprint()
    assert Corpus.of(["ab", "c"]).fingerprint() != Corpus.of(["a", "bc"]).fingerprint()
    assert Corpus.of([["ab"], "c"]).fingerprint() == Corpus.of(["ab", "c"]).fingerprint()
    once = Corpus.of(iter(["a"]))
    assert not once.reiterable
    assert once.fingerprint() is None
    assert once.total_bytes is None


def test_progress_counts_bytes_of_the_total(tmp_path: Path) -> None:
    path = write(tmp_path / "a.txt", "one\n" * 1000)
    seen: list[ProgressEvent] = []
    assert len(list(Corpus.of(path, sizes=Sizes(100)).blocks(progress=seen.append, stage="count"))) > 10
    assert (seen[0].stage, seen[0].total, seen[0].unit) == ("count", 4000, "bytes")
    assert (seen[-1].done, seen[-1].finished) == (4000, True)
    corpus = Corpus.of(iter(["abc", "é"]))
    list(corpus.blocks())
    assert corpus.bytes_read == 5


def test_a_list_of_words_is_text_whatever_lies_around(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "low").mkdir()
    (tmp_path / "lower").write_text("file")
    monkeypatch.chdir(tmp_path)
    for words in (["low"], ["low", "lower"], ["/"], ["-"], ["*"], ["low", "[a-z]*"]):
        assert texts(Corpus.of(words)) == words
    (tmp_path / "low" / "a.txt").write_text("inside")
    assert texts(Corpus.of(["low/a.txt"])) == ["inside"]
    assert texts(Corpus.of(["low"], kind="paths")) == ["inside"]
