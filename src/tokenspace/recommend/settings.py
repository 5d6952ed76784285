"""How item vectors are trained, and why the defaults are not those of text."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from ..errors import ArgumentError, message


@dataclass(frozen=True, slots=True)
class ItemVectorSettings:
    """Parameters of `tokenspace.Word2Vec`, with defaults for items.

    What is best differs more between data sets than it does for text. Searches found, for the next item of a session:

    ===================  ======  ==========  ========  ========  =======================================================
    data                 window  exponent    negative  epochs    source
    ===================  ======  ==========  ========  ========  =======================================================
    online shop          13      0.6         16        100       the search published with Cloudera Fast Forward's report
                                                                 "Session-based Recommender Systems" (Online Retail)
    music (two sets)     3       -0.5        5         110, 130  Caselles-Dupré et al., RecSys 2018, arXiv 1804.04212,
    e-commerce           3       1           5         140       sample 1e-5 (e-commerce 1e-3)
    click-stream         7       -1          5         150
    ===================  ======  ==========  ========  ========  =======================================================

    The defaults are the first row, the one found with word2vec's own sampling of frequent items; `tune` looks for those of
    your data. In a catalogue of few items nearly all are frequent, and ``sample=1e-3`` drops most events of each pass: give
    ``sample=0`` below some hundred items. ``window=None`` takes the longest session, as item2vec does (Barkan and
    Koenigstein 2016), for sets without order; the window shrinks at random unless ``shrink_windows`` is off.

    Raises:
        ArgumentError: a value that is no number; the trainer says which numbers it takes.
    """

    vector_size: int = 64
    window: int | None = 13
    negative: int = 16
    ns_exponent: float = 0.6
    epochs: int = 100
    sample: float = 1e-3
    min_count: int = 1
    sg: int = 1
    hs: int = 0
    alpha: float = 0.025
    min_alpha: float = 0.0001
    shrink_windows: bool = True

    def __post_init__(self) -> None:
        for name, value in asdict(self).items():
            if not isinstance(value, (int, float)) and not (name == "window" and value is None):
                raise ArgumentError(message("recommend", f"{name}= a number", repr(value)))

    def to_dict(self) -> dict[str, Any]:
        """The settings by name."""
        return asdict(self)
