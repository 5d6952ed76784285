"""Word vectors of five sentences: training, neighbours, similarity, saving and loading. gensim's code with one import changed."""

from tokenspace.compat.gensim.models import Word2Vec
from tokenspace.compat.gensim.utils import simple_preprocess

sentences = [
    "I love programming in Python.",
    "Python is a versatile language.",
    "Machine learning is fascinating.",
    "Deep learning is a subset of machine learning.",
    "Natural language processing is a field of AI.",
]
words = [simple_preprocess(sentence) for sentence in sentences]
print(words[0])
assert words[0] == ["love", "programming", "in", "python"]  # lower case, 2 to 15 letters

model = Word2Vec(words, vector_size=100, window=5, min_count=1, sg=1)
print("vocabulary:", len(model.wv), "words")
for word, score in model.wv.most_similar("python", topn=5):
    print(f"  {word:12} {score:.4f}")

# Five sentences teach next to nothing: this is where the vectors were drawn, with the default seed, as gensim draws them.
similarity = model.wv.similarity("python", "language")
print(f"python ~ language: {similarity:.4f}")
assert round(float(similarity), 2) == 0.14

model.save("small.model")
again = Word2Vec.load("small.model")
assert (again.wv["python"] == model.wv["python"]).all()
again.train(words, total_examples=len(words), epochs=20)  # a loaded model goes on learning
print(f"after 20 more epochs: {again.wv.similarity('python', 'language'):.4f}")
