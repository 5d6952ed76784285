"""Random regular expressions, mostly loops within loops whose rounds may be empty, against the library that defines them.

The reference shows its matches through a Replace normalizer: where they are, empty ones too, and what they leave.
"""

from __future__ import annotations

import json
import random
from typing import Any

from tests.parity.oracles import guarded

SHOWN = "<>"
CHARACTERS = [
    "a",
    "b",
    "c",
    ".",
    "[ab]",
    "[^a]",
    "[b]",
    "ab",
    "é",
    "aé",
    "ss",
    "abcabc",
    r"\w",
    r"\s",
    r"\R",
    "(?i:ab)",
]
EMPTY = ["", "a?", "b*", "^", "$", r"\b", r"\B", r"\A", r"\z", r"\G", "(?=a)", "(?!b)", "(?<=a)", "(?<!a)", "(?=ab|)"]
QUANTIFIERS = [
    "*",
    "+",
    "?",
    "*?",
    "+?",
    "??",
    "*+",
    "++",
    "?+",
    "{2}",
    "{3}",
    "{2,}",
    "{1,}",
    "{0,2}",
    "{1,2}",
    "{2,3}",
]
QUANTIFIERS += ["{,3}", "{0,2}?", "{1,4}?", "{3,}?", "{4,2}", "{2}+"]
GROUPS = ["(?:%s)", "(?:%s)", "(%s)", "(?>%s)"]
TEXT = "aabbbccé sS\n\r"
MAX_LENGTH = 300  # longer ones reach the reference's retry limit


def pattern(rng: random.Random, depth: int) -> str:
    kind = rng.random()
    if depth == 0 or kind < 0.25:
        return rng.choice(EMPTY if rng.random() < 0.3 else CHARACTERS)
    if kind < 0.5:
        return "".join(pattern(rng, depth - 1) for _ in range(rng.randint(1, 3)))
    if kind < 0.65:
        return rng.choice(GROUPS) % "|".join(pattern(rng, depth - 1) for _ in range(rng.randint(2, 3)))
    quantifiers = "".join(rng.choice(QUANTIFIERS) for _ in range(1 + (rng.random() < 0.1)))
    return rng.choice([*GROUPS, "(?i:%s)"]) % pattern(rng, depth - 1) + quantifiers


def texts(rng: random.Random) -> list[str]:
    return ["".join(rng.choice(TEXT) for _ in range(rng.choice([0, 3, 6, 10, 20, 40]))) for _ in range(4)]


def reference(regex: str) -> Any:
    """Refused when the reference does not compile it."""
    from tokenizers import Regex, normalizers

    return normalizers.Replace(guarded(Regex, regex), SHOWN)


def ours(regex: str) -> Any:
    """Unigram shows unknown text as it is, so that the tokens are the normalized text."""
    import tokenspace

    return tokenspace.Tokenizer.from_str(
        json.dumps(
            {
                "normalizer": {"type": "Replace", "pattern": {"Regex": regex}, "content": SHOWN},
                "model": {"type": "Unigram", "unk_id": 0, "vocab": [["<unk>", 0.0]], "byte_fallback": False},
            }
        )
    )


def compare_matches(tokenizer: Any, oracle: Any, text: str) -> list[str]:
    expected = guarded(oracle.normalize_str, text)
    try:
        actual = "".join(tokenizer.encode(text, add_special_tokens=False).tokens)
    except Exception as error:
        return [f"we raised {type(error).__name__}: {error}"]
    return [] if actual == expected else [f"ours {actual!r}, theirs {expected!r}"]
