"""``gensim.test``: what its documentation's examples import from there."""
