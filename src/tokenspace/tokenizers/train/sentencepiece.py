"""SentencePiece-kind tokenizers: pieces with scores over text in which U+2581 stands for spaces."""

from __future__ import annotations

import base64
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ...errors import ArgumentError, message
from ...io.checkpoint import Checkpoint
from ...progress import ProgressLike
from .counting import Counted
from .learning import Learning
from .models import run_merging, unigram_trainer
from .options import TrainOptions
from .pipelines import Component, Pipeline

if TYPE_CHECKING:
    from ..export.sentencepiece_model import Piece, PieceKind

__all__ = ["meta_pieces", "sentencepiece_pipeline", "train_sentencepiece", "with_limits"]

_NORMALIZERS = {"nmt_nfkc": "nmt_nfkc", "nfkc": "nfkc", "none": "identity", "identity": "identity"}
_CASE_FOLDED = {"nmt_nfkc": "nmt_nfkc_cf", "nfkc": "nfkc_cf"}
_COVERAGE = 0.9995
_LONGEST = 16
_BYTES = 256


def normalizer_name(options: TrainOptions) -> str:
    """The normalization rule of the .model."""
    given = "nmt_nfkc" if options.normalizer is None else options.normalizer
    name = _NORMALIZERS.get(given) if isinstance(given, str) else None
    if name is None or options.strip_accents:
        received = "strip_accents" if options.strip_accents else repr(given)
        raise ArgumentError(
            message("train", f"normalizer= {', '.join(_NORMALIZERS)} with pre_tokenizer='sentencepiece'", received)
        )
    if not options.lowercase:
        return name
    if name not in _CASE_FOLDED:
        raise ArgumentError(message("train", "lowercase with normalizer= nmt_nfkc or nfkc", repr(given)))
    return _CASE_FOLDED[name]


def sentencepiece_pipeline(options: TrainOptions) -> Pipeline:
    """How text is counted: normalized, spaces collapsed, cut before every space, which becomes U+2581."""
    from ..export.sentencepiece_model import sentencepiece_charsmap

    charsmap = sentencepiece_charsmap(normalizer_name(options))
    steps: list[Component] = [{"type": "Strip", "strip_left": True, "strip_right": True}]
    if charsmap:
        steps.append({"type": "Precompiled", "precompiled_charsmap": base64.b64encode(charsmap).decode("ascii")})
    steps.append({"type": "Replace", "pattern": {"Regex": " {2,}"}, "content": " "})
    metaspace = {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always", "split": True}
    return Pipeline({"type": "Sequence", "normalizers": steps}, metaspace, metaspace, False, True)


def meta_pieces(options: TrainOptions) -> list[Piece]:
    """Special tokens as pieces: the unknown one, control symbols, and user-defined ones that are not special."""
    pieces: list[Piece] = []
    unknown = options.unk_token
    if unknown is None:
        unknown = next((token.content for token in options.special if "unk" in token.content.lower()), None)
    if unknown is None:
        pieces.append(("<unk>", 0.0, "unknown"))
    for token in options.special:
        kind: PieceKind = "control" if token.special else "user_defined"
        pieces.append((token.content, 0.0, "unknown" if token.content == unknown else kind))
    if options.byte_fallback:
        pieces += [(f"<0x{byte:02X}>", 0.0, "byte") for byte in range(_BYTES)]
    return pieces


def with_limits(options: TrainOptions) -> TrainOptions:
    """The options with SentencePiece's usual coverage and longest piece where none is given."""
    return replace(
        options,
        character_coverage=None if options.limit_alphabet else options.character_coverage or _COVERAGE,
        max_token_length=options.max_token_length or _LONGEST,
    )


def train_sentencepiece(
    tokenizer_class: Any,
    options: TrainOptions,
    counted: Counted,
    threads: int,
    progress: ProgressLike,
    checkpoint: Checkpoint | None,
    learning: Learning | None = None,
) -> tuple[Any, dict[str, Any]]:
    """(the tokenizer, numbers of its training)."""
    from ..export.sentencepiece_model import sentencepiece_model

    meta = meta_pieces(options)
    room = int(options.vocab_size) - len(meta)
    if room < 1:
        raise ArgumentError(
            message(
                "train",
                f"vocab_size= more than the {len(meta)} special and byte pieces",
                str(options.vocab_size),
                "byte_fallback=False" if options.byte_fallback else "",
            )
        )
    own = with_limits(options)
    taken = {text for text, _, _ in meta}
    if options.model == "unigram":
        learnt, details = unigram_trainer(counted.words[0], own, room, threads, progress, checkpoint, learning)
    else:
        learnt, details = _bpe_pieces(counted, own, room, progress, learning), {}
    pieces: list[Piece] = [*meta, *((text, score, "normal") for text, score in learnt if text not in taken)]
    kind = "unigram" if options.model == "unigram" else "bpe"
    data = sentencepiece_model(
        pieces,
        kind,  # type: ignore[arg-type]
        normalizer_name(options),  # type: ignore[arg-type]
        byte_fallback=options.byte_fallback,
    )
    return tokenizer_class.from_bytes(data, name=options.model, format="sentencepiece"), details


def _bpe_pieces(
    counted: Counted, options: TrainOptions, room: int, progress: ProgressLike, learning: Learning | None
) -> list[tuple[str, float]]:
    """Merges first, in the order learnt, then the characters: a score is minus the number of the piece."""
    from ... import _core

    words = _core.split_words(
        counted.words[0], options.split_by_unicode_script, options.split_by_number, options.split_digits
    )
    if learning is not None:
        learning.sample(words)
    vocab, merges = run_merging(
        lambda control, log: _core.train_bpe(
            words,
            control,
            vocab_size=room,
            min_frequency=options.min_frequency * counted.scale,
            limit_alphabet=options.limit_alphabet,
            character_coverage=options.character_coverage or 1.0,
            initial_alphabet=list(options.initial_alphabet or ()),
            # The trainer's bound is exclusive.
            max_token_length=(options.max_token_length or _LONGEST) + 1,
            log=log,
        ),
        progress,
        learning,
    )
    first = len(vocab) - len({result for _, _, result, _ in merges})
    order = [*vocab[first:], *vocab[:first]]
    return [(text, -float(number)) for number, text in enumerate(order)]
