"""Words, characters or bytes? The three classic levels on one text, beside the sub-words models use today."""

from collections import Counter

import tokenspace as ts

text = "Hello, world! 123"
for name in ("whitespace", "rules"):
    # Words the vocabulary lacks are <unk>; the offsets still say which words they were.
    tokenizer = ts.Tokenizer.from_pretrained(name)
    encoding = tokenizer.encode(text)
    print(name, [text[begin:end] for begin, end in encoding.offsets], encoding.tokens)
assert [text[begin:end] for begin, end in encoding.offsets] == ["Hello", "world", "123"]

# Chinese has no spaces: a segmenter must know the words. Any function text -> list of segments will do;
# segmenter="jieba" uses the library of that name (pip install 'tokenspace[zh]').
chinese = "今天天气很好"
segmenting = ts.Tokenizer.from_pretrained(
    "rules", segmenter=lambda text: [text[i : i + 2] for i in range(0, len(text), 2)]
)
words = [chinese[begin:end] for begin, end in segmenting.encode(chinese).offsets]
print("segments", words)
assert words == ["今天", "天气", "很好"]

english = "All human beings are born free and equal in dignity and rights."
counts = Counter(
    {
        kind: ts.Tokenizer.from_pretrained(f"tokenspace/{kind}").count(english)
        for kind in ("word", "bpe", "char", "byte")
    }
)
for kind, n_tokens in sorted(counts.items(), key=lambda item: item[1]):
    print(f"{kind:5} {n_tokens:3} tokens, {len(english) / n_tokens:.1f} characters each")
assert counts["char"] > 3 * counts["bpe"]
