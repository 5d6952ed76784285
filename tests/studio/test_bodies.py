"""Bodies above the limit, told truly, not told, and told falsely; over a real socket where a client would lie."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

pytest.importorskip("fastapi", reason="fastapi not found: pip install 'tokenspace[studio]'")
pytest.importorskip("uvicorn", reason="uvicorn not found: pip install 'tokenspace[studio]'")
import uvicorn

from tokenspace.studio.app import create_app
from tokenspace.studio.safety import body as body_module
from tokenspace.studio.settings import StudioSettings

LIMIT, UPLOAD = 10_000, 300_000


@contextmanager
def serving(settings: StudioSettings) -> Iterator[tuple[int, object]]:
    """A real server on a free port: (port, the Studio)."""
    app = create_app(settings)
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="critical", lifespan="on"))
    bound = socket.socket()
    bound.bind(("127.0.0.1", 0))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [bound]})
    thread.start()
    try:
        while not server.started:
            time.sleep(0.01)
        yield bound.getsockname()[1], app.state.studio
    finally:
        server.should_exit = True
        thread.join()
        bound.close()


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    folder = tmp_path_factory.mktemp("state")
    with serving(StudioSettings(body_bytes=LIMIT, upload_bytes=UPLOAD, uploads_bytes=10**6, state_folder=folder)) as (
        number,
        _,
    ):
        yield number


def ask(port: int, head: str, *parts: bytes) -> tuple[int, bytes]:
    """(status, body) of a request written by hand."""
    with closing(socket.create_connection(("127.0.0.1", port), 10)) as connection:
        connection.sendall((head.replace("\n", "\r\n") + "\r\n\r\n").encode())
        answer = b""
        try:
            for part in parts:
                connection.sendall(part)
            while piece := connection.recv(65536):
                answer += piece
        except ConnectionError:  # what was sent after the end of the request
            pass
    start, _, body = answer.partition(b"\r\n\r\n")
    return int(start.split()[1]), body


def post(path: str, *headers: str) -> str:
    return "\n".join((f"POST {path} HTTP/1.1", "Host: 127.0.0.1", "Connection: close", *headers))


def chunks(total: int, size: int = 4096) -> list[bytes]:
    whole, rest = divmod(total, size)
    sizes = [size] * whole + ([rest] if rest else [])
    return [b"%x\r\n" % count + b"x" * count + b"\r\n" for count in sizes] + [b"0\r\n\r\n"]


def test_a_body_that_says_it_is_too_large(port: int) -> None:
    status, body = ask(port, post("/api/jobs/x/cancel", f"Content-Length: {LIMIT + 1}"), b"x" * (LIMIT + 1))
    assert status == 413
    assert b"10,000" in body
    status, _ = ask(port, post("/api/files?name=a", f"Content-Length: {UPLOAD + 1}"), b"x" * (UPLOAD + 1))
    assert status == 413


def test_a_body_without_a_length_is_counted(port: int, tmp_path: Path) -> None:
    assert ask(port, post("/api/files?name=a", "Transfer-Encoding: chunked"), *chunks(UPLOAD))[0] == 201
    status, body = ask(port, post("/api/files?name=a", "Transfer-Encoding: chunked"), *chunks(UPLOAD + 1))
    assert status == 413
    assert b"300,000" in body


def test_a_body_that_lies_about_its_length_is_no_request(port: int) -> None:
    # More than it said: what follows is no request of its own.
    status, _ = ask(port, post("/api/files?name=short", "Content-Length: 3"), b"x" * 50_000)
    assert status in (201, 400)
    # Less than it said: nothing is kept.
    with closing(socket.create_connection(("127.0.0.1", port), 10)) as connection:
        head = post("/api/files?name=cut.txt", "Content-Length: 100000").replace("\n", "\r\n")
        connection.sendall(head.encode() + b"\r\n\r\n" + b"y" * 50)
    assert b"cut.txt" not in ask(port, "GET /api/files HTTP/1.1\nHost: 127.0.0.1\nConnection: close")[1]


def test_lengths_that_are_no_numbers_are_malformed(port: int) -> None:
    for length in ("-1", "1e3", "0x10", "٣", "99999999999999999999999"):
        assert ask(port, post("/api/files?name=a", f"Content-Length: {length}"), b"xyz")[0] in (400, 413)


def test_uploads_together_stay_within_their_budget(tmp_path: Path) -> None:
    with serving(StudioSettings(upload_bytes=UPLOAD, uploads_bytes=UPLOAD, state_folder=tmp_path)) as (number, _):
        answers: list[int] = []

        def send(letter: bytes) -> None:
            head = post(f"/api/files?name={letter.decode()}.txt", "Content-Length: 100000")
            answers.append(ask(number, head, letter * 100_000)[0])

        threads = [threading.Thread(target=send, args=(bytes([97 + place]),)) for place in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(set(answers)) == [201, 413]
        assert answers.count(201) <= 3
        kept = sum(file.stat().st_size for file in tmp_path.rglob("*") if file.is_file())
        assert kept == 100_000 * answers.count(201)  # nothing half-written stays


@pytest.mark.parametrize("head", ["Content-Length: 500", "Transfer-Encoding: chunked"])
@pytest.mark.parametrize("path", ["/api/tokens/encode", "/api/files?name=x.txt"])
def test_a_body_that_stops_in_the_middle_is_not_waited_for(
    port: int, monkeypatch: pytest.MonkeyPatch, path: str, head: str
) -> None:
    monkeypatch.setattr(body_module, "_STALL_SECONDS", 0.3)
    status, said = ask(port, post(path, head), b'5\r\n{"a":\r\n')
    assert status == 400
    assert b"received no byte of it for 0.3 s" in said


def test_a_slow_body_is_waited_for(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(body_module, "_STALL_SECONDS", 1.5)
    with closing(socket.create_connection(("127.0.0.1", port), 10)) as connection:
        connection.sendall(
            (post("/api/files?name=x.txt", "Content-Length: 4").replace("\n", "\r\n") + "\r\n\r\n").encode()
        )
        for letter in b"slow":
            time.sleep(0.5)
            connection.sendall(bytes([letter]))
        assert connection.recv(65536).startswith(b"HTTP/1.1 201")
