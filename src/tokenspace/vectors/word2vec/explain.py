"""`explain_word2vec`: what word2vec does with a small text, number by number, from the plain-Python twins."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from ...errors import ArgumentError, LimitError, message
from ...reference import huffman
from ...reference import word2vec as twin
from ..keyed_vectors.storage import grown_matrix
from ..vocabulary.prepare import sample_thresholds
from .explanation import GradientStep, NoiseWord, Pair, SoftmaxView, TreePath, WindowPairs, Word2VecExplanation

__all__ = ["explain_word2vec"]

_MOST_WORDS = 10_000
_SOFTMAX_WORDS = 1_000
_MOST_STEPS = 200_000
_WORD = re.compile(r"\w+(?:['’]\w+)*")


@dataclass(frozen=True, slots=True)
class _Toy:
    """The text with its vocabulary and matrices."""

    sentences: list[list[str]]
    words: list[str]
    rows: dict[str, int]
    counts: list[int]
    noise: twin.Array
    tree: list[huffman.Leaf]
    vectors: twin.Array
    outputs: twin.Array
    nodes: twin.Array


def explain_word2vec(
    sentences: Any,
    *,
    window: int = 2,
    negative: int = 5,
    sg: int = 1,
    hs: int = 0,
    cbow_mean: int = 1,
    vector_size: int = 8,
    alpha: float = 0.025,
    ns_exponent: float = 0.75,
    sample: float = 1e-3,
    shrink_windows: bool = False,
    seed: int = 1,
    centre: int | str = 0,
    passes: int = 0,
    tokenizer: Any = None,
    model: Any = None,
) -> Word2VecExplanation:
    """The windows of a text with their pairs and noise words, and one gradient step with all its numbers.

    Args:
        sentences: a text, each line of it a sentence, whose words are taken in lower case; a list of words; or a list of
            such lists. At most 10,000 words.
        window, negative, sg, hs, cbow_mean, vector_size, alpha, ns_exponent, seed: as of `Word2Vec`.
        sample: as of `Word2Vec`, for the probabilities to keep a word; nothing is dropped here.
        shrink_windows: as of `Word2Vec`; by default windows are shown in full reach.
        centre: the window whose step is shown: its number, or a word, for the first window around it.
        passes: the step is the one after so many passes over all windows, with ``alpha`` as it is and the noise words drawn
            anew each time. Before the first pass every score is 0: the outputs begin as zeros. At most 200,000 windows.
        tokenizer: a `Tokenizer` or a function text -> words that cuts the lines of a text instead: for writing without spaces.
            Pieces without a letter or digit are left out, the others taken in lower case, without spaces around them.
        model: a `Word2Vec` whose vectors, counts and settings (sg, hs, cbow_mean, negative, ns_exponent) are taken
            instead; words it does not know are left out. It is not changed.

    Returns:
        A `Word2VecExplanation`; ``print(explanation.to_text())`` shows it, ``explanation.to_dict()`` is JSON.

    Raises:
        ArgumentError: no words, settings out of their range, or a centre that is not there. LimitError: too many words.

    Example:
        >>> shown = explain_word2vec("Thou shalt not make a machine", window=2, centre="not")
        >>> [(pair.input, pair.output, pair.target) for pair in shown.windows[2].pairs]
        [('not', 'thou', 1), ('not', 'shalt', 1), ('not', 'make', 1), ('not', 'a', 1)]
    """
    if model is not None:
        sg, hs, cbow_mean, negative, ns_exponent = (
            model.sg,
            model.hs,
            model.cbow_mean,
            model.negative,
            model.ns_exponent,
        )
    if window < 1 or vector_size < 1 or negative < 0:
        received = f"window={window}, vector_size={vector_size}, negative={negative}"
        raise ArgumentError(message("explain_word2vec", "window and vector_size above 0, negative from 0", received))
    if not hs and not negative:
        raise ArgumentError(message("explain_word2vec", "hs or negative above 0", "both 0"))
    if passes < 0:
        raise ArgumentError(message("explain_word2vec", "passes from 0", str(passes)))
    toy = _toy(_sentences(sentences, tokenizer, model), vector_size, ns_exponent, seed, model)
    trained = _train(toy, passes, window, negative, alpha, bool(sg), bool(hs), bool(cbow_mean), seed)
    random = np.random.default_rng(seed)
    windows: list[WindowPairs] = []
    for number, line in enumerate(toy.sentences):
        reach = random.integers(1, window + 1, len(line)).tolist() if shrink_windows else None
        for place, context in twin.windows(line, window, reach):
            drawn = [toy.words[row] for row in random.choice(len(toy.words), negative, p=toy.noise)]
            windows.append(_window(number, place, line, context, drawn, bool(sg)))
    chosen = _chosen(windows, centre)
    step, softmax = _step(toy, windows[chosen], alpha, bool(sg), bool(hs), bool(cbow_mean))
    counts = np.array(toy.counts, np.int64)
    keep = sample_thresholds(counts, int(counts.sum()), sample)[0] / (2**32 - 1)
    return Word2VecExplanation(
        architecture="skip-gram" if sg else "CBOW",
        window=window,
        vocabulary=tuple(zip(toy.words, toy.counts, strict=True)),
        keep_probabilities=tuple(keep.tolist()),
        noise=tuple(map(NoiseWord, toy.words, toy.counts, toy.noise.tolist())),
        windows=tuple(windows),
        tree=tuple(TreePath(leaf.word, leaf.count, leaf.code, leaf.points) for leaf in toy.tree),
        chosen=chosen,
        step=step,
        softmax=softmax,
        losses=tuple(trained),
    )


def _words(line: str, tokenizer: Any) -> list[str]:
    if tokenizer is None:
        found = _WORD.findall(line)
    elif callable(getattr(tokenizer, "encode_batch", None)):
        spans = tokenizer.encode_batch([line], offsets="chars", add_special_tokens=False).spans
        found = [line[start:end] for start, end in spans.tolist()]
    else:
        found = [str(word) for word in tokenizer(line)]
    return [word.strip().lower() for word in found if any(map(str.isalnum, word))]


def _sentences(given: Any, tokenizer: Any, model: Any) -> list[list[str]]:
    texts: list[list[str]]
    if isinstance(given, str):
        texts = [_words(line, tokenizer) for line in given.splitlines()]
    elif isinstance(given, Sequence) and given and all(isinstance(word, str) for word in given):
        texts = [list(given)]
    elif isinstance(given, Sequence) and all(isinstance(line, (list, tuple)) for line in given):
        texts = [list(line) for line in given]
    else:
        raise ArgumentError(message("explain_word2vec", "a text or lists of words", type(given).__name__))
    if model is not None:
        texts = [[word for word in line if word in model.wv.key_to_index] for line in texts]
    total = sum(len(line) for line in texts)
    if not total:
        raise ArgumentError(message("explain_word2vec", "a word at least", "none"))
    if total > _MOST_WORDS:
        raise LimitError(message("explain_word2vec", f"at most {_MOST_WORDS} words", f"{total}"))
    return texts


def _toy(sentences: list[list[str]], size: int, exponent: float, seed: int, model: Any) -> _Toy:
    if model is not None:
        words, counts = list(model.wv.index_to_key), model.wv.expandos["count"].tolist()
        vectors = model.wv.vectors.astype(np.float64)
        empty = np.zeros_like(vectors)
        outputs = model.syn1neg.astype(np.float64) if model.negative else empty
        nodes = model.syn1.astype(np.float64) if model.hs else empty
    else:
        found = Counter(word for line in sentences for word in line)
        order = {word: place for place, word in enumerate(found)}
        # Of equal counts the one that came later stands first, as in the vocabulary of `Word2Vec`.
        words = sorted(found, key=lambda word: (-found[word], -order[word]))
        counts = [found[word] for word in words]
        vectors = grown_matrix((len(words), size), None, seed).astype(np.float64)
        outputs, nodes = np.zeros_like(vectors), np.zeros_like(vectors)
    noise = np.asarray(counts, np.float64) ** exponent
    return _Toy(
        sentences=sentences,
        words=words,
        rows={word: row for row, word in enumerate(words)},
        counts=counts,
        noise=noise / noise.sum(),
        tree=huffman.tree(list(zip(words, counts, strict=True))),
        vectors=vectors,
        outputs=outputs,
        nodes=nodes,
    )


def _train(
    toy: _Toy, passes: int, window: int, negative: int, alpha: float, skip_gram: bool, tree: bool, mean: bool, seed: int
) -> list[float]:
    """Train the toy's matrices; the mean loss of a window in each pass."""
    sentences = [[toy.rows[word] for word in line] for line in toy.sentences]
    count = sum(map(len, sentences))
    if passes * count > _MOST_STEPS:
        raise LimitError(
            message("explain_word2vec", f"at most {_MOST_STEPS} windows in all passes", str(passes * count))
        )
    # Apart from the draws that are shown: those stay the same whatever was trained before.
    random = np.random.default_rng([seed, 1])

    def targets(centre: int) -> twin.Targets:
        if tree:
            return twin.path_targets(toy.tree[centre].code, toy.tree[centre].points)
        return twin.noise_targets(centre, random.choice(len(toy.words), negative, p=toy.noise).tolist())

    outputs = toy.nodes if tree else toy.outputs
    return [
        twin.train(sentences, toy.vectors, outputs, targets, window=window, alpha=alpha, skip_gram=skip_gram, mean=mean)
        / count
        for _ in range(passes)
    ]


def _window(
    sentence: int, place: int, line: Sequence[str], context: Sequence[int], drawn: Sequence[str], skip_gram: bool
) -> WindowPairs:
    """Draws of the centre itself are skipped, as in training."""
    centre, around = line[place], tuple(line[i] for i in context)
    noise = [word for word in drawn if word != centre] if around else []
    if skip_gram:
        pairs = tuple(Pair(centre, word, 1) for word in around)
        noise_pairs = tuple(Pair(centre, word, 0) for word in noise)
    else:
        together = " + ".join(around)
        pairs = (Pair(together, centre, 1),) if around else ()
        noise_pairs = tuple(Pair(together, word, 0) for word in noise)
    return WindowPairs(sentence, place, centre, around, pairs, noise_pairs)


def _chosen(windows: Sequence[WindowPairs], centre: int | str) -> int:
    if isinstance(centre, str):
        for number, window in enumerate(windows):
            if window.centre == centre:
                return number
    elif 0 <= centre < len(windows):
        return centre
    expected = f"centre= a window from 0 to {len(windows) - 1} or a word of the text"
    raise ArgumentError(message("explain_word2vec", expected, repr(centre)))


def _step(
    toy: _Toy, window: WindowPairs, alpha: float, skip_gram: bool, tree: bool, mean: bool
) -> tuple[GradientStep | None, SoftmaxView | None]:
    """The step of a window, and the softmax before and after it."""
    if not window.context:
        return None, None
    context = [toy.rows[word] for word in window.context]
    centre = toy.rows[window.centre]
    if tree:
        leaf = toy.tree[centre]
        targets, matrix = twin.path_targets(leaf.code, leaf.points), toy.nodes.copy()
    else:
        drawn = [toy.rows[pair.output] for pair in window.noise_pairs]
        targets, matrix = twin.noise_targets(centre, drawn), toy.outputs.copy()
    wanted, weights = twin.multiplicities(targets)
    places, labels = [row for row, _ in wanted], [label for _, label in wanted]
    vectors = toy.vectors.copy()
    if skip_gram:
        rows, row_weights = twin.multiplicities(context)
        names = tuple(toy.words[row] for row in rows)
    else:
        rows, row_weights, names = context, [1.0], (" + ".join(window.context),)

    def inputs() -> npt.NDArray[np.float64]:
        total: npt.NDArray[np.float64] = vectors[rows] if skip_gram else vectors[rows].sum(axis=0, keepdims=True)
        return total.copy() if skip_gram or not mean else total / len(rows)

    before = inputs(), matrix[places].copy()
    done = twin.step(*before, labels, alpha, row_weights, weights)
    if skip_gram:
        twin.train_skip_gram(vectors, matrix, context, targets, alpha)
    else:
        twin.train_cbow(vectors, matrix, context, targets, alpha, mean)
    after = inputs(), matrix[places]
    step = GradientStep(
        method="hierarchical softmax" if tree else "negative sampling",
        alpha=alpha,
        inputs=names,
        outputs=tuple(f"node {row}" if tree else toy.words[row] for row in places),
        labels=tuple(int(label) for label in labels),
        scores=done.scores.tolist(),
        probabilities=done.probabilities.tolist(),
        gradients=done.gradients.tolist(),
        input_before=before[0].tolist(),
        input_after=after[0].tolist(),
        output_before=before[1].tolist(),
        output_after=after[1].tolist(),
        loss_before=done.loss,
        loss_after=twin.step(*after, labels, alpha, row_weights, weights).loss,
    )
    if tree or len(toy.words) > _SOFTMAX_WORDS:
        return step, None
    hidden = toy.vectors[context].mean(axis=0), vectors[context].mean(axis=0)
    return step, SoftmaxView(
        tuple(toy.words),
        tuple(_softmax(toy.outputs @ hidden[0]).tolist()),
        tuple(_softmax(matrix @ hidden[1]).tolist()),
    )


def _softmax(scores: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    powers = np.exp(scores - scores.max())
    return np.asarray(powers / powers.sum())
