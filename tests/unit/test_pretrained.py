"""Published names: found, downloaded from a host shaped like the real one, gone on with, verified, refused."""

from __future__ import annotations

import dataclasses
import gzip
import hashlib
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import tokenspace
from tokenspace.errors import FileError, FormatError, NotFoundError, UnsupportedError
from tokenspace.vectors.formats import registry
from tokenspace.vectors.formats.registry import Pretrained, fetch, find, folders, pretrained

CONTENT = gzip.compress(b"2 2\nking 1 0\nqueen 0.5 0.25\n", mtime=0)


class Host:
    """Releases of a code host: an address that redirects to a storage host, which knows ranges and tags."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {"/signed/tiny.gz": CONTENT}
        self.requests: list[tuple[str, str | None]] = []
        self.cut: list[int] = []  # bytes after which the next answers end early
        self.tag = '"one"'
        self.ranges = True
        self.url = ""


@pytest.fixture
def host(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Host]:
    state = Host()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            wanted = self.headers.get("Range")
            state.requests.append((self.path, wanted))
            if self.path == "/download/tiny.gz":
                self.send_response(302)
                self.send_header("Location", f"{state.url}/signed/tiny.gz")
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            content = state.files.get(self.path)
            if content is None:
                self.send_error(404)
                return
            begin = 0
            same = self.headers.get("If-Range") in (None, state.tag)
            if wanted is not None and state.ranges and same:
                begin = int(wanted.removeprefix("bytes=").rstrip("-"))
                if begin >= len(content):
                    self.send_error(416)
                    return
                self.send_response(206)
                self.send_header("Content-Range", f"bytes {begin}-{len(content) - 1}/{len(content)}")
            else:
                self.send_response(200)
            body = content[begin:]
            self.send_header("ETag", state.tag)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if state.cut:
                self.wfile.write(body[: state.cut.pop(0)])
                self.close_connection = True
            else:
                self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    state.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    monkeypatch.setenv("HF_HUB_OFFLINE", "0")
    monkeypatch.setenv("GENSIM_DATA_DIR", str(tmp_path / "data"))
    yield state
    server.shutdown()
    thread.join()
    server.server_close()


def entry(host: Host | None, **changes: Any) -> Pretrained:
    url = f"{host.url}/download/tiny.gz" if host else "http://127.0.0.1:9/tiny.gz"
    made = Pretrained("tiny", url, "tiny.gz", 2, 2, len(CONTENT), hashlib.md5(CONTENT).hexdigest(), "CC0", "invented")
    return dataclasses.replace(made, **changes)


def test_download_once(host: Host, tmp_path: Path) -> None:
    events: list[Any] = []
    kv = tokenspace.KeyedVectors.from_pretrained(entry(host), progress=events.append)
    assert kv.index_to_key == ["king", "queen"]
    np.testing.assert_array_equal(kv["queen"], np.array([0.5, 0.25], np.float32))
    path = tmp_path / "data" / "tiny" / "tiny.gz"
    assert path.read_bytes() == CONTENT
    assert [event.stage for event in events if event.finished] == ["download", "verify", "load vectors"]
    assert sorted(item.name for item in path.parent.iterdir()) == ["tiny.gz", "tiny.gz.verified"]
    asked = len(host.requests)
    again: list[Any] = []
    fetch(entry(host), progress=again.append)
    assert (len(host.requests), again) == (asked, [])
    # A file that has changed since is read again.
    path.write_bytes(CONTENT[:-1] + b"x")
    with pytest.raises(FormatError, match="MD5"):
        fetch(entry(host))


def test_by_name(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "_RELEASES", (entry(host),))
    assert tokenspace.load_vectors("tiny", progress=None).index_to_key == ["king", "queen"]


def test_a_cut_connection_is_taken_up_again(host: Host) -> None:
    host.cut = [10, 7]
    path = fetch(entry(host))
    assert path.read_bytes() == CONTENT
    assert [wanted for place, wanted in host.requests if place.startswith("/signed")] == [
        None,
        "bytes=10-",
        "bytes=17-",
    ]


def test_a_download_goes_on_in_another_process(host: Host, tmp_path: Path) -> None:
    host.cut = [10, 0, 0, 0]
    with pytest.raises(NotFoundError, match=r"putting the file of .*tiny\.gz \(0 MB\) at"):
        fetch(entry(host))
    folder = tmp_path / "data" / "tiny"
    assert (folder / "tiny.gz.part").read_bytes() == CONTENT[:10]
    assert not (folder / "tiny.gz").exists()
    host.requests.clear()
    assert fetch(entry(host)).read_bytes() == CONTENT
    assert host.requests[-1] == ("/signed/tiny.gz", "bytes=10-")


@pytest.mark.parametrize("change", ["tag", "ranges"])
def test_another_version_begins_anew(host: Host, change: str) -> None:
    host.cut = [10, 0, 0, 0]
    with pytest.raises(NotFoundError):
        fetch(entry(host))
    if change == "tag":
        host.tag = '"two"'
    else:
        host.ranges = False
    assert fetch(entry(host)).read_bytes() == CONTENT


def test_damage_is_found_and_not_kept(host: Host, tmp_path: Path) -> None:
    host.files["/signed/tiny.gz"] = CONTENT[:-1] + b"x"
    with pytest.raises(FormatError, match="MD5"):
        fetch(entry(host))
    host.files["/signed/tiny.gz"] = CONTENT + b"more"
    with pytest.raises(FormatError, match="bytes"):
        fetch(entry(host))
    assert not [path for path in (tmp_path / "data").rglob("*") if path.is_file()]


def test_missing_there(host: Host) -> None:
    host.files.clear()
    with pytest.raises(NotFoundError, match="HTTP 404"):
        fetch(entry(host))


def test_offline_is_one_clear_error(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("GENSIM_DATA_DIR", str(tmp_path))
    for options in ({}, {"local_files_only": True}):
        with pytest.raises(NotFoundError) as caught:
            tokenspace.load_vectors("glove-wiki-gigaword-50", **options)
        text = str(caught.value)
        assert "offline" in text
        assert "releases/download/glove-wiki-gigaword-50/glove-wiki-gigaword-50.gz" in text
        assert str(tmp_path / "glove-wiki-gigaword-50" / "glove-wiki-gigaword-50.gz") in text
        assert "69 MB" in text
        assert "\n" not in text
    monkeypatch.setenv("HF_HUB_OFFLINE", "0")
    with pytest.raises(NotFoundError, match="expected an answer"):
        fetch(entry(None))


def test_files_of_gensims_downloader_are_found(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("GENSIM_DATA_DIR", raising=False)
    monkeypatch.setenv("TOKENSPACE_CACHE_DIR", str(tmp_path / "cache"))
    assert folders() == [tmp_path / "cache" / "vectors", tmp_path / "gensim-data"]
    path = tmp_path / "gensim-data" / "tiny" / "tiny.gz"
    path.parent.mkdir(parents=True)
    path.write_bytes(CONTENT)
    assert fetch(entry(None)) == path


def test_no_checksum_needs_consent(host: Host) -> None:
    unknown = entry(host, md5=None, size=None)
    with pytest.raises(UnsupportedError, match="allow_unverified=True"):
        fetch(unknown)
    assert not host.requests
    assert fetch(unknown, allow_unverified=True).read_bytes() == CONTENT


def test_a_folder_that_cannot_be_made(host: Host, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("x")
    monkeypatch.setenv("GENSIM_DATA_DIR", str(tmp_path / "file"))
    with pytest.raises(FileError):
        fetch(entry(host))


def test_names() -> None:
    names = {one.name for one in pretrained()}
    assert {
        "glove-wiki-gigaword-50",
        "glove-twitter-25",
        "word2vec-google-news-300",
        "word2vec-ruscorpora-300",
    } <= names
    assert {"fasttext-wiki-news-subwords-300", "conceptnet-numberbatch-17-06-300"} <= names
    for one in pretrained():
        assert one.md5 is not None
        assert len(one.md5) == 32
        assert one.url.endswith(f"/{one.name}/{one.file}")
        assert find(one.name) == one
    chinese = find("cc.zh.300")
    assert chinese is not None
    assert chinese.url == "https://dl.fbaipublicfiles.com/fasttext/vectors-crawl/cc.zh.300.vec.gz"
    assert chinese.md5 is None
    found = find("cc.zh.300.bin")
    assert found is not None
    assert found.file == "cc.zh.300.bin.gz"
    assert find("cc..300") is None
    assert find("../../etc/passwd") is None
