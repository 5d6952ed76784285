"""`Recommender`: item vectors from sessions, and what to recommend for an item, a session or a user's history."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import ArgumentError, message
from ..progress import ProgressLike
from .catalogue import Catalogue
from .items import ItemTable, UnknownItemError, item_id
from .ranking import Places, check_event_weights, check_half_life, history_weights, top_k
from .recommendation import Reason, Recommendation
from .scoring import Scorer, Scoring, check_scoring
from .sessions import Floats, Session, Sessions, as_session
from .settings import ItemVectorSettings
from .weighted_sentences import sentences_of

if TYPE_CHECKING:
    from ..vectors.word2vec import Word2Vec

OPTIONS = ("event_weights", "half_life", "scoring", "workers", "seed", "deterministic", "name")  # beside the settings
_UNSET: Any = object()
_BATCH_BYTES = 64 << 20  # similarities held at once by recommend_batch


class Recommender:
    """Recommends the items that go best with a history.

    Item vectors are word2vec's, sessions being its sentences (item2vec: Barkan and Koenigstein, arXiv 1603.04259). A history
    is the weighted mean of its items' vectors: each weighs what its event does, halved for every ``half_life`` events that
    came after it. Items are scored by the model's probability that they come next, or by cosine
    (`tokenspace.recommend.scoring`).

    Args:
        metadata: what is known of items, by id: shown with recommendations, and used to place items that no session holds.
        event_weights: what an event of a name weighs, such as ``{"view": 1, "cart": 3, "buy": 10}``, wherever items are
            given as (item, event) pairs; 0 leaves the event out.
        half_life: in events; None: the order of a history does not count.
        scoring: "next" or "cosine"; None: next where the model was trained with negative sampling.
        workers: threads of the training; None: one a core.
        seed: of the training. One worker and a seed give the same vectors each time.
        deterministic: the same vectors for every number of workers; see `tokenspace.Word2Vec`.
        name: what tables of an evaluation call it.
        **settings: see `ItemVectorSettings`, whose defaults are those of recommendation, not of text.

    Weights act in three places. Training: two items of weights a and b meet min(a, b) times (`weighted_sentences`).
    Popularity: an item counts its weights. Queries: they weigh the mean.

    Example:
        >>> import tokenspace as ts
        >>> lists = [["tea", "milk", "sugar"], ["tea", "sugar"], ["bolt", "nut"], ["nut", "bolt", "saw"]] * 20
        >>> recommender = ts.Recommender.from_sessions(lists, vector_size=8, workers=1)
        >>> recommender.recommend(["bolt"], k=1)[0].item in ("nut", "saw")
        True
    """

    def __init__(
        self,
        *,
        metadata: Mapping[Any, Mapping[str, Any]] | None = None,
        event_weights: Mapping[str, float] | None = None,
        half_life: float | None = 3.0,
        scoring: Scoring | None = None,
        workers: int | None = None,
        seed: int = 1,
        deterministic: bool = False,
        name: str = "item2vec",
        **settings: Any,
    ) -> None:
        unknown = [key for key in settings if key not in ItemVectorSettings.__dataclass_fields__]
        if unknown:
            known = ", ".join(ItemVectorSettings.__dataclass_fields__)
            raise ArgumentError(message("recommend", f"settings among {known}", ", ".join(unknown)))
        self.settings = ItemVectorSettings(**settings)
        self.metadata = metadata if isinstance(metadata, ItemTable) else ItemTable(metadata)
        self.event_weights = None if event_weights is None else check_event_weights(event_weights)
        self.half_life = check_half_life(half_life)
        usual = "next" if self.settings.negative else "cosine"
        self.scoring = usual if scoring is None else check_scoring(scoring)
        self.workers = (os.cpu_count() or 1) if workers is None else workers
        self.seed, self.deterministic, self.name = seed, deterministic, name
        self._model: Word2Vec | None = None
        self._catalogue: Catalogue | None = None

    # ---- learning ----
    @classmethod
    def from_sessions(
        cls,
        sessions: Any,
        metadata: Mapping[Any, Mapping[str, Any]] | None = None,
        *,
        progress: ProgressLike = None,
        **options: Any,
    ) -> Recommender:
        """A recommender fitted on sessions; see `fit` and the class for the arguments."""
        return cls(metadata=metadata, **options).fit(sessions, progress=progress)

    def fit(self, sessions: Any, *, progress: ProgressLike = None) -> Recommender:
        """Learn item vectors anew.

        Args:
            sessions: `Sessions`, or what `Sessions.of` takes (lists of item ids; (item, weight or event) pairs).
            progress: see `tokenspace.progress`; counted in items trained.

        Raises:
            ArgumentError: no session holds two items, or settings that word2vec refuses.
        """
        given = Sessions.of(sessions, event_weights=self.event_weights)
        sentences = _sentences(given)
        window = self.settings.window
        model = self.new_model(max(map(len, sentences)) if window is None else window)
        model.build_vocab(sentences)
        if not len(model.wv):
            raise ArgumentError(
                message("recommend", f"an item of min_count={self.settings.min_count}", "none", "min_count=1")
            )
        model.train(sentences, total_words=model.corpus_total_words, epochs=model.epochs, progress=progress)
        self._take(model, dict(zip(given.items, given.counts().tolist(), strict=True)))
        return self

    def update(
        self,
        sessions: Any,
        metadata: Mapping[Any, Mapping[str, Any]] | None = None,
        *,
        epochs: int | None = None,
        progress: ProgressLike = None,
    ) -> Recommender:
        """Go on learning from new sessions; items that are new get vectors, the others move.

        Only the new sessions are trained on: many rounds of this drift away from what all sessions together would give, so
        fit anew from time to time.

        Args:
            sessions: as for `fit`.
            metadata: further rows; items that stay without session are placed by them.
            epochs: over the new sessions; None: those of the settings.
            progress: see `tokenspace.progress`.

        Interrupted by Ctrl-C it keeps what was learnt so far.

        Raises:
            ArgumentError: nothing was fitted yet, no session holds two items, or ``epochs`` below 1.
        """
        model, catalogue = self.model, self.catalogue
        epochs = self.settings.epochs if epochs is None else epochs
        if not isinstance(epochs, (int, np.integer)) or epochs < 1:
            raise ArgumentError(message("recommend", "a whole number of epochs above 0", repr(epochs)))
        given = Sessions.of(sessions, event_weights=self.event_weights)
        sentences = _sentences(given)
        if metadata is not None:
            self.metadata = self.metadata.merged(metadata)
        counts = dict(zip(catalogue.items, catalogue.counts.tolist(), strict=True))
        for item, count in zip(given.items, given.counts().tolist(), strict=True):
            counts[item] = counts.get(item, 0.0) + count
        model.build_vocab(sentences, update=True)
        model.min_alpha_yet_reached = model.alpha  # the learning rate begins anew, which is meant
        try:
            model.train(sentences, total_words=model.corpus_total_words, epochs=epochs, progress=progress)
        finally:
            # The model has rows for new items already: the catalogue has to fit them also after Ctrl-C.
            self._take(model, counts)
        return self

    def add_items(self, metadata: Mapping[Any, Mapping[str, Any]]) -> list[str]:
        """Rows for the item table; items without vector are placed by their words, at once and without training.

        Returns:
            The ids that got a vector. An item none of whose words any trained item has gets none.
        """
        self.metadata = self.metadata.merged(metadata)
        return self.catalogue.place(self.metadata)

    def new_model(self, window: int) -> Word2Vec:
        """An untrained model of these settings."""
        from ..vectors.word2vec import Word2Vec

        settings = {**self.settings.to_dict(), "window": window}
        return Word2Vec(**settings, workers=self.workers, seed=self.seed, deterministic=self.deterministic)

    def restore(self, model: Word2Vec, catalogue: Catalogue) -> None:
        """Become what was saved."""
        self._model, self._catalogue = model, catalogue

    def _take(self, model: Word2Vec, counts: Mapping[str, float]) -> None:
        self._model = model
        outputs = model.syn1neg if model.negative else None
        self._catalogue = Catalogue(model.wv.index_to_key, model.wv.vectors, outputs, counts)
        self._catalogue.place(self.metadata)

    # ---- looking ----
    @property
    def model(self) -> Word2Vec:
        """The word2vec model; ``model.wv`` is its `KeyedVectors`.

        Raises:
            ArgumentError: nothing was fitted yet.
        """
        if self._model is None:
            raise _not_fitted()
        return self._model

    @property
    def catalogue(self) -> Catalogue:
        """The items that can be recommended.

        Raises:
            ArgumentError: nothing was fitted yet.
        """
        if self._catalogue is None:
            raise _not_fitted()
        return self._catalogue

    def __len__(self) -> int:
        return 0 if self._catalogue is None else len(self._catalogue)

    def __contains__(self, item: object) -> bool:
        return self._catalogue is not None and str(item) in self._catalogue.index

    def __repr__(self) -> str:
        return f"Recommender({len(self)} items, {self.settings.vector_size} dimensions)"

    def find(self, text: str) -> list[str]:
        """Ids of items by a field of their metadata, such as a title; see `ItemTable.find`. An id is found too."""
        found = self.metadata.find(text)
        return [text, *found] if text in self.catalogue.index and text not in found else found

    def search(self, text: str) -> list[str]:
        """Ids of items whose id or row holds every word of ``text``, case ignored, the most frequent first; an id that is
        ``text`` itself, then rows with a field that is, come before. For a box in which people type."""
        whole = text.casefold().strip()
        words = whole.split()
        if not words:
            return []
        found = []
        for place, item in enumerate(self.catalogue.items):
            row = self.metadata.text(item).casefold()
            if all(word in row or word in item.casefold() for word in words):
                exact = item.casefold() == whole or whole in row.split(" · ")
                found.append((item != text, not exact, -float(self.catalogue.counts[place]), place))
        return [self.catalogue.items[place] for *_, place in sorted(found)]

    # ---- recommending ----
    def recommend(
        self,
        query: Any,
        k: int = 10,
        *,
        filter_seen: bool = True,
        exclude: Iterable[Any] = (),
        candidates: Iterable[Any] | None = None,
        popularity: float = 0.0,
        half_life: float | None = _UNSET,
        scoring: Scoring | None = None,
        reasons: int = 3,
    ) -> list[Recommendation]:
        """The ``k`` best items for an item, a session or a history, the best first.

        Args:
            query: an item id; or a history: a `Session` (such as ``sessions["user 7"]``), or an iterable of items and of
                (item, weight) or (item, event) pairs, the oldest first. Items that are not known are passed over.
            k: how many, at most.
            filter_seen: items of the query are not recommended.
            exclude: an item, or items, that must not be recommended.
            candidates: the only items that may be; None: all.
            popularity: -1 to 1: above 0 favours what is popular, below 0 what is rare, 0 leaves the scores as they are; see
                `Scorer.scores`.
            half_life: for this call, in place of the recommender's.
            scoring: for this call, in place of the recommender's.
            reasons: how many items of the history are named with each recommendation.

        Raises:
            UnknownItemError: no item of the query is known. ArgumentError: an empty query, popularity out of range.
        """
        if not isinstance(popularity, (int, float, np.number)) or not -1 <= popularity <= 1:
            raise ArgumentError(message("recommend", "popularity from -1 to 1", repr(popularity)))
        catalogue, scorer = self.catalogue, self._scorer(scoring)
        places, weights = self._weighed(self._history(query), self._half_life(half_life))
        vector, shares = scorer.query(places, weights)
        scores = scorer.scores(vector[None, :], popularity)[0]
        if candidates is not None:
            barred = np.ones(len(catalogue), dtype=bool)
            barred[self._places(candidates)] = False
            scores[barred] = -np.inf
        scores[self._places(exclude)] = -np.inf
        if filter_seen:
            scores[places] = -np.inf
        best = top_k(scores, k)
        because = _reasons(catalogue, places, scorer.parts(places, shares, best), reasons)
        cosine = self._scorer("cosine")
        similarity = catalogue.vectors(best, unit=True) @ cosine.query(places, weights)[0]
        return [
            Recommendation(
                item=catalogue.items[place],
                score=float(scores[place]),
                similarity=float(similarity[number]),
                count=float(catalogue.counts[place]),
                metadata=dict(self.metadata.get(catalogue.items[place], {})),
                because=because[number],
            )
            for number, place in enumerate(best.tolist())
        ]

    def similar(self, item: Any, k: int = 10, **options: Any) -> list[Recommendation]:
        """The items most like one, by cosine; `recommend` for a single item."""
        return self.recommend(item_id(item), k, **{"scoring": "cosine", **options})

    def recommend_batch(
        self,
        histories: Sequence[Any],
        /,
        k: int = 10,
        *,
        filter_seen: bool = True,
        half_life: float | None = _UNSET,
        scoring: Scoring | None = None,
    ) -> list[list[str]]:
        """The ids of the ``k`` best items for each history; an empty list where no item of a history is known.

        Args:
            histories: as for `recommend`.
            k, filter_seen, half_life, scoring: as for `recommend`.
        """
        life, catalogue, scorer = self._half_life(half_life), self.catalogue, self._scorer(scoring)
        at_once = max(1, _BATCH_BYTES // (8 * max(1, len(catalogue))))
        found: list[list[str]] = []
        for begin in range(0, len(histories), at_once):
            part = [as_session(one, self.event_weights) for one in histories[begin : begin + at_once]]
            weighed = [self._weighed(history, life, strict=False) for history in part]
            scores = scorer.scores(np.array([scorer.query(*one)[0] for one in weighed]))
            for (places, _), row in zip(weighed, scores, strict=True):
                if filter_seen:
                    row[places] = -np.inf
                found.append([catalogue.items[place] for place in top_k(row, k).tolist()] if len(places) else [])
        return found

    def explain(
        self, query: Any, item: Any, *, half_life: float | None = _UNSET, scoring: Scoring | None = None
    ) -> list[Reason]:
        """What each item of a history adds to the score of ``item``, the most first; see `Reason`.

        Args:
            query: as for `recommend`.
            item: what was, or might be, recommended.
            half_life, scoring: as for `recommend`.

        Raises:
            UnknownItemError: ``item``, or every item of the query, is not known.
        """
        scorer, wanted = self._scorer(scoring), item_id(item)
        places, weights = self._weighed(self._history(query), self._half_life(half_life))
        if wanted not in self.catalogue.index:
            raise self._unknown([wanted])
        _, shares = scorer.query(places, weights)
        parts = scorer.parts(places, shares, np.array([self.catalogue.index[wanted]]))
        return list(_reasons(self.catalogue, places, parts, len(places))[0])

    # ---- files ----
    def save(self, path: str | os.PathLike[str]) -> None:
        """Write everything into a folder, whole or not at all; no pickle.

        Raises:
            FileError: the folder cannot be written.
        """
        from .persistence import save

        save(self, path)

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Recommender:
        """A recommender written by `save`; it recommends the same, and can be updated.

        Raises:
            NotFoundError: no such folder. FormatError: contents that `save` did not write.
        """
        from .persistence import load

        return load(path)

    # ---- parts ----
    def _scorer(self, scoring: Scoring | None) -> Scorer:
        return Scorer(self.catalogue, self.scoring if scoring is None else scoring, self.settings.ns_exponent)

    def _half_life(self, given: float | None) -> float | None:
        return self.half_life if given is _UNSET else check_half_life(given)

    def _history(self, query: Any) -> Session:
        if isinstance(query, Session):
            return query
        if isinstance(query, (str, int, np.integer)):
            return Session((item_id(query),))
        return as_session(query, self.event_weights)

    def _weighed(self, history: Session, half_life: float | None, strict: bool = True) -> tuple[Places, Floats]:
        """(places of the history's known items, each once; their summed weights)."""
        index = self.catalogue.index
        weights = history_weights(history, half_life).tolist()
        summed: dict[int, float] = {}
        for item, weight in zip(history.items, weights, strict=True):
            place = index.get(item)
            if place is not None:
                summed[place] = summed.get(place, 0.0) + weight
        if strict and not summed:
            if not history.items:
                raise ArgumentError(message("recommend", "a history of at least one item", "none"))
            raise self._unknown(history.items)
        return np.array(list(summed), dtype=np.int64), np.array(list(summed.values()), dtype=np.float64)

    def _unknown(self, items: Sequence[str]) -> UnknownItemError:
        shown = ", ".join(map(repr, items[:3])) + (f" and {len(items) - 3} more" if len(items) > 3 else "")
        return UnknownItemError(
            message(
                "recommend", f"an item among the {len(self.catalogue):,} known", shown, "find(title), or add_items()"
            )
        )

    def _places(self, items: Iterable[Any]) -> list[int]:
        index = self.catalogue.index
        if isinstance(items, (str, int, np.integer)):
            items = (items,)  # the letters of an id are not meant
        return [index[item] for item in map(item_id, items) if item in index]


def _not_fitted() -> ArgumentError:
    return ArgumentError(message("recommend", "a fitted recommender", "one without sessions", "fit(sessions)"))


def _reasons(catalogue: Catalogue, places: Places, parts: Floats, most: int) -> list[tuple[Reason, ...]]:
    """For each column of ``parts`` the items of the history that add most."""
    return [
        tuple(Reason(catalogue.items[places[at]], float(column[at])) for at in top_k(column, most).tolist())
        for column in parts.T
    ]


def _sentences(sessions: Sessions) -> list[list[str]]:
    sentences = sentences_of(sessions)
    if not any(len(sentence) > 1 for sentence in sentences):
        raise ArgumentError(message("recommend", "a session of at least two items", repr(sessions)))
    return sentences


def with_settings(recommender: Recommender, **settings: Any) -> Recommender:
    """An unfitted recommender as this one but for some of the settings of `ItemVectorSettings`, or for ``half_life``."""
    options = {name: getattr(recommender, name) for name in OPTIONS}
    options.update({name: settings.pop(name) for name in OPTIONS if name in settings})
    chosen = replace(recommender.settings, **settings)
    return Recommender(metadata=recommender.metadata, **options, **chosen.to_dict())
