"""The shelf: what may be named and what may not, uploads, texts, folders that change."""

from __future__ import annotations

import bz2
import gzip
import os
import threading
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("fastapi", reason="fastapi not found: pip install 'tokenspace[studio]'")
from fastapi.testclient import TestClient

from tests.data import ASSETS
from tokenspace.errors import ArgumentError, FormatError
from tokenspace.studio.app import create_app
from tokenspace.studio.faults import StudioError
from tokenspace.studio.settings import StudioSettings
from tokenspace.studio.shelf import Shelf
from tokenspace.studio.shelf import shelf as shelf_module

HEADER = b'{"__metadata__":{"format":"pt"},"embed":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}'
WEIGHTS = len(HEADER).to_bytes(8, "little") + HEADER + bytes(4)
VECTORS = "2 3\nking 1 0 0\nqueen 0.9 0.1 0\n"


@pytest.fixture(autouse=True)
def always_look(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shelf_module, "_FRESH", 0.0)


def shelf(*given: Path, uploads: Path, **bounds: int) -> Shelf:
    return Shelf(given, uploads, **bounds)


def names(shelf: Shelf) -> list[str]:
    return [f"{file.folder}/{file.name}" if file.folder else file.name for file in shelf.files()[0]]


def refusal(status: int, call: Any, *arguments: Any, **named: Any) -> str:
    with pytest.raises(StudioError) as caught:
        call(*arguments, **named)
    assert caught.value.status == status
    return caught.value.message


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    given = tmp_path / "given"
    (given / "inner" / "deeper").mkdir(parents=True)
    (given / "b.txt").write_text("hello")
    (given / "a.txt").write_text("hello")
    (given / "inner" / "deeper" / "c.txt").write_text("hello")
    (given / ".secret").write_text("x")
    (given / ".git").mkdir()
    (given / ".git" / "config").write_text("x")
    (tmp_path / "outside.txt").write_text("secret")
    return given


def test_a_folder_is_listed_in_order_without_what_is_hidden(folder: Path, tmp_path: Path) -> None:
    assert names(shelf(folder, uploads=tmp_path / "u")) == ["given/a.txt", "given/b.txt", "given/inner/deeper/c.txt"]


def test_links_that_lead_out_are_not_followed(folder: Path, tmp_path: Path) -> None:
    (folder / "out.txt").symlink_to(tmp_path / "outside.txt")
    (folder / "up").symlink_to(tmp_path)
    (folder / "loop").symlink_to(folder)
    (folder / "gone.txt").symlink_to(tmp_path / "nothing")
    (folder / "z.txt").symlink_to(folder / "a.txt")
    (tmp_path / "given-too").mkdir()  # begins with the same letters
    (tmp_path / "given-too" / "x.txt").write_text("secret")
    (folder / "near.txt").symlink_to(tmp_path / "given-too" / "x.txt")
    assert names(shelf(folder, uploads=tmp_path / "u"))[:3] == ["given/a.txt", "given/b.txt", "given/z.txt"]
    assert len(names(shelf(folder, uploads=tmp_path / "u"))) == 4


@pytest.mark.parametrize("what", ["given", "given/a.txt"])
def test_what_was_given_and_becomes_a_link_is_empty(folder: Path, tmp_path: Path, what: str) -> None:
    found = shelf(tmp_path / what, uploads=tmp_path / "u")
    id = found.files()[0][0].id
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "a.txt").write_text("secret")
    (tmp_path / what).rename(tmp_path / "moved")
    (tmp_path / what).symlink_to(elsewhere if what == "given" else elsewhere / "a.txt")
    assert found.files() == ([], False)
    refusal(404, found.text, id)


def test_a_file_that_becomes_a_link_out_is_not_opened(folder: Path, tmp_path: Path) -> None:
    found = shelf(folder, uploads=tmp_path / "u")
    file = found.files()[0][0]
    assert found.text(file.id) == "hello"
    file.path.unlink()
    refusal(404, found.path, file.id)
    file.path.symlink_to(tmp_path / "outside.txt")
    refusal(404, found.text, file.id)


def test_what_is_no_plain_file_is_left_out(folder: Path, tmp_path: Path) -> None:
    os.mkfifo(folder / "pipe")
    found = shelf(folder, folder / "pipe", Path("/dev/zero"), tmp_path / "nothing", uploads=tmp_path / "u")
    assert len(found.files()[0]) == 3


def test_ids_stay_and_no_path_is_one(folder: Path, tmp_path: Path) -> None:
    first, second = (shelf(folder, uploads=tmp_path / name) for name in "uv")
    assert [file.id for file in first.files()[0]] == [file.id for file in second.files()[0]]
    for id in ("../outside.txt", str(folder / "a.txt"), "a.txt", "", "\0", "\ud800", "é" * 1000):
        refusal(404, first.path, id)
        refusal(404, first.forget, id)


def test_a_folder_that_changes_is_seen(folder: Path, tmp_path: Path) -> None:
    found = shelf(folder, uploads=tmp_path / "u")
    id = found.files()[0][0].id
    (folder / "new.txt").write_text("new")
    (folder / "b.txt").unlink()
    (folder / "a.txt").write_text(VECTORS)
    assert names(found) == ["given/a.txt", "given/new.txt", "given/inner/deeper/c.txt"]
    assert found.file(id).kind == "vectors"
    (folder / "later.txt").write_text("x")
    later = shelf_module.id_of(str(folder / "later.txt"))
    assert found.file(later).name == "later.txt"  # without a listing in between


def test_a_file_that_is_gone_is_called_by_its_name(tmp_path: Path) -> None:
    folder = tmp_path / "texts"
    folder.mkdir()
    (folder / "notes.txt").write_text("here", encoding="utf-8")
    found = shelf(folder, uploads=tmp_path / "uploads")
    [file] = found.files()[0]
    (folder / "notes.txt").unlink()
    for _ in range(2):  # before and after the folder was looked through again
        assert "expected notes.txt where it was" in refusal(404, found.text, file.id)
        assert found.files()[0] == []
    assert "on the list" in refusal(404, found.text, "another")


def test_more_files_than_are_listed(folder: Path, tmp_path: Path) -> None:
    found = shelf(folder, uploads=tmp_path / "u", most_files=2)
    files, cut = found.files()
    assert (len(files), cut) == (2, True)
    refusal(404, found.path, shelf_module.id_of(str(folder / "inner" / "deeper" / "c.txt")))
    assert shelf(folder, uploads=tmp_path / "u", most_files=3).files()[1] is False


def test_names_that_are_no_text(folder: Path, tmp_path: Path) -> None:
    with open(os.fsencode(folder) + b"/\xff\xfe.txt", "wb") as file:
        file.write(b"x")
    with TestClient(create_app(StudioSettings(given=(folder,))), base_url="http://127.0.0.1") as client:
        assert "\ufffd\ufffd.txt" in [file["name"] for file in client.get("/api/files").json()["files"]]


@pytest.mark.parametrize(
    ("name", "data", "kind"),
    [
        ("a.txt", b"plain text of words\n", "text"),
        ("empty.txt", b"", "text"),
        ("zh.md", "中文".encode() * 30_000, "text"),  # a character is cut where the look ends
        ("a.txt.gz", gzip.compress(b"plain text of words\n"), "text"),
        ("windows.txt", "слова и 词\n".encode("utf-16"), "text"),
        ("cut.txt", "слова и 词 👩\n".encode("utf-32") + "слово".encode("utf-32-le") * 9_000, "text"),
        ("data", bytes(range(256)) * 9, "other"),
        ("picture.png", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "other"),
        ("v.txt", VECTORS.encode(), "vectors"),
        ("v.vec.gz", gzip.compress(VECTORS.encode()), "vectors"),
        ("glove.txt", b"the 0.1 -0.25 3\n. . . 1e-3 0.5 2\n", "vectors"),  # a word may hold spaces
        ("playlists.txt", b"11 7 3\n7 3 11 4\n", "text"),
        ("song_hash.txt", b"0 \tSong 0\tArtist 1\n1 \tSong 1\tArtist 2\n", "text"),
        ("u.data", b"196\t242\t3\t881250949.5\n186\t302\t3\t891717742.5\n", "text"),
        ("line.txt", b"in the year 1984", "text"),
        ("weights.safetensors", WEIGHTS, "other"),
        ("t.json", b'{"version":"1.0","added_tokens":[],"model":{"type":"BPE"}}', "tokenizer"),
        ("r.tiktoken", b"IQ== 0\nIg== 1\n", "tokenizer"),
        ("s.csv", b"session,item\n1,2\n1,3\n", "sessions"),
        ("s.jsonl", b'{"session_id": 1, "item": "a"}\n', "sessions"),
        ("named.jsonl", b'{"session": "u1", "items": ["a", "b"]}\n', "sessions"),
        ("named.jsonl.gz", gzip.compress(b'{"session": "u1", "item": "a"}\n'), "sessions"),
        ("texts.jsonl", b'{"text": "a line of a corpus"}\n', "text"),
        ("numbers.json", b'{"a": 1}', "text"),
        ("tokenizer_config.json", b'{"a": 1}', "other"),
        ("list.json", b'[{"text": "a"}]', "text"),
    ],
)
def test_kinds_are_seen_in_the_content(tmp_path: Path, name: str, data: bytes, kind: str) -> None:
    assert shelf(uploads=tmp_path).add(name, data).kind == kind


def test_kinds_of_the_embedded_files(tmp_path: Path) -> None:
    kinds = {file.name: file.kind for file in shelf(ASSETS, uploads=tmp_path).files()[0]}
    assert kinds["bpe.json.gz"] == kinds["unigram.model.gz"] == kinds["tokenizer.json"] == "tokenizer"
    assert kinds["sample.txt"] == "text"
    (tmp_path / "given").mkdir()
    for name in ("utf-16", "gb18030", "latin-1"):
        (tmp_path / "given" / name).write_bytes(
            ("Größe" if name == "latin-1" else "这是我们的文本，一行。").encode(name)
        )
    kinds = {file.name: file.kind for file in shelf(tmp_path / "given", uploads=tmp_path / "up").files()[0]}
    assert kinds == {"utf-16": "text", "gb18030": "text", "latin-1": "other"}


def test_texts_and_what_is_none(tmp_path: Path) -> None:
    found = shelf(uploads=tmp_path, text_characters=1000)

    def text(data: bytes, **options: Any) -> str:
        return found.text(found.add("a.txt", data).id, **options)

    assert text("é中🇩🇪\0\r\n".encode()) == "é中🇩🇪\0\r\n"
    assert text(b"\xef\xbb\xbfa") == "a"
    assert text("中".encode("utf-16")) == text("中".encode("utf-32")) == "中"
    assert text(gzip.compress(b"a")) == text(bz2.compress(b"a")) == "a"
    assert text("中文".encode("gb18030"), encoding="gb18030") == "中文"
    assert text("中文，我们的。\r\n".encode("gb18030") * 40) == "中文，我们的。\r\n" * 40
    assert text(b"a\xffb", errors="replace") == "a\ufffdb"
    assert text("中".encode() * 1000) == "中" * 1000
    refusal(413, text, b"x" * 1001)
    refusal(413, text, gzip.compress(b"x" * 50_000_000))
    with pytest.raises(FormatError, match=r"bytes ff 62 at byte 1; try the file saved as UTF-8"):
        text(b"a\xffb")
    with pytest.raises(FormatError, match=r"at byte 2"):
        text(b"ab\xe4\xb8")  # a character cut at the end
    with pytest.raises(ArgumentError):
        text(b"b", encoding="base64")
    with pytest.raises(FormatError):
        text(gzip.compress(b"abc" * 100)[:20])


def test_the_place_of_a_bad_byte_far_into_a_file(tmp_path: Path) -> None:
    found = shelf(uploads=tmp_path)
    data = "中".encode() * 700_000
    with pytest.raises(FormatError, match="at byte 2,100,000"):
        found.text(found.add("a.txt", data + b"\xff").id)


def test_uploads_by_their_bytes(tmp_path: Path) -> None:
    found = shelf(uploads=tmp_path / "u", file_bytes=10, total_bytes=25)
    first = found.add("../../etc/a b.txt", b"0123456789")
    assert first.name == "a b.txt"
    assert first.path.parent.parent == tmp_path / "u"
    assert found.add("other.txt", b"0123456789") == first
    assert "10 bytes" in refusal(413, found.add, "long", b"x" * 11)
    found.add("b", b"x" * 10)
    assert "25 bytes" in refusal(413, found.add, "c", b"y" * 6)
    found.forget(first.id)
    refusal(404, found.path, first.id)
    found.add("c", b"y" * 10)
    kept = [file for file in (tmp_path / "u").rglob("*") if file.is_file()]
    assert len(kept) == 2


@pytest.mark.parametrize("name", ["", ".", "..", "/", "\\", "a/..", "\0", "con:aux", "\ud800", "é" * 400, ".bashrc"])
def test_any_name_is_kept_inside_the_folder(tmp_path: Path, name: str) -> None:
    file = shelf(uploads=tmp_path / "u").add(name, b"x")
    assert file.path.read_bytes() == b"x"
    assert (tmp_path / "u") in file.path.resolve().parents
    assert file.name


def test_an_upload_that_is_broken_off_leaves_nothing(tmp_path: Path) -> None:
    found = shelf(uploads=tmp_path / "u", total_bytes=10)
    with found.upload("a") as upload:
        upload.write(b"12345678")
    assert list((tmp_path / "u").iterdir()) == []
    assert found.add("b", b"12345678").bytes == 8  # the budget is whole again


def test_given_files_are_not_removed(folder: Path, tmp_path: Path) -> None:
    found = shelf(folder, uploads=tmp_path / "u")
    refusal(409, found.forget, found.files()[0][0].id)
    assert len(found.files()[0]) == 3


def test_many_at_once_upload_list_and_forget(folder: Path, tmp_path: Path) -> None:
    found = shelf(folder, uploads=tmp_path / "u")
    wrong: list[BaseException] = []

    def work(number: int) -> None:
        try:
            for step in range(20):
                file = found.add(f"{number}.txt", b"%d" % (step % 3))
                found.files()
                try:
                    assert found.text(file.id) == str(step % 3)
                    found.forget(file.id)
                except StudioError as error:  # another was faster
                    if error.status != 404:
                        raise
                except OSError:  # forgotten between the look and the opening
                    pass
        except BaseException as error:
            wrong.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong
    assert found.add("last", b"x").bytes == 1


def test_the_addresses_open_nothing_else(folder: Path, tmp_path: Path) -> None:
    with TestClient(create_app(StudioSettings(given=(folder,))), base_url="http://127.0.0.1") as client:
        for path in (
            "/../outside.txt", "/%2e%2e/outside.txt", "/..%2f..%2foutside.txt", "//etc/passwd", "/etc/passwd", "/%00",
            "/assets/../../app.py", "/assets/..%5c..%5capp.py", "/api/files/..%2foutside.txt", f"/{folder}/a.txt",
        ):  # fmt: skip
            answer = client.get(path)
            assert answer.status_code in (404, 405), path
            assert answer.json()["error"]["message"]
        for model in (
            str(folder),
            "../given",
            "given",
            "~",
            ".",
            "file:../outside.txt",
            "tokenspace/../bpe",
            "job:../x",
        ):
            assert client.app.state.studio  # type: ignore[attr-defined]
            with pytest.raises(StudioError):
                client.app.state.studio.models.place(model)  # type: ignore[attr-defined]


def test_messages_name_files_as_the_page_does(folder: Path, tmp_path: Path) -> None:
    (folder / "inner" / "bad.bin").write_bytes(b"\xff" * 40)
    link = tmp_path / "link"
    link.symlink_to(tmp_path / "state")
    settings = StudioSettings(given=(folder,), state_folder=link)
    (tmp_path / "state").mkdir()
    with TestClient(create_app(settings), base_url="http://127.0.0.1") as client:
        sent = client.post("/api/files?name=mine.txt", content=b"no tokenizer").json()["file"]
        given = {file["name"]: file["id"] for file in client.get("/api/files").json()["files"]}
        told = []
        for id in (sent["id"], given["bad.bin"]):
            for path, body in (
                ("/api/tokens/encode", {"source": {"text": "x"}, "tokenizer": f"file:{id}"}),
                ("/api/words/open", {"vectors": f"file:{id}"}),
                ("/api/recommend/look", {"file": id, "format": "parquet"}),
                ("/api/context/align", {"model": f"file:{id}", "texts": ["x"]}),
                ("/api/train/survey", {"corpus": {"files": [id]}}),
            ):
                answer = client.post(path, json=body)
                if answer.status_code >= 400:
                    told.append(answer.json()["error"]["message"])
    assert len(told) >= 6
    assert all(str(tmp_path) not in message and "/u" not in message for message in told), told
    assert any(message.startswith("[read mine.txt]") for message in told), told
    assert any("given/inner/bad.bin" in message for message in told), told


def test_messages_of_jobs_name_files_as_the_page_does(folder: Path, tmp_path: Path) -> None:
    (folder / "bad.txt").write_bytes(b"a line\n\xff\xfe\xfa\n")
    with TestClient(create_app(StudioSettings(given=(folder,))), base_url="http://127.0.0.1") as client:
        given = {file["name"]: file["id"] for file in client.get("/api/files").json()["files"]}
        job = client.post("/api/train/tokenizer", json={"corpus": {"files": [given["bad.txt"]]}}).json()["job"]
        while job["state"] in ("waiting", "running"):
            job = client.get(f"/api/jobs/{job['id']}").json()["job"]
        events = client.get(f"/api/jobs/{job['id']}/events").text
    assert job["state"] == "failed"
    assert "given/bad.txt" in job["error"]["message"]
    assert str(tmp_path) not in job["error"]["message"] + events
