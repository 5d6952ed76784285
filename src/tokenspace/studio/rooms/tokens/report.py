"""The report card over files: a job."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any, Literal

from fastapi import APIRouter
from pydantic import Field, model_validator

from ....io import ReadOptions, ReadState, Record, Source, read_records
from ....io.expand import format_of
from ....progress import ProgressEvent
from ....tokenizers.languages import language_or_script
from ....tokenizers.report import report
from ...contracts import Contract, ModelName, Text
from ...jobs import JobAnswer
from ...state import StartDep, Studio, StudioDep
from .source import FileId

if TYPE_CHECKING:
    from ...jobs import JobContext

__all__ = ["router"]

_IDS_TOLD = 2000
_GROUPS_TOLD = 500

router = APIRouter()

Grouping = Literal["language", "script", "file", "column"]


class ReportRequest(Contract):
    """Tokenizers, and a corpus: files of the shelf or a text (a line a row), or neither.

    ``by``: "language" is what a file's name states, else the writing system of each row; "column" is one of the file's.
    """

    tokenizers: Annotated[list[ModelName], Field(min_length=1, max_length=6)]
    files: Annotated[list[FileId], Field(max_length=2000)] = Field(default_factory=list)
    text: Text | None = None
    by: Grouping = "language"
    column: Annotated[str, Field(min_length=1, max_length=200)] | None = None
    text_column: Annotated[str, Field(min_length=1, max_length=200)] | None = None
    vocabulary: bool = True
    round_trip: Annotated[int, Field(ge=0, le=1_000_000)] = 20_000

    @model_validator(mode="after")
    def _fits(self) -> ReportRequest:
        if self.files and self.text is not None:
            raise ValueError("expected files or text, received both; try one of them")
        if (self.by == "column") != (self.column is not None):
            raise ValueError(
                "expected a column where by is 'column' and nowhere else, received another pair; try both or neither"
            )
        if self.column is not None and not self.files:
            raise ValueError("expected files to group by a column, received none; try a file that has one")
        return self


class _Corpus:
    """The rows of files as records, each file under a name of its own, with the group of each."""

    def __init__(self, studio: Studio, request: ReportRequest) -> None:
        self.ids: dict[str, str] = {}
        self.bytes = 0
        self._request, self._state = request, ReadState()
        self._group = ""
        sources = []
        for id in dict.fromkeys(request.files):
            file = studio.shelf.file(id)
            name = f"{file.folder}/{file.name}" if file.folder else file.name
            if name in self.ids:
                name = f"{name} ({id})"
            self.ids[name] = id
            self.bytes += file.bytes
            sources.append((Source(name, file.path, format_of(file.name) or "txt"), studio.shelf.encoding(id)))
        self._sources = sources

    def rows(self) -> Iterator[Record | str]:
        """Rows in order; `group` tells that of the row given last."""
        request = self._request
        if request.text is not None:
            for number, ended in enumerate(request.text.split("\n"), 1):
                if line := ended.removesuffix("\r"):
                    self._group = self._of("", line)
                    yield Record(line, number, "", number)
            return
        extra = (request.column,) if request.column is not None else ()
        for source, encoding in self._sources:
            options = ReadOptions(column=request.text_column, extra=extra, encoding=encoding, errors="replace")
            for record in read_records([source], options, self._state):
                self._group = self._of(record.source, record.text, record.extra)
                yield record

    def groups(self) -> Iterator[str]:
        """The group of each row, asked for right after it."""
        while True:
            yield self._group

    def _of(self, source: str, text: str, extra: dict[str, Any] | None = None) -> str:
        by = self._request.by
        if by == "column":
            return str((extra or {}).get(self._request.column or ""))[:100]
        if by == "file":
            return source
        return language_or_script(source if by == "language" else "", text)

    def in_bytes(self, event: ProgressEvent) -> ProgressEvent:
        """Progress in rows as progress in bytes: how many rows a file has is known at its end only."""
        if event.stage != "corpus" or not self.bytes:
            return event
        done = self.bytes if event.finished else min(self._state.bytes_read(), self.bytes)
        eta = None
        if event.rate and event.done and done:
            eta = event.done / event.rate * (self.bytes - done) / done
        return replace(event, done=done, total=self.bytes, unit="bytes", eta=eta)


def _bounded(card: dict[str, Any]) -> dict[str, Any]:
    """A card without its longest lists: ids of dead entries and groups beyond what a page can show."""
    for finding in card["findings"]:
        if finding["key"] == "unreachable":
            ids = finding["details"]["ids"]
            finding["details"] = {**finding["details"], "ids": ids[:_IDS_TOLD], "ids_cut": len(ids) > _IDS_TOLD}
    groups: Iterable[tuple[str, Any]] = card["groups"].items()
    return {**card, "groups": dict(list(groups)[:_GROUPS_TOLD]), "n_groups": len(card["groups"])}


def make_report(studio: Studio, request: ReportRequest, job: JobContext) -> dict[str, Any]:
    """`ReportCard.to_dict` with, for each file, the id behind its name."""
    tokenizers = []
    for name in request.tokenizers:
        job.check()
        tokenizers.append((name, studio.tokenizer(name)))
    corpus = _Corpus(studio, request)
    given = bool(request.files) or request.text is not None
    card = report(
        tokenizers,
        corpus.rows() if given else None,
        corpus.groups() if given else None,
        vocabulary=request.vocabulary,
        round_trip_limit=request.round_trip,
        threads=studio.settings.threads or None,
        progress=lambda event: job.progress(corpus.in_bytes(event)),
    ).to_dict()
    return {**card, "tokenizers": [_bounded(one) for one in card["tokenizers"]], "files": corpus.ids, "by": request.by}


@router.post("/report", status_code=202)
def token_report(studio: StudioDep, start: StartDep, request: ReportRequest) -> JobAnswer:
    """The report card of tokenizers over files; `make_report` is the result of the job."""
    for id in request.files:
        studio.shelf.file(id)
    title = ", ".join(request.tokenizers)[:200]
    return start("report", title, make_report, request)
