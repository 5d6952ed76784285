"""fastText: word vectors from character n-grams, and text classification."""
