"""The rooms of the page: a package each, whose ``routes`` has the ``router``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module

from fastapi import APIRouter

__all__ = ["ROOMS", "Room", "routers"]


@dataclass(frozen=True, slots=True)
class Room:
    """A room: its package, and the extras it gains from when they are installed."""

    name: str
    extras: tuple[str, ...] = ()


ROOMS = (
    Room("tokens", ("data",)),
    Room("train", ("data", "zh")),
    Room("words", ("topics",)),
    Room("context", ("data", "models", "zh")),
    Room("recommend", ("data", "topics")),
)


def routers() -> Iterator[APIRouter]:
    """The router of each room."""
    for room in ROOMS:
        yield import_module(f".{room.name}.routes", __name__).router
