"""Songs from playlists: the two-file form, neighbours with title and artist, a whole session, a song that nobody played yet."""

import random
from pathlib import Path

import tokenspace as ts

GENRES = {"tidewave": "The Kelp Line", "forgecore": "Anvil Parish", "lanternfolk": "Elsbet Moor"}
draw = random.Random(1)

# Two files as the playlist data has them: two lines of other data before the playlists; id, title and artist with tabs.
songs = [(genre, f"{genre.title()} No. {number}") for genre in GENRES for number in range(40)]
lines = ["first line of other data", "second line of other data"]
for _ in range(400):
    genre = draw.randrange(3)
    lines.append(" ".join(str(genre * 40 + draw.randrange(40)) for _ in range(draw.randint(1, 20))) + " ")
Path("train.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
Path("song_hash.txt").write_text(
    "".join(f"{number} \t{title}\t{GENRES[genre]}\n" for number, (genre, title) in enumerate(songs)), encoding="utf-8"
)

sessions, table = ts.recommend.read_playlists("train.txt", "song_hash.txt")  # playlists of one song are left out
print(sessions)
recommender = ts.Recommender.from_sessions(
    sessions, table, vector_size=32, window=20, negative=50, min_count=1, workers=4, epochs=10
)

[song] = recommender.find("Forgecore No. 7")
print("like Forgecore No. 7:")
for near in recommender.similar(song, k=5):
    print(f"  {near.similarity:.3f}  {near.metadata['title']}, {near.metadata['artist']}")
assert all(near.metadata["artist"] == "Anvil Parish" for near in recommender.similar(song, k=5))

print("after three songs of one kind and one of another:")
for one in recommender.recommend(["81", "82", "83", "5"], k=5, half_life=None):
    print(f"  {one.score:.3f}  {one.metadata['title']}  because of {', '.join(reason.item for reason in one.because)}")

# Nobody has played it yet: its words say where it belongs.
assert recommender.add_items({"new": {"title": "Lanternfolk at dusk", "artist": "Elsbet Moor"}}) == ["new"]
assert all(near.metadata["artist"] == "Elsbet Moor" for near in recommender.similar("new", k=5))

recommender.save("songs")
assert ts.Recommender.load("songs").similar(song) == recommender.similar(song)
