"""The tokens of one text or two: who looks at whom, which answers which, and what a word is before any sentence."""

from __future__ import annotations

import hashlib

import numpy as np
import numpy.typing as npt

from ....encoders.contextual import ContextualEncoder, ContextualVectors
from ....errors import LimitError, message
from ....tokenizers.visible import visible
from ...arrays import pack
from ...state import Studio
from .contracts import (
    MOST_TOKENS,
    AlignedLayer,
    AlignRequest,
    AlignView,
    AttentionRequest,
    AttentionView,
    StaticNeighbour,
    StaticRequest,
    StaticView,
    TokenView,
)
from .senses import unknown_tokens

__all__ = ["aligned", "attention_of", "static_word"]


def attention_of(studio: Studio, request: AttentionRequest) -> AttentionView:
    """The weights of one layer; those of all layers are kept, so that another layer is not computed anew.

    Raises:
        LimitError: a text of more than 160 tokens. ArgumentError: no such layer.
    """

    def load() -> ContextualVectors:
        encoder = studio.contextual(request.model)
        _check_length(encoder, request.text)
        found: ContextualVectors = encoder.encode(
            request.text, layers=(0,), attentions=True, threads=studio.settings.threads
        )
        return found

    digest = hashlib.sha256(request.text.encode()).hexdigest()
    stamp = studio.models.stamp(request.model)
    found = studio.keep.get("attention", f"{request.model} {digest}", load, _attention_bytes, stamp)
    weights = [found.attention(request.layer)]
    assert found.attentions is not None
    layers, heads = found.attentions.shape[:2]
    weights += [found.attention(request.layer, head) for head in range(heads)]
    tokens = _tokens(found.tokens, found.offsets, found.special)
    return AttentionView(
        model=request.model,
        layer=request.layer,
        layers=layers,
        heads=heads,
        tokens=tokens,
        weights=pack(np.stack(weights), "f4"),
        flow=pack(found.attention_rollout(request.layer), "f4"),
    )


def aligned(studio: Studio, request: AlignRequest) -> AlignView:
    """`ContextualEncoder.align`, all layers at once.

    Raises:
        LimitError: a text of more than 160 tokens.
    """
    encoder = studio.contextual(request.model)
    for text in (request.first, request.second):
        _check_length(encoder, text)
    found = encoder.align(request.first, request.second, threads=studio.settings.threads)
    layers = []
    for layer in found.layers:
        overlap = found.overlap(layer)
        pairs = [(left, right) for left, right, _ in found.pairs(layer)]
        layers.append(
            AlignedLayer(layer=layer, pairs=pairs, precision=overlap.precision, recall=overlap.recall, f1=overlap.f1)
        )
    first, second = (
        _tokens(tokens, offsets, np.zeros(len(tokens), dtype=bool))
        for tokens, offsets in zip(found.tokens, found.offsets, strict=True)
    )
    return AlignView(
        model=request.model, first=first, second=second, layers=layers, similarities=pack(found.similarities, "f4")
    )


def static_word(studio: Studio, request: StaticRequest) -> StaticView:
    """The row of a word in the matrix of a model, the mean of several where it is several tokens, and what is near it."""
    matrix = studio.matrix(request.model)
    tokenizer = matrix.tokenizer
    encoding = tokenizer.encode(request.word, add_special_tokens=False)
    # Some models' tokenizers fill every text up with padding, which is no part of the word.
    ids = [id for id, kept in zip(encoding.ids, encoding.attention_mask, strict=True) if kept]
    tokens = [tokenizer.id_to_token(id) or "" for id in ids]
    unknown = unknown_tokens(tokenizer, tokens)
    neighbours = []
    if ids and not unknown:
        found = matrix.most_similar(ids, topn=request.count, threads=studio.settings.threads)
        neighbours = [StaticNeighbour(text=visible(one.text, spaces=False), similarity=one.score) for one in found]
    return StaticView(model=request.model, tokens=tokens, unknown=unknown, neighbours=neighbours)


def _check_length(encoder: ContextualEncoder, text: str) -> None:
    count = len(encoder.tokenizer.encode(text))
    most = min(MOST_TOKENS, encoder.max_tokens or MOST_TOKENS)
    if count > most:
        raise LimitError(message("context", f"a text of at most {most} tokens", str(count), "a shorter sentence"))


def _attention_bytes(found: ContextualVectors) -> int:
    return found.vectors.nbytes + (0 if found.attentions is None else found.attentions.nbytes)


def _tokens(tokens: list[str], offsets: npt.NDArray[np.int64], special: npt.NDArray[np.bool_]) -> list[TokenView]:
    return [
        TokenView(token=token, start=start, end=end, special=bool(added))
        for token, (start, end), added in zip(tokens, offsets.tolist(), special, strict=True)
    ]
