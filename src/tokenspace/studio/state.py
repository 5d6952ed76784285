"""One Studio: its settings and what its routes share."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

from fastapi import Depends, Header, Request

from .. import samples
from ..errors import FileError
from ..tokenizers.chat_process import TemplateProcess
from .closing import Closing
from .jobs import JobAnswer, JobContext
from .jobs.places import StreamPlaces
from .jobs.pool import JobPool
from .keep import Keep
from .lane import LongTexts
from .models import Models
from .settings import StudioSettings
from .shelf import Shelf

if TYPE_CHECKING:
    from ..encoders.contextual import ContextualEncoder
    from ..encoders.text import TextEncoder
    from ..encoders.token_embeddings import TokenEmbeddings
    from ..tokenizers.tokenizer import Tokenizer

__all__ = ["JobStarter", "PageDep", "StartDep", "Studio", "StudioDep"]

R = TypeVar("R")


class Studio:
    """What a server has: ``settings``, ``shelf`` (files), ``keep`` (loaded things), ``jobs``, ``closing``, and models by name.

    Use as ``studio: StudioDep`` in a route.
    """

    def __init__(self, settings: StudioSettings) -> None:
        self.settings = settings
        self._own_folder = settings.state_folder is None
        self.folder = Path(settings.state_folder or tempfile.mkdtemp(prefix="tokenspace-studio-"))
        self.folder.mkdir(parents=True, exist_ok=True)
        self.shelf = Shelf(
            settings.given,
            self.folder / "uploads",
            most_files=settings.given_files,
            file_bytes=settings.upload_bytes,
            total_bytes=settings.uploads_bytes,
            text_characters=settings.text_characters,
        )
        if settings.samples:
            self._give_samples()
        self.keep = Keep(settings.kept_bytes)
        self.long_texts = LongTexts()
        self.models = Models(self)
        # Chat templates come from the page: a process with bounds on time and memory renders them.
        self.templates = TemplateProcess()
        self.closing = Closing()
        self.streams = StreamPlaces()
        self.jobs = JobPool(
            settings.jobs_at_work,
            settings.jobs_waiting,
            settings.jobs_remembered,
            settings.grace,
            settings.job_event_bytes,
            settings.job_bytes,
            self.named,
            settings.parting,
        )

    def _give_samples(self) -> None:
        try:
            folder = samples.folder()
        except FileError:  # a cache that cannot be written: then they live as long as the server
            folder = self.folder / "samples"
            samples.write(folder)
        for name in samples.FILES:
            self.shelf.give(folder / name, "sample")

    def named(self, text: str) -> str:
        """A message with files called as the page knows them: no path of this machine is told to it."""
        text = self.shelf.named(text)
        for folder in {str(self.folder.resolve()), str(self.folder)}:
            text = text.replace(folder + os.sep, "").replace(folder, "the server's folder")
        return text

    def tokenizer(self, name: str) -> Tokenizer:
        """The tokenizer of that name (see `models.Models.tokenizer`)."""
        return self.models.tokenizer(name)

    def vectors(self, name: str) -> Any:
        """The KeyedVectors (or FastText model) of that name."""
        return self.models.vectors(name)

    def matrix(self, name: str) -> TokenEmbeddings:
        """The token matrix of the model of that name."""
        return self.models.matrix(name)

    def encoder(self, name: str) -> TextEncoder:
        """The text encoder of that name."""
        return self.models.encoder(name)

    def contextual(self, name: str) -> ContextualEncoder:
        """The contextual encoder of that name."""
        return self.models.contextual(name)

    def close(self) -> None:
        """End streams and jobs; take the folder away when it was made for this server alone."""
        self.closing.set()
        self.jobs.close()
        self.templates.close()
        if self._own_folder:
            shutil.rmtree(self.folder, ignore_errors=True)


# Coroutines, though they wait for nothing: FastAPI sends plain functions to a thread, for every request.
async def _studio(request: Request) -> Studio:
    found = request.app.state.studio
    assert isinstance(found, Studio)
    return found


async def _page(x_page: Annotated[str, Header(max_length=64, description="Random id of the page.")] = "") -> str:
    return x_page


StudioDep = Annotated[Studio, Depends(_studio)]
PageDep = Annotated[str, Depends(_page)]


class JobStarter:
    """Starts jobs of the page that asks: ``start(kind, title, work, request)`` runs ``work(studio, request, job)``."""

    def __init__(self, studio: Studio, page: str) -> None:
        self._studio, self._page = studio, page

    def __call__(
        self, kind: str, title: str, work: Callable[[Studio, R, JobContext], dict[str, Any]], request: R
    ) -> JobAnswer:
        studio = self._studio
        job = studio.jobs.start(kind, title, lambda job: work(studio, request, job), page=self._page)
        return JobAnswer(job=job.view())


async def _starter(studio: StudioDep, page: PageDep) -> JobStarter:
    return JobStarter(studio, page)


StartDep = Annotated[JobStarter, Depends(_starter)]
