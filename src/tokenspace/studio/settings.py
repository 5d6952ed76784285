"""What one Studio runs with."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

MIB = 1 << 20


@dataclass(frozen=True, slots=True)
class StudioSettings:
    """Address, files and limits of one server.

    Attributes:
        host: address to listen on; anything but loopback needs ``token``.
        port: port to listen on; 0 takes a free one.
        token: what a client has to show; None asks for nothing, which only loopback may.
        given: files and folders the page may read.
        samples: whether the samples of the package are on the shelf as well.
        state_folder: where uploads and what is trained here are written; None makes a folder that goes with the server.
        body_bytes: bytes of a request body.
        upload_bytes: bytes of one uploaded file.
        uploads_bytes: bytes of all uploads together.
        text_characters: code points of one text in a request or read from a file for the page.
        given_files: files listed of the folders given.
        kept_bytes: budget of loaded tokenizers, vectors and models.
        jobs_at_work, jobs_waiting: bounds of the pool of jobs.
        jobs_remembered: finished jobs whose results are kept.
        job_event_bytes: bytes of events kept of one job.
        job_bytes: bytes of events and results kept of all jobs that have ended.
        grace: seconds after which a job nobody listens to is cancelled.
        parting: the same where its page has said that it goes.
        in_flight: requests answered at the same time; more are answered 429.
        requests_per_second, request_burst: rate of one client address: what it may do for long, and at once.
        threads: worker threads of one computation; 0 means one per core.
    """

    host: str = "127.0.0.1"
    port: int = 7878
    token: str | None = None
    given: tuple[Path, ...] = ()
    samples: bool = False
    state_folder: Path | None = None
    body_bytes: int = 10 * MIB
    upload_bytes: int = 64 * MIB
    uploads_bytes: int = 1024 * MIB
    text_characters: int = 10_000_000
    given_files: int = 10_000
    kept_bytes: int = 1024 * MIB
    jobs_at_work: int = 2
    jobs_waiting: int = 16
    jobs_remembered: int = 100
    job_event_bytes: int = 4 * MIB
    job_bytes: int = 256 * MIB
    grace: float = 120.0
    parting: float = 10.0
    in_flight: int = 512
    requests_per_second: float = 10_000.0
    request_burst: int = 20_000
    threads: int = 0
