"""One word in many sentences: what the sentence does to its vector, layer by layer."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ...errors import ArgumentError, NotFoundError, message
from ...progress import ProgressLike
from .alignment import TokenAlignment, align
from .baseline import PairMean, WordSample, unit
from .change import ContextChange, WordChange
from .comparison import WordComparison
from .occurrences import Case, find_word, other_spelling
from .pooling import WordPooling, check_pool
from .senses import Occurrence, Senses
from .words import is_word_character, overlapping, split_words

if TYPE_CHECKING:
    from .encoder import Layers
    from .vectors import ContextualVectors

__all__ = ["Explorer"]

_SAMPLE = 500


class Explorer(ABC):
    """The part of `ContextualEncoder` that asks what context does."""

    name: str

    @abstractmethod
    def _layers(self, layers: Layers) -> tuple[int, ...]:
        """The numbers of layers."""

    @abstractmethod
    def _windows_of(
        self, texts: list[str], layers: Layers, threads: int | None, progress: ProgressLike
    ) -> Iterator[ContextualVectors]:
        """The vectors of each text, every token's."""

    def senses(
        self,
        word: str,
        sentences: Sequence[str],
        *,
        labels: Sequence[str] | None = None,
        layers: Layers = "all",
        clusters: int | None = None,
        pool: WordPooling = "mean",
        case: Case = "smart",
        limit: int = 1000,
        seed: int = 0,
        threads: int | None = None,
        progress: ProgressLike = None,
    ) -> Senses:
        """A word in many sentences: the similarity of its occurrences, and their clusters, at every layer.

        Args:
            word: a word or phrase: "bank", "New York", "苹果".
            sentences: texts; those without the word are left out, those longer than the window are run in several.
            labels: what you know of each sentence ("river", "money"): measured, never used for the clusters.
            layers: numbers, or "all".
            clusters: how many; None: as many as the vectors show, see `clusters.cluster`.
            pool: how the vector of a word is made of those of its tokens.
            case: "smart" finds a word without capitals in any case and one with capitals as it is; "exact"; "ignore".
            limit: most occurrences; of more, as many are drawn at random. seed: of this, and of the words compared with.
            threads, progress: as in ``encode``.

        Raises:
            NotFoundError: the word is in no sentence. ArgumentError: labels that do not go with the sentences, more clusters
            than occurrences.
        """
        check_pool(pool)
        sentences = _listed(sentences, "senses")
        if labels is not None and len(labels) != len(sentences):
            raise ArgumentError(message("senses", f"{len(sentences)} labels, one a sentence", str(len(labels))))
        places = [(index, span) for index, text in enumerate(sentences) for span in find_word(text, word, case)]
        if not places:
            remedy = other_spelling(sentences, word, case)
            raise NotFoundError(message("senses", f"{word!r} in some sentence", f"none in {len(sentences)}", remedy))
        found = len(places)
        if found > limit:
            drawn = np.random.default_rng(seed).choice(found, size=max(limit, 1), replace=False)
            places = [places[index] for index in sorted(drawn.tolist())]
        by_text: dict[int, list[tuple[int, int]]] = {}
        for index, span in places:
            by_text.setdefault(index, []).append(span)
        occurrences, rows = [], []
        others = WordSample(_SAMPLE, seed)
        wanted = self._layers(layers)
        if max(self._layers("all")) == 0:
            raise ArgumentError(
                message(
                    "senses", "a model with layers", f"{self.name!r}, whose tokens have one vector in every sentence"
                )
            )
        with_static = wanted if 0 in wanted else (0, *wanted)
        stream = self._windows_of([sentences[index] for index in by_text], with_static, threads, progress)
        for (index, spans), vectors in zip(by_text.items(), stream, strict=True):
            # Those without a token are left out: the tokenizer removed them, as it does with control characters.
            here = vectors.word_vectors(pool, spans)
            rows.extend(here.vectors.swapaxes(0, 1))
            label = None if labels is None else str(labels[index])
            for (start, end), tokens in zip(here.spans, here.tokens, strict=True):
                spelled = tuple(vectors.tokens[token] for token in tokens)
                occurrences.append(Occurrence(index, sentences[index], start, end, spelled, label))
            apart = [
                (begin, stop)
                for begin, stop in split_words(sentences[index])
                if is_word_character(sentences[index][begin]) and not spans[overlapping(spans, begin, stop)]
            ]
            others.add(vectors.word_vectors(pool, apart).vectors if apart else vectors.vectors[:, :0])
        if not rows:
            raise NotFoundError(message("senses", f"a token for {word!r}", "a tokenizer that removes it"))
        stacked, place = np.stack(rows, axis=1), with_static.index(0)
        kept = stacked if with_static == wanted else stacked[1:]
        random = others.means if with_static == wanted or others.means is None else others.means[1:]
        return Senses(
            word, occurrences, wanted, kept, stacked[place], random, clusters=clusters, found=found, model=self.name
        )

    def compare(
        self,
        word: str,
        first: str,
        second: str,
        *,
        layers: Layers = "all",
        pool: WordPooling = "mean",
        case: Case = "smart",
    ) -> WordComparison:
        """The cosine of a word's vectors in two sentences, at every layer; its first occurrence in each counts.

        Raises:
            NotFoundError: a sentence without the word.
        """
        spans = []
        for text in (first, second):
            found = find_word(text, word, case)
            if not found:
                remedy = other_spelling([text], word, case)
                raise NotFoundError(message("compare", f"{word!r} in both sentences", repr(text[:80]), remedy))
            spans.append(found[0])
        encoded = list(self._windows_of([first, second], layers, None, None))
        rows = [one.span_vectors(*span, pool) for one, span in zip(encoded, spans, strict=True)]
        cosines = (unit(rows[0]) * unit(rows[1])).sum(axis=1)
        tokens = tuple(
            tuple(one.tokens[token] for token in one.tokens_between(*span))
            for one, span in zip(encoded, spans, strict=True)
        )
        return WordComparison(
            word, (first, second), (spans[0], spans[1]), (tokens[0], tokens[1]), encoded[0].layers, cosines.tolist()
        )

    def align(self, first: str, second: str, *, layers: Layers = "all", threads: int | None = None) -> TokenAlignment:
        """The cosine of every token of one text with every token of another, at every layer.

        Args:
            first, second: texts of n and m tokens; nothing is cut.
            layers, threads: as in `senses`.

        Raises:
            ArgumentError: something that is no text.
        """
        left, right = self._windows_of(_listed([first, second], "align"), layers, threads, None)
        return align(left, right, self.name)

    def context_change(
        self,
        texts: Sequence[str],
        *,
        words: Sequence[str] | None = None,
        layers: Layers = "all",
        min_texts: int = 5,
        max_words: int = 500,
        pool: WordPooling = "mean",
        seed: int = 0,
        threads: int | None = None,
        progress: ProgressLike = None,
    ) -> ContextChange:
        """What context changes, layer by layer: how alike the vectors of one word are in different texts, beside how alike
        those of any two words are (Ethayarajh 2019, "How Contextual are Contextualized Word Representations?").

        Args:
            texts: a corpus; a few hundred sentences say enough.
            words: the words to follow, as they are written; None: those of letters in at least ``min_texts`` texts, of which
                ``max_words`` are drawn at random (``seed``) when there are more.
            layers, pool, threads, progress: as in `senses`.

        Raises:
            ArgumentError: no word in enough texts.
        """
        check_pool(pool)
        texts = _listed(texts, "context_change")
        split = [[(span, text[span[0] : span[1]]) for span in split_words(text)] for text in texts]
        counts = Counter(word for found in split for word in {word for _, word in found})
        least = 2 if words is not None else max(2, min_texts)
        wanted = (
            list(dict.fromkeys(words))
            if words is not None
            else [word for word in counts if any(map(str.isalpha, word))]
        )
        followed = [word for word in wanted if counts[word] >= least]
        if not followed:
            raise ArgumentError(
                message(
                    "context_change",
                    f"words that stand in at least {least} texts",
                    f"none in {len(texts)} texts",
                    "more texts",
                )
            )
        if len(followed) > max_words:
            drawn = np.random.default_rng(seed).choice(len(followed), size=max_words, replace=False)
            followed = [followed[index] for index in sorted(drawn.tolist())]
        means = {word: PairMean() for word in followed}
        any_two = WordSample(2 * _SAMPLE, seed)
        within: list[Any] = []
        stream = self._windows_of(texts, layers, threads, progress)
        for found, vectors in zip(split, stream, strict=True):
            if not found:
                continue
            pooled = vectors.word_vectors(pool, [span for span, _ in found])
            any_two.add(pooled.vectors)
            if len(pooled) > 1:
                # The mean over a text's words of the cosine to the text's mean vector.
                middle = unit(pooled.vectors.mean(axis=1, keepdims=True))
                within.append((unit(pooled.vectors) * middle).sum(axis=2).mean(axis=1))
            for index, word in enumerate(pooled.words):
                if word in means:
                    means[word].add(pooled.vectors[:, index : index + 1])
        rows = [
            WordChange(word, counts[word], value.tolist())
            for word in followed
            if (value := means[word].means) is not None
        ]
        random = any_two.means
        return ContextChange(
            vectors.layers, rows, None if random is None else random.tolist(),
            np.mean(within, axis=0).tolist() if within else None, len(texts), self.name,
        )  # fmt: skip


def _listed(texts: Sequence[str], operation: str) -> list[str]:
    if isinstance(texts, (str, bytes)):
        raise ArgumentError(message(operation, "a list of texts", "one text"))
    rows = list(texts)
    for index, text in enumerate(rows):
        if not isinstance(text, str):
            raise ArgumentError(message(operation, "texts", f"{type(text).__name__} at {index}"))
    return rows
