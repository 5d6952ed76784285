"""Names that gensim took away in version 4: asking for one says what to use now."""

from __future__ import annotations

from typing import Any, NoReturn

from ...errors import UnsupportedError
from .storage import VectorStorage

__all__ = ["LegacyNames"]


class MovedError(UnsupportedError, NotImplementedError):
    """A method that another class has."""


class LegacyNames(VectorStorage):
    """`vocab`, `index2word`, `index2entity` and `vectors_norm` raise AttributeError with advice."""

    @property
    def vocab(self) -> NoReturn:
        raise AttributeError(
            "[KeyedVectors] there is no `vocab`; use `key_to_index` (key -> row), `index_to_key` (row -> key) and "
            "`get_vecattr(key, 'count')`"
        )

    @property
    def index2word(self) -> NoReturn:
        raise AttributeError("[KeyedVectors] there is no `index2word`; use `index_to_key`")

    @property
    def index2entity(self) -> NoReturn:
        raise AttributeError("[KeyedVectors] there is no `index2entity`; use `index_to_key`")

    @property
    def vectors_norm(self) -> NoReturn:
        raise AttributeError("[KeyedVectors] there is no `vectors_norm`; use `get_normed_vectors()`")

    def init_sims(self, replace: bool = False) -> None:
        """Old name of `fill_norms`; with ``replace``, of `unit_normalize_all`."""
        self.fill_norms()
        if replace:
            self.unit_normalize_all()

    def word_vec(self, *args: Any, **kwargs: Any) -> Any:
        """Old name of `get_vector`."""
        return self.get_vector(*args, **kwargs)

    def similarity_unseen_docs(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise MovedError("[KeyedVectors] `similarity_unseen_docs` is a method of the Doc2Vec model")
