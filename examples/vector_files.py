"""Files of vectors: GloVe's text, word2vec's text and binary, our own; what is found by content; where known names are looked up."""

from pathlib import Path

import numpy as np

import tokenspace as ts

# A file as GloVe writes it: no header, a word and its numbers a line; words may hold spaces.
rows = {
    "king": [0.9, 0.8, 0.1],
    "queen": [0.9, 0.1, 0.8],
    "man": [0.1, 0.9, 0.1],
    "woman": [0.1, 0.1, 0.9],
    ". . .": [0, 0, 0.1],
}
lines = [f"{word} {' '.join(map(str, numbers))}\n" for word, numbers in rows.items()]
Path("glove.txt").write_text("".join(lines), encoding="utf-8")

vectors = ts.load_vectors("glove.txt")  # the format is found by content
print(len(vectors), "words of", vectors.vector_size, "numbers:", vectors.index_to_key)
assert ". . ." in vectors
for word, score in vectors.similar_by_vector(vectors["king"], topn=3):
    print(f"  {word:8} {score:.4f}")
assert vectors.most_similar(positive=["king", "woman"], negative=["man"], topn=1)[0][0] == "queen"

vectors.save_word2vec_format("vectors.txt")
vectors.save("vectors.safetensors")
for name in ("vectors.txt", "vectors.safetensors"):
    again = ts.load_vectors(name)
    assert again.index_to_key == vectors.index_to_key
    assert np.array_equal(again.vectors, vectors.vectors)
    print(f"{name:20} {Path(name).stat().st_size} bytes")

# word2vec's binary format ends a word at the first blank, so it cannot hold ". . .": refused, not mangled.
try:
    vectors.save_word2vec_format("vectors.bin", binary=True)
except ts.errors.UnsupportedError as error:
    print(error)
assert not Path("vectors.bin").exists()

# Half the memory, or a quarter: neighbours stay what they were.
for dtype in ("float16", "int8"):
    small = vectors.astype(dtype)
    print(dtype, small.most_similar("king", topn=1))

# Published vectors have names: ts.load_vectors("glove-wiki-gigaword-50") fetches them once, with their checksum.
