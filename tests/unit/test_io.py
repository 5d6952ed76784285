"""Reading by format, compression and error policy; writing whole or not at all."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import os
import sys
import time
from pathlib import Path

import pytest

from tokenspace.errors import ArgumentError, FileError, FormatError, LimitError, NotFoundError, UnsupportedError
from tokenspace.io import ReadOptions, ReadState, atomic_writer, expand_inputs, read_records, streams
from tokenspace.io.expand import format_of


def texts(path: object, format: str | None = None, **options: object) -> list[str]:
    return [record.text for record in read_records(expand_inputs([str(path)], format), ReadOptions(**options))]


def write(path: Path, data: bytes | str) -> Path:
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return path


def test_lines(tmp_path: Path) -> None:
    path = write(tmp_path / "a.txt", "\ufeffone\r\n\ntwo\u2028still two\x0cand\n  \nlast")
    assert texts(path) == ["one", "two\u2028still two\x0cand", "  ", "last"]
    assert texts(path, keep_empty=True)[1] == ""
    assert texts(path, whole=True) == ["one\r\n\ntwo\u2028still two\x0cand\n  \nlast"]
    records = list(read_records(expand_inputs([str(path)])))
    assert [(record.row, record.id, record.source) for record in records][1] == (3, 3, str(path))


def test_empty_file_has_no_records(tmp_path: Path) -> None:
    for name in ("a.txt", "a.jsonl", "a.csv"):
        assert texts(write(tmp_path / name, "")) == []


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress])
def test_compression_is_known_by_content(tmp_path: Path, pack) -> None:
    assert texts(write(tmp_path / "misnamed.txt", pack(b"one\ntwo\n"))) == ["one", "two"]


def test_zstd(tmp_path: Path) -> None:
    zstandard = pytest.importorskip("zstandard", reason="zstandard is not installed")
    assert texts(write(tmp_path / "a.txt.zst", zstandard.compress(b"one\ntwo\n"))) == ["one", "two"]


def test_zstd_without_the_package_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if sys.version_info >= (3, 14):
        pytest.skip("zstd is in the standard library")
    monkeypatch.setitem(sys.modules, "zstandard", None)
    with pytest.raises(UnsupportedError, match="zstandard"):
        texts(write(tmp_path / "a.zst", b"\x28\xb5\x2f\xfd\x00\x00"))


@pytest.mark.parametrize("cut", [5, 12, 25])
def test_damaged_gzip(tmp_path: Path, cut: int) -> None:
    with pytest.raises(FormatError):
        texts(write(tmp_path / "a.txt.gz", gzip.compress(b"one\ntwo\n" * 100)[:cut]))


def test_bad_bytes_name_file_byte_and_line(tmp_path: Path) -> None:
    path = write(tmp_path / "a.txt", b"good\nb\xffd\nlast\n")
    with pytest.raises(FormatError, match=r"a\.txt.* at byte 6 \(line 2\)"):
        texts(path)
    with pytest.raises(FormatError, match=r"at byte 6 \(line 2\)"):
        texts(path, whole=True)
    assert texts(path, errors="replace") == ["good", "b\ufffdd", "last"]
    state = ReadState()
    records = read_records(expand_inputs([str(path)]), ReadOptions(errors="skip"), state)
    assert [record.text for record in records] == ["good", "last"]
    assert state.skipped == 1


def test_encodings(tmp_path: Path) -> None:
    assert texts(write(tmp_path / "a.txt", "é\nü".encode("latin-1")), encoding="latin-1") == ["é", "ü"]
    utf16 = write(tmp_path / "b.txt", "é\nü".encode("utf-16"))
    assert texts(utf16, encoding="utf-16") == ["é", "ü"]
    bare = write(tmp_path / "c.txt", "é\nü".encode("utf-16-le" if sys.byteorder == "little" else "utf-16-be"))
    assert texts(bare, encoding="utf-16") == texts(bare, encoding="utf-16", whole=True)[0].split("\n") == ["é", "ü"]
    with pytest.raises(FormatError, match="UTF-16"):
        texts(utf16)
    with pytest.raises(ArgumentError):
        texts(utf16, encoding="klingon")


def test_jsonl(tmp_path: Path) -> None:
    path = write(
        tmp_path / "a.jsonl",
        '{"text": "one", "k": 7, "meta": {"x": "y"}}\n\n{"text": "two", "k": "b", "meta": {"x": "z"}}\n',
    )
    assert texts(path) == ["one", "two"]
    assert texts(path, column="meta.x") == ["y", "z"]
    records = list(read_records(expand_inputs([str(path)]), ReadOptions(id_column="k", extra=("meta",))))
    assert [record.id for record in records] == [7, "b"]
    assert records[0].extra == {"meta": {"x": "y"}}
    assert texts(write(tmp_path / "b.jsonl", '"plain"\n"strings"')) == ["plain", "strings"]
    with pytest.raises(FormatError, match="line 1"):
        texts(write(tmp_path / "c.jsonl", "{oops}\n"))
    with pytest.raises(FormatError, match=r'columns a, b.*column="NAME"'):
        texts(write(tmp_path / "d.jsonl", '{"a": 1, "b": 2}\n'))
    with pytest.raises(FormatError, match="deeply"):
        texts(write(tmp_path / "e.jsonl", "[" * 100_000))


def test_lone_surrogates_follow_the_policy(tmp_path: Path) -> None:
    path = write(tmp_path / "a.jsonl", '{"text": "a\\ud800"}\n{"text": "b"}\n')
    with pytest.raises(FormatError, match="U\\+D800"):
        texts(path)
    assert texts(path, errors="replace") == ["a\ufffd", "b"]
    assert texts(path, errors="skip") == ["b"]


def test_quotes_in_tsv(tmp_path: Path) -> None:
    """What csv reads is read as csv does; a row it refuses has quotes that are text, as writers without quoting leave them."""
    lines = [
        '1\tsaid "no',  # inside a field: text for csv too
        '2\t"Yes," he said',
        '3\t"never closed',
        '4\t"He ""quoted"""',
        '"5"\tthe 12" record',
        '6\t"two\nlines\tand a tab"',
        '"7"\t"a" or "b"',
        '8\t""x',
        '9\t"last, never closed',
    ]
    expected = [
        'said "no', '"Yes," he said', '"never closed', 'He "quoted"', 'the 12" record', "two\nlines\tand a tab",
        '"a" or "b"', '""x', '"last, never closed',
    ]  # fmt: skip
    for end in ("\n", "\r\n"):
        path = write(tmp_path / "a.tsv", end.join(["id\ttext", *(line.replace("\n", end) for line in lines)]))
        found = list(read_records(expand_inputs([str(path)]), ReadOptions(id_column="id")))
        assert [record.text for record in found] == [text.replace("\n", end) for text in expected]
        assert [record.id for record in found] == [str(number) for number in range(1, 10)]
    with pytest.raises(FormatError, match=r"a.csv, line 2: .*written twice"):
        texts(write(tmp_path / "a.csv", 'id,text\n2,"Yes," he said\n'))


def test_unclosed_quotes_in_tsv_take_linear_time(tmp_path: Path) -> None:
    rows = ['"open', '""x', '"', '""', '"""'] * 20_000
    path = write(tmp_path / "a.tsv", "text\tn\n" + "".join(f"{row}\t1\n" for row in rows))
    begin = time.process_time()
    assert len(texts(path)) > 20_000
    assert time.process_time() - begin < 10


def test_json_documents(tmp_path: Path) -> None:
    assert texts(write(tmp_path / "a.json", '["x", "y"]')) == ["x", "y"]
    assert texts(write(tmp_path / "b.json", '{"data": [{"text": "x"}], "version": 1}')) == ["x"]
    assert texts(write(tmp_path / "c.json", '{"text": "x"}\n{"text": "y"}\n')) == ["x", "y"]
    with pytest.raises(FormatError):
        texts(write(tmp_path / "d.json", "[1,"))


def test_tables(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", 'key,text\r\n1,"two\nlines, quoted"\r\n2,plain\r\n')
    assert texts(path) == ["two\nlines, quoted", "plain"]
    assert texts(write(tmp_path / "b.tsv", "text\tn\na\t1\n")) == ["a"]
    assert texts(write(tmp_path / "c.csv", "a,b\nc,d\n"), header=False, column="2") == ["b", "d"]
    assert texts(write(tmp_path / "d.csv", f"text\n{'x' * 300_000}\n")) == ["x" * 300_000]
    with pytest.raises(FormatError, match="expected 2 fields, received 3"):
        texts(write(tmp_path / "e.csv", "a,text\n1,2,3\n"))


def test_semicolons_separate_where_the_names_have_no_comma(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", 'key;"a, text";n\r\n1;"one; two, three";2,5\r\n2;four, five;1\r\n')
    assert texts(path, column="a, text") == ["one; two, three", "four, five"]
    assert texts(write(tmp_path / "b.csv", "key;x,text\na;b,c;d\n")) == ["c;d"]
    # Lines of text without names hold semicolons as texts do.
    assert texts(write(tmp_path / "c.csv", "came; saw\nwon\n"), header=False) == ["came; saw", "won"]
    assert texts(write(tmp_path / "d.csv", "")) == []


def test_parquet(tmp_path: Path) -> None:
    pa = pytest.importorskip("pyarrow", reason="pyarrow is not installed")
    import pyarrow.parquet as pq

    pq.write_table(pa.table({"text": ["one", "two"], "n": [1, 2]}), tmp_path / "a.parquet")
    assert texts(tmp_path / "a.parquet") == ["one", "two"]
    assert texts(tmp_path / "a.parquet", column="n") == ["1", "2"]
    with pytest.raises(FormatError, match="columns text, n"):
        texts(tmp_path / "a.parquet", column="nope")
    with pytest.raises(FormatError):
        texts(write(tmp_path / "b.parquet", b"PAR1 not really"))


def test_parquet_without_pyarrow_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(UnsupportedError, match="pyarrow"):
        texts(write(tmp_path / "a.parquet", b"PAR1"))


def test_folders_globs_and_missing(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / ".hidden").mkdir()
    for name in ("b.txt", "a.jsonl.gz", "sub/c.csv", "x.py", ".hidden/d.txt"):
        write(tmp_path / name, "")
    names = [Path(source.name).name for source in expand_inputs([str(tmp_path)])]
    assert names == ["a.jsonl.gz", "b.txt", "c.csv"]
    assert [Path(one.name).name for one in expand_inputs([str(tmp_path)], pattern="*.py")] == ["x.py"]
    assert len(expand_inputs([str(tmp_path / "*.txt")])) == 1
    for missing in (tmp_path / "none.txt", tmp_path / "*.nothing", tmp_path / "sub" / "deep"):
        with pytest.raises(NotFoundError):
            expand_inputs([str(missing)])
    assert [format_of(name) for name in ("a.TXT", "a.ndjson.zst", "a.pq", "a")] == ["txt", "jsonl", "parquet", None]


def test_stdin(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(gzip.compress(b"one\ntwo"))))
    assert texts("-") == ["one", "two"]


def test_bytes_read_reaches_the_size(tmp_path: Path) -> None:
    path = write(tmp_path / "a.txt", "one\n" * 1000)
    state = ReadState()
    assert len(list(read_records(expand_inputs([str(path)]), None, state))) == 1000
    assert state.bytes_read() == 4000


def test_atomic_writer(tmp_path: Path) -> None:
    target = tmp_path / "out.txt"
    with atomic_writer(target) as file:
        file.write("new\n")
        assert not target.exists()
    assert target.read_text() == "new\n"
    os.chmod(target, 0o640)
    with pytest.raises(TypeError), atomic_writer(target) as file:
        file.write(b"half")
    assert target.read_text() == "new\n"
    with atomic_writer(target, "wb") as file:
        file.write(b"bytes")
    assert target.read_bytes() == b"bytes"
    assert target.stat().st_mode & 0o777 == 0o640
    assert os.listdir(tmp_path) == ["out.txt"]
    with atomic_writer(tmp_path / "a.jsonl.gz") as file:
        file.write(json.dumps({"a": 1}))
    assert gzip.decompress((tmp_path / "a.jsonl.gz").read_bytes()) == b'{"a": 1}'
    link = tmp_path / "link"
    link.symlink_to(target)
    with atomic_writer(link) as file:
        file.write("through")
    assert link.is_symlink()
    assert target.read_text() == "through"
    for wrong in (tmp_path, tmp_path / "no" / "folder"):
        with pytest.raises(FileError), atomic_writer(wrong):
            pass


def test_compressed_files_that_expand_without_end_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "_EXPANDED", 1 << 20)
    for name, pack in (("bomb.txt.gz", gzip.compress), ("bomb.txt.bz2", bz2.compress), ("bomb.txt.xz", lzma.compress)):
        bomb = write(tmp_path / name, pack(bytes(50 << 20)))
        with pytest.raises(LimitError, match=f"{name}: expected compressed text, received more than 1,048,576"):
            texts(bomb)
    lines = "".join(f"line {number}\n" for number in range(300_000))
    assert len(texts(write(tmp_path / "text.txt.gz", gzip.compress(lines.encode())))) == 300_000
