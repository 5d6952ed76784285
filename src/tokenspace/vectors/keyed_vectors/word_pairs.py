"""How well cosines agree with what people say about pairs of words."""

from __future__ import annotations

import logging
import os

import numpy as np

from ...errors import FormatError, message
from .compare import Compare
from .correlation import Correlation, pearson, spearman
from .search import unit_rows
from .word_files import first_spellings, lines_of

__all__ = ["WordPairs"]

_log = logging.getLogger(__name__)


class WordPairs(Compare):
    """Evaluation on judged pairs of words."""

    def evaluate_word_pairs(
        self,
        pairs: str | os.PathLike[str],
        delimiter: str = "\t",
        encoding: str = "utf8",
        restrict_vocab: int | None = 300000,
        case_insensitive: bool = True,
        dummy4unknown: bool = False,
    ) -> tuple[Correlation, Correlation, float]:
        """Correlation of cosines with human judgements.

        Args:
            pairs: a file with two words and a number a line. Lines that begin with ``#`` and lines of another form are
                skipped.
            delimiter: between the three.
            restrict_vocab: only the first so many keys are known words.
            case_insensitive: compare upper-case forms; of several spellings the first key is meant.
            dummy4unknown: give pairs with unknown words the cosine 0 instead of leaving them out.

        Returns:
            Pearson's correlation, Spearman's, and the percentage of pairs with unknown words. A `Correlation` unpacks
            as (statistic, pvalue).

        Raises:
            FormatError: no pair of known words.
        """
        spellings = first_spellings(self, restrict_vocab, case_insensitive)
        judged: list[float] = []
        rows: list[tuple[int, int]] = []  # (-1, -1): cosine 0
        unknown = 0
        for number, line in lines_of(pairs, encoding):
            if line.startswith("#"):
                continue
            parts = (line.upper() if case_insensitive else line).split(delimiter)
            try:
                first, second, value = parts[0], parts[1], float(parts[2])
            except (IndexError, ValueError):
                first, second, value = "", "", 0.0
            if len(parts) != 3 or not first:
                _log.info("skipping line %d of %s: not two words and a number", number, pairs)
                continue
            row = (spellings.get(first, -1), spellings.get(second, -1))
            if min(row) < 0:
                unknown += 1
                if not dummy4unknown:
                    continue
                row = (-1, -1)
            judged.append(value)
            rows.append(row)
        if not judged:
            expected = "pairs of words of the vocabulary with a number"
            raise FormatError(message(str(pairs), expected, f"none among {unknown} pairs", "another `delimiter`"))
        used, where = np.unique(np.array(rows), return_inverse=True)
        vectors = unit_rows(self._rows(used.tolist()))
        vectors[used < 0] = 0
        left, right = where.reshape(-1, 2).T
        cosines = np.einsum("ij,ij->i", vectors[left], vectors[right])
        share = 100 * unknown / (len(judged) + (0 if dummy4unknown else unknown))
        linear, by_rank = pearson(judged, cosines), spearman(judged, cosines)
        self.log_evaluate_word_pairs(linear, by_rank, share, pairs)
        return linear, by_rank, share

    @staticmethod
    def log_evaluate_word_pairs(
        pearson: Correlation, spearman: Correlation, oov: float, pairs: str | os.PathLike[str]
    ) -> None:
        """Write the results of `evaluate_word_pairs` to the log."""
        _log.info("%s: Pearson %.4f, Spearman %.4f, %.1f%% unknown words", pairs, pearson[0], spearman[0], oov)
