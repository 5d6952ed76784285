"""Truncation and padding: current settings of a tokenizer, checked and in the form the native module takes."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from ..errors import ArgumentError, message

__all__ = ["Padding", "Truncation", "padding_from_json", "truncation_from_json"]

STRATEGIES = ("longest_first", "only_first", "only_second")
SIDES = ("left", "right")


def _check(what: str, value: Any, choices: tuple[str, ...]) -> None:
    if value not in choices:
        raise ArgumentError(message(what, " or ".join(repr(c) for c in choices), repr(value)))


@dataclass(frozen=True)
class Truncation:
    """At most ``max_length`` tokens, special ones included; windows of the rest share ``stride`` tokens."""

    max_length: int
    stride: int = 0
    strategy: str = "longest_first"
    direction: str = "right"

    def __post_init__(self) -> None:
        _check("truncation strategy", self.strategy, STRATEGIES)
        _check("truncation direction", self.direction, SIDES)
        if self.max_length < 0:
            raise ArgumentError(message("truncation", "max_length of at least 0", str(self.max_length)))
        if self.stride < 0 or (self.stride and self.stride >= self.max_length):
            raise ArgumentError(
                message("truncation", f"stride from 0 to max_length - 1 = {self.max_length - 1}", str(self.stride))
            )

    def as_tuple(self) -> tuple[int, int, str, str]:
        return (self.max_length, self.stride, self.strategy, self.direction)

    def as_dict(self) -> dict[str, Any]:
        """The names tokenizers uses."""
        return {
            "max_length": self.max_length,
            "stride": self.stride,
            "strategy": self.strategy,
            "direction": self.direction,
        }


@dataclass(frozen=True)
class Padding:
    """Pads to ``length``, or to the longest of the batch when None, then up to a multiple of ``pad_to_multiple_of``."""

    length: int | None = None
    direction: str = "right"
    pad_to_multiple_of: int | None = None
    pad_id: int = 0
    pad_type_id: int = 0
    pad_token: str = "[PAD]"

    def __post_init__(self) -> None:
        _check("padding direction", self.direction, SIDES)
        if self.length is not None and self.length < 0:
            raise ArgumentError(message("padding", "length of at least 0", str(self.length)))

    def as_tuple(self) -> tuple[int | None, str, int | None, int, int, str]:
        return (
            self.length,
            self.direction,
            self.pad_to_multiple_of or None,
            self.pad_id,
            self.pad_type_id,
            self.pad_token,
        )

    def as_dict(self) -> dict[str, Any]:
        """The names tokenizers uses."""
        return {
            "length": self.length,
            "direction": self.direction,
            "pad_to_multiple_of": self.pad_to_multiple_of,
            "pad_id": self.pad_id,
            "pad_type_id": self.pad_type_id,
            "pad_token": self.pad_token,
        }

    def as_json(self) -> dict[str, Any]:
        """The "padding" object of tokenizer.json."""
        return {
            "strategy": "BatchLongest" if self.length is None else {"Fixed": self.length},
            "direction": self.direction.capitalize(),
            "pad_to_multiple_of": self.pad_to_multiple_of,
            "pad_id": self.pad_id,
            "pad_type_id": self.pad_type_id,
            "pad_token": self.pad_token,
        }


def native(value: Any) -> Any:
    """The tuple of a Truncation or Padding; None stays None."""
    return None if value is None else value.as_tuple()


_JSON_STRATEGIES = {"LongestFirst": "longest_first", "OnlyFirst": "only_first", "OnlySecond": "only_second"}


def truncation_to_json(value: Truncation | None) -> dict[str, Any] | None:
    """The "truncation" object of tokenizer.json."""
    if value is None:
        return None
    strategy = next(name for name, ours in _JSON_STRATEGIES.items() if ours == value.strategy)
    return {
        "direction": value.direction.capitalize(),
        "max_length": value.max_length,
        "strategy": strategy,
        "stride": value.stride,
    }


def truncation_from_json(text: str) -> Truncation | None:
    """From the "truncation" object of tokenizer.json as the native module writes it."""
    value = json.loads(text)
    if value is None:
        return None
    return Truncation(
        value["max_length"],
        value.get("stride", 0),
        _JSON_STRATEGIES[value.get("strategy", "LongestFirst")],
        value.get("direction", "Right").lower(),
    )


def padding_from_json(text: str) -> Padding | None:
    """From the "padding" object of tokenizer.json as the native module writes it."""
    value = json.loads(text)
    if value is None:
        return None
    strategy = value.get("strategy", "BatchLongest")
    return Padding(
        strategy["Fixed"] if isinstance(strategy, dict) else None,
        value.get("direction", "Right").lower(),
        value.get("pad_to_multiple_of"),
        value.get("pad_id", 0),
        value.get("pad_type_id", 0),
        value.get("pad_token", "[PAD]"),
    )
