"""Jobs: bounds, events that are read again without a gap, cancelling, pausing, and the page that goes."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

pytest.importorskip("fastapi", reason="fastapi not found: pip install 'tokenspace[studio]'")
from fastapi.testclient import TestClient

from tests.patience import patience
from tokenspace.errors import FormatError
from tokenspace.progress import track
from tokenspace.studio.app import create_app
from tokenspace.studio.closing import Closing
from tokenspace.studio.faults import StudioError
from tokenspace.studio.jobs import Job, JobCancelled, JobContext, JobPool
from tokenspace.studio.jobs.events import EventLog
from tokenspace.studio.jobs.places import StreamPlaces
from tokenspace.studio.jobs.stream import event_stream
from tokenspace.studio.settings import StudioSettings


def until(true: Callable[[], object], seconds: float = 5.0) -> None:
    """Wait for something, with a bound."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not come about"
        time.sleep(0.01)


class Held:
    """A work that goes on until it is let go or cancelled, reporting meanwhile."""

    def __init__(self) -> None:
        self.free = threading.Event()
        self.left = threading.Event()

    def __call__(self, job: JobContext) -> dict[str, Any]:
        try:
            for _ in track(range(10**6), "hold", progress=job.progress):
                job.pause_point()
                if self.free.wait(0.005):
                    break
            return {}
        finally:
            self.left.set()


@pytest.fixture
def pool() -> Iterator[JobPool]:
    pool = JobPool(at_work=2, waiting=3, grace=60)
    yield pool
    pool.close(2)
    assert not pool.at_work


def refused(status: int, call: Any, *arguments: Any) -> StudioError:
    with pytest.raises(StudioError) as caught:
        call(*arguments)
    assert caught.value.status == status
    return caught.value


def states(job: Job) -> list[str]:
    return [json.loads(event.json)["state"] for event in job.log.after(0) if event.kind == "state"]


def test_a_job_from_begin_to_end(pool: JobPool) -> None:
    def work(job: JobContext) -> dict[str, Any]:
        job.emit("merge", pair=["a", "b"])
        return {"n": sum(track(range(5), "count", progress=job.progress))}

    job = pool.start("count", "Counting", work, page="p1")
    until(lambda: not job.live)
    view = job.view()
    assert (view.state, view.result, view.error, view.page) == ("done", {"n": 10}, None, "p1")
    assert view.progress is not None
    assert view.progress["finished"] is True
    events = job.log.after(0)
    assert [event.number for event in events] == list(range(1, len(events) + 1))
    assert states(job) == ["waiting", "running", "done"]
    assert {"kind": "merge", "pair": ["a", "b"]} in [json.loads(event.json) for event in events]


def test_failures_are_told_as_errors_of_the_api(pool: JobPool) -> None:
    def wrong(job: JobContext) -> dict[str, Any]:
        raise FormatError("[read] expected a, received b; try c")

    def defect(job: JobContext) -> dict[str, Any]:
        raise KeyError("secret detail")

    def no_json(job: JobContext) -> dict[str, Any]:
        return {"x": float("nan")}

    jobs = [pool.start("x", "x", work) for work in (wrong, defect, no_json)]
    until(lambda: not any(job.live for job in jobs))
    errors = [job.view().error for job in jobs]
    assert [job.state for job in jobs] == ["failed"] * 3
    assert [error and error.status for error in errors] == [422, 500, 500]
    assert errors[0] is not None
    assert errors[0].message == "[read] expected a, received b; try c"
    assert errors[1] is not None
    assert "secret" not in errors[1].message
    last = json.loads(jobs[0].log.after(0)[-1].json)
    assert last["error"]["class"] == "FormatError"


def test_two_at_work_three_waiting_then_429(pool: JobPool) -> None:
    works = [Held() for _ in range(5)]
    jobs = [pool.start("hold", str(place), work) for place, work in enumerate(works)]
    until(lambda: [job.state for job in jobs] == ["running"] * 2 + ["waiting"] * 3)
    assert refused(429, pool.start, "hold", "one more", Held()).retry_after
    jobs[3].cancel()  # a waiting one goes at once, and its place is free
    assert jobs[3].state == "cancelled"
    jobs.append(pool.start("hold", "instead", Held()))
    works[0].free.set()
    until(lambda: jobs[2].state == "running")
    assert jobs[0].state == "done"
    assert jobs[4].state == "waiting"


def test_cancel_ends_the_work_and_waits_for_nobody(pool: JobPool) -> None:
    work = Held()
    job = pool.start("hold", "x", work)
    until(lambda: job.state == "running")
    job.cancel()
    until(lambda: job.state == "cancelled")
    assert work.left.is_set()
    job.cancel()  # once more: nothing
    assert states(job) == ["waiting", "running", "cancelled"]


def test_cancel_reaches_work_that_catches_everything(pool: JobPool) -> None:
    def stubborn(job: JobContext) -> dict[str, Any]:
        while True:
            try:
                job.check()
                time.sleep(0.01)
            except Exception:
                pass

    job = pool.start("x", "x", stubborn)
    until(lambda: job.state == "running")
    job.cancel()
    until(lambda: job.state == "cancelled")
    assert not issubclass(JobCancelled, Exception)


def test_cancel_stops_a_training_in_the_core(pool: JobPool) -> None:
    import tokenspace as ts

    texts = [" ".join(f"w{(n * k) % 997}" for n in range(200)) for k in range(200)]

    def work(job: JobContext) -> dict[str, Any]:
        ts.Word2Vec([text.split() for text in texts], epochs=100_000, min_count=1, workers=1, progress=job.progress)
        return {}

    job = pool.start("train", "x", work)
    until(lambda: job.view().progress is not None, 20)
    began = time.monotonic()
    job.cancel()
    until(lambda: job.state == "cancelled")
    assert time.monotonic() - began < patience(2)


def test_pause_resume_and_what_they_forbid(pool: JobPool) -> None:
    work = Held()
    job = pool.start("hold", "x", work)
    until(lambda: job.state == "running")
    refused(409, job.resume)
    job.pause()
    time.sleep(0.1)
    before = job.log.last
    time.sleep(0.3)
    assert job.log.last == before  # it sleeps
    refused(409, job.pause)
    job.resume()
    until(lambda: job.log.last > before + 2)
    job.pause()
    job.cancel()  # also while it is paused
    until(lambda: job.state == "cancelled")
    refused(409, job.pause)


def test_paused_jobs_hold_nobody_up(pool: JobPool) -> None:
    jobs = [pool.start("hold", "x", Held()) for _ in range(2)]
    until(lambda: all(job.state == "running" for job in jobs))
    for job in jobs:
        job.pause()
    third = pool.start("quick", "x", lambda job: {"done": True})
    until(lambda: third.state == "done")


def test_nobody_listens_any_more() -> None:
    pool = JobPool(at_work=3, grace=0.6)
    alone, followed = (pool.start("hold", "x", Held()) for _ in range(2))
    leave = followed.listen()
    until(lambda: alone.state == "cancelled")
    assert json.loads(alone.log.after(0)[-1].json)["why"] == "nobody listens"
    assert followed.state == "running"
    leave()  # the page goes
    until(lambda: followed.state == "cancelled")
    pool.close(2)


def test_who_is_gone_for_less_than_the_grace_is_still_there() -> None:
    job = Job("hold", "x", Held())

    def gone(seconds: float) -> bool:
        return job.deserted(time.monotonic() + seconds, grace=100, parting=10)

    assert (gone(90), gone(110)) == (False, True)
    leave, other = job.listen(), job.listen()
    assert not gone(1000)
    leave()
    assert not gone(1000)
    other()
    assert (gone(90), gone(110)) == (False, True)
    job.goodbye()
    assert (gone(5), gone(15)) == (False, True)
    job.hear()  # a reload
    assert (gone(90), gone(110)) == (False, True)


def test_a_goodbye_is_of_one_page_alone() -> None:
    job = Job("hold", "x", Held())

    def gone(seconds: float) -> bool:
        return job.deserted(time.monotonic() + seconds, grace=100, parting=10)

    leave = job.listen()
    job.goodbye()
    leave()  # the stream of the page may end after its goodbye
    assert (gone(5), gone(15)) == (False, True)
    second_tab = job.listen()
    job.goodbye()
    assert not gone(15)  # whoever listens still is another page,
    second_tab()
    assert (gone(90), gone(110)) == (False, True)  # which has not said goodbye


def test_a_page_that_comes_back_keeps_its_jobs() -> None:
    with TestClient(create_app(StudioSettings(parting=1.0, jobs_at_work=3)), base_url="http://127.0.0.1") as client:
        pool: JobPool = client.app.state.studio.jobs  # type: ignore[attr-defined]
        asked, followed, gone = (pool.start("hold", "x", Held(), page) for page in ("asks", "follows", "goes"))
        for page in ("asks", "follows", "goes", "unknown"):
            assert client.post("/api/jobs/goodbye", json={"page": page}).status_code == 204
        assert client.post("/api/jobs/goodbye", json={"page": ""}).status_code == 422
        client.get("/api/jobs", headers={"X-Page": "asks"})
        leave = followed.listen()
        until(lambda: gone.state == "cancelled", 10)
        leave()
        time.sleep(1.6)
        assert [job.state for job in (asked, followed)] == ["running", "running"]


def test_results_are_kept_within_bounds() -> None:
    pool = JobPool(remembered=3, ended_bytes=10_000)
    for number in range(6):
        job = pool.start("x", str(number), lambda job: {"a": "x" * 100})
        until(lambda job=job: not job.live)
    assert [job.title for job in pool.jobs()] == ["5", "4", "3"]
    big = pool.start("x", "big", lambda job: {"a": "x" * 20_000})
    until(lambda: not big.live)
    assert [job.title for job in pool.jobs()] == ["big"]  # the newest is kept in any case
    refused(404, pool.job, "none")
    pool.close()


def test_the_end_of_the_server_cancels_and_refuses() -> None:
    pool = JobPool()
    works = [Held() for _ in range(4)]
    jobs = [pool.start("hold", "x", work) for work in works]
    until(lambda: jobs[1].state == "running")
    began = time.monotonic()
    pool.close(5)
    assert time.monotonic() - began < patience(2)
    assert [job.state for job in jobs] == ["cancelled"] * 4
    refused(503, pool.start, "x", "x", Held())


def test_events_within_their_budget_never_leave_a_gap() -> None:
    log = EventLog(budget=4000)
    log.append("state", {"state": "running"})
    for number in range(300):
        log.append("progress", {"done": number})
        if number % 50 == 0:
            log.append("merge", {"n": number})
    assert log.bytes <= 4000 + 100
    for after in (0, 1, 5, 100, 250, log.last - 1, log.last, log.last + 10):
        expected = after + 1
        for event in log.after(after):
            data = json.loads(event.json)
            expected += data["count"] if event.kind == "skipped" else 1
            assert event.number == expected - 1
        assert expected == max(log.last, after) + 1
    kinds = [event.kind for event in log.after(0)]
    assert kinds[0] == "state"
    assert kinds.count("merge") == 6  # progress goes first
    assert json.loads(log.after(0)[-1].json)["done"] == 299


def test_events_of_a_room_have_a_bound_as_well() -> None:
    log = EventLog(budget=2000)
    for number in range(500):
        log.append("merge", {"n": number})
    assert log.bytes <= 2100
    assert json.loads(log.after(0)[-1].json)["n"] == 499


def follow(job: Job, after: int = 0, closing: Closing | None = None, heartbeat: float = 15.0) -> list[str]:
    """All blocks of the stream of a job."""

    async def read() -> list[str]:
        stream = event_stream(job, after, closing or Closing(), heartbeat)
        return [part.decode() async for part in stream]

    return "".join(asyncio.run(asyncio.wait_for(read(), 10))).split("\n\n")


def test_a_stream_beats_and_ends_with_the_server(pool: JobPool) -> None:
    job = pool.start("x", "x", lambda job: [time.sleep(0.05) or job.check() for _ in range(200)])  # type: ignore[arg-type,return-value]
    closing = Closing()
    threading.Timer(0.5, closing.set).start()
    blocks = follow(job, closing=closing, heartbeat=0.1)
    assert blocks.count(": still here") >= 2
    assert job.live


def test_streams_over_http_continue_where_they_were() -> None:
    with TestClient(create_app(StudioSettings()), base_url="http://127.0.0.1") as client:
        studio: Any = client.app.state.studio  # type: ignore[attr-defined]

        def work(job: JobContext) -> dict[str, Any]:
            for number in range(20):
                job.emit("step", n=number)
            return {"n": 20}

        job = studio.jobs.start("steps", "Steps", work, page="mine")
        until(lambda: not job.live)
        address = f"/api/jobs/{job.id}/events"

        def numbers(answer: Any) -> list[int]:
            assert answer.headers["content-type"].startswith("text/event-stream")
            return [int(line[4:]) for line in answer.text.split("\n") if line.startswith("id: ")]

        assert numbers(client.get(address)) == list(range(1, 24))
        assert numbers(client.get(address, headers={"Last-Event-ID": "21"})) == [22, 23]
        assert numbers(client.get(f"{address}?after=22")) == [23]
        assert numbers(client.get(f"{address}?after=5", headers={"Last-Event-ID": "22"})) == [23]
        assert numbers(client.get(f"{address}?after=1000")) == []
        for wrong in ("-1", "x", "٣", "1e3"):
            assert client.get(address, headers={"Last-Event-ID": wrong.encode()}).status_code == 422
        assert client.get("/api/jobs/none/events").status_code == 404
        # Two tabs: both see the job, whoever began it.
        for page in ("mine", "other"):
            assert client.get("/api/jobs", headers={"X-Page": page}).json()["jobs"][0]["id"] == job.id
        assert client.get(f"/api/jobs/{job.id}").json()["job"]["result"] == {"n": 20}
        assert client.post(f"/api/jobs/{job.id}/cancel").json()["job"]["state"] == "done"
        assert client.post(f"/api/jobs/{job.id}/pause").status_code == 409


def test_streams_of_one_browser_take_turns() -> None:
    places = StreamPlaces(most=2)
    first, second, other = places.enter("one"), places.enter("one"), places.enter("two")
    third = places.enter("one")
    assert [place.is_set for place in (first, second, third, other)] == [True, False, False, False]
    places.leave("one", first)  # it has no place any more
    places.leave("one", second)
    places.enter("one")
    assert not third.is_set


def test_many_streams_of_a_browser_leave_room_for_requests_and_miss_nothing() -> None:
    with TestClient(create_app(StudioSettings()), base_url="http://127.0.0.1") as client:
        studio: Any = client.app.state.studio  # type: ignore[attr-defined]
        work = Held()
        job = studio.jobs.start("hold", "x", work)
        until(lambda: job.state == "running")
        browser = {"Sec-Fetch-Mode": "cors", "Sec-Fetch-Site": "same-origin", "User-Agent": "B"}
        seen: list[list[int]] = []

        def follow_to_the_end() -> None:
            """What EventSource does."""
            numbers: list[int] = []
            while True:
                after = numbers[-1] if numbers else 0
                answer = client.get(f"/api/jobs/{job.id}/events?after={after}", headers=browser)
                numbers += [int(line[4:]) for line in answer.text.split("\n") if line.startswith("id: ")]
                if '"state":"done"' in answer.text:
                    seen.append(numbers)
                    return
                time.sleep(0.05)

        threads = [threading.Thread(target=follow_to_the_end) for _ in range(7)]
        for thread in threads:
            thread.start()
        time.sleep(1.0)
        work.free.set()
        for thread in threads:
            thread.join(20)
        assert len(seen) == 7
        for numbers in seen:
            assert numbers == list(range(1, job.log.last + 1))
