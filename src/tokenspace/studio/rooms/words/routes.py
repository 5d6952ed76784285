"""``/api/words``."""

from __future__ import annotations

from fastapi import APIRouter, Response

from ...jobs import Job, JobAnswer
from ...state import PageDep, StudioDep
from .analogies import analogy_of
from .contracts import (
    AnalogyAnswer,
    AnalogyRequest,
    AssociationAnswer,
    AssociationRequest,
    BiasAnswer,
    BiasRequest,
    KnownAnswer,
    KnownRequest,
    ListRequest,
    NeighboursAnswer,
    NeighboursRequest,
    OddAnswer,
    SpaceAnswer,
    SpaceRequest,
    TableAnswer,
    TableRequest,
)
from .leanings import association_of, bias_of
from .lists import known_of, odd_of, table_of
from .map_contracts import WordMapAnswer, WordMapPageAnswer, WordMapPageRequest, WordMapRequest
from .maps import map_of, map_page_of
from .microscope import microscope_of
from .microscope_contracts import MicroscopeAnswer, MicroscopeRequest
from .neighbours import neighbours_of
from .opening import open_space, space_of

__all__ = ["router"]

router = APIRouter(prefix="/api/words", tags=["words"])


@router.post("/open", responses={202: {"model": JobAnswer}})
def open_vectors(studio: StudioDep, page: PageDep, asked: SpaceRequest, response: Response) -> SpaceAnswer | JobAnswer:
    """Open vectors; a job (202) when they are large, whose result is this answer."""
    opened = open_space(studio, asked.vectors, page)
    if isinstance(opened, Job):
        response.status_code = 202
        return JobAnswer(job=opened.view())
    return SpaceAnswer(space=opened.describe())


@router.post("/neighbours")
def word_neighbours(studio: StudioDep, asked: NeighboursRequest) -> NeighboursAnswer:
    """The words nearest to some words less others."""
    return neighbours_of(space_of(studio, asked.vectors), asked)


@router.post("/analogy")
def word_analogy(studio: StudioDep, asked: AnalogyRequest) -> AnalogyAnswer:
    """a - b + c, with its place on a plane."""
    return analogy_of(space_of(studio, asked.vectors), asked)


@router.post("/known")
def known_words(studio: StudioDep, asked: KnownRequest) -> KnownAnswer:
    """Which words have a vector of their own."""
    return known_of(space_of(studio, asked.vectors), asked)


@router.post("/odd")
def odd_word(studio: StudioDep, asked: ListRequest) -> OddAnswer:
    """Which word does not fit."""
    return odd_of(space_of(studio, asked.vectors), asked)


@router.post("/table")
def similarity_table(studio: StudioDep, asked: TableRequest) -> TableAnswer:
    """Cosines of all pairs."""
    return table_of(space_of(studio, asked.vectors), asked)


@router.post("/bias")
def word_bias(studio: StudioDep, asked: BiasRequest) -> BiasAnswer:
    """Words on the direction from one pole to the other."""
    return bias_of(space_of(studio, asked.vectors), asked)


@router.post("/association")
def word_association(studio: StudioDep, asked: AssociationRequest) -> AssociationAnswer:
    """How differently two groups of words lean."""
    return association_of(space_of(studio, asked.vectors), asked)


@router.post("/map", responses={202: {"model": JobAnswer}})
def word_map(studio: StudioDep, page: PageDep, asked: WordMapRequest, response: Response) -> WordMapAnswer | JobAnswer:
    """Words on a plane; a job (202) where that takes longer, whose result is this answer."""
    made = map_of(studio, asked, page)
    if isinstance(made, Job):
        response.status_code = 202
        return JobAnswer(job=made.view())
    return made


@router.post("/map/page")
def word_map_page(studio: StudioDep, asked: WordMapPageRequest) -> WordMapPageAnswer:
    """The map as one HTML document."""
    return map_page_of(studio, asked)


@router.post("/microscope")
def word2vec_microscope(studio: StudioDep, asked: MicroscopeRequest) -> MicroscopeAnswer:
    """What word2vec does with a text, and one gradient step in numbers."""
    return microscope_of(studio, asked)
