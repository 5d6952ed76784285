"""What stands in front of every route: Host, Origin, token, rate, headers; asked as attackers would."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest

pytest.importorskip("fastapi", reason="fastapi not found: pip install 'tokenspace[studio]'")

from fastapi import FastAPI
from fastapi.testclient import TestClient

from tokenspace.studio import safety
from tokenspace.studio.app import create_app
from tokenspace.studio.safety.host import is_loopback
from tokenspace.studio.safety.rate import RateLimit
from tokenspace.studio.settings import StudioSettings

HERE = "http://127.0.0.1:7878"


def studio(**settings: Any) -> TestClient:
    return TestClient(create_app(StudioSettings(**settings)), base_url=HERE, follow_redirects=False)


@pytest.fixture
def client() -> Iterator[TestClient]:
    with studio() as client:
        yield client


def refused(answer: Any, status: int = 403) -> str:
    assert answer.status_code == status, answer.text
    error = answer.json()["error"]
    assert error["status"] == status
    assert error["message"].startswith("[")
    return str(error["message"])


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "127.0.0.1:7878", "localhost", "LOCALHOST:9", "localhost.:7878", "[::1]", "[::1]:7878"]
)
def test_the_names_of_loopback_are_known(client: TestClient, host: str) -> None:
    assert client.get("/api/status", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "host",
    [
        "evil.example", "evil.example:7878", "127.0.0.1.evil.example", "localhost.evil.example", "127.0.0.1@evil.example",
        "evil.example#127.0.0.1", "127.0.0.2", "10.0.0.1", "", ":7878", "127.0.0.1:7878:1", "[::1", "::1", "127.0.0.1 ",
        "127.0.0.1/evil",
    ],
)  # fmt: skip
@pytest.mark.parametrize("path", ["/", "/api/status", "/nothing"])
def test_other_names_are_refused_everywhere(client: TestClient, host: str, path: str) -> None:
    refused(client.get(path, headers={"Host": host}))


def test_two_different_hosts_are_no_host(client: TestClient) -> None:
    refused(client.get("/api/status", headers=[("Host", "127.0.0.1"), ("Host", "evil.example")]))


def test_beyond_loopback_numbers_are_known_and_names_are_not() -> None:
    with studio(host="0.0.0.0", token="t") as client:
        bearer = {"Authorization": "Bearer t"}
        for host in ("192.168.7.9:7878", "[fe80::1]:7878", "localhost"):
            assert client.get("/api/status", headers={"Host": host, **bearer}).status_code == 200
        refused(client.get("/api/status", headers={"Host": "evil.example", **bearer}))


def test_what_counts_as_loopback() -> None:
    assert all(map(is_loopback, ("127.0.0.1", "localhost", "::1", "127.1.2.3")))
    assert not any(map(is_loopback, ("0.0.0.0", "::", "192.168.0.1", "example.org", "")))


FOREIGN = [
    {"Origin": "https://evil.example"},
    {"Origin": "http://127.0.0.1:9999"},
    {"Origin": "https://127.0.0.1:7878"},
    {"Origin": "http://localhost:7878"},
    {"Origin": "null"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "nonsense"},
    {"Origin": HERE, "Sec-Fetch-Site": "cross-site"},
]


@pytest.mark.parametrize("headers", FOREIGN)
def test_a_foreign_page_neither_reads_nor_posts(client: TestClient, headers: dict[str, str]) -> None:
    for answer in (
        client.get("/api/files", headers=headers),
        client.post("/api/files?name=a.txt", content=b"x", headers=headers),
        client.delete("/api/files/x", headers=headers),
        client.options("/api/files", headers={**headers, "Access-Control-Request-Method": "POST"}),
    ):
        refused(answer)
        assert not [name for name in answer.headers if name.startswith("access-control")]
    assert client.get("/api/files").json()["files"] == []


@pytest.mark.parametrize(
    "headers", [{}, {"Origin": HERE}, {"Sec-Fetch-Site": "same-origin"}, {"Sec-Fetch-Site": "none"}]
)
def test_the_own_page_and_programs_may(client: TestClient, headers: dict[str, str]) -> None:
    assert client.get("/api/files", headers=headers).status_code == 200
    assert client.post("/api/files?name=a.txt", content=b"x", headers=headers).status_code == 201


def test_a_link_from_elsewhere_opens_the_page(client: TestClient) -> None:
    assert client.get("/", headers={"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}).status_code == 200
    refused(client.post("/", headers={"Sec-Fetch-Site": "cross-site"}))


def test_without_the_token_nothing_is_told() -> None:
    with studio(host="0.0.0.0", token="right") as client:
        for headers in (
            {},
            {"Authorization": "Bearer wrong"},
            {"Authorization": "right"},
            {"Authorization": "Basic right"},
        ):
            refused(client.get("/api/status", headers=headers))
        refused(client.get("/api/status?token=right"))  # an address that is copied and logged
        refused(client.get("/?token=wrong"))
        page = client.get("/", headers={"Accept": "text/html"})
        assert page.status_code == 403
        assert "token" in page.text
        assert client.get("/api/status", headers={"Authorization": "bearer right"}).status_code == 200


def test_the_printed_address_is_exchanged_for_a_cookie() -> None:
    with studio(host="0.0.0.0", token="right") as client:
        answer = client.get("/?token=right&room=words")
        assert answer.status_code == 303
        assert answer.headers["location"] == "/?room=words"
        cookie = answer.headers["set-cookie"]
        assert "HttpOnly" in cookie
        assert "SameSite=strict" in cookie
        assert client.get("/api/status").status_code == 200
        assert client.get(f"{HERE}//evil.example/?token=right").headers["location"] == "/evil.example/"


def test_answers_carry_their_headers(client: TestClient) -> None:
    for answer in (
        client.get("/"),
        client.get("/api/status"),
        client.get("/nothing"),
        client.get("/api/files", headers=FOREIGN[0]),
    ):
        policy = answer.headers["content-security-policy"]
        assert "default-src 'self'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "script-src 'self';" in policy  # nothing inline
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert "server" not in answer.headers
    assert client.get("/api/status").headers["cache-control"] == "no-store"


def bare(**settings: Any) -> FastAPI:
    """The middleware alone around a route that waits."""
    app = FastAPI()
    app.state.gate = asyncio.Event()

    @app.get("/api/wait")
    async def wait() -> dict[str, int]:
        await app.state.gate.wait()
        return {}

    @app.get("/api/jobs/x/events")
    async def stream() -> dict[str, int]:
        await app.state.gate.wait()
        return {}

    @app.get("/api/now")
    async def now() -> dict[str, int]:
        return {}

    safety.install(app, StudioSettings(**settings))
    return app


def test_more_in_flight_than_may_is_429_and_ends() -> None:
    httpx = pytest.importorskip("httpx")

    async def run() -> None:
        app = bare(in_flight=3)
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=HERE) as client:
            streams = [asyncio.ensure_future(client.get("/api/jobs/x/events")) for _ in range(3)]
            held = [asyncio.ensure_future(client.get("/api/wait")) for _ in range(3)]
            await asyncio.sleep(0.05)
            over = await client.get("/api/now")
            refused(over, 429)
            assert int(over.headers["retry-after"]) >= 1
            refused(await client.get("/api/jobs/x/events"), 429)
            app.state.gate.set()
            assert [answer.status_code for answer in await asyncio.gather(*held, *streams)] == [200] * 6
            assert (await client.get("/api/now")).status_code == 200

    asyncio.run(run())


def test_a_client_that_runs_wild_is_slowed_and_others_are_not() -> None:
    moment = [100.0]
    passed: list[str] = []

    async def inner(scope: Any, receive: Any, send: Any) -> None:
        passed.append(scope["client"][0])

    statuses: list[int] = []

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            statuses.append(message["status"])

    limit = RateLimit(inner, in_flight=10, per_second=2.0, burst=5, clock=lambda: moment[0])

    def ask(address: str) -> None:
        scope = {"type": "http", "method": "GET", "path": "/api/x", "headers": [], "client": (address, 1)}
        asyncio.run(limit(scope, None, send))  # type: ignore[arg-type]

    for _ in range(7):
        ask("10.0.0.1")
    assert (len(passed), statuses) == (5, [429, 429])
    ask("10.0.0.2")
    assert passed[-1] == "10.0.0.2"
    moment[0] += 1.0  # two more
    for _ in range(3):
        ask("10.0.0.1")
    assert (len(passed), len(statuses)) == (8, 3)


def test_the_defaults_let_two_hundred_in_flight_pass() -> None:
    settings = StudioSettings()
    assert settings.in_flight >= 2 * 200
    # More than one process of Python answers in a second, with room.
    assert settings.requests_per_second >= 10_000
