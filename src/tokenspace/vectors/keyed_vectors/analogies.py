"""How many analogies a : b = c : d the vectors solve."""

from __future__ import annotations

import logging
import os
from typing import Any

import numpy as np
import numpy.typing as npt

from ...errors import FormatError, message
from .search import unit_rows
from .similar import Similar
from .word_files import first_spellings, lines_of, spelled_row

__all__ = ["Analogies"]

_log = logging.getLogger(__name__)

# As gensim and the original program do: the answer is looked for among so many neighbours.
_NEIGHBOURS = 5


class _Questions:
    """The questions of a file in its order. ``rows`` holds the four rows of each, -1 for an unknown word."""

    def __init__(self) -> None:
        self.sections: list[dict[str, Any]] = []
        self.words: list[tuple[str, str, str, str]] = []
        self.rows: list[tuple[int, int, int, int]] = []
        self.section_of: list[int] = []
        self.number = 0
        self.unknown = 0

    def read(
        self, path: str | os.PathLike[str], spellings: dict[str, int], case_insensitive: bool, dummy4unknown: bool
    ) -> None:
        for number, line in lines_of(path):
            if line.startswith(": "):
                self.sections.append({"section": line.lstrip(": ").strip(), "correct": [], "incorrect": []})
                continue
            parts = (line.upper() if case_insensitive else line).split()
            if len(parts) != 4:
                if parts:
                    _log.info("skipping line %d of %s: not four words", number, path)
                continue
            if not self.sections:
                expected = "a section header (': name') before the first question"
                raise FormatError(message(f"{path}:{number}", expected, repr(line.strip()[:60])))
            words = (parts[0], parts[1], parts[2], parts[3])
            self.number += 1
            rows = tuple(spellings.get(word, -1) for word in words)
            if min(rows) < 0:
                self.unknown += 1
                if not dummy4unknown:
                    continue
            self.words.append(words)
            self.rows.append((rows[0], rows[1], rows[2], rows[3]))
            self.section_of.append(len(self.sections) - 1)


class Analogies(Similar):
    """Evaluation on analogy questions."""

    def evaluate_word_analogies(
        self,
        analogies: str | os.PathLike[str],
        restrict_vocab: int | None = 300000,
        case_insensitive: bool = True,
        dummy4unknown: bool = False,
        similarity_function: str = "most_similar",
        threads: int = 0,
    ) -> tuple[float, list[dict[str, Any]]]:
        """Accuracy on a file of analogy questions, by section (3CosAdd; Mikolov et al. 2013).

        A question ``a b c d`` is solved if d is the first of the five keys nearest to b - a + c that is spelled like none
        of a, b and c. All questions are asked at once.

        Args:
            analogies: a file with one question of four words a line, under section headers ``: name``. Other lines are
                skipped.
            restrict_vocab: only the first so many keys count, as words of a question and as answers.
            case_insensitive: compare upper-case forms; of several spellings the first key is meant.
            dummy4unknown: count questions with unknown words as wrong instead of leaving them out.
            similarity_function: accepted as gensim does, without effect.
            threads: 0 = all cores. The result is the same for each number.

        Returns:
            The share of solved questions (0 if none was asked), and a list with a mapping for each section, then one
            for all ("Total accuracy"): "section", and the questions as "correct" and "incorrect".

        Raises:
            FormatError: a question before the first header, or no question in the file.
        """
        spellings = first_spellings(self, restrict_vocab, case_insensitive)
        questions = _Questions()
        questions.read(analogies, spellings, case_insensitive, dummy4unknown)
        if not questions.number:
            raise FormatError(message(str(analogies), "lines of four words under headers ': name'", "no such line"))
        rows = np.array(questions.rows, dtype=np.int64).reshape(-1, 4)
        known = rows.min(axis=1) >= 0
        solved = np.zeros(len(rows), dtype=np.bool_)
        solved[known] = self._solve(rows[known], spellings, restrict_vocab, case_insensitive, threads)
        for words, section, correct in zip(questions.words, questions.section_of, solved, strict=True):
            questions.sections[section]["correct" if correct else "incorrect"].append(words)
        total: dict[str, Any] = {"section": "Total accuracy"}
        for outcome in ("correct", "incorrect"):
            total[outcome] = [words for section in questions.sections for words in section[outcome]]
        for part in (*questions.sections, total):
            self.log_accuracy(part)
        _log.info("questions with unknown words: %.1f%%", 100 * questions.unknown / questions.number)
        return _share(total), [*questions.sections, total]

    @staticmethod
    def log_accuracy(section: dict[str, Any]) -> None:
        """Write the accuracy of one section of `evaluate_word_analogies` to the log, if a question was asked in it."""
        correct, asked = len(section["correct"]), len(section["correct"]) + len(section["incorrect"])
        if asked:
            _log.info("%s: %.1f%% (%d/%d)", section["section"], 100 * correct / asked, correct, asked)

    def _solve(
        self,
        rows: npt.NDArray[np.int64],
        spellings: dict[str, int],
        restrict_vocab: int | None,
        case_insensitive: bool,
        threads: int,
    ) -> npt.NDArray[np.bool_]:
        """Which of the questions, (n, 4) rows, are solved."""
        if not len(rows):
            return np.zeros(0, dtype=np.bool_)
        part = self._range(0, None, restrict_vocab)
        used, where = np.unique(rows[:, :3], return_inverse=True)
        a, b, c = (unit_rows(self._rows(used.tolist()))[where.reshape(-1, 3)[:, i]] for i in range(3))
        found, _ = self.search(
            b - a + c, _NEIGHBOURS, begin=part.start, end=part.stop, exclude=rows[:, :3].tolist(), threads=threads
        )
        # A key stands for its first spelling.
        keys = self.index_to_key[part]
        first = np.array([spelled_row(spellings, key, case_insensitive) for key in keys], dtype=np.int64)
        answers = np.where(found >= 0, first[np.maximum(found, 0)], -1)
        asked = (answers[:, :, None] == rows[:, None, :3]).any(axis=2)
        usable = (answers >= 0) & ~asked
        chosen = np.where(usable.any(axis=1), usable.argmax(axis=1), np.maximum((found >= 0).sum(axis=1) - 1, 0))
        solved: npt.NDArray[np.bool_] = answers[np.arange(len(rows)), chosen] == rows[:, 3]
        return solved


def _share(section: dict[str, Any]) -> float:
    correct, asked = len(section["correct"]), len(section["correct"]) + len(section["incorrect"])
    return correct / asked if asked else 0.0
