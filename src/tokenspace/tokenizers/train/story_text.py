"""A `TrainingStory` for people: two or three lines a step."""

from __future__ import annotations

from collections.abc import Sequence

from ..visible import cut, visible, width
from .story import MergeStep, PruneStep, TrainingStory, WordState

__all__ = ["story_text"]

_BOLD, _DIM, _NEW = "1", "2", "1;32"
_SHOWN = 6  # words, pairs and pieces on a line when there is no width to fill
_NAMES = {"bpe": "BPE", "wordpiece": "WordPiece", "superbpe": "SuperBPE", "unigram": "Unigram"}


class _Painter:
    """Colours when asked, nothing else otherwise."""

    def __init__(self, color: bool, columns: int | None) -> None:
        self._color = color
        self.columns = columns

    def __call__(self, text: str, code: str) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if self._color else text

    def list_of(self, parts: Sequence[tuple[str, str]], separator: str, indent: int) -> str:
        """As many of the (plain, painted) parts as fit, and how many more there are."""
        room = None if self.columns is None else self.columns - indent
        line, used = "", 0
        for number, (plain, painted) in enumerate(parts):
            more = f"{separator}… {len(parts) - number} more"
            needed = width(plain) + len(separator) + (len(more) if number + 1 < len(parts) else 0)
            if number == (_SHOWN if room is None else number + 1) or (
                room is not None and number and used + needed > room
            ):
                return line + more
            if room is not None and not number and width(plain) > room:
                plain = painted = cut(plain, room - 1)[0] + "…"
            line += (separator if number else "") + painted
            used += width(plain) + (len(separator) if number else 0)
        return line


def story_text(story: TrainingStory, color: bool = False, columns: int | None = None) -> str:
    """The story as lines; ``columns``: width of the terminal."""
    paint = _Painter(color, columns)
    entries = "seed pieces" if story.model == "unigram" else "characters"
    head = f"{_NAMES[story.model]}: {_number(len(story.words), 'distinct piece')}, {len(story.alphabet):,} {entries}"
    if story.special_tokens:
        head += f", {_number(len(story.special_tokens), 'special token')}"
    lines = [paint(head, _BOLD), "   " + _words(paint, story.words, range(len(story.words)), "", 3)]
    if any("Ġ" in word.text for word in story.words):
        lines.append("   " + paint("Ġ stands for a space, as in vocabulary files of byte-level models", _DIM))
    stage = "words"
    for step in story.steps:
        if isinstance(step, MergeStep):
            if step.stage != stage:
                stage = step.stage
                lines += ["", paint("second stage: merges may cross spaces", _BOLD)]
            lines += ["", *_merge(paint, step)]
        else:
            lines += ["", *_prune(paint, step, len(story.special_tokens))]
    lines += ["", paint(_end(story), _DIM)]
    return "\n".join(lines) + "\n"


def _number(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"


def _end(story: TrainingStory) -> str:
    if not story.finished:
        return "… the training goes on"
    if not story.steps:
        return "the end: nothing to do"
    return f"the end: {story.steps[-1].vocabulary_size:,} entries, special tokens included"


def _words(paint: _Painter, words: Sequence[WordState], places: Sequence[int], token: str, indent: int) -> str:
    """``n e w es t ×6   w i d es t ×3``."""
    parts = []
    for index in places:
        word = words[index]
        tokens = [visible(one, spaces=False) for one in word.tokens]
        times = f" ×{word.count}"
        plain = " ".join(tokens) + times
        painted = " ".join(paint(one, _NEW) if one == visible(token, spaces=False) else one for one in tokens)
        parts.append((plain, painted + paint(times, _DIM)))
    return paint.list_of(parts, "   ", indent)


def _merge(paint: _Painter, step: MergeStep) -> list[str]:
    left, right, token = (visible(one, spaces=False) for one in (step.pair.left, step.pair.right, step.token))
    entry = f"id {step.token_id:,}" if step.is_new else f"known, id {step.token_id:,}"
    lines = [f"{step.number:>3}  {left} + {right} → {paint(token, _NEW)}  {paint(f'{entry}; {step.reason}', _DIM)}"]
    if step.changed:
        lines.append("     " + _words(paint, step.words, step.changed, step.token, 5))
    others = [f"{visible(p.left, spaces=False)}+{visible(p.right, spaces=False)} {p.count}" for p in step.pairs[1:]]
    if others:
        lines.append("     " + paint("next: " + paint.list_of([(one, one) for one in others], ", ", 11), _DIM))
    return lines


def _prune(paint: _Painter, step: PruneStep, special: int) -> list[str]:
    likelihood = " → ".join(f"{value:.1f}" for value in step.log_likelihoods)
    left = _number(step.vocabulary_size - special, "piece")
    lines = [f"{step.number:>3}  {step.reason}; {left} left  {paint(f'log-likelihood {likelihood}', _DIM)}"]
    if step.rare:
        rare = [visible(piece, spaces=False) for piece in step.rare]
        lines.append("     " + paint("rare: " + paint.list_of([(one, one) for one in rare], ", ", 11), _DIM))
    if step.pruned:
        gone = []
        for one in step.pruned:
            piece = visible(one.piece, spaces=False)
            if one.loss is not None:
                piece += f" {one.loss:.1f} (as {' '.join(visible(part, spaces=False) for part in one.instead)})"
            gone.append((piece, piece))
        lines.append("     gone: " + paint.list_of(gone, ", ", 11))
    if step.changed:
        lines.append("     now:  " + _words(paint, step.words, step.changed, "", 11))
    return lines
