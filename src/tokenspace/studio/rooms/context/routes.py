"""``/api/context``."""

from __future__ import annotations

from fastapi import APIRouter

from ...jobs import JobAnswer
from ...state import StartDep, StudioDep
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
def context_senses(start: StartDep, request: SensesRequest) -> JobAnswer:
    """A word in many sentences, every layer at once: `senses.senses_view` is the result of the job."""
    return start("senses", request.word, find_senses, request)


@router.post("/change", status_code=202)
def context_change(start: StartDep, request: ChangeRequest) -> JobAnswer:
    """What context changes in a corpus: `ContextChange.to_dict` is the result of the job."""
    return start("context change", "context", find_change, request)


@router.post("/texts", status_code=202)
def context_texts(start: StartDep, request: TextsRequest) -> JobAnswer:
    """Whole texts compared: `texts.compare_texts` is the result of the job."""
    return start("texts", "texts", compare_texts, request)


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
