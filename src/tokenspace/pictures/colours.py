"""Colours that stay apart for readers who see red and green alike, and on a printer without colours."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

__all__ = ["GROUPS", "Scale", "hex_of", "ink_on"]

# Okabe and Ito (2008), "Color Universal Design": the yellow left out, which is lost on white paper.
GROUPS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#7F7F7F", "#000000")


# Lightness falls evenly from paper to ink: blue for what is alike, orange for what is opposed.
def _stops(colours: str) -> npt.NDArray[np.int_]:
    return np.array([[int(colour[place : place + 2], 16) for place in (1, 3, 5)] for colour in colours.split()])


_BLUE = _stops("#f7fafd #d3e3f1 #98c2e0 #4f97c9 #1f66a8 #082f66")
_STEPS = 4097
_ORANGE = _stops("#f7fafd #fddfc0 #f9b677 #e2832c #ac550b #662b02")


class Scale:
    """Numbers to colours, from ``low`` to ``high``.

    When ``low`` is not negative, the palest colour is ``low`` and all is blue. When it is, 0 is the palest, and the same
    distance from 0 has the same strength: blue above, orange below.
    """

    def __init__(self, low: float, high: float) -> None:
        if not low < high:
            low, high = min(low, high) - 0.5, max(low, high) + 0.5
        self.low, self.high = low, high

    @classmethod
    def of(cls, values: npt.NDArray[np.floating], low: float | None = None, high: float | None = None) -> Scale:
        """A scale that holds all of ``values``, its ends at tenths of a round number."""
        least, most = (float(values.min()), float(values.max())) if values.size else (0.0, 1.0)
        if least == most:
            least, most = min(least, 0.0), max(most, 0.0)  # one number says nothing of a range
        step = 10.0 ** np.floor(np.log10(max(most - least, 1e-6)) + 1e-9)
        step = min(step, 0.1) if max(abs(least), abs(most)) <= 1.0001 else step
        low = float(np.floor(least / step + 1e-6) * step) if low is None else low
        return cls(low, float(np.ceil(most / step - 1e-6) * step) if high is None else high)

    def colours(self, values: npt.NDArray[np.floating]) -> npt.NDArray[np.uint8]:
        """uint8 (..., 3): red, green, blue of each number; those outside the scale have the colour of its end."""
        inside = np.clip(np.asarray(values, dtype=np.float64), self.low, self.high)
        # A table of more steps than the eye tells apart: millions of cells are look-ups.
        steps = np.rint((inside - self.low) * ((_STEPS - 1) / (self.high - self.low))).astype(np.int64)
        found: npt.NDArray[np.uint8] = self._table()[steps]
        return found

    def _table(self) -> npt.NDArray[np.uint8]:
        numbers = np.linspace(self.low, self.high, _STEPS)
        if self.low >= 0:
            return _mixed(_BLUE, (numbers - self.low) / (self.high - self.low))
        strength = np.abs(numbers) / max(-self.low, self.high)
        found: npt.NDArray[np.uint8] = np.where(
            (numbers >= 0)[..., None], _mixed(_BLUE, strength), _mixed(_ORANGE, strength)
        )
        return found

    def ticks(self) -> list[float]:
        """Up to six round numbers on the scale, its ends among them when they are round."""
        span = self.high - self.low
        step = 10.0 ** np.floor(np.log10(span / 4))
        step *= next(factor for factor in (1, 2, 2.5, 5, 10) if span / (step * factor) <= 5.0001)
        first = int(np.ceil(self.low / step - 1e-6))
        last = int(np.floor(self.high / step + 1e-6))
        return [float(number * step) for number in range(first, last + 1)]


def _mixed(stops: npt.NDArray[np.int_], share: npt.NDArray[np.float64]) -> npt.NDArray[np.uint8]:
    place = np.clip(share, 0, 1) * (len(stops) - 1)
    below = np.minimum(place.astype(np.int64), len(stops) - 2)
    part = (place - below)[..., None]
    mixed: npt.NDArray[np.uint8] = np.rint(stops[below] * (1 - part) + stops[below + 1] * part).astype(np.uint8)
    return mixed


def hex_of(colour: npt.NDArray[np.uint8]) -> str:
    """``#rrggbb``."""
    red, green, blue = (int(part) for part in colour)
    return f"#{red:02x}{green:02x}{blue:02x}"


def ink_on(colour: npt.NDArray[np.uint8]) -> str:
    """Black or white, whichever is read better on ``colour`` (relative luminance of WCAG 2)."""
    linear = [
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (float(part) / 255 for part in colour)
    ]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return "#000000" if (luminance + 0.05) / 0.05 > 1.05 / (luminance + 0.05) else "#ffffff"
