"""Strings that break tokenizers: random Unicode, pieces of a vocabulary, special tokens, white space, mutated real text.

Everything comes from one seed, so a difference found in a long run can be made again from its family, seed and index.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from pathlib import Path

SAMPLE = Path(__file__).resolve().parents[2] / "src" / "tokenspace" / "assets" / "sample.txt"

SPACES = [" ", "  ", "   ", "\t", "\n", "\r\n", "\r", "\n\n", " \n", "\n ", "\u00a0", "\u3000", "\u2003", "\u200b", "\u2028",
          "\u0085", "\u000b", "\u000c", "\u1680", "\u202f", "\u205f", "\ufeff", "\u180e", "\u2581", "\u2060"]  # fmt: skip
CONTRACTIONS = [
    "'s",
    "'t",
    "'re",
    "'ve",
    "'m",
    "'ll",
    "'d",
    "'S",
    "'LL",
    "'Re",
    "\u2019s",
    "'\u017f",
    "'x",
    "n't",
    "'",
    "''",
]
MARKS = "\u0300\u0301\u0308\u0323\u0327\u0345\u05b4\u05c1\u064b\u0651\u0670\u093c\u094d\u0e31\u0e47\u0f71\u1ab0\u20d0\u3099\u309a\ufe20\U0001d165"
TRICKY = (
    "İıſßẞKÅΣςσǅǆŉΐﬁﬃＡａ１①⑴㍿㎏﷽ﷺ½²Ⅷↀᾳᾼ가각한한豈塚が゙ガ﹏～〜ーｶﾞ"
    "\u0340\u0341\u0344\u0374\u037e\u0387\u0958\u09dc\u0f43\u1e9b\u2126\u212b\u2adc\ufb1d\ufb4f\U0001d15e\U0002f800\u1e030"
)
EMOJI = ["👩\u200d👩\u200d👧", "👍🏽", "🇩🇪", "🏳️\u200d🌈", "🎵", "😀", "❤️", "1️⃣", "🧑🏿\u200d🚀", "🇩", "\u200d", "\ufe0f"]
CODE = ["def f(x):\n", "    return x", "\t\tif a==b:", "!=", "->", "//", "/*", "*/", "::", "{", "}", "();", "[]", "<|", "|>", "</s>",
        "http://a.b/c?d=e&f", "x_y", "camelCase", "0x1F", "1e-9", "3.14", "$", "€", "…", "—", "“", "”", "#", "@", "\\n", "\\"]  # fmt: skip
RANGES = [
    (0x20, 0x7E), (0x20, 0x7E), (0x20, 0x7E), (0xA0, 0x24F), (0x250, 0x36F), (0x370, 0x52F), (0x530, 0x6FF), (0x700, 0x8FF),
    (0x900, 0xDFF), (0xE00, 0xFFF), (0x1000, 0x18AF), (0x1AB0, 0x1FFF), (0x2000, 0x2BFF), (0x2C00, 0x2FFF), (0x3000, 0x33FF),
    (0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0x4E00, 0x9FFF), (0xA000, 0xABFF), (0xAC00, 0xD7FF), (0xE000, 0xF8FF), (0xF900, 0xFFFF),
    (0x10000, 0x10FFF), (0x11000, 0x16FFF), (0x1D100, 0x1D7FF), (0x1E000, 0x1EFFF), (0x1F000, 0x1FAFF), (0x20000, 0x2FFFF),
    (0x30000, 0x3FFFF), (0xE0000, 0xE01FF), (0xF0000, 0x10FFFF), (0x00, 0x1F), (0x7F, 0x9F), (0x600, 0x605), (0x200B, 0x200F),
    (0x202A, 0x202E), (0x2066, 0x2069), (0xFFF0, 0xFFFF),
]  # fmt: skip
DIGITS = "0123456789٠١٢३४௧๑〇一二三Ⅳ²½¾𝟘𝟙"
PUNCTUATION = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~¡§«»¿‐–—…、。「」！，：；？～٪؟।॥"


def any_character(rng: random.Random) -> str:
    """One code point that is not a surrogate, from a block drawn evenly, assigned or not."""
    low, high = rng.choice(RANGES)
    return chr(rng.randint(low, high))


class Strings:
    """An endless, reproducible supply of strings for one tokenizer."""

    def __init__(
        self, seed: int, vocabulary: Sequence[str] = (), specials: Sequence[str] = (), lines: Sequence[str] = ()
    ) -> None:
        self.rng = random.Random(seed)
        self.vocabulary = [token for token in vocabulary if token]
        self.specials = [token for token in specials if token]
        self.lines = list(lines) or SAMPLE.read_text(encoding="utf-8").splitlines()
        self.makers = [
            self.unicode,
            self.unicode,
            self.marks,
            self.spaces,
            self.mutated,
            self.mutated,
            self.code,
            self.repeated,
            self.numbers,
        ]
        if self.vocabulary:
            self.makers += [self.from_vocabulary] * 4
        if self.specials:
            self.makers += [self.with_specials] * 2

    def one(self) -> str:
        """The next string; sometimes two kinds glued together."""
        text = self.rng.choice(self.makers)()
        if self.rng.random() < 0.25:
            text += self.rng.choice(["", " ", "\n"]) + self.rng.choice(self.makers)()
        return text

    def take(self, count: int) -> Iterator[str]:
        for _ in range(count):
            yield self.one()

    def length(self) -> int:
        draw = self.rng.random()
        return (
            self.rng.randint(0, 8)
            if draw < 0.5
            else self.rng.randint(5, 40)
            if draw < 0.95
            else self.rng.randint(40, 300)
        )

    def unicode(self) -> str:
        if self.rng.random() < 0.4:  # mostly one script, as real text is
            low, high = self.rng.choice(RANGES)
            return "".join(
                chr(self.rng.randint(low, high)) if self.rng.random() < 0.9 else self.rng.choice(SPACES)
                for _ in range(self.length())
            )
        return "".join(any_character(self.rng) for _ in range(self.length()))

    def marks(self) -> str:
        out = []
        for _ in range(self.length()):
            draw = self.rng.random()
            if draw < 0.3:
                out.append(self.rng.choice(TRICKY))
            elif draw < 0.55:
                out.append(self.rng.choice(MARKS))
            elif draw < 0.7:
                out.append(self.rng.choice(EMOJI))
            else:
                out.append(self.rng.choice("aeoAEOnNkç ी가") if draw < 0.9 else any_character(self.rng))
        return "".join(out)

    def spaces(self) -> str:
        words = [
            "a",
            "word",
            "X",
            "1",
            "12345",
            "!",
            "--",
            "é",
            "中",
            "the",
            "don't",
            "",
        ]
        out = []
        for _ in range(self.rng.randint(1, 12)):
            out.append(self.rng.choice(words))
            out.append(self.rng.choice(SPACES) * self.rng.choice([1, 1, 1, 2, 3, 7]))
        if self.rng.random() < 0.5:
            out.insert(0, self.rng.choice(SPACES))
        return "".join(out)

    def numbers(self) -> str:
        return "".join(
            self.rng.choice(DIGITS) if self.rng.random() < 0.7 else self.rng.choice(PUNCTUATION + " a")
            for _ in range(self.length())
        )

    def code(self) -> str:
        return "".join(
            self.rng.choice(
                [
                    self.rng.choice(CODE),
                    self.rng.choice(CONTRACTIONS),
                    self.rng.choice(SPACES),
                    self.rng.choice(PUNCTUATION),
                ]
            )
            for _ in range(self.rng.randint(1, 15))
        )

    def repeated(self) -> str:
        unit = "".join(
            any_character(self.rng) if self.rng.random() < 0.3 else self.rng.choice("aA1 .\n'é中")
            for _ in range(self.rng.randint(1, 3))
        )
        return unit * self.rng.randint(1, 60)

    def mutated(self) -> str:
        line = self.rng.choice(self.lines)
        if not line:
            return line
        start = self.rng.randrange(len(line))
        text = list(line[start : start + self.rng.randint(1, 120)])
        for _ in range(self.rng.choice([0, 0, 1, 2, 5])):
            place = self.rng.randint(0, len(text))
            action = self.rng.random()
            if action < 0.3 and text:
                del text[min(place, len(text) - 1)]
            elif action < 0.6:
                text.insert(place, any_character(self.rng))
            elif action < 0.8:
                text.insert(place, self.rng.choice(SPACES + CONTRACTIONS + EMOJI))
            elif text:
                index = min(place, len(text) - 1)
                text[index] = text[index].swapcase()
        return "".join(text)

    def from_vocabulary(self) -> str:
        glue = self.rng.choice(["", "", "", " ", None])
        out = []
        for _ in range(self.rng.randint(1, 12)):
            token = self.rng.choice(self.vocabulary)
            out.append(token[: self.rng.randint(1, len(token))] if self.rng.random() < 0.15 else token)
            out.append(self.rng.choice(["", " ", "\n", "-"]) if glue is None else glue)
        return "".join(out)

    def with_specials(self) -> str:
        out = []
        for _ in range(self.rng.randint(1, 6)):
            draw = self.rng.random()
            special = self.rng.choice(self.specials)
            if draw < 0.5:
                out.append(special)
            elif draw < 0.65:
                out.append(special[: self.rng.randint(0, len(special))])
            elif draw < 0.75:
                out.append(special.swapcase())
            else:
                out.append(self.rng.choice(self.lines)[:20] if draw < 0.9 else any_character(self.rng))
            out.append(self.rng.choice(["", "", " ", "  ", "\n", "\t ", "a", "_", "1", "é"]))
        return "".join(out)


def invalid_utf8(rng: random.Random) -> bytes:
    """Bytes that are not UTF-8: cut sequences, stray continuations, overlong forms, encoded surrogates."""
    pieces = [
        b"\xff",
        b"\xc0\x80",
        b"\xe2\x82",
        b"\xf0\x9f\x98",
        b"\x80\x80",
        b"\xed\xa0\x80",
        b"\xf4\x90\x80\x80",
        b"ok ",
        "é中".encode(),
        b"\xf8\x88\x80\x80\x80",
    ]
    return b"".join(
        rng.choice(pieces) if rng.random() < 0.8 else bytes([rng.randrange(256)]) for _ in range(rng.randint(1, 12))
    )
