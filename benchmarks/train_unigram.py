"""How fast is Unigram training, and how good is the vocabulary? Time and peak memory at 8 MB (and --size MB), threads 1 and 2.

Every contestant gets the same lines, white space collapsed, cut before each space mark and nowhere else (Metaspace; for
sentencepiece the script and number rules off and identity normalization), and gives the same number of pieces. Before any
time is shown, the vocabularies are compared on held-out lines: tokens of the best segmentation and log-likelihood, both by the
plain-Python twin. Ours counts words with the trainer's own counter; times are from the file to the vocabulary.
"""

from __future__ import annotations

import argparse
import random
import re
from collections import Counter
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from harness import CACHE, corpus
from training import Contest, Contestant, report

VOCAB = 16_000  # with <unk>
LIBRARIES = ("tokenspace", "tokenizers", "sentencepiece")


def lines_of(name: str) -> list[str]:
    """The lines of a shared text; "multilingual" takes turns between its larger languages."""
    if name != "multilingual":
        texts = corpus(name, 100_000_000)
    else:
        texts = [
            text
            for language in ["ja", "ko", "fr", "de", "es", "ru", "ar", "hi", "pt", "it"]
            for text in corpus(language)
        ]
    lines = (re.sub(r"\s+", " ", line).strip() for text in texts for line in text.split("\n"))
    return [line for line in lines if line]


def perturbed(lines: list[str], size: int) -> Iterator[str]:
    """The lines again and again, one word in twenty misspelt, so that distinct words grow as they do in a real corpus."""
    rng = random.Random(20)
    total = 0
    while True:
        for line in lines:
            words = line.split(" ")
            for i, word in enumerate(words):
                if len(word) > 2 and rng.random() < 0.05:
                    at = rng.randrange(len(word) - 1)
                    words[i] = word[:at] + word[at + 1] + word[at] + word[at + 2 :]
            changed = " ".join(words)
            total += len(changed.encode()) + 1
            yield changed
            if total >= size:
                return


def write_corpus(name: str, megabytes: int) -> tuple[Path, list[str]]:
    """A training file of about so many MB and every tenth line held back."""
    lines = lines_of(name)
    training = [line for number, line in enumerate(lines) if number % 10 != 9]
    held_out = [line for number, line in enumerate(lines) if number % 10 == 9]
    size = megabytes * 1_000_000
    CACHE.mkdir(parents=True, exist_ok=True)
    path = CACHE / f"train-{name}-{megabytes}.txt"
    with open(path, "w", encoding="utf-8") as file:
        written = 0
        if sum(len(line.encode()) + 1 for line in training) >= size or megabytes <= 8:
            for line in training:
                written += file.write(line + "\n") and len(line.encode()) + 1
                if written >= size:
                    break
        else:
            file.writelines(line + "\n" for line in perturbed(training, size))
    return path, held_out


def quality(vocab: dict[str, float], held_out: list[str]) -> dict[str, int]:
    """Tokens and log-likelihood of the held-out lines; characters outside the vocabulary are cut out of both."""
    from tokenspace.reference.unigram import log_likelihood
    from tokenspace.reference.unigram_seeds import cut_words
    from tokenspace.reference.unigram_train import best_path

    words = Counter("▁" + word for line in held_out for word in line.split(" "))
    segments = cut_words(words, {piece for piece in vocab if len(piece) == 1})
    longest = max(map(len, vocab))
    tokens = sum(len(best_path(segment, vocab, longest)) * count for segment, count in segments.items())
    likelihood = sum(log_likelihood(vocab, segment) * count for segment, count in segments.items())
    return {"held_out_tokens": tokens, "held_out_log_likelihood": round(likelihood)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, default=8, help="MB of training text")
    parser.add_argument("--corpus", action="append", help="en-prose, en-docs, zh, multilingual; may be repeated")
    parser.add_argument("--threads", type=int, action="append")
    parser.add_argument("--passes", type=int, default=3)
    parser.add_argument("--library", action="append", choices=LIBRARIES)
    options = parser.parse_args()
    contestants = [Contestant(library, library, "unigram") for library in options.library or LIBRARIES]
    contests = []
    for name in options.corpus or ["en-prose", "multilingual"]:
        path, held_out = write_corpus(name, options.size)
        megabytes = round(path.stat().st_size / 1e6)  # a shared text may be shorter than asked
        judge = partial(quality, held_out=held_out[:3000])
        contests += [
            Contest(name, megabytes, VOCAB, threads, "unigram", contestants, options.passes, corpus=path, judge=judge)
            for threads in options.threads or [1, 2]
        ]
    report("train_unigram", contests)


if __name__ == "__main__":
    main()
