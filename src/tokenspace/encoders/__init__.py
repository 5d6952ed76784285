"""Vectors that models give to tokens, to tokens in their context, and to texts."""
