"""Where a place of a text is among its tokens: what a ruler of tokens beside the text needs."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy.typing as npt

    from ..types import IntArray
    from .like import TokenizerLike

__all__ = ["TokenPlaces"]


class TokenPlaces:
    """A text's tokens (none added) as places; encoded once, then every question is a binary search.

    Attributes:
        n_tokens: number of tokens of the text.

    Example:
        >>> import tokenspace as ts
        >>> places = TokenPlaces("one two", ts.Tokenizer.from_pretrained("byte"))
        >>> places.n_tokens, places.tokens_before([0, 4, 7]).tolist()
        (7, [0, 4, 7])
    """

    def __init__(self, text: str, tokenizer: TokenizerLike) -> None:
        import numpy as np

        batch = tokenizer.encode_batch([text], offsets="chars", add_special_tokens=False)
        begins = np.asarray(batch.spans, dtype=np.uint32).reshape(-1, 2)[:, 0]
        # Tokens without width stand where the one before them begins: beginnings never go back.
        self._begins = np.maximum.accumulate(begins)
        self.n_tokens = len(begins)
        self._length = len(text)

    @property
    def nbytes(self) -> int:
        """Memory of the table."""
        return int(self._begins.nbytes)

    def tokens_before(self, places: npt.ArrayLike) -> IntArray:
        """How many tokens begin before each place (code points); all of them at the end of the text."""
        import numpy as np

        asked = np.asarray(places, dtype=np.int64)
        # Of the array's own type: for places of another NumPy copies it whole.
        found = np.searchsorted(self._begins, np.clip(asked, 0, self._length).astype(np.uint32))
        return np.where(asked >= self._length, self.n_tokens, found)

    def place_of(self, tokens: npt.ArrayLike) -> IntArray:
        """Code point at which each token begins; the end of the text for numbers beyond the last."""
        import numpy as np

        asked = np.clip(np.asarray(tokens, dtype=np.int64), 0, self.n_tokens)
        if not self.n_tokens:
            return np.full_like(asked, self._length)
        begins = self._begins[np.minimum(asked, self.n_tokens - 1)].astype(np.int64)
        return np.where(asked == self.n_tokens, self._length, begins)
