"""Counted pieces -> the model part of tokenizer.json, one function a model; each calls its trainer in the core."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

from ...errors import ArgumentError, message
from ...io.checkpoint import Checkpoint
from ...long_call import run_interruptible
from ...progress import ProgressLike
from .learning import Learning
from .options import TrainOptions

__all__ = ["bpe_json", "bpe_model", "bpe_parameters", "run_merging", "run_trainer", "unigram_trainer", "word_model"]

Model = dict[str, Any]
UNITS = {"merge": "merges", "seed": "pieces", "estimate": "pieces", "prune": "pieces"}


def byte_characters() -> list[str]:
    """The 256 characters that stand for bytes in byte-level models (GPT-2's table)."""
    from ...reference.byte_level import BYTE_TO_CHARACTER

    return [BYTE_TO_CHARACTER[byte] for byte in range(256)]


def run_trainer(work: Callable[[Any], Any], progress: ProgressLike) -> Any:
    """What ``work(control)`` returns, with progress and Ctrl-C."""
    from ... import _core

    control = _core.TrainControl()
    return run_interruptible(lambda: work(control), control, progress, UNITS)


def run_merging(
    work: Callable[[Any, Any], Any], progress: ProgressLike, learning: Learning | None, stage: str = "words"
) -> Any:
    """What ``work(control, log)`` returns; ``learning`` is told the merges meanwhile."""
    from ... import _core

    if learning is None:
        return run_trainer(lambda control: work(control, None), progress)
    control, log = _core.TrainControl(), learning.log()

    def look() -> None:
        learning.take(stage, log)

    result = run_interruptible(lambda: work(control, log), control, progress, UNITS, look, 0.1)
    learning.take(stage, log, ended=True)
    return result


def bpe_parameters(options: TrainOptions, scale: int, byte_level: bool) -> dict[str, Any]:
    """Arguments of the core's BPE trainer."""
    alphabet = options.initial_alphabet
    if alphabet is None:
        alphabet = byte_characters() if byte_level else ()
    for character in alphabet:
        if len(character) != 1:
            raise ArgumentError(message("train", "initial_alphabet= single characters", repr(character)))
    prefix = options.continuing_subword_prefix
    if options.model == "wordpiece" and prefix is None:
        prefix = "##"
    return {
        "vocab_size": options.vocab_size,
        "min_frequency": options.min_frequency * scale,
        "special_tokens": [token.content for token in options.special],
        "limit_alphabet": options.limit_alphabet,
        "character_coverage": options.character_coverage or 1.0,
        "initial_alphabet": list(alphabet),
        "continuing_subword_prefix": prefix,
        "end_of_word_suffix": options.end_of_word_suffix,
        "max_token_length": options.max_token_length,
        "byte_order": options.tie_breaking == "bytes",
    }


def bpe_json(vocab: list[str], merges: list[tuple[int, int, int, int]], options: TrainOptions) -> Model:
    """A BPE model. A pair learnt twice has the rank of its last time, as the reference's map keeps it."""
    last = {(left, right): rank for rank, (left, right, _, _) in enumerate(merges)}
    kept = [
        [vocab[left], vocab[right]] for rank, (left, right, _, _) in enumerate(merges) if last[(left, right)] == rank
    ]
    return {
        "type": "BPE",
        "dropout": None,
        "unk_token": options.unk_token,
        "continuing_subword_prefix": options.continuing_subword_prefix,
        "end_of_word_suffix": options.end_of_word_suffix,
        "fuse_unk": False,
        "byte_fallback": False,
        "ignore_merges": False,
        "vocab": {text: index for index, text in enumerate(vocab)},
        "merges": kept,
    }


def bpe_model(
    words: Any,
    options: TrainOptions,
    scale: int,
    byte_level: bool,
    progress: ProgressLike,
    learning: Learning | None = None,
) -> Model:
    """Byte-level BPE, BPE over characters, or with WordPiece's prefix WordPiece."""
    from ... import _core

    parameters = bpe_parameters(options, scale, byte_level)
    if learning is not None:
        learning.sample(words, parameters["continuing_subword_prefix"], parameters["end_of_word_suffix"])
    vocab, merges = run_merging(
        lambda control, log: _core.train_bpe(words, control, **parameters, log=log), progress, learning
    )
    if options.model != "wordpiece":
        return bpe_json(vocab, merges, options)
    return {
        "type": "WordPiece",
        "unk_token": _unknown(options, "[UNK]"),
        "continuing_subword_prefix": parameters["continuing_subword_prefix"],
        "max_input_chars_per_word": 100,
        "vocab": {text: index for index, text in enumerate(vocab)},
    }


def _unknown(options: TrainOptions, usual: str) -> str:
    """The token for text outside the vocabulary: as asked for, the usual one, or the first that looks like it."""
    contents = [token.content for token in options.special]
    if options.unk_token is not None:
        return options.unk_token
    if usual in contents:
        return usual
    for content in contents:
        if "unk" in content.lower():
            return content
    raise ArgumentError(
        message(
            "train", f"an unknown token among special_tokens for model={options.model!r}", str(contents), f"{usual!r}"
        )
    )


class _Rounds:
    """The rounds of a Unigram training in a checkpoint, not more often than every few seconds."""

    SECONDS = 5.0
    _STAGE, _FILE = "unigram", "pieces.json"

    def __init__(self, checkpoint: Checkpoint) -> None:
        self._checkpoint = checkpoint
        self._kept = time.monotonic()

    def last(self) -> Any:
        """The state to go on from, None at the beginning."""
        from ... import _core

        saved = self._checkpoint.load(self._STAGE)
        if saved is None:
            return None
        stored = json.loads(saved.files[self._FILE].read_text(encoding="utf-8"))
        return _core.UnigramState(saved.meta["round"], stored["pieces"], stored["scores"])

    def keep(self, state: Any) -> None:
        """Called by the trainer after each pruning."""
        if time.monotonic() - self._kept < self.SECONDS:
            return
        contents = json.dumps({"pieces": state.pieces, "scores": list(state.scores)}).encode()
        self._checkpoint.save(self._STAGE, {self._FILE: contents}, {"round": state.round})
        self._kept = time.monotonic()


def unigram_trainer(
    words: Any,
    options: TrainOptions,
    size: int,
    threads: int,
    progress: ProgressLike,
    checkpoint: Checkpoint | None = None,
    learning: Learning | None = None,
) -> tuple[list[tuple[str, float]], dict[str, Any]]:
    """(``size`` pieces with log-probabilities, numbers of the training).

    A checkpoint keeps the pieces left after a pruning, from which the training goes on as if it had not stopped.
    """
    from ... import _core

    rounds = None if checkpoint is None else _Rounds(checkpoint)
    if learning is not None:
        learning.sample(words)

    def pruned(state: Any) -> None:
        if rounds is not None:
            rounds.keep(state)
        if learning is not None:
            learning.round(state)

    try:
        model = run_trainer(
            lambda control: _core.train_unigram(
                words,
                control,
                vocab_size=size,
                seed_size=options.seed_size,
                shrinking_factor=options.shrinking_factor,
                sub_iterations=options.sub_iterations,
                token_cost=options.token_cost,
                max_piece_length=options.max_token_length or 16,
                character_coverage=options.character_coverage or 1.0,
                required_characters="".join(options.initial_alphabet or ()),
                split_by_unicode_script=options.split_by_unicode_script,
                split_by_number=options.split_by_number,
                split_digits=options.split_digits,
                threads=threads,
                resume=None if rounds is None else rounds.last(),
                checkpoint=None if rounds is None and learning is None else pruned,
            ),
            progress,
        )
    except ArgumentError as error:
        # The core speaks of learnt pieces; the caller asked for a vocabulary.
        other = int(options.vocab_size) - size
        raise ArgumentError(
            f"{error} ({other} of vocab_size={options.vocab_size} are special and byte pieces)"
        ) from None
    details = {"log_likelihood": model.log_likelihood, "rounds": model.rounds}
    return list(zip(model.pieces, model.scores, strict=True)), details


def word_model(words: Any, options: TrainOptions, scale: int) -> Model:
    """Whole words, or characters: those of ``initial_alphabet``, then the most frequent, of equal ones the first."""
    from ...reference.byte_level import to_characters

    spell = to_characters if words.raw_bytes else bytes.decode
    items = [(spell(word), count) for word, count in words.sorted_items()]
    if options.model == "char":
        items = _characters(items)
    contents = [token.content for token in options.special]
    taken = set(contents)
    least = options.min_frequency * scale
    wanted = set(options.initial_alphabet or ())
    items += [(text, 0) for text in sorted(wanted - {text for text, _ in items})]
    kept = sorted(
        (item for item in items if (item[1] >= least or item[0] in wanted) and item[0] not in taken),
        key=lambda item: (item[0] not in wanted, -item[1], item[0]),
    )
    kept = kept[: _covering(kept, options.character_coverage)]
    entries = [*contents, *(text for text, _ in kept)][: int(options.vocab_size)]
    return {
        "type": "WordLevel",
        "vocab": {text: index for index, text in enumerate(entries)},
        "unk_token": _unknown(options, "<unk>"),
    }


def _characters(items: list[tuple[str, int]]) -> list[tuple[str, int]]:
    counts: dict[str, int] = {}
    for text, count in items:
        for character in text:
            counts[character] = counts.get(character, 0) + count
    return list(counts.items())


def _covering(kept: list[tuple[str, int]], coverage: float | None) -> int:
    """How many of the most frequent entries cover this share of all."""
    if coverage is None or coverage >= 1.0:
        return len(kept)
    left = coverage * sum(count for _, count in kept)
    for number, (_, count) in enumerate(kept):
        if left <= 0:
            return number
        left -= count
    return len(kept)
