"""Rotary positions (Su et al. 2021, "RoFormer"): pairs of numbers of a query or key are turned by an angle that grows with
the position, so that the product of a query and a key depends on their distance alone."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import numpy.typing as npt

from ...errors import ArgumentError, FormatError, UnsupportedError, message
from ..model_files.float_values import FloatArray

if TYPE_CHECKING:
    from ...pictures import CurveChart

__all__ = ["Rotation"]

_KINDS = ("default", "linear", "llama3", "yarn")
# Which numbers of a head make a pair: i and i + half of those turned, or neighbours.
_NEIGHBOURS = ("gptj", "codegen")


@dataclass(frozen=True)
class Rotation:
    """The rotation of one head.

    head_dim: numbers of a head. rotary_dim: how many of them, from the first, are turned.
    frequencies: (rotary_dim / 2,) float32, radians a position, scaling applied.
    kind: "default", "linear", "llama3" or "yarn".
    magnitude: cos and sin are multiplied by it (yarn; else 1).
    pairs: "halves": number i turns with number i + rotary_dim / 2; "neighbours": 2i with 2i + 1.
    """

    head_dim: int
    rotary_dim: int
    frequencies: FloatArray
    kind: str = "default"
    magnitude: float = 1.0
    pairs: Literal["halves", "neighbours"] = "halves"

    @classmethod
    def from_config(cls, config: Mapping[str, Any], layer_type: str | None = None) -> Rotation:
        """The rotation a config.json describes, in the words of transformers 4 (rope_theta, rope_scaling, rotary_pct) or 5
        (rope_parameters); the numbers are those of transformers 5's rotary embeddings.

        Raises:
            UnsupportedError: a kind of scaling other than default, linear, llama3 and yarn, or layers that are rotated
            differently and no ``layer_type``. FormatError: sizes or factors that are missing or make no sense.
        """
        scaling = _scaling(config, layer_type)
        kind = scaling.get("rope_type", scaling.get("type", "default"))
        if kind not in _KINDS:
            raise UnsupportedError(message("rotation", f"rope_type among {', '.join(_KINDS)}", repr(kind)))
        head_dim = config.get("head_dim")
        if head_dim is None:
            heads = _number(config, ("num_attention_heads", "n_head"))
            head_dim = int(_number(config, ("hidden_size", "n_embd")) // heads) if heads > 0 else 0
        share = scaling.get("partial_rotary_factor", config.get("partial_rotary_factor", config.get("rotary_pct", 1.0)))
        rotary_dim = config.get("rotary_dim")
        if rotary_dim is None:
            fair = isinstance(share, (int, float)) and 0 < share <= 1 and type(head_dim) is int
            rotary_dim = int(head_dim * share) if fair else 0
        theta = scaling.get("rope_theta", config.get("rope_theta", config.get("rotary_emb_base", 10000.0)))
        right = type(head_dim) is int and type(rotary_dim) is int and 2 <= rotary_dim <= head_dim <= 1 << 16
        if not right or not isinstance(theta, (int, float)) or not 0 < theta < 1e30:
            received = f"head_dim={head_dim}, turned={rotary_dim}, theta={theta}"
            raise FormatError(message("rotation", "a head of at least 2 numbers and a positive base", received))
        base = float(theta) ** (np.arange(0, rotary_dim, 2, dtype=np.float32) / np.float32(rotary_dim))
        frequencies = np.asarray(1.0 / base.astype(np.float32), np.float32)
        magnitude = 1.0
        if kind == "linear":
            frequencies = frequencies / np.float32(_factor(scaling, "factor"))
        elif kind == "llama3":
            frequencies = _llama3(frequencies, scaling)
        elif kind == "yarn":
            frequencies, magnitude = _yarn(frequencies, scaling, config, rotary_dim, float(theta))
        pairs: Literal["halves", "neighbours"] = "neighbours" if config.get("model_type") in _NEIGHBOURS else "halves"
        return cls(head_dim, rotary_dim, frequencies, str(kind), magnitude, pairs)

    @property
    def wavelengths(self) -> FloatArray:
        """Positions after which a pair has gone round, (rotary_dim / 2,)."""
        return np.asarray(2 * np.pi / self.frequencies, np.float32)

    def angles(self, positions: npt.ArrayLike) -> FloatArray:
        """Radians, (positions, rotary_dim / 2) float32; not taken modulo a turn."""
        places = np.asarray(positions)
        if places.ndim != 1 or places.dtype.kind not in "iuf":
            raise ArgumentError(message("rotation", "a list of positions", f"{places.dtype} of shape {places.shape}"))
        return np.asarray(places.astype(np.float32)[:, None] * self.frequencies)

    def cos(self, positions: npt.ArrayLike) -> FloatArray:
        """(positions, rotary_dim / 2), times ``magnitude``."""
        return np.asarray(np.cos(self.angles(positions)) * np.float32(self.magnitude))

    def sin(self, positions: npt.ArrayLike) -> FloatArray:
        """(positions, rotary_dim / 2), times ``magnitude``."""
        return np.asarray(np.sin(self.angles(positions)) * np.float32(self.magnitude))

    def rotate(self, vectors: npt.ArrayLike, positions: npt.ArrayLike) -> FloatArray:
        """Queries or keys of one head, (n, head_dim), each turned by its position, (n,)."""
        values = np.asarray(vectors, np.float32)
        cos, sin = self.cos(positions), self.sin(positions)
        if values.shape != (len(cos), self.head_dim):
            expected = f"vectors ({len(cos)}, {self.head_dim}), one a position"
            raise ArgumentError(message("rotate", expected, f"shape {values.shape}"))
        out: FloatArray = values.copy()
        half = self.rotary_dim // 2
        if self.pairs == "halves":
            first, second = slice(0, half), slice(half, 2 * half)
        else:
            first, second = slice(0, 2 * half, 2), slice(1, 2 * half, 2)
        a, b = values[:, first], values[:, second]
        out[:, first], out[:, second] = a * cos - b * sin, b * cos + a * sin
        return out

    def product_by_distance(self, distances: npt.ArrayLike) -> FloatArray:
        """What remains of the product of two equal vectors (all numbers alike, length one) when one is turned by so many
        positions more than the other, (distances,): the curve that shows how nearness fades.

        Numbers that are not turned keep their share whatever the distance.
        """
        still = (self.head_dim - self.rotary_dim) / self.head_dim
        turned = np.cos(self.angles(distances).astype(np.float64)).mean(axis=1) * self.magnitude**2
        return np.asarray(still + (1 - still) * turned, np.float32)

    def chart(self, distances: Sequence[int] = (0, 1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128)) -> CurveChart:
        """`product_by_distance` as a picture, beside the fastest, the middle and the slowest pair alone."""
        from ...pictures import Curve, CurveChart

        angles = self.angles(distances).astype(np.float64)
        count = angles.shape[1]
        chosen = dict.fromkeys((0, count // 2, count - 1))
        curves = [Curve("all pairs", self.product_by_distance(distances).tolist())]
        waves = self.wavelengths
        curves += [Curve(f"pair {i}: once round in {waves[i]:.3g}", np.cos(angles[:, i]).tolist()) for i in chosen]
        title = "product of two equal vectors, one of them farther on"
        return CurveChart(curves, [str(distance) for distance in distances], title=title, steps_title="distance")


def _scaling(config: Mapping[str, Any], layer_type: str | None) -> Mapping[str, Any]:
    """The parameters of the rotation: of one kind of layer where there are several."""
    found = config.get("rope_parameters") or config.get("rope_scaling") or {}
    if not isinstance(found, Mapping):
        raise FormatError(message("rotation", "rope_parameters as an object", repr(found)[:80]))
    layered = {name: part for name, part in found.items() if isinstance(part, Mapping)}
    if not layered and "global_rope_theta" in config:  # ModernBERT as transformers 4 wrote it
        layered = {
            "full_attention": {"rope_theta": config["global_rope_theta"]},
            "sliding_attention": {"rope_theta": config.get("local_rope_theta") or config["global_rope_theta"]},
        }
    if not layered:
        return found
    if layer_type not in layered:
        expected = f"layer_type among {', '.join(sorted(layered))}, which are rotated differently"
        raise UnsupportedError(message("rotation", expected, repr(layer_type)))
    chosen: Mapping[str, Any] = layered[layer_type]
    return chosen


def _number(config: Mapping[str, Any], names: tuple[str, ...]) -> float:
    for name in names:
        if type(config.get(name)) is int:
            return int(config[name])
    raise FormatError(message("rotation", f"{' or '.join(names)} in config.json", "none"))


def _factor(scaling: Mapping[str, Any], name: str, default: float | None = None) -> float:
    value = scaling.get(name)
    value = default if value is None else value
    if not isinstance(value, (int, float)) or isinstance(value, bool) or not math.isfinite(value) or value <= 0:
        raise FormatError(message("rotation", f"{name} > 0 in the parameters of the rotation", repr(value)))
    return float(value)


def _llama3(frequencies: FloatArray, scaling: Mapping[str, Any]) -> FloatArray:
    """Long waves are slowed by the factor, short ones kept, those between interpolated (Llama 3.1)."""
    factor = _factor(scaling, "factor")
    low, high = _factor(scaling, "low_freq_factor"), _factor(scaling, "high_freq_factor")
    length = _factor(scaling, "original_max_position_embeddings")
    if high <= low:
        raise FormatError(message("rotation", "low_freq_factor below high_freq_factor", f"{low} and {high}"))
    wavelengths = 2 * math.pi / frequencies
    smooth = (length / wavelengths - low) / (high - low)
    between = (1 - smooth) * frequencies / factor + smooth * frequencies
    slowed = np.where(wavelengths > length / low, frequencies / factor, frequencies)
    middle = (wavelengths >= length / high) & (wavelengths <= length / low)
    return np.asarray(np.where(middle, between, slowed), np.float32)


def _yarn(
    frequencies: FloatArray, scaling: Mapping[str, Any], config: Mapping[str, Any], dim: int, base: float
) -> tuple[FloatArray, float]:
    """Peng et al. 2023, "YaRN": a ramp between kept and slowed frequencies, and a magnitude that sharpens attention."""
    length = _factor(scaling, "original_max_position_embeddings", config.get("max_position_embeddings"))
    factor = _factor(scaling, "factor")

    def sharpened(scale: float, weight: float) -> float:
        return 1.0 if scale <= 1 else 0.1 * weight * math.log(scale) + 1.0

    if scaling.get("attention_factor") is not None:
        magnitude = _factor(scaling, "attention_factor")
    elif scaling.get("mscale") and scaling.get("mscale_all_dim"):
        weights = _factor(scaling, "mscale"), _factor(scaling, "mscale_all_dim")
        magnitude = sharpened(factor, weights[0]) / sharpened(factor, weights[1])
    else:
        magnitude = sharpened(factor, 1.0)

    def place(turns: float) -> float:
        return dim * math.log(length / (turns * 2 * math.pi)) / (2 * math.log(base))

    low, high = place(_factor(scaling, "beta_fast", 32)), place(_factor(scaling, "beta_slow", 1))
    if scaling.get("truncate", True):
        low, high = math.floor(low), math.ceil(high)
    low, high = max(low, 0), min(high, dim - 1)
    high = high + 0.001 if low == high else high
    ramp = np.clip((np.arange(dim // 2, dtype=np.float32) - low) / (high - low), 0, 1)
    return np.asarray(frequencies / factor * ramp + frequencies * (1 - ramp), np.float32), magnitude
