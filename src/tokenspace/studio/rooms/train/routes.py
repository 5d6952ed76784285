"""``/api/train``: a look at a corpus, trainings as jobs, and what came of them."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from ...jobs.contracts import JobAnswer
from ...state import PageDep, StudioDep
from .comparison import compare_trained
from .contracts import (
    CompareAnswer,
    CompareQuestion,
    SurveyAnswer,
    SurveyQuestion,
    TrainTokenizer,
    TrainVectors,
    VocabularyPage,
)
from .corpus import open_corpus, title_of
from .downloads import DownloadFormat, download
from .survey import survey
from .tokenizer_job import tokenizer_work
from .vectors_job import vectors_work
from .vocabulary import Sort, vocabulary_page

__all__ = ["router"]

router = APIRouter(prefix="/api/train", tags=["train"])
JobId = Annotated[str, Path(min_length=1, max_length=64)]


@router.post("/survey")
def survey_corpus(studio: StudioDep, question: SurveyQuestion) -> SurveyAnswer:
    """How large the corpus is, which settings suit it, and about how long trainings take."""
    return survey(studio, question)


@router.post("/tokenizer", status_code=202)
def train_tokenizer(studio: StudioDep, page: PageDep, asked: TrainTokenizer) -> JobAnswer:
    """Train a tokenizer. Events: ``learning`` (curve, merges), ``story`` (the first merges), ``round`` (Unigram)."""
    open_corpus(studio, asked.corpus)
    title = f"{asked.settings.model} {asked.settings.vocab_size:,}: {title_of(studio, asked.corpus)}"
    job = studio.jobs.start("train tokenizer", title, tokenizer_work(studio, asked), page=page)
    return JobAnswer(job=job.view())


@router.post("/vectors", status_code=202)
def train_vectors(studio: StudioDep, page: PageDep, asked: TrainVectors) -> JobAnswer:
    """Train word vectors. Events: ``corpus`` (its size, the settings chosen), ``neighbours`` (with loss)."""
    open_corpus(studio, asked.corpus)
    title = f"{asked.model}: {title_of(studio, asked.corpus)}"
    job = studio.jobs.start("train vectors", title, vectors_work(studio, asked), page=page)
    return JobAnswer(job=job.view())


@router.get("/{job}/vocabulary")
def show_vocabulary(
    studio: StudioDep,
    job: JobId,
    first: Annotated[int, Query(ge=0, le=10_000_000)] = 0,
    count: Annotated[int, Query(ge=1, le=500)] = 100,
    search: Annotated[str, Query(max_length=200)] = "",
    sort: Sort = "id",
    descending: bool = False,
) -> VocabularyPage:
    """A window of a trained tokenizer's vocabulary."""
    return vocabulary_page(studio, job, first, count, search, sort, descending)


@router.post("/{job}/compare")
def compare_tokenizer(studio: StudioDep, job: JobId, question: CompareQuestion) -> CompareAnswer:
    """A trained tokenizer and others on the lines held out."""
    return compare_trained(studio, job, question.others)


@router.get(
    "/{job}/download",
    response_class=Response,
    responses={200: {"content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}}},
)
def download_trained(studio: StudioDep, job: JobId, format: DownloadFormat) -> Response:
    """What was trained, as a file (several in a zip archive)."""
    return download(studio, job, format)
