"""What one asks of word vectors: neighbours, analogies, the odd one out, a direction, a score, a map."""

from pathlib import Path

from royal_sentences import sentences

from tokenspace import Word2Vec

# `losses` is the training curve: one number an epoch.
model = Word2Vec(
    list(sentences()), vector_size=32, window=8, min_count=1, sg=1, epochs=10, workers=1, sample=0, compute_loss=True
)
wv = model.wv

print("near king:   ", [word for word, _ in wv.most_similar("king", topn=4)])
print("near a vector:", [word for word, _ in wv.similar_by_vector(wv["king"], topn=3)])  # the word itself comes first
assert wv.similar_by_vector(wv["king"], topn=1)[0][0] == "king"

# king - man + woman, biggest - big + small
for plus, minus, expected in ((["king", "woman"], ["man"], "queen"), (["biggest", "small"], ["big"], "smallest")):
    word, score = wv.most_similar(positive=plus, negative=minus, topn=1)[0]
    print(f"{plus[0]} - {minus[0]} + {plus[1]} = {word} ({score:.2f})")
    assert word == expected

print("odd one out: ", wv.doesnt_match(["king", "queen", "prince", "farm"]))
assert wv.doesnt_match(["king", "queen", "prince", "farm"]) == "farm"

# Which way words lean from man to woman, and what stands there instead: in vectors trained on real text this shows their bias.
for lean in wv.bias(["king", "prince", "beard", "farm", "sister"], "man", "woman", topn=1):
    print(f"  man {lean.projection:+.2f} woman  {lean.key:7} - man + woman = {lean.neighbours[0][0]}")

# Analogies by section and human judgements, in the files' usual forms.
questions = ": gender\nking queen man woman\nprince princess boy girl\n: degree\nbig biggest small smallest\n"
Path("questions.txt").write_text(questions, encoding="utf-8")
score, sections = wv.evaluate_word_analogies("questions.txt")
print(f"analogies: {score:.0%} right in {len(sections) - 1} sections")
Path("pairs.tsv").write_text("king\tqueen\t8\nking\tprince\t9\nking\tfarm\t1\nbig\tcastle\t0\n", encoding="utf-8")
pearson, spearman, unknown = wv.evaluate_word_pairs("pairs.tsv")
print(f"human judgements: Spearman {spearman[0]:.2f}, unknown pairs {unknown:.0f} %")

groups = {"people": ["king", "queen", "man", "woman", "prince", "princess", "boy", "girl"]}
groups["sizes"] = ["big", "biggest", "small", "smallest"]
wv.word_map(groups).save("map.svg")
print("map.svg:", Path("map.svg").stat().st_size, "bytes")
