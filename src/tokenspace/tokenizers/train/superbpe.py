"""SuperBPE: byte-level BPE whose last merges may cross spaces (Liu et al. 2025, arXiv 2503.13423).

The first stage learns inside the pre-tokenizer's pieces. The second goes on over longer stretches, cut only at numbers,
at runs of punctuation and at line ends, with what the first learnt: text is encoded that way afterwards too, so what the
second stage counts is what it will meet.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ...progress import ProgressLike
from .learning import Learning
from .models import bpe_json, bpe_parameters, run_merging
from .options import TrainOptions
from .pipelines import Component, Pipeline

__all__ = ["second_stage", "superbpe_model"]

_STRETCHES = r"\p{N}{1,3}| ?[^\s\p{L}\p{N}]{2,}[\r\n/]*| +(?!\S)|\s*[\r\n]+"


def second_stage(pipeline: Pipeline) -> Pipeline:
    """The pipeline of the finished tokenizer."""
    steps: list[Component] = [
        {"type": "Split", "pattern": {"Regex": _STRETCHES}, "behavior": "Isolated", "invert": False},
        {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": False},
    ]
    return replace(pipeline, pre_tokenizer={"type": "Sequence", "pretokenizers": steps})


def superbpe_model(
    first_words: Any,
    second_words: Any,
    options: TrainOptions,
    scale: int,
    pipeline: Pipeline,
    progress: ProgressLike,
    learning: Learning | None = None,
) -> tuple[dict[str, Any], dict[str, Any]]:
    """(the model over `second_stage`, numbers of its training). Words are counted under either pipeline."""
    from ... import _core
    from ..tokenizer import Tokenizer

    size = int(options.vocab_size)
    first_size = max(1, round(size * options.transition))
    parameters = bpe_parameters(replace(options, vocab_size=first_size), scale, True)
    if learning is not None:
        learning.sample(first_words, parameters["continuing_subword_prefix"], parameters["end_of_word_suffix"])
    vocab, merges = run_merging(
        lambda control, log: _core.train_bpe(first_words, control, **parameters, log=log), progress, learning
    )
    document = second_stage(pipeline).document(bpe_json(vocab, merges, options), [])
    stage = Tokenizer.from_str(document, name="superbpe, first stage")
    extended, more = run_merging(
        lambda control, log: _core.extend_bpe(
            second_words,
            stage._core,
            control,
            vocab_size=size,
            min_frequency=options.min_frequency * scale,
            max_token_length=options.max_token_length,
            max_token_words=options.max_token_words,
            log=log,
        ),
        progress,
        learning,
        "stretches",
    )
    details = {"first_stage_entries": len(vocab), "second_stage_entries": len(extended) - len(vocab)}
    return bpe_json(extended, [*merges, *more], options), details
