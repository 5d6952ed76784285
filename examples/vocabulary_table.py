"""The vocabulary as a table: id, token, bytes, and how often a text uses it; the shape an embedding table extends by a vector."""

import csv
from collections import Counter
from pathlib import Path

import tokenspace as ts

tokenizer = ts.Tokenizer.from_pretrained("tokenspace/bpe")
text = "To be, or not to be, that is the question: 鸟 🎵\n" * 3
frequency = Counter(tokenizer.encode(text).ids)

with Path("vocabulary.csv").open("w", newline="", encoding="utf-8") as file:
    table = csv.writer(file)
    table.writerow(["id", "token", "bytes", "special", "frequency"])
    for entry in tokenizer.vocab.rows():
        spelled = "" if entry.bytes is None else entry.bytes.hex(" ")
        table.writerow([entry.id, entry.token, spelled, int(entry.special), frequency[entry.id]])

for id, times in frequency.most_common(8):
    print(id, repr(tokenizer.id_to_token(id)), tokenizer.id_to_bytes(id), times)
assert sum(frequency.values()) == tokenizer.count(text)
assert all(tokenizer.vocab[tokenizer.id_to_token(id)] == id for id in frequency)
