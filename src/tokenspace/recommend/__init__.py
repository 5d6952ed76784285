"""Recommending items by vectors learnt from sessions, and measuring it.

Data flows one way: files -> `Sessions` -> a `Split` -> a `Recommender` and the baselines -> an `Evaluation`.
"""

from __future__ import annotations

from .baselines import ALS, CoOccurrence, ItemKNN, Popularity, SessionKNN
from .evaluation import Evaluation, baselines, evaluate
from .items import ItemTable, UnknownItemError, UnknownSessionError
from .read_sessions import Columns, read_items, read_playlists, read_sessions
from .recommendation import Reason, Recommendation
from .recommender import Recommender
from .session_file import SessionFile, look_at_sessions
from .sessions import Session, Sessions
from .settings import ItemVectorSettings
from .splits import Query, Split, split_last, split_sessions, split_time
from .tuning import Effect, Trial, Tuning, tune

__all__ = [
    "ALS",
    "CoOccurrence",
    "Columns",
    "Effect",
    "Evaluation",
    "ItemKNN",
    "ItemTable",
    "ItemVectorSettings",
    "Popularity",
    "Query",
    "Reason",
    "Recommendation",
    "Recommender",
    "Session",
    "SessionFile",
    "SessionKNN",
    "Sessions",
    "Split",
    "Trial",
    "Tuning",
    "UnknownItemError",
    "UnknownSessionError",
    "baselines",
    "evaluate",
    "look_at_sessions",
    "read_items",
    "read_playlists",
    "read_sessions",
    "split_last",
    "split_sessions",
    "split_time",
    "tune",
]
