"""A batch as flat arrays, and the way from a token back to the characters it came from."""

import tokenspace as ts

tokenizer = ts.Tokenizer.from_pretrained("tokenspace/wordpiece")
texts = ["The café opens at 9.", "Über-cool naïveté!", ""]

batch = tokenizer.encode_batch(texts, threads=2, offsets="chars", add_special_tokens=False)
print(batch.ids.dtype, batch.ids.shape, [len(row) for row in batch])
for index, text in enumerate(texts):
    row = tokenizer.encode(text, add_special_tokens=False)
    for token, (begin, end) in zip(row.tokens, row.offsets):
        print(index, token, repr(text[begin:end]))

padded = tokenizer(
    texts, padding=True, truncation=True, max_length=12, return_tensors="np", return_offsets_mapping=True
)
print(padded["input_ids"])
print(padded["attention_mask"])
assert padded["input_ids"].shape == padded["attention_mask"].shape
