"""Short texts to refine on: the sentences of a corpus, their clauses, and clauses with other words in them.

A static encoder is used on queries and titles as much as on sentences, and on words that a small corpus does not hold:
clauses stand for the first, words of the tokenizer's vocabulary put into clauses for the second.
"""

from __future__ import annotations

import hashlib
import random
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import accumulate
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ...tokenizers.tokenizer import Tokenizer

__all__ = ["sentence_pieces", "vocabulary_words"]

_SENTENCE_END = re.compile(r"(?<=[.!?;。！？；])[\"”’)\]]*\s*(?=[\"“‘(\[A-Z0-9\u0080-\U0010ffff]|$)")
_CLAUSE_END = re.compile(
    r"[,;:，、；：]\s*|--|—|\s-\s|\(|\)|\s+(?=(?:and|but|or|because|which|who|that|when|while|where|if)\s)"
)
_NOISE = re.compile(r"https?://\S+|[*`_]+")
_LETTERS = re.compile(r"[^\W\d_]+")
_SENTENCE_WORDS, _CLAUSE_WORDS = (2, 40), (3, 14)
_COMMON = 250  # words that are never replaced: they hold a clause together
_REPLACED = 0.6  # of the others
_RANK_OFFSET = 200  # flattens the choice of words: rank r has 1 / sqrt(r + 200)


def sentence_pieces(
    texts: Iterable[str], count: int, words: list[str] | None = None, mixed: float = 0.4, seed: int = 0
) -> list[str]:
    """At most ``count`` different short texts, in an order and a choice that depend on nothing but the texts and the seed.

    Args:
        texts: lines, paragraphs or documents.
        words: to put into clauses, the most frequent first; None or few: no such pieces.
        mixed: the share of pieces with other words in them; half of the rest are sentences, half are clauses.
    """
    sentences: dict[str, None] = {}
    clauses: dict[str, None] = {}
    for text in texts:
        for sentence in _sentences(text):
            length = _word_count(sentence)
            if _SENTENCE_WORDS[0] <= length <= _SENTENCE_WORDS[1] and _is_prose(sentence):
                sentences.setdefault(sentence)
                if length >= 8:
                    clauses.update(dict.fromkeys(_clauses(sentence)))
    mixing = bool(words) and len(words or ()) >= 100
    share = (1 - mixed if mixing else 1) * count
    own = clauses.keys() - sentences.keys()
    halves = min(len(own), round(share) - min(len(sentences), round(share / 2)))
    chosen = _some(sentences, round(share) - halves) + _some(own, halves)
    if mixing and chosen:
        assert words is not None
        more = min(count - len(chosen), round(len(chosen) * mixed / max(1 - mixed, 1 / count)))
        chosen += _mixed(chosen, words, more, seed)
    return sorted(dict.fromkeys(chosen), key=_key)


def vocabulary_words(tokenizer: Tokenizer, shortest: int = 3) -> list[str]:
    """The entries of a vocabulary that are whole words of letters, by id: a text of such a word is one token."""
    special = set(tokenizer.all_special_tokens)
    found: dict[str, None] = {}
    for token in sorted(tokenizer.get_vocab().items(), key=lambda item: item[1]):
        word = tokenizer.decode([token[1]]).strip()
        if len(word) >= shortest and word.isalpha() and token[0] not in special:
            found.setdefault(word)
    candidates = list(found)
    lengths = tokenizer.encode_batch(candidates, add_special_tokens=False).lengths.tolist()
    return [word for word, length in zip(candidates, lengths, strict=True) if length == 1]


def _sentences(text: str) -> Iterator[str]:
    for sentence in _SENTENCE_END.split(" ".join(_NOISE.sub("", text).split())):
        if sentence.strip():
            yield sentence.strip(" \"“”'")


def _clauses(sentence: str) -> Iterator[str]:
    for clause in _CLAUSE_END.split(sentence):
        clause = clause.strip(' ,;:.()"“”，。；：')
        if _CLAUSE_WORDS[0] <= _word_count(clause) <= _CLAUSE_WORDS[1]:
            yield clause


def _word_count(text: str) -> int:
    """Words between spaces; scripts without them count two characters a word."""
    dense = sum(1 for character in text if "\u2e80" <= character <= "\u9fff" or "\uac00" <= character <= "\ud7af")
    return len(text.split()) + dense // 2


def _is_prose(text: str) -> bool:
    return sum(map(str.isalpha, text)) > 0.6 * len(text)


def _key(text: str) -> bytes:
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()


def _some(texts: Iterable[str], count: int) -> list[str]:
    """A choice that another order or further texts hardly change."""
    return sorted(texts, key=_key)[: max(0, count)]


def _mixed(pieces: list[str], words: list[str], count: int, seed: int) -> list[str]:
    source = random.Random(seed)
    counts = Counter(word for piece in pieces for word in _LETTERS.findall(piece.lower()))
    common = {word for word, _ in counts.most_common(min(_COMMON, len(counts) // 4))}
    weights = list(accumulate(1 / (rank + _RANK_OFFSET) ** 0.5 for rank in range(len(words))))
    short = [piece for piece in pieces if _word_count(piece) <= 16] or pieces

    def replaced(match: re.Match[str]) -> str:
        if match[0].lower() in common or source.random() >= _REPLACED:
            return match[0]
        return source.choices(words, cum_weights=weights)[0]

    return [_LETTERS.sub(replaced, source.choice(short)) for _ in range(count)]
