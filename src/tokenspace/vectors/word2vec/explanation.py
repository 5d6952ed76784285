"""What `explain_word2vec` shows, as data and as text."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

__all__ = ["GradientStep", "NoiseWord", "Pair", "SoftmaxView", "TreePath", "WindowPairs", "Word2VecExplanation"]


@dataclass(frozen=True, slots=True)
class Pair:
    """``input`` is to predict ``output``: target 1 for words that stand together, 0 for noise."""

    input: str
    output: str
    target: int


@dataclass(frozen=True, slots=True)
class WindowPairs:
    """A window: its centre and context, the positive pairs, and the pairs with the noise words drawn for it.

    In skip-gram pairs are written (centre, context word), as the papers draw them; in training the vectors of the
    context words predict the centre, which over a text gives the same pairs. In CBOW the input is the whole context.
    """

    sentence: int
    place: int
    centre: str
    context: tuple[str, ...]
    pairs: tuple[Pair, ...]
    noise_pairs: tuple[Pair, ...]


@dataclass(frozen=True, slots=True)
class NoiseWord:
    """How likely a word is drawn as noise: count ** ns_exponent over the sum of all."""

    word: str
    count: int
    probability: float


@dataclass(frozen=True, slots=True)
class TreePath:
    """A word's way from the root of the Huffman tree: the step at each inner node (1: left, to the larger count; 0: right)
    and the numbers of those nodes."""

    word: str
    count: int
    code: tuple[int, ...]
    points: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class GradientStep:
    """One step in numbers. B inputs, N outputs, d numbers in a vector.

    Attributes:
        method: "negative sampling" or "hierarchical softmax".
        inputs: names of the inputs; outputs: words, or nodes of the tree; labels: 1 or 0 for each output.
        scores: B x N, products of the vectors. probabilities: their sigmoids. gradients: alpha * (label - probability),
            times how often input and output occur.
        input_before, input_after: B x d. output_before, output_after: N x d.
        loss_before, loss_after: -log likelihood of the labels.
    """

    method: str
    alpha: float
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    labels: tuple[int, ...]
    scores: list[list[float]]
    probabilities: list[list[float]]
    gradients: list[list[float]]
    input_before: list[list[float]]
    input_after: list[list[float]]
    output_before: list[list[float]]
    output_after: list[list[float]]
    loss_before: float
    loss_after: float


@dataclass(frozen=True, slots=True)
class SoftmaxView:
    """What a softmax over the whole vocabulary would say, before and after the step: probability of each word to be the
    centre, given the mean of the window's vectors. Training avoids this sum over all words; toy vocabularies can show it.
    """

    words: tuple[str, ...]
    before: tuple[float, ...]
    after: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Word2VecExplanation:
    """Everything about a small text. ``chosen``: number of the window whose ``step`` is shown; None when it has no
    context. ``keep_probabilities``: of each word of ``vocabulary`` under sub-sampling. ``tree``: one path a word.
    ``losses``: the mean loss of a window in each pass before the step."""

    architecture: str
    window: int
    vocabulary: tuple[tuple[str, int], ...]
    keep_probabilities: tuple[float, ...]
    noise: tuple[NoiseWord, ...]
    windows: tuple[WindowPairs, ...]
    tree: tuple[TreePath, ...]
    chosen: int
    step: GradientStep | None
    softmax: SoftmaxView | None
    losses: tuple[float, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """All of it as JSON values."""
        return asdict(self)

    def __str__(self) -> str:
        return self.to_text()

    def to_text(self, rows: int = 12) -> str:
        """All of it in lines for reading; at most ``rows`` words, windows or outputs of each kind."""
        lines = [f"{self.architecture}, window {self.window}, {len(self.vocabulary)} words"]
        lines += ["", "word: count, kept with probability, drawn as noise with probability"]
        for (word, count), kept, noise in zip(
            self.vocabulary[:rows], self.keep_probabilities, self.noise, strict=False
        ):
            lines.append(f"  {word}: {count}, {kept:.3f}, {noise.probability:.4f}")
        lines += ["", "windows: pairs with target 1 | noise words with target 0"]
        for window in self.windows[:rows]:
            pairs = " ".join(f"({pair.input}, {pair.output})" for pair in window.pairs)
            drawn = " ".join(pair.output for pair in window.noise_pairs)
            lines.append(f"  {window.centre}: {pairs} | {drawn}")
        lines += ["", "Huffman tree: code, inner nodes from the root"]
        for path in self.tree[:rows]:
            code = "".join(map(str, path.code))
            lines.append(f"  {path.word} ({path.count}): {code or '-'}  {' '.join(map(str, path.points))}")
        if self.step is not None:
            lines += ["", *self._step_lines(self.step, rows)]
        if self.softmax is not None:
            lines += ["", "softmax over the vocabulary: before -> after the step"]
            order = sorted(range(len(self.softmax.words)), key=lambda i: -self.softmax.after[i])  # type: ignore[union-attr]
            for i in order[:rows]:
                lines.append(f"  {self.softmax.words[i]}: {self.softmax.before[i]:.4f} -> {self.softmax.after[i]:.4f}")
        return "\n".join(lines) + "\n"

    def _step_lines(self, step: GradientStep, rows: int) -> list[str]:
        centre = self.windows[self.chosen].centre
        lines = [f"one step of {step.method} around {centre!r}, alpha {step.alpha:g}"]
        lines.append("  input -> output: label, score, sigmoid, alpha * (label - sigmoid)")
        for b, name in enumerate(step.inputs[:rows]):
            for n, output in enumerate(step.outputs[:rows]):
                numbers = f"{step.scores[b][n]:+.5f}, {step.probabilities[b][n]:.5f}, {step.gradients[b][n]:+.6f}"
                lines.append(f"  {name} -> {output}: {step.labels[n]}, {numbers}")
        for b, name in enumerate(step.inputs[:rows]):
            lines.append(f"  {name}: {_numbers(step.input_before[b])} -> {_numbers(step.input_after[b])}")
        lines.append(f"  loss {step.loss_before:.6f} -> {step.loss_after:.6f}")
        return lines


def _numbers(vector: list[float]) -> str:
    shown = " ".join(f"{x:+.4f}" for x in vector[:4])
    return f"[{shown}{' ...' if len(vector) > 4 else ''}]"
