"""Studio under load: so many requests in flight for a minute over a mix of routes; none may be lost.

    python benchmarks/studio_load.py [--in-flight 200] [--seconds 60]

Starts `tokenspace studio` on the sample texts and opens as many connections as requests are in flight; each sends its next request
as soon as the last is answered whole. Lost is a request that gets no whole answer within 60 s, or an answer that is none of
200, 201, 202. Time is from the first byte sent to the last byte read, on the same machine, which the client shares. Writes
benchmarks/results/studio_load.json.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import re
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from harness import save

TIMEOUT = 60.0
SAMPLE = Path(__file__).resolve().parent.parent / "src" / "tokenspace" / "assets" / "sample.txt"


@dataclass
class Question:
    """A request of the mix: how often it comes, what is sent."""

    name: str
    weight: int
    method: str
    path: str
    body: Any = None
    seconds: list[float] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)

    def head(self) -> bytes:
        data = b"" if self.body is None else json.dumps(self.body).encode()
        lines = [f"{self.method} {self.path} HTTP/1.1", "Host: 127.0.0.1", "Accept-Encoding: gzip", "X-Page: load"]
        if data:
            lines += ["Content-Type: application/json", f"Content-Length: {len(data)}"]
        return "\r\n".join(lines).encode() + b"\r\n\r\n" + data


def mix() -> list[Question]:
    text = SAMPLE.read_text(encoding="utf-8")
    paragraph = {"text": text[:400]}
    bpe, unigram = "tokenspace/bpe", "tokenspace/unigram"
    return [
        Question("page", 5, "GET", "/"),
        Question("status", 5, "GET", "/api/status"),
        Question("files", 5, "GET", "/api/files"),
        Question("models", 5, "GET", "/api/models?task=tokenizer"),
        Question("jobs", 5, "GET", "/api/jobs"),
        Question("encode", 30, "POST", "/api/tokens/encode", {"source": paragraph, "tokenizer": bpe}),
        Question("encode, Unigram", 10, "POST", "/api/tokens/encode", {"source": paragraph, "tokenizer": unigram}),
        Question("one token", 10, "POST", "/api/tokens/token", {"source": paragraph, "tokenizer": bpe, "index": 3}),
        Question("disagreements", 5, "POST", "/api/tokens/disagreements", {"source": paragraph, "tokenizers": [bpe, unigram]}),
        Question("neighbours", 10, "POST", "/api/words/neighbours", {"vectors": "tokenspace/static", "positive": ["king"]}),
        Question("microscope", 5, "POST", "/api/words/microscope", {"text": text[:200]}),
        Question("no such file", 5, "GET", "/api/tokens/text?file=none"),
    ]  # fmt: skip


async def answered(reader: asyncio.StreamReader) -> int:
    """Reads one whole answer; its status."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
    status = int(head.split(" ", 2)[1])
    found = re.search(r"content-length: (\d+)", head)
    if found is not None:
        await reader.readexactly(int(found[1]))
    elif "transfer-encoding: chunked" in head:
        while (size := int(await reader.readline(), 16)) > 0:
            await reader.readexactly(size + 2)
        await reader.readline()
    return status


async def client(port: int, questions: list[Question], until: float, number: int) -> None:
    """One connection, one request at a time."""
    chance = random.Random(number)
    weights = [question.weight for question in questions]
    heads = {id(question): question.head() for question in questions}
    reader = writer = None
    while time.perf_counter() < until:
        question = chance.choices(questions, weights)[0]
        begin = time.perf_counter()
        try:
            if writer is None:
                reader, writer = await asyncio.open_connection("127.0.0.1", port)
            assert reader is not None
            writer.write(heads[id(question)])
            status = await asyncio.wait_for(answered(reader), TIMEOUT)
        except (OSError, EOFError, ValueError, asyncio.TimeoutError) as error:
            question.lost.append(type(error).__name__)
            if writer is not None:
                writer.close()
            writer = None
            continue
        question.seconds.append(time.perf_counter() - begin)
        if status not in ((404,) if question.name == "no such file" else (200, 201, 202)):
            question.lost.append(str(status))
    if writer is not None:
        writer.close()


async def watched(pid: int, until: float, seen: list[float]) -> None:
    while time.perf_counter() < until:
        seen.append(megabytes(pid))
        await asyncio.sleep(0.5)


def megabytes(pid: int, line: str = "VmRSS") -> float:
    """Resident memory of the server's process now (VmHWM: at its peak)."""
    text = Path(f"/proc/{pid}/status").read_text()
    return int(re.search(rf"{line}:\s+(\d+)", text)[1]) / 1024  # type: ignore[index]


def processor_seconds(pid: int) -> float:
    """What the server has computed so far; unlike times, nearly the same on a busy machine."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def quantile(seconds: list[float], share: float) -> float:
    ordered = sorted(seconds)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] * 1000


async def load(port: int, pid: int, in_flight: int, seconds: float) -> tuple[list[Question], list[float]]:
    questions, seen = mix(), [megabytes(pid)]
    warm = mix()
    await client_once(port, warm)
    seen.append(megabytes(pid))
    until = time.perf_counter() + seconds
    await asyncio.gather(
        watched(pid, until, seen), *(client(port, questions, until, number) for number in range(in_flight))
    )
    return questions, seen


async def client_once(port: int, questions: list[Question]) -> None:
    """Every question once, so that models are loaded; a contract that is not met stops the run."""
    for question in questions:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(question.head())
        status = await asyncio.wait_for(answered(reader), TIMEOUT)
        writer.close()
        if status >= 400 and question.name != "no such file":
            raise SystemExit(f"{question.name}: answered {status}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--in-flight", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=60.0)
    given = parser.parse_args()
    command = [sys.executable, "-m", "tokenspace.cli", "studio", "--port", "0", "--quiet", str(SAMPLE)]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert server.stdout is not None
        port = int(re.search(r":(\d+)/", server.stdout.readline())[1])  # type: ignore[index]
        begin, computed = time.perf_counter(), processor_seconds(server.pid)
        questions, seen = asyncio.run(load(port, server.pid, given.in_flight, given.seconds))
        took, computed = time.perf_counter() - begin, processor_seconds(server.pid) - computed
        peak, end = megabytes(server.pid, "VmHWM"), megabytes(server.pid)
    finally:
        server.send_signal(signal.SIGINT)
        server.wait(20)
    everything = [value for question in questions for value in question.seconds]
    lost = [reason for question in questions for reason in question.lost]
    print("| request | answered | p50 ms | p99 ms | longest ms |\n|---|---|---|---|---|")
    rows = []
    for name, values in [("all", everything), *((question.name, question.seconds) for question in questions)]:
        row = {
            "request": name,
            "answered": len(values),
            "p50_ms": quantile(values, 0.5),
            "p99_ms": quantile(values, 0.99),
            "longest_ms": max(values) * 1000,
        }
        rows.append(row)
        print(f"| {name} | {len(values):,} | {row['p50_ms']:.0f} | {row['p99_ms']:.0f} | {row['longest_ms']:.0f} |")
    result = {
        "in_flight": given.in_flight,
        "seconds": took,
        "answered": len(everything),
        "per_second": len(everything) / took,
        "processor_ms_each": computed / len(everything) * 1000,
        "lost": len(lost),
        "reasons": sorted(set(lost)),
        "memory_mb": {"start": seen[0], "warm": seen[1], "peak": peak, "end": end},
        "rows": rows,
    }
    print({key: value for key, value in result.items() if key != "rows"})
    print(f"saved {save('studio_load', [result])}")
    if lost:
        raise SystemExit(f"{len(lost)} requests were lost: {sorted(set(lost))}")


if __name__ == "__main__":
    main()
