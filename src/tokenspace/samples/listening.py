"""Invented listeners, artists and songs: sessions with a taste that can be learned."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from .grammar import Draw

# genre: artists, words of titles before and after
GENRES: dict[str, tuple[list[str], list[str], list[str]]] = {
    "tidewave": (
        ["Mira Sandholm", "The Kelp Line", "Oto Breaker", "Saltgrass Four", "Low Harbour", "Pale Anemone"],
        ["Drifting", "Blue", "Open", "Slow", "Northern", "Glass"],
        ["Tide", "Harbour", "Lagoon", "Swell", "Lighthouse", "Shallows"],
    ),
    "forgecore": (
        ["Anvil Parish", "Blast Meridian", "Iron Oriole", "Quenchfire", "Rivet Choir", "Slag Valley"],
        ["Molten", "Black", "Broken", "Ninth", "Burning", "Heavy"],
        ["Hammer", "Furnace", "Engine", "Chain", "Ember", "Crucible"],
    ),
    "lanternfolk": (
        ["Elsbet Moor", "Candle & Rook", "The Wick Sisters", "Hollow Fenwick", "Bramble Hill", "Tam o'Larch"],
        ["Crooked", "Winter", "Quiet", "Barley", "Old", "Hidden"],
        ["Lane", "Orchard", "Lantern", "Meadow", "Hearth", "Sparrow"],
    ),
    "pulsegrid": (
        ["DJ Ampere", "Neon Quorum", "Circuit Lumen", "Hexabeat", "Static Bloom", "Vector Nine"],
        ["Midnight", "Electric", "Parallel", "Binary", "Violet", "Infinite"],
        ["Signal", "Voltage", "Grid", "Pulse", "Mirror", "Satellite"],
    ),
    "velvetswing": (
        ["Lou Marchetti", "The Corner Table", "Odette Vane", "Satin Brass", "Uptown Wren", "Smoke & Ivory"],
        ["Velvet", "Lazy", "Last", "Sunday", "Golden", "Second"],
        ["Dance", "Avenue", "Martini", "Serenade", "Letter", "Matinee"],
    ),
    "stargaze": (
        ["Halo Orchard", "Perihelion", "The Long Exposure", "Cassia Night", "Faint Comet", "Ursa Avenue"],
        ["Distant", "Silver", "Falling", "Weightless", "Hollow", "Endless"],
        ["Orbit", "Nebula", "Horizon", "Eclipse", "Meteor", "Dust"],
    ),
    "山谣": (
        ["青石乐队", "阿岚", "竹影", "远山来信", "溪边人家", "白鹭"],
        ["山间", "雨后", "故乡的", "一盏", "清晨的", "旧时"],
        ["小路", "灯火", "茶歌", "炊烟", "木桥", "月光"],
    ),
    "霓虹城": (
        ["午夜电台", "林一夏", "玻璃塔", "八号线", "像素雨", "失重"],
        ["霓虹", "凌晨", "无人", "心跳", "透明的", "倒转"],
        ["地铁", "天台", "信号", "街角", "电梯", "频率"],
    ),
}
SONGS_OF_ARTIST = 9
# Which genres their listeners also like.
NEAR = {
    "tidewave": "stargaze", "stargaze": "tidewave", "forgecore": "pulsegrid", "pulsegrid": "霓虹城", "霓虹城": "pulsegrid",
    "lanternfolk": "山谣", "山谣": "lanternfolk", "velvetswing": "lanternfolk",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Song:
    id: str
    title: str
    artist: str
    genre: str
    year: int
    mood: int  # 0 calm to 2 wild: sessions move through moods slowly


def songs(seed: int = 41) -> list[Song]:
    """432 songs, no title twice."""
    draw = Draw(seed)
    made: list[Song] = []
    for genre, (artists, before, after) in GENRES.items():
        gap = "" if "\u4e00" <= before[0][0] <= "\u9fff" else " "
        titles = draw.shuffled([first + gap + second for first in before for second in after])
        more = [f"{title} {part}" for title, part in zip(titles, ["II", "(live)", "(reprise)"] * 12, strict=True)]
        for place, title in enumerate([*titles, *more][: len(artists) * SONGS_OF_ARTIST]):
            artist = artists[place % len(artists)]
            made.append(Song(f"s{len(made) + 1:03}", title, artist, genre, draw.number(1994, 2025), draw.number(0, 2)))
    return made


@dataclass(frozen=True, slots=True)
class Play:
    session: str
    item: str
    time: int


def plays(sessions: int = 4000, seed: int = 43) -> Iterator[Play]:
    """Listening sessions of 4 to 18 songs, one after another.

    A listener has a genre, likes one near it, prefers two artists, and moves from mood to mood in small steps; one song in
    twelve is whatever is popular.
    """
    draw = Draw(seed)
    catalogue = songs()
    by_genre = {genre: [song for song in catalogue if song.genre == genre] for genre in GENRES}
    hits = draw.shuffled(catalogue)
    time = 1_735_689_600  # 2025-01-01, UTC
    for number in range(1, sessions + 1):
        time += draw.number(600, 12_000)
        home = draw.skewed(list(GENRES), 1.3)
        favourites = {draw.evenly(GENRES[home][0]), draw.evenly(GENRES[home][0])}
        mood, at, heard = draw.number(0, 2), time, set[str]()
        for _ in range(draw.number(4, 18)):
            if draw.chance(1 / 12):
                song = draw.skewed(hits, 3.0)
            else:
                genre = NEAR[home] if draw.chance(0.15) else home
                fitting = [one for one in by_genre[genre] if one.mood == mood and one.id not in heard]
                loved = [one for one in fitting if one.artist in favourites]
                song = draw.skewed(loved if loved and draw.chance(0.6) else fitting or by_genre[genre], 1.6)
            if song.id in heard:
                continue
            heard.add(song.id)
            yield Play(f"l{number:04}", song.id, at)
            at += draw.number(150, 320)
            if draw.chance(0.35):
                mood = min(2, max(0, mood + draw.evenly([-1, 1])))
