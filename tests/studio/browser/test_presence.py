"""Jobs live as long as a page follows them: a reload, another room and a second tab keep them, a page that goes takes them with it."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from tests.patience import patience

from .watched_page import settle

# A training that takes minutes, so that it ends by nothing but a cancellation.
START = """async () => {
  const kept = sessionStorage.getItem("tokenspace.page");
  const { files } = await (await fetch("/api/files")).json();
  const file = files.find((file) => file.kind === "text").id;
  const answer = await fetch("/api/train/vectors", {
    method: "POST", headers: { "Content-Type": "application/json", "X-Page": kept },
    body: JSON.stringify({ corpus: { files: [file] }, settings: { epochs: 1000 } }),
  });
  return (await answer.json()).job.id;
}"""
STATE = "id => fetch(`/api/jobs`).then(answer => answer.json()).then(all => all.jobs.find(job => job.id === id).state)"
FOLLOW = "id => new Promise(done => { window.stream = new EventSource(`/api/jobs/${id}/events`); window.stream.onopen = () => done() })"


def test_a_job_goes_with_its_page_and_not_before(studio: Callable[..., Any], open_page: Callable[..., Any]) -> None:
    server = studio()
    watcher = open_page(server, "#/tokens")  # a browser of somebody else, who looks without following
    page = open_page(server, "#/train")
    second = open_page(server, "#/words", context=page.context)
    mine, shared = page.evaluate(START), page.evaluate(START)
    second.evaluate(FOLLOW, shared)
    page.get_by_role("link", name="Tokens", exact=True).click()  # another room, where nobody listens to the job
    page.reload()
    settle(page)
    page.wait_for_timeout(12_000)  # longer than a job has after a goodbye
    assert [watcher.evaluate(STATE, id) for id in (mine, shared)] == ["running", "running"]
    page.close()
    gone = time.monotonic()
    while watcher.evaluate(STATE, mine) != "cancelled":
        assert time.monotonic() - gone < patience(20)
        watcher.wait_for_timeout(250)
    print(f"cancelled {time.monotonic() - gone:.1f} s after the page was closed")
    assert watcher.evaluate(STATE, shared) == "running"
    second.evaluate("id => fetch(`/api/jobs/${id}/cancel`, { method: 'POST' })", shared)
