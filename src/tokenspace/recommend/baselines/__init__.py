"""Systems to be measured against: simple, well known, and hard to beat."""

from __future__ import annotations

from .als import ALS
from .item_knn import CoOccurrence, ItemKNN
from .popularity import Popularity
from .session_knn import SessionKNN

__all__ = ["ALS", "CoOccurrence", "ItemKNN", "Popularity", "SessionKNN"]
