"""Is there only one way to cut a word? The best few segmentations of a Unigram model, and random ones for training."""

import tokenspace as ts

tokenizer = ts.Tokenizer.from_pretrained("tokenspace/unigram")
for alternative in tokenizer.encodings("tokenization", 5):
    print(f"{alternative.score:9.3f}", alternative.tokens)
for alternative in tokenizer.sample("tokenization", 3, alpha=0.3, seed=1):
    print("  sampled", alternative.tokens)
