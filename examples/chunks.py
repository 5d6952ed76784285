"""Cutting a long text into overlapping windows of at most so many tokens, and putting it together again."""

import tokenspace as ts

tokenizer = ts.Tokenizer.from_pretrained("tokenspace/bpe")
text = "All human beings are born free and equal in dignity and rights. " * 20

chunks = ts.chunk(text, tokenizer, size=64, overlap=16, unit="tokens")
for piece in chunks[:3]:
    print(piece.start, piece.end, piece.n_tokens, repr(piece.text[:40]))
assert all(piece.n_tokens <= 64 for piece in chunks)
assert ts.rejoin(chunks) == text
