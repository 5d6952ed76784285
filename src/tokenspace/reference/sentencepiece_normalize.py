"""What SentencePiece does to text before it looks for pieces: map characters, squeeze spaces, make spaces visible.

The character map of a model (`precompiled_charsmap`) is a trie of source strings (a Darts double array) and their
replacements, each ended by NUL. The longest source that starts at a position wins.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

SPACE = "\u2581"


class CharacterMap:
    """Reads `precompiled_charsmap`: u32 size of the trie, the trie as u32 units, then the replacements."""

    def __init__(self, blob: bytes) -> None:
        (size,) = struct.unpack_from("<I", blob)
        self.units = struct.unpack_from(f"<{size // 4}I", blob, 4)
        self.replacements = blob[4 + size :]

    def longest(self, text: bytes, start: int) -> tuple[int, bytes] | None:
        """(length, replacement) of the longest source at `start`, or None.

        A unit holds: bits 10..31 the offset to its children (bit 9 says that it is scaled by 256), bit 8 "a source
        ends here", bits 0..7 and 31 the label that led to it.
        """
        node = self.child_base(0, self.units[0])
        found = None
        for end in range(start, len(text)):
            node ^= text[end]
            if node >= len(self.units):
                break
            unit = self.units[node]
            if unit & ((1 << 31) | 0xFF) != text[end]:
                break
            ends_here = unit >> 8 & 1
            node = self.child_base(node, unit)
            if ends_here:
                at = self.units[node] & 0x7FFFFFFF
                found = (end + 1 - start, self.replacements[at : self.replacements.index(b"\0", at)])
        return found

    @staticmethod
    def child_base(node: int, unit: int) -> int:
        return node ^ ((unit >> 10) << ((unit & (1 << 9)) >> 6))


@dataclass(frozen=True)
class Normalizer:
    """Options of a model's normalizer_spec. Text in, text out; alignment is left to the core."""

    character_map: CharacterMap | None = None
    add_dummy_prefix: bool = True
    remove_extra_whitespaces: bool = True
    escape_whitespaces: bool = True
    treat_whitespace_as_suffix: bool = False
    user_defined: tuple[str, ...] = ()

    def mapped(self, text: str) -> list[str]:
        """The text as units: user-defined symbols untouched, everything else replaced by the character map."""
        data = text.encode("utf-8")
        symbols = sorted((symbol.encode() for symbol in self.user_defined), key=len, reverse=True)
        out = []
        at = 0
        while at < len(data):
            symbol = next((s for s in symbols if data.startswith(s, at)), None)
            if symbol:
                out.append(symbol.decode())
                at += len(symbol)
                continue
            found = self.character_map.longest(data, at) if self.character_map else None
            if found:
                out.append(found[1].decode("utf-8"))
                at += found[0]
                continue
            size = 1 if data[at] < 0x80 else 2 if data[at] < 0xE0 else 3 if data[at] < 0xF0 else 4
            out.append(data[at : at + size].decode("utf-8"))
            at += size
        return out

    def normalize(self, text: str) -> str:
        """
        >>> Normalizer().normalize("  Hello   world ")
        '▁Hello▁world'
        """
        units = self.mapped(text)
        if self.remove_extra_whitespaces:
            # A unit that is one space, or becomes one, is dropped at the front; so are spaces after a space.
            while units and units[0] == " ":
                units.pop(0)
        if not units:
            return ""
        space = SPACE if self.escape_whitespaces else " "
        out = space if self.add_dummy_prefix and not self.treat_whitespace_as_suffix else ""
        after_space = self.remove_extra_whitespaces
        for unit in units:
            if after_space:
                unit = unit.lstrip(" ")
            if unit:
                out += unit.replace(" ", space)
                after_space = self.remove_extra_whitespaces and unit.endswith(" ")
        if self.remove_extra_whitespaces:
            # Looks at the result, so a written ▁ and even the dummy prefix go when nothing follows.
            while out.endswith(space):
                out = out[: -len(space)]
        return out + space if self.add_dummy_prefix and self.treat_whitespace_as_suffix else out
