"""What word2vec does with a sentence: pairs, noise words, one gradient step, the Huffman tree. All numbers from plain Python."""

import tokenspace as ts

text = "Thou shalt not make a machine in the likeness of a human mind"
shown = ts.explain_word2vec(text, window=2, negative=5, centre="not")
print(shown.to_text())

# The window around "not": pairs of the text have target 1, words drawn at random target 0.
window = shown.windows[2]
assert [(pair.input, pair.output, pair.target) for pair in window.pairs] == [
    ("not", "thou", 1),
    ("not", "shalt", 1),
    ("not", "make", 1),
    ("not", "a", 1),
]

# CBOW turns it round: the mean of the window predicts the word in the middle.
cbow = ts.explain_word2vec(text, window=2, sg=0, centre="not").to_dict()
print("CBOW, window of 'not':", cbow["windows"][2]["pairs"])

# Hierarchical softmax: a word is a path in a Huffman tree, the more frequent the shorter; the larger count goes left, left is 1.
tree = ts.explain_word2vec("a a a a b b c", window=1, hs=1, negative=0)
for path in tree.tree:
    print(f"  {path.word} ({path.count}): {''.join(map(str, path.code))}")
assert ["".join(map(str, path.code)) for path in tree.tree] == ["1", "01", "00"]
