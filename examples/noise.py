"""Misspellings, slang, mixed scripts, control characters, half an emoji, bytes that are no text: a result each, never a crash."""

import tokenspace as ts

noisy = [
    "teh qiuck brwon fox",
    "gr8 m8!!1 lol",
    "Привет мир hello 你好",
    "a\x00b\x07\u202ec",
    "\ud83c",
    b"\xff\xfeabc",
    "e" + "\u0301" * 50,
]
for kind in ("bpe", "wordpiece", "unigram", "word", "char", "byte"):
    tokenizer = ts.Tokenizer.from_pretrained(f"tokenspace/{kind}")
    print(kind, [tokenizer.count(text, add_special_tokens=False) for text in noisy])

# Byte-level vocabularies lose nothing of what is text; what is not becomes U+FFFD, as in the libraries followed here.
tokenizer = ts.Tokenizer.from_pretrained("tokenspace/bpe")
for text in noisy[:4]:
    assert tokenizer.decode(tokenizer.encode(text).ids) == text
print(repr(tokenizer.decode(tokenizer.encode(noisy[5]).ids)))
