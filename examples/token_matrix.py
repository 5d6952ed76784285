"""The token matrix of a language model, read from its checkpoint alone: `Hi, 你好~` in a checkpoint shaped like Qwen's.

    python examples/token_matrix.py [tokenizer file] [width]

The checkpoint is made here, of random numbers: two shards of safetensors in bfloat16, an index, config.json. With the real
vocabulary (qwen.tiktoken) the ids are those of the real model; without it an embedded tokenizer stands in.
"""

import json
import struct
import sys
from pathlib import Path

import numpy as np

import tokenspace as ts

VOCAB = 151_936  # Qwen2.5-1.5B: 151,936 x 1,536
width = int(sys.argv[2]) if len(sys.argv) > 2 else 16
tokenizer = ts.Tokenizer.from_pretrained(sys.argv[1] if len(sys.argv) > 1 else "tokenspace/bpe")


def write_shard(path: Path, name: str, shape: tuple[int, ...], seed: int) -> None:
    """A safetensors file of one tensor: the length of the header, the header, the numbers."""
    numbers = np.random.default_rng(seed).standard_normal(shape, dtype=np.float32) * 0.02
    halves = (numbers.view(np.uint32) >> 16).astype("<u2")  # bfloat16 is the upper half of a float32
    header = json.dumps({name: {"dtype": "BF16", "shape": shape, "data_offsets": [0, halves.nbytes]}}).encode()
    path.write_bytes(struct.pack("<Q", len(header)) + header + halves.tobytes())


folder = Path("qwen-shaped")
folder.mkdir(exist_ok=True)
shards = {
    "model.embed_tokens.weight": ("model-00001-of-00002.safetensors", (VOCAB, width)),
    "model.norm.weight": ("model-00002-of-00002.safetensors", (width,)),
}
for seed, (name, (file, shape)) in enumerate(shards.items()):
    write_shard(folder / file, name, shape, seed)
index = {"weight_map": {name: file for name, (file, _) in shards.items()}}
(folder / "model.safetensors.index.json").write_text(json.dumps(index))
sizes = {"model_type": "qwen2", "vocab_size": VOCAB, "hidden_size": width, "tie_word_embeddings": True}
(folder / "config.json").write_text(json.dumps(sizes))

table = ts.TokenEmbeddings.from_pretrained(folder, tokenizer)  # reads headers only
print(table, "tied" if table.tied else "not tied", f"{table.nbytes / 1e6:.1f} MB")

found = table.embed("Hi, 你好~")  # reads these rows only
for id, (begin, end), row in zip(found.ids, found.offsets, found.vectors):
    print(f"{id:7} {'Hi, 你好~'[begin:end]!r:8} {row[:4]} ...")
assert found.vectors.shape == (len(found.ids), width)
if tokenizer.token_to_id("<|endoftext|>") == 151_643:  # the real vocabulary
    assert found.vectors.shape == (5, width)

# A look-up is the product of a one-hot vector with the matrix.
assert (table.one_hot_product(found.ids) == found.vectors).all()

# Rows the tokenizer has no token for: the matrix was padded to a round number.
print(f"{len(table.unnamed):,} of {len(table):,} rows have no token")
print(table.most_similar(int(found.ids[0]), topn=3))
