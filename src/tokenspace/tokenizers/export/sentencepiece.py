"""Writing a SentencePiece .model from a tokenizer."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from . import protobuf
from .agreement import check_agreement
from .parts import Parts, refusal
from .rank_order import OrderError, check_rank_order
from .sentencepiece_model import Piece, PieceKind, sentencepiece_model

if TYPE_CHECKING:
    from ...types import AddedToken
    from ..tokenizer import Tokenizer

__all__ = ["extended_file", "sentencepiece_bytes"]

_FORMAT = "SentencePiece .model"
_SPACE = "\u2581"


def sentencepiece_bytes(tokenizer: Tokenizer) -> bytes:
    """The bytes of a .model file with the same ids.

    A tokenizer read from a .model keeps that file, with special tokens added since as control pieces behind it. Others
    need a Unigram or BPE model and a pipeline of SentencePiece's own steps: a character map, white space squeezed, the
    dummy prefix, spaces as U+2581. Scores become 32-bit floats. BPE scores are minus the place of the merge, which is
    checked to say the same as the merges for every entry.

    Raises UnsupportedError that names the step, the added token or the merge that such a file cannot state.
    """
    if tokenizer._source.format == "sentencepiece":
        data = extended_file(tokenizer)
    else:
        data = _from_parts(Parts.of(tokenizer, _FORMAT, "BPE", "Unigram"), tokenizer.special_tokens)
    check_agreement(_FORMAT, tokenizer, type(tokenizer).from_bytes(data, "export.model", "sentencepiece"))
    return data


def extended_file(tokenizer: Tokenizer) -> bytes:
    """The .model a tokenizer was read from, with the special tokens added since.

    Raises UnsupportedError when another pipeline was set, or a token was added that is not special.
    """
    if tokenizer._replaced.keys() - {"post_processor"}:
        raise refusal(_FORMAT, "the pipeline of the file", f"another {', '.join(tokenizer._replaced)}", "")
    core, data = tokenizer._core, tokenizer._source.parts[0]
    size = core.vocab_size(False)
    new = [(id, token) for id, token in tokenizer.added_tokens.items() if id >= size]
    for id, token in tokenizer.added_tokens.items():
        if id >= size or not token.special:
            _require_special(id, token)
    for _, token in new:  # fields of a message may stand anywhere, so a file grows at its end
        piece = protobuf.text(1, token.content) + protobuf.single(2, 0.0) + protobuf.integer(3, 3)
        data += protobuf.message(1, piece)
    return data if not new else data + protobuf.message(2, protobuf.integer(4, size + len(new)))


def _require_special(id: int, token: AddedToken) -> None:
    if not token.special:
        raise refusal(
            _FORMAT,
            "added tokens that are special (they become control pieces)",
            f"{token.content!r} (id {id}), which is cut out before the text around it is normalized",
        )


@dataclass
class _Pipeline:
    charsmap: bytes = b""
    dummy_prefix: bool = False
    squeeze: bool = False
    escape: bool = False
    splits: bool = False


def _replaces(step: dict[str, Any], kind: str, pattern: str, *contents: str) -> bool:
    return step["type"] == "Replace" and step["pattern"] == {kind: pattern} and step["content"] in contents


def _pipeline(parts: Parts) -> _Pipeline:
    """The settings that say what the steps do; refuses the first step that is none of them."""
    found = _Pipeline()
    stripped = False
    for step in parts.normalizer:
        if step["type"] == "Precompiled" and not (found.charsmap or found.dummy_prefix or found.escape):
            found.charsmap = base64.b64decode(step["precompiled_charsmap"])
        elif _replaces(step, "Regex", r"\A +| +\z", "") or (
            # Without a map, Strip would also take tabs and line ends, which SentencePiece leaves.
            step["type"] == "Strip" and step["strip_right"] and found.charsmap
        ):
            stripped = True
        elif _replaces(step, "Regex", " {2,}", " ", _SPACE) and stripped:
            found.squeeze = True
        elif step["type"] == "Prepend" and step["prepend"] in (_SPACE, " ") and not found.dummy_prefix:
            found.dummy_prefix = True
        elif _replaces(step, "String", " ", _SPACE):
            found.escape = True
        else:
            raise refusal(_FORMAT, "normalizers of SentencePiece", step["type"])
    for step in parts.pre_tokenizer:
        if step["type"] == "WhitespaceSplit" and found.charsmap:
            found.squeeze = found.splits = True
        elif step["type"] == "Metaspace" and step.get("replacement", _SPACE) == _SPACE:
            found.escape = True
            found.splits = found.splits or bool(step.get("split", True))
            if step.get("prepend_scheme", "always") != "never" and not found.dummy_prefix:
                found.dummy_prefix = True
                if not found.squeeze:
                    raise refusal(
                        _FORMAT,
                        "a dummy prefix before every text, or white space squeezed",
                        "Metaspace, which adds none before a leading space",
                        "a Prepend normalizer in its place",
                    )
        else:
            raise refusal(_FORMAT, "no pre-tokenizer but Metaspace", step["type"])
    if stripped and not found.squeeze and not any(s["type"] == "WhitespaceSplit" for s in parts.pre_tokenizer):
        raise refusal(_FORMAT, "repeated spaces squeezed where ends are stripped", "a strip alone")
    return found


def _from_parts(parts: Parts, roles: dict[str, str]) -> bytes:
    kind, model = parts.model["type"], parts.model
    pipeline = _pipeline(parts)
    for id, token in parts.added.items():
        _require_special(id, token)
    entries = {id: token for token, id in parts.vocab.items()}
    entries |= {id: token.content for id, token in parts.added.items()}
    if sorted(entries) != list(range(len(entries))):
        raise refusal(_FORMAT, "ids from 0 without gaps", f"{len(entries)} entries up to id {max(entries)}")
    kinds = _kinds(parts, entries)
    normal = {entries[id]: id for id, k in kinds.items() if k == "normal"}
    crossing = next((text for text in normal if _SPACE in text[1:]), None) if pipeline.splits else None
    if crossing is not None:
        raise refusal(_FORMAT, "pieces within one word, where text is split at U+2581", repr(crossing))
    scores = _unigram_scores(model) if kind == "Unigram" else _bpe_scores(parts, normal)
    pieces: list[Piece] = [(entries[id], scores.get(id, 0.0), kinds[id]) for id in range(len(entries))]
    role_ids = {
        f"{role}_id": parts.vocab.get(roles.get(f"{role}_token", ""), _added_id(parts, roles.get(f"{role}_token")))
        for role in ("bos", "eos", "pad")
    }
    return sentencepiece_model(
        pieces,
        "unigram" if kind == "Unigram" else "bpe",
        pipeline.charsmap,
        add_dummy_prefix=pipeline.dummy_prefix,
        remove_extra_whitespaces=pipeline.squeeze,
        escape_whitespaces=pipeline.escape,
        byte_fallback=bool(model.get("byte_fallback")),
        **{name: id for name, id in role_ids.items() if id is not None and kinds[id] == "control"},  # type: ignore[arg-type]
    )


def _added_id(parts: Parts, content: str | None) -> int | None:
    return next((id for id, token in parts.added.items() if token.content == content), None)


def _kinds(parts: Parts, entries: dict[int, str]) -> dict[int, PieceKind]:
    model = parts.model
    unk = model.get("unk_id") if model["type"] == "Unigram" else parts.vocab.get(model.get("unk_token") or "")
    if unk is None:
        raise refusal(_FORMAT, "an unknown token", "a model without one")
    fallback = bool(model.get("byte_fallback"))
    if model["type"] == "BPE" and not fallback and not model.get("fuse_unk"):
        raise refusal(_FORMAT, "fuse_unk (neighbouring unknown characters are one token)", "fuse_unk false")
    byte_pieces = {f"<0x{byte:02X}>" for byte in range(256)}
    if fallback and not byte_pieces <= set(parts.vocab):
        raise refusal(_FORMAT, "256 byte tokens with byte_fallback", "fewer")
    kinds: dict[int, PieceKind] = {}
    for id, text in entries.items():
        if id == unk:
            kinds[id] = "unknown"
        elif id in parts.added:
            kinds[id] = "control"
        else:
            kinds[id] = "byte" if fallback and text in byte_pieces else "normal"
    return kinds


def _unigram_scores(model: dict[str, Any]) -> dict[int, float]:
    return {id: float(score) for id, (_, score) in enumerate(model["vocab"])}


def _bpe_scores(parts: Parts, normal: dict[str, int]) -> dict[int, float]:
    parts.require_plain_bpe(_FORMAT)
    merges = parts.merges()
    ranks: dict[str, int] = {}
    for left, right in merges:
        ranks.setdefault(left + right, len(ranks))
    ranks = {text: rank for text, rank in ranks.items() if text in normal}
    symbols = [text for text in normal if text not in ranks]
    # Longer entries without a merge are never made here; scores would join any two entries that spell one.
    longer = next((t for t in symbols if any(t[:i] in normal and t[i:] in normal for i in range(1, len(t)))), None)
    if longer is not None:
        raise refusal(_FORMAT, "a merge for every entry of several characters", f"none for {longer!r}")
    try:
        check_rank_order(ranks, merges, False, symbols)
    except OrderError as error:
        raise refusal(_FORMAT, "merges that scores of the pieces give", str(error)) from None
    scores = {normal[text]: -float(rank) for text, rank in ranks.items()}
    return scores | {normal[text]: -float(len(ranks) + i) for i, text in enumerate(symbols)}
