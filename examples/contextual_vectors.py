"""Vectors of tokens in their context: `Hello world` through a model shaped like DeBERTa-v3-xsmall, (1, 4, 384).

    python examples/contextual_vectors.py [folder or hub id of a model]

Without a model one of that shape is made here, of random numbers, and run by transformers (pip install 'tokenspace[models]').
"""

import sys
from importlib.util import find_spec
from pathlib import Path

import tokenspace as ts


def random_model(folder: Path) -> Path:
    """A checkpoint of two layers, 384 numbers a token."""
    from transformers import DebertaV2Config, DebertaV2Model

    tokenizer = ts.Tokenizer.from_pretrained("tokenspace/wordpiece")
    sizes = {"hidden_size": 384, "intermediate_size": 1536, "num_attention_heads": 6, "num_hidden_layers": 2}
    rules = {"relative_attention": True, "pos_att_type": ["p2c", "c2p"], "position_biased_input": False}
    DebertaV2Model(DebertaV2Config(vocab_size=len(tokenizer), **sizes, **rules)).save_pretrained(folder)
    tokenizer.save(folder / "tokenizer.json")
    return folder


if len(sys.argv) == 1 and find_spec("transformers") is None:
    print("name a model, or pip install 'tokenspace[models]'")
    sys.exit()
model = sys.argv[1] if len(sys.argv) > 1 else random_model(Path("deberta-shaped"))
encoder = ts.ContextualEncoder(model)
print(encoder)

vectors, mask = encoder.encode_padded(["Hello world"])  # (batch, sequence, hidden) and where there are tokens
print(vectors.shape, mask)
if len(sys.argv) == 1:
    assert vectors.shape == (1, 4, 384)

found = encoder.encode("Hello world", layers="all", attentions=True)
for token, (begin, end), row in zip(found.tokens, found.offsets, found.layer(-1)):
    print(f"{token:8} {begin}:{end}  {row[:4]} ...")

# The same token in two texts: one row of the matrix, two vectors.
print(encoder.compare("bank", "the bank of the river", "the bank of england"))

# Who looks at whom, in the first head of the last layer.
for row in found.attention_table(layer=-1, head=0, topn=2):
    print(row["token"], "->", ", ".join(f"{look['token']} {look['weight']:.2f}" for look in row["looks_at"]))
