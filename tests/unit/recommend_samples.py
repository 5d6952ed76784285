"""Playlists of invented songs, a few genres, in the two-file form of the mission; and sessions with times."""

from __future__ import annotations

import random
from pathlib import Path

GENRES = {
    "tidewave": ("Mira Sandholm", "The Kelp Line", "Oto Breaker", "Saltgrass Four"),
    "forgecore": ("Anvil Parish", "Blast Meridian", "Iron Oriole", "Quenchfire"),
    "lanternfolk": ("Elsbet Moor", "Candle & Rook", "The Wick Sisters", "Hollow Fenwick"),
    "pulsegrid": ("DJ Ampere", "Neon Quorum", "Circuit Lumen", "Hexabeat"),
}
_FIRST = ("Amber", "Broken", "Crooked", "Distant", "Empty", "Faded", "Golden", "Hidden", "Inner", "Jagged")
_SECOND = ("Harbour", "Lantern", "Mirror", "Orchard", "Parade", "Signal")


def songs() -> list[tuple[str, str, str, str]]:
    """(id, title, artist, genre): 60 songs a genre; no title twice."""
    rows = []
    for number, (genre, artists) in enumerate(GENRES.items()):
        for place in range(60):
            title = f"{_FIRST[place % 10]} {_SECOND[place // 10]} {'I' * (number + 1)}"
            rows.append((str(number * 60 + place), title, artists[place % len(artists)], genre))
    return rows


def genre_of(item: str) -> str:
    return list(GENRES)[int(item) // 60]


def playlists(count: int = 600, seed: int = 5) -> list[list[str]]:
    """Playlists of one genre, with one song in ten of another."""
    draw = random.Random(seed)
    made = []
    for _ in range(count):
        genre = draw.randrange(len(GENRES))
        length = draw.randint(2, 25)
        made.append(
            [
                str((genre if draw.random() < 0.9 else draw.randrange(4)) * 60 + draw.randrange(60))
                for _ in range(length)
            ]
        )
    return made


def write_two_files(folder: Path) -> tuple[Path, Path]:
    """train.txt and song_hash.txt as the playlist data has them: two lines of other data, blanks behind each line, playlists
    of one song, blanks behind the ids of the song file."""
    lists, rows = playlists(), songs()
    train, titles = folder / "train.txt", folder / "song_hash.txt"
    lines = [" ".join(row[0] for row in rows) + " ", " ".join("7" for _ in rows) + " "]
    for number, one in enumerate(lists):
        lines.append(" ".join(one) + " ")
        if number % 50 == 0:
            lines.append(f"{one[0]} ")
    train.write_text("\n".join(lines) + "\n", encoding="utf-8")
    titles.write_text("".join(f"{key} \t{title}\t{artist}\n" for key, title, artist, _ in rows), encoding="utf-8")
    return train, titles


def cyclic_sessions(count: int = 300, items: int = 30, seed: int = 3) -> list[list[str]]:
    """Sessions that walk along a ring of items, so that what comes next is known."""
    draw = random.Random(seed)
    made = []
    for _ in range(count):
        start = draw.randrange(items)
        made.append([f"i{(start + step) % items}" for step in range(draw.randint(3, 8))])
    return made
