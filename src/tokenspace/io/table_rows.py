"""Lines of a table -> rows of fields, with quotes as CSV has them and as TSV files really have them."""

from __future__ import annotations

import csv
import re
import sys
from collections import deque
from collections.abc import Iterable, Iterator

__all__ = ["TableRows", "separator_of"]

# A field in quotes from one tab to the next, inner quotes twice; else whatever stands there.
_TSV_FIELD = re.compile(r'(?:"((?:[^"]|"")*)"|([^\t]*))(\t|\Z)')


_QUOTED = re.compile(r'"(?:[^"]|"")*"')


def separator_of(line: str) -> str:
    """What separates the fields of a CSV file, from its first line: a semicolon where a comma is nowhere outside of quotes, as
    spreadsheets write it where the comma is the decimal sign."""
    bare = _QUOTED.sub("", line)
    return ";" if ";" in bare and "," not in bare else ","


class TableRows:
    """The rows of a table, by Python's csv module in its strict mode.

    Where that refuses a row of a TSV file, the quotes of its first line are text: most writers of TSV quote nothing
    (``q	"Yes," he said``), and a field that may hold no tab needs no quotes. A field of that line that is in quotes as a
    whole is read as elsewhere. The time is linear in the file: an attempt that fails ends at the next odd run of quotes,
    and a field between the two that begins with quotes begins with an even run, which is decided on its own line.

    Args:
        lines: (number, line with its end) of each line.
        separator: of fields; a tab means TSV.

    Attributes:
        line: number of the last line of the row.

    Raises:
        csv.Error: on iteration: a row of CSV with other text behind a field in quotes, or whose quotes do not end.
    """

    def __init__(self, lines: Iterable[tuple[int, str]], separator: str = ",") -> None:
        csv.field_size_limit(min(sys.maxsize, 2**31 - 1))  # the default of 128 kB is less than one long document
        self.line = 0
        self._separator = separator
        self._tabs = separator == "\t"
        self._lines = iter(lines)
        self._taken: list[tuple[int, str]] = []  # of the row that is being read
        self._again: deque[tuple[int, str]] = deque()

    def __iter__(self) -> Iterator[list[str]]:
        rows = csv.reader(self._feed(), delimiter=self._separator, strict=True)
        while True:
            try:
                row = next(rows)
            except StopIteration:
                return
            except csv.Error:
                if not self._tabs:
                    raise
                (self.line, text), *rest = self._taken
                self._again.extendleft(reversed(rest))
                row = _tsv_fields(text.removesuffix("\n").removesuffix("\r"))
                rows = csv.reader(self._feed(), delimiter="\t", strict=True)
            self._taken.clear()
            yield row

    def _feed(self) -> Iterator[str]:
        while True:
            taken = self._again.popleft() if self._again else next(self._lines, None)
            if taken is None:
                return
            if self._tabs:
                self._taken.append(taken)
            self.line = taken[0]
            yield taken[1]


def _tsv_fields(line: str) -> list[str]:
    fields = []
    for found in _TSV_FIELD.finditer(line):
        quoted, plain, end = found.groups()
        fields.append(plain if quoted is None else quoted.replace('""', '"'))
        if not end:
            break
    return fields
