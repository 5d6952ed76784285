"""The two kinds of run: many strings through one vocabulary, and a few strings through each of many random tokenizers."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from tests.parity import models, oracles, patterns
from tests.parity.check import compare, compare_structured
from tests.parity.configs import Configs, dump
from tests.parity.families import BY_NAME
from tests.parity.strings import Strings

PER_CONFIG = 25
RANDOM_KINDS = [
    "random-bpe",
    "random-wordpiece",
    "random-unigram",
    "random-wordlevel",
    "random-sentencepiece",
    "random-tiktoken",
]
PATTERNS_KIND = "random-patterns"


@dataclass
class Outcome:
    """How many strings were compared and what differed (the first few, written so that they can be made again)."""

    strings: int = 0
    refused: int = 0
    differences: list[str] = field(default_factory=list)
    count: int = 0

    def add(self, found: list[str], where: str) -> None:
        if found:
            self.count += 1
            if len(self.differences) < 20:
                self.differences.append(f"{where}: " + " | ".join(found[:3]))


def run_family(name: str, seed: int, count: int, lines: list[str] | None = None) -> Outcome:
    """`count` strings through one vocabulary; every 16th also as a pair and as words."""
    family = BY_NAME[name]
    tokenizer, oracle = family.ours(), family.theirs()
    strings = Strings(seed, oracle.vocabulary(), oracle.specials(), lines or ())
    outcome = Outcome()
    for index, text in enumerate(strings.take(count)):
        outcome.strings += 1
        found = compare(tokenizer, oracle, text)
        if oracle.library == "tokenizers" and index % 16 == 0:
            found += structured(tokenizer, oracle, strings)
        outcome.add(found, f"{name} seed {seed} #{index} {text!r}")
    return outcome


def structured(tokenizer: Any, oracle: Any, strings: Strings) -> list[str]:
    first, second = strings.one(), strings.one()
    special = strings.rng.random() < 0.7
    found = compare_structured(tokenizer, oracle, first, second, False, special)
    words, more = first.split(" "), second.split(" ")
    found += compare_structured(tokenizer, oracle, words, None, True, special)
    found += compare_structured(tokenizer, oracle, words, more, True, special)
    return [f"pair {first!r} + {second!r}: {difference}" for difference in found]


def random_tokenizers(kind: str, seed: int) -> Iterator[tuple[str, Any, Any]]:
    """(description, our tokenizer or the exception it raised, oracle) for random files the reference accepts."""
    import tokenspace

    rng = random.Random(seed)
    configs = Configs(seed, kind.removeprefix("random-"))
    while True:
        if kind == "random-sentencepiece":
            model = models.sentencepiece_model(rng)
            make, description = (lambda m=model: oracles.SentencePiece(m)), model.hex()
            load = lambda m=model: tokenspace.Tokenizer.from_bytes(m, name="random.model")  # noqa: E731
        elif kind == "random-tiktoken":
            file = models.rank_file(rng)
            make = lambda f=file: oracles.Tiktoken(f.ranks, f.pattern, f.specials)  # noqa: E731
            description = repr(file)
            load = lambda f=file: tokenspace.Tokenizer.from_bytes(  # noqa: E731
                f.content(), name="random.tiktoken", format="tiktoken", pattern=f.pattern, special_tokens=f.specials
            )
        else:
            text = dump(configs.one(), rng)
            make, description = (lambda t=text: oracles.HuggingFace(t)), text
            load = lambda t=text: tokenspace.Tokenizer.from_str(t)  # noqa: E731
        try:
            oracle = make()
        except oracles.Refused:
            continue
        try:
            ours: Any = load()
        except Exception as error:
            ours = error
        yield description, ours, oracle


def run_random(kind: str, seed: int, count: int) -> Outcome:
    """`count` strings spread over random tokenizers of one kind."""
    outcome = Outcome()
    for index, (description, tokenizer, oracle) in enumerate(random_tokenizers(kind, seed)):
        if outcome.strings >= count:
            return outcome
        where = f"{kind} seed {seed} tokenizer {index}"
        if isinstance(tokenizer, Exception):
            outcome.strings += 1
            outcome.add([f"we refuse what the reference loads: {tokenizer}"], f"{where} {shorten(description)}")
            continue
        strings = Strings(seed + index, oracle.vocabulary(), oracle.specials())
        for _ in range(PER_CONFIG):
            text = strings.one() if strings.rng.random() < 0.5 else near(strings)
            outcome.strings += 1
            outcome.add(compare(tokenizer, oracle, text), f"{where} {text!r} {shorten(description)}")
        if oracle.library == "tokenizers":
            for _ in range(3):
                outcome.strings += 1
                outcome.add(structured(tokenizer, oracle, strings), f"{where} {shorten(description)}")
    return outcome


def near(strings: Strings) -> str:
    """Mostly what the tiny vocabulary knows, so that merges happen and unknowns stay rare."""
    known = strings.vocabulary + strings.specials
    if not known:
        return strings.one()
    pool = [token.replace("▁", " ") for token in known]
    text = "".join(strings.rng.choice(pool) for _ in range(strings.rng.randint(1, 20)))
    return text[: strings.rng.randint(1, 120)]


def shorten(description: str) -> str:
    """Leaves the vocabulary out of a JSON document; it can be made again from the seed."""
    try:
        document = json.loads(description)
    except ValueError:
        return description[:200]
    for key in ("vocab", "merges"):
        document["model"].pop(key, None)
    return json.dumps(document, ensure_ascii=False).replace(" ", "")[:1500]


def run_patterns(seed: int, count: int) -> Outcome:
    """`count` texts spread over random regular expressions."""
    rng = random.Random(seed)
    outcome = Outcome()
    while outcome.strings < count:
        regex = patterns.pattern(rng, rng.randint(2, 7))
        sample = patterns.texts(rng)
        if len(regex) > patterns.MAX_LENGTH:
            continue
        try:
            oracle = patterns.reference(regex)
        except oracles.Refused:
            continue
        where = f"{PATTERNS_KIND} seed {seed} {regex!r}"
        try:
            tokenizer = patterns.ours(regex)
        except Exception as error:
            outcome.strings += 1
            outcome.add([f"we refuse what the reference compiles: {error}"], where)
            continue
        for text in sample:
            outcome.strings += 1
            try:
                outcome.add(patterns.compare_matches(tokenizer, oracle, text), f"{where} {text!r}")
            except oracles.Refused:
                outcome.refused += 1
    return outcome


def run(name: str, seed: int, count: int) -> Outcome:
    if name == PATTERNS_KIND:
        return run_patterns(seed, count)
    return run_random(name, seed, count) if name in RANDOM_KINDS else run_family(name, seed, count)
