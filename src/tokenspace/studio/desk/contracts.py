"""Contracts of status, files and models."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from ..contracts import Contract
from ..shelf import FileKind, Origin

__all__ = [
    "ExtraView", "FileAnswer", "FileList", "FileView", "LimitsView", "ModelList", "ModelTask", "ModelView", "PullRequest",
    "RoomView", "Status",
]  # fmt: skip

ModelTask = Literal["tokenizer", "vectors", "matrix", "encoder", "contextual", "sessions", "recommender"]


class ExtraView(Contract):
    """An optional part: whether it is installed, and the command that adds it."""

    name: str
    installed: bool
    command: str


class RoomView(Contract):
    """A room and the extras it gains from."""

    name: str
    extras: list[str]


class LimitsView(Contract):
    """What a request, a file and the server may hold."""

    body_bytes: int
    upload_bytes: int
    uploads_bytes: int
    text_characters: int
    given_files: int
    jobs_at_work: int
    jobs_waiting: int
    grace_seconds: float


class Status(Contract):
    """The server: version, rooms, extras, limits."""

    version: str
    rooms: list[RoomView]
    extras: list[ExtraView]
    limits: LimitsView


class FileView(Contract):
    """A file of the shelf."""

    id: str
    name: str
    folder: str
    bytes: int
    kind: FileKind
    origin: Origin


class FileList(Contract):
    """The shelf; ``cut`` when the folders hold more files than are listed."""

    files: list[FileView]
    cut: bool


class FileAnswer(Contract):
    """One file."""

    file: FileView


class ModelView(Contract):
    """A model by its name in requests, and what a person reads."""

    name: str
    title: str
    origin: Literal["embedded", "built in", "tiktoken", "hub", "file", "job"]
    detail: str


class PullRequest(Contract):
    """A model to download: a hub id or the name of one of tiktoken's encodings."""

    name: str = Field(min_length=1, max_length=96)
    weights: bool | None = Field(None, description="True: of any model; false: none; null: of text encoders.")


class ModelList(Contract):
    """Models that can do a task."""

    models: list[ModelView]
