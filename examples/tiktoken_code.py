"""Code written for tiktoken, with the import changed: an encoding from ranks, allowed and disallowed special tokens."""

from tokenspace.compat import tiktoken

ranks = {bytes([byte]): byte for byte in range(256)}
for token in (b"he", b"ll", b"hell", b"hello", b" w", b"or", b" wor"):
    ranks[token] = len(ranks)
encoding = tiktoken.Encoding("tiny", pat_str=r" ?\w+|\W", mergeable_ranks=ranks, special_tokens={"<|end|>": 300})

ids = encoding.encode("hello world")
print(ids, [encoding.decode_single_token_bytes(i) for i in ids])
assert encoding.decode(ids) == "hello world"
assert encoding.encode("<|end|>", allowed_special="all") == [300]
try:
    encoding.encode("<|end|>")
except ValueError as error:
    print("refused:", str(error).splitlines()[0])
else:
    raise SystemExit("a special token in user text must be refused by default")
