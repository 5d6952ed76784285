"""``/api/context``."""

from __future__ import annotations

from fastapi import APIRouter

from ...jobs import JobAnswer
from ...state import PageDep, StudioDep
from .contracts import (
    AlignRequest,
    AlignView,
    AttentionRequest,
    AttentionView,
    ChangeRequest,
    ExamplesView,
    ExampleView,
    NearestRequest,
    NearestView,
    SensesRequest,
    SentencePair,
    StaticRequest,
    StaticView,
    TextSetView,
    TextsRequest,
)
from .examples import EXAMPLES, PAIRS, TEXTS
from .senses import find_change, find_senses
from .texts import compare_texts, nearest
from .tokens import aligned, attention_of, static_word

__all__ = ["router"]

router = APIRouter(prefix="/api/context", tags=["context"])


@router.get("/examples")
def context_examples() -> ExamplesView:
    """Sentences to begin with."""
    return ExamplesView(
        words=[
            ExampleView(name=one.name, language=one.language, word=one.word, sentences=one.sentences, labels=one.labels)
            for one in EXAMPLES
        ],
        pairs=[SentencePair(language=language, first=first, second=second) for language, first, second in PAIRS],
        texts=[
            TextSetView(name=one.name, language=one.language, texts=list(one.texts), query=one.query) for one in TEXTS
        ],
    )


@router.post("/senses", status_code=202)
def context_senses(studio: StudioDep, page: PageDep, request: SensesRequest) -> JobAnswer:
    """A word in many sentences, every layer at once: `senses.senses_view` is the result of the job."""
    job = studio.jobs.start("senses", request.word, lambda job: find_senses(studio, request, job), page=page)
    return JobAnswer(job=job.view())


@router.post("/change", status_code=202)
def context_change(studio: StudioDep, page: PageDep, request: ChangeRequest) -> JobAnswer:
    """What context changes in a corpus: `ContextChange.to_dict` is the result of the job."""
    job = studio.jobs.start("context change", "context", lambda job: find_change(studio, request, job), page=page)
    return JobAnswer(job=job.view())


@router.post("/texts", status_code=202)
def context_texts(studio: StudioDep, page: PageDep, request: TextsRequest) -> JobAnswer:
    """Whole texts compared: `texts.compare_texts` is the result of the job."""
    job = studio.jobs.start("texts", "texts", lambda job: compare_texts(studio, request, job), page=page)
    return JobAnswer(job=job.view())


@router.post("/nearest")
def context_nearest(studio: StudioDep, request: NearestRequest) -> NearestView:
    """The texts nearest to a question."""
    return nearest(studio, request)


@router.post("/static")
def context_static(studio: StudioDep, request: StaticRequest) -> StaticView:
    """What a word is before any sentence."""
    return static_word(studio, request)


@router.post("/attention")
def context_attention(studio: StudioDep, request: AttentionRequest) -> AttentionView:
    """Who looks at whom in a text, at one layer."""
    return attention_of(studio, request)


@router.post("/align")
def context_align(studio: StudioDep, request: AlignRequest) -> AlignView:
    """The tokens of two texts beside each other."""
    return aligned(studio, request)
