"""3CosMul over tokens: that of KeyedVectors."""

from __future__ import annotations

import numpy as np
import pytest

import tokenspace as ts
from tokenspace.errors import ArgumentError


def test_scores_are_those_of_keyed_vectors() -> None:
    table = ts.TokenEmbeddings.from_pretrained("tokenspace/static")
    vectors = table.to_keyed_vectors()
    for positive, negative, restrict in (
        (["walked", "swim"], ["walk"], None),
        (["king"], [], 5000),
        ([1996, "paris", table["italy"] / np.linalg.norm(table["italy"])], ["france"], 9000),
    ):
        keys = [table.tokenizer.id_to_token(item) if isinstance(item, int) else item for item in positive]
        expected = vectors.most_similar_cosmul(keys, negative, topn=8, restrict_vocab=restrict)
        found = table.most_similar_cosmul(positive, negative, topn=8, restrict_vocab=restrict)
        assert [neighbour.token for neighbour in found] == [key for key, _ in expected]
        np.testing.assert_allclose([n.score for n in found], [score for _, score in expected], atol=1e-5)
        assert set(found.asked.values()) >= {word for word in positive if isinstance(word, str)}
    with pytest.raises(ArgumentError, match="positive"):
        table.most_similar_cosmul([], ["king"])
    with pytest.raises(ArgumentError, match="topn"):
        table.most_similar_cosmul("king", topn=0)


def test_rows_of_zeros_are_no_answers() -> None:
    table = ts.TokenEmbeddings.random(5, 3)
    table._matrix.raw[3] = 0
    assert 3 not in [neighbour.id for neighbour in table.most_similar_cosmul([1], topn=5)]
