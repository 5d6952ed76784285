"""The family: word2vec's two models and two ways to predict, FastText's words never seen, GloVe's counts, Doc2Vec's documents."""

from royal_sentences import sentences

from tokenspace import Doc2Vec, FastText, GloVe, Word2Vec
from tokenspace.compat.gensim.models.doc2vec import TaggedDocument

text = list(sentences(4000))
common = {"vector_size": 32, "window": 8, "min_count": 1, "epochs": 10, "workers": 1, "seed": 1, "sample": 0}


def nearest(vectors, word="king"):
    return ", ".join(f"{near} {score:.2f}" for near, score in vectors.most_similar(word, topn=3))


for name, options in {
    "CBOW, negative sampling": {"sg": 0, "negative": 5},
    "CBOW, hierarchical softmax": {"sg": 0, "hs": 1, "negative": 0},
    "skip-gram, negative sampling": {"sg": 1, "negative": 5},
    "skip-gram, hierarchical softmax": {"sg": 1, "hs": 1, "negative": 0},
}.items():
    print(f"{name:32} king: {nearest(Word2Vec(text, **common, **options).wv)}")

# FastText puts words together from their letters' n-grams: it has vectors for words it has never seen.
fasttext = FastText(text, sg=1, bucket=2000, **common)
print(f"{'FastText':32} king: {nearest(fasttext.wv)}")
print(f"{'':32} kings, never seen: {nearest(fasttext.wv, 'kings')}")
assert "kings" not in fasttext.wv.key_to_index
assert fasttext.wv.most_similar("kings", topn=1)[0][0] == "king"

# GloVe counts who stands beside whom, then fits vectors to the logarithms of the counts.
glove = GloVe(text, vector_size=32, window=8, min_count=1, epochs=30, workers=1, seed=1)
print(f"{'GloVe':32} king: {nearest(glove.wv)}")

# Doc2Vec learns a vector for each document beside those of words, and infers one for a document that comes later.
documents = [TaggedDocument(words, [number]) for number, words in enumerate(text)]
doc2vec = Doc2Vec(documents, dm=0, dbow_words=1, **common)
inferred = doc2vec.infer_vector(text[0], epochs=50)
print(f"{'Doc2Vec':32} document 0: {' '.join(text[0])}")
for tag, score in doc2vec.dv.most_similar([inferred], topn=2):
    print(f"{'':32} near it {score:.2f}: {' '.join(text[tag])}")
