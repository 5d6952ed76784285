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
        spans = np.asarray(batch.spans, dtype=np.int64).reshape(-1, 2)
        # Tokens without width stand where the one before them begins: beginnings never go back.
        self._begins = np.maximum.accumulate(spans[:, 0]) if len(spans) else spans[:, 0]
        self.n_tokens = len(spans)
        self._length = len(text)

    @property
    def nbytes(self) -> int:
        """Memory of the table."""
        return int(self._begins.nbytes)

    def tokens_before(self, places: npt.ArrayLike) -> IntArray:
        """How many tokens begin before each place (code points); all of them at the end of the text."""
        import numpy as np

        asked = np.asarray(places, dtype=np.int64)
        found = np.searchsorted(self._begins, asked)
        return np.where(asked >= self._length, self.n_tokens, found)

    def place_of(self, tokens: npt.ArrayLike) -> IntArray:
        """Code point at which each token begins; the end of the text for numbers beyond the last."""
        import numpy as np

        asked = np.asarray(tokens, dtype=np.int64)
        return np.append(self._begins, self._length)[np.clip(asked, 0, self.n_tokens)]
