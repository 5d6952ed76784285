"""Contracts of ``/api/recommend``."""

from __future__ import annotations

import json
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from ...arrays import PackedArray
from ...contracts import Contract

__all__ = [
    "AskRequest",
    "AskView",
    "ColumnNames",
    "EvaluateRequest",
    "ExplainRequest",
    "ExplainView",
    "FileLook",
    "FindRequest",
    "GridRequest",
    "HistoryEvent",
    "ItemSettings",
    "ItemView",
    "ItemsView",
    "LookRequest",
    "MapColumn",
    "MapRequest",
    "MapView",
    "ReasonView",
    "RecommendedView",
    "SessionSource",
    "SessionView",
    "SessionsRequest",
    "SessionsView",
    "TrainRequest",
]  # fmt: skip

FileId = Annotated[str, Field(min_length=1, max_length=64)]
Name = Annotated[str, Field(min_length=1, max_length=200)]
Item = Annotated[str, Field(min_length=1, max_length=500)]
RecommenderName = Annotated[str, Field(min_length=1, max_length=200, description="`job:<job id>` of a training.")]
Format = Literal["txt", "csv", "tsv", "jsonl", "json", "parquet"]
Encoding = Literal["utf-8", "latin-1", "gb18030", "utf-16"]
Scoring = Literal["next", "cosine"]
HalfLife = Annotated[float, Field(gt=0, le=10_000)]
MOST_EVENTS, MOST_TRIALS, MOST_ROWS = 500, 64, 200


class ColumnNames(Contract):
    """Columns of a table of events; None looks for a usual name."""

    session: Name | None = None
    item: Name | None = None
    time: Name | None = None
    event: Name | None = None
    weight: Name | None = None


class SessionSource(Contract):
    """Sessions, and what is known of their items."""

    sessions: FileId = Field(description="A file of the shelf.")
    items: FileId | None = Field(None, description="A file of the shelf with a row an item.")
    form: Literal["auto", "playlists"] = Field(
        "auto", description="playlists: the two-file form, two lines of other data first."
    )
    format: Format | None = Field(None, description="None decides by the name of the file.")
    header: bool = Field(True, description="CSV and TSV begin with a line of names; else columns are numbers from 1.")
    encoding: Encoding = Field("utf-8", description="Of both files.")
    item_fields: list[Name] = Field(
        default=["title", "artist"], min_length=1, max_length=50,
        description="Names of what follows the id in a text file of items.",
    )  # fmt: skip
    columns: ColumnNames = Field(default_factory=ColumnNames)
    event_weights: dict[Name, Annotated[float, Field(ge=0, le=1e6)]] | None = Field(None, max_length=50)
    min_length: int = Field(1, ge=1, le=1000)
    gap: float | None = Field(None, gt=0, le=1e12, description="Cuts sessions where nothing happened for longer.")

    @property
    def key(self) -> str:
        """The same for the same source."""
        return json.dumps(self.model_dump(mode="json"), sort_keys=True)


class ItemSettings(Contract):
    """`ItemVectorSettings`, within bounds that a page can wait for."""

    vector_size: Annotated[int, Field(ge=2, le=512)] = 64
    window: Annotated[int | None, Field(ge=1, le=1000)] = 13
    negative: Annotated[int, Field(ge=1, le=100)] = 16
    ns_exponent: Annotated[float, Field(ge=-2, le=2)] = 0.6
    epochs: Annotated[int, Field(ge=1, le=1000)] = 100
    sample: Annotated[float, Field(ge=0, le=1)] = 1e-3
    min_count: Annotated[int, Field(ge=1, le=1000)] = 1
    half_life: HalfLife | None = 3.0
    scoring: Scoring | None = None
    seed: Annotated[int, Field(ge=0, le=2**31 - 1)] = 1


class LookRequest(Contract):
    """A file of the shelf, and how to read it."""

    file: FileId
    format: Format | None = None
    header: bool = True
    encoding: Encoding = "utf-8"


class FileLook(Contract):
    """What a file of sessions looks like; see `look_at_sessions`."""

    format: str
    kind: Literal["lines", "lists", "events"]
    columns: list[str]
    guess: ColumnNames
    events: list[str]
    first: list[Any]


class TrainRequest(Contract):
    """Item vectors from sessions."""

    source: SessionSource
    settings: ItemSettings = ItemSettings()


class HistoryEvent(Contract):
    """An item of a history and what it weighs, or the name of its event."""

    item: Item
    weight: float | None = Field(None, gt=0, le=1e6)
    event: Name | None = None


class AskRequest(Contract):
    """What goes with a history, or is like one item."""

    recommender: RecommenderName
    history: list[HistoryEvent] = Field(min_length=1, max_length=MOST_EVENTS)
    count: int = Field(10, ge=1, le=100)
    scoring: Scoring | None = None
    half_life: HalfLife | None = 3.0
    popularity: float = Field(0.0, ge=-1, le=1)
    filter_seen: bool = True
    exclude: list[Item] = Field(default_factory=list, max_length=MOST_EVENTS)
    reasons: int = Field(3, ge=0, le=20)


class ReasonView(Contract):
    """An item of the history, what it adds, and what people read of it."""

    item: str
    share: float
    title: str


class ItemView(Contract):
    """An item: its row on one line as title, the row, how often it occurs, whether metadata alone placed it."""

    item: str
    title: str
    metadata: dict[str, Any]
    count: float
    placed: bool


class RecommendedView(ItemView):
    """An item recommended; see `Recommendation`."""

    score: float
    similarity: float
    because: list[ReasonView]


class AskView(Contract):
    """The best items, the best first; items of the history that nothing is known of."""

    scoring: Scoring
    items: list[RecommendedView]
    unknown: list[str]


class ExplainRequest(Contract):
    """Why an item, or why not."""

    recommender: RecommenderName
    history: list[HistoryEvent] = Field(min_length=1, max_length=MOST_EVENTS)
    item: Item
    scoring: Scoring | None = None
    half_life: HalfLife | None = 3.0


class ExplainView(Contract):
    """Every item of the history with what it adds to the score, the most first."""

    item: ItemView
    scoring: Scoring
    reasons: list[ReasonView]


class FindRequest(Contract):
    """Items by words of their metadata or by id; without text the most frequent."""

    recommender: RecommenderName
    text: str = Field("", max_length=200)
    items: list[Item] | None = Field(None, max_length=MOST_EVENTS, description="These, whatever the text is.")
    first: int = Field(0, ge=0, le=10_000_000)
    count: int = Field(20, ge=1, le=MOST_ROWS)


class ItemsView(Contract):
    """A window of the items found."""

    items: list[ItemView]
    found: int


class SessionsRequest(Contract):
    """Sessions that a recommender was trained on, by a part of their key, or that hold an item."""

    recommender: RecommenderName
    text: str = Field("", max_length=200)
    first: int = Field(0, ge=0, le=100_000_000)
    count: int = Field(10, ge=1, le=50)


class SessionView(Contract):
    """A session: its key or number, its newest events with their titles, how many there are."""

    key: str
    length: int
    items: list[ItemView]


class SessionsView(Contract):
    """A window of the sessions found."""

    sessions: list[SessionView]
    found: int


class EvaluateRequest(Contract):
    """Item vectors and baselines on held-out next items."""

    source: SessionSource
    settings: ItemSettings = ItemSettings()
    split: Literal["last", "time", "sessions"] = "last"
    k: int = Field(10, ge=1, le=100)
    baselines: bool = True
    filter_seen: bool = True
    max_queries: int = Field(2000, ge=1, le=50_000)


class GridRequest(Contract):
    """What changes with window, negatives and ns_exponent: every combination is trained."""

    source: SessionSource
    settings: ItemSettings = ItemSettings()
    window: list[Annotated[int, Field(ge=1, le=1000)]] = Field(
        default_factory=lambda: [3, 13], min_length=1, max_length=8
    )
    negative: list[Annotated[int, Field(ge=1, le=100)]] = Field(
        default_factory=lambda: [5, 16], min_length=1, max_length=8
    )
    ns_exponent: list[Annotated[float, Field(ge=-2, le=2)]] = Field(
        default_factory=lambda: [-0.5, 0.0, 0.5, 0.75, 1.0], min_length=1, max_length=12
    )

    @model_validator(mode="after")
    def _few_enough(self) -> GridRequest:
        if (trials := len(self.window) * len(self.negative) * len(self.ns_exponent)) > MOST_TRIALS:
            raise ValueError(f"expected at most {MOST_TRIALS} combinations, received {trials}; try fewer values of one")
        return self

    metric: Literal["ndcg", "hit_rate", "mrr"] = "ndcg"
    k: int = Field(10, ge=1, le=100)
    max_queries: int = Field(1000, ge=1, le=50_000)


class MapRequest(Contract):
    """The items as points."""

    recommender: RecommenderName
    most: int = Field(5000, ge=2, le=200_000, description="The most frequent items.")
    method: Literal["pca", "umap"] = "pca"
    seed: int = Field(0, ge=0, le=2**31 - 1)


class MapColumn(Contract):
    """A field of the metadata as a number a point: the place of its value among ``values``, -1 for another or none."""

    name: str
    values: list[str]
    codes: PackedArray


class MapView(Contract):
    """The result of the job. ``coordinates``: f4 (n, 2); ``explained``: the share of the variance that each of the two principal
    components shows, None for UMAP; ``counts``: f4 (n); ``kept``: f4 (n), how many of each item's ``k`` nearest in the space are
    among its nearest on the plane, NaN where it was not asked; ``near``: i4 (n * k), the nearest in the space; ``trust``: the
    mean share kept."""

    items: list[str]
    titles: list[str]
    coordinates: PackedArray
    explained: tuple[float, float] | None
    counts: PackedArray
    k: int
    kept: PackedArray
    near: PackedArray
    trust: float
    columns: list[MapColumn]
    total: int
