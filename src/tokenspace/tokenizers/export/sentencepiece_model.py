"""A SentencePiece .model from its pieces and settings: what the trainers and the exporter stand on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Literal, cast, get_args

from ...errors import ArgumentError, FormatError, message
from . import protobuf

__all__ = ["ModelKind", "NormalizerName", "Piece", "PieceKind", "sentencepiece_charsmap", "sentencepiece_model"]

PieceKind = Literal["normal", "unknown", "control", "user_defined", "unused", "byte"]
ModelKind = Literal["unigram", "bpe", "word", "char"]
NormalizerName = Literal["nmt_nfkc", "nfkc", "nmt_nfkc_cf", "nfkc_cf", "identity"]
Piece = tuple[str, float, PieceKind]

_PIECE_KINDS: dict[str, int] = {kind: number for number, kind in enumerate(get_args(PieceKind), 1)}
_MODEL_KINDS: dict[str, int] = {kind: number for number, kind in enumerate(get_args(ModelKind), 1)}


# Built by scripts/make_charsmap.py, since building takes half a second.
SHIPPED = {"nmt_nfkc": "nmt_nfkc.charsmap.xz"}


@lru_cache(maxsize=1)
def _shipped(file: str) -> bytes | None:
    import lzma

    try:
        return lzma.decompress((Path(__file__).parents[2] / "assets" / file).read_bytes())
    except (OSError, lzma.LZMAError):
        return None


def sentencepiece_charsmap(normalizer: str | bytes | Mapping[str, str]) -> bytes:
    """The ``precompiled_charsmap`` of a normalizer; empty when no character is mapped.

    normalizer: "nmt_nfkc", "nfkc", "nmt_nfkc_cf", "nfkc_cf" (the rules of sentencepiece 0.2.3, made from this package's
        Unicode tables on first use and kept for the process) or "identity"; rules of your own as {source: target}, the
        longest source at a position winning; or the bytes of a map, returned as they are.

    Raises ArgumentError for another name, and for rules that are empty or hold NUL.
    """
    from ... import _core

    if isinstance(normalizer, bytes):
        return normalizer
    if isinstance(normalizer, str):
        shipped = _shipped(SHIPPED[normalizer]) if normalizer in SHIPPED else None
        if shipped is not None:
            return shipped
        return cast(bytes, _core.builtin_charsmap(normalizer))
    return cast(bytes, _core.compile_charsmap(list(normalizer.items())))


def sentencepiece_model(
    pieces: Sequence[Piece],
    model_type: ModelKind,
    normalizer: NormalizerName | bytes | Mapping[str, str] = "nmt_nfkc",
    *,
    add_dummy_prefix: bool = True,
    remove_extra_whitespaces: bool = True,
    escape_whitespaces: bool = True,
    treat_whitespace_as_suffix: bool = False,
    byte_fallback: bool = False,
    unk_id: int | None = None,
    bos_id: int | None = None,
    eos_id: int | None = None,
    pad_id: int | None = None,
    unk_surface: str | None = None,
    normalizer_name: str | None = None,
    denormalizer: bytes | Mapping[str, str] = b"",
) -> bytes:
    """The bytes of a .model file that sentencepiece 0.2.3 and ``Tokenizer.from_bytes`` open with the same ids.

    pieces: (text, score, kind) in order of id. Texts write a space as U+2581. Kinds: "normal"; "unknown" (one of them);
        "control" (ids without text: <s>, </s>, <pad>); "user_defined" (always one token); "unused" (never a token);
        "byte" (<0x00> to <0xFF>, all 256, exactly when ``byte_fallback``).
    model_type: "unigram" (scores are log-probabilities), "bpe" (the piece with the highest score is merged first: a
        trainer gives minus the number of the merge), "word", "char".
    normalizer: as for ``sentencepiece_charsmap``.
    add_dummy_prefix: a space before the text (behind it with ``treat_whitespace_as_suffix``).
    remove_extra_whitespaces: drops spaces at both ends and repeated ones.
    escape_whitespaces: spaces become U+2581.
    unk_id, bos_id, eos_id, pad_id: which piece has the role; the unknown piece and, when they are control pieces,
        "<s>", "</s>" and "<pad>" have it by themselves; -1 for none.
    unk_surface: text of the unknown piece when it is decoded; None for sentencepiece's " \u2047 ".
    normalizer_name: the name the file states; None for the name given, or "user_defined" for rules.
    denormalizer: a map applied to decoded text.

    Raises ArgumentError for pieces or settings that contradict each other, with the piece's number where one is wrong.
    """
    from ... import _core

    operation = "sentencepiece_model"
    if model_type not in _MODEL_KINDS:
        raise ArgumentError(message(operation, f"model_type one of {', '.join(_MODEL_KINDS)}", repr(model_type)))
    out = bytearray()
    for number, (text, score, kind) in enumerate(pieces):
        if kind not in _PIECE_KINDS:
            raise ArgumentError(message(operation, f"kinds {', '.join(_PIECE_KINDS)}", f"{kind!r} (piece {number})"))
        out += protobuf.message(1, protobuf.text(1, text) + protobuf.single(2, score) + _kind(kind))
    trainer = bytearray(protobuf.integer(3, _MODEL_KINDS[model_type]) + protobuf.integer(4, len(pieces)))
    trainer += protobuf.flag(24, treat_whitespace_as_suffix) + protobuf.flag(35, byte_fallback)
    for offset, (role, id) in enumerate((("unk", unk_id), ("bos", bos_id), ("eos", eos_id), ("pad", pad_id))):
        found = _role(pieces, role, id)
        trainer += protobuf.integer(40 + offset, found)
        if found >= 0:
            trainer += protobuf.text(45 + offset, pieces[found][0])
    if unk_surface is not None:
        trainer += protobuf.text(44, unk_surface)
    name = normalizer_name or (normalizer if isinstance(normalizer, str) else "user_defined")
    spec = protobuf.text(1, name) + protobuf.message(2, sentencepiece_charsmap(normalizer))
    spec += protobuf.flag(3, add_dummy_prefix) + protobuf.flag(4, remove_extra_whitespaces)
    spec += protobuf.flag(5, escape_whitespaces)
    out += protobuf.message(2, bytes(trainer)) + protobuf.message(3, spec)
    if denormalizer:
        out += protobuf.message(5, protobuf.message(2, sentencepiece_charsmap(denormalizer)))
    try:
        _core.read_sentencepiece(bytes(out), operation)
    except FormatError as error:
        raise ArgumentError(str(error)) from error
    return bytes(out)


def _kind(kind: str) -> bytes:
    return b"" if kind == "normal" else protobuf.integer(3, _PIECE_KINDS[kind])


_DEFAULT_NAMES = {"bos": "<s>", "eos": "</s>", "pad": "<pad>"}


def _role(pieces: Sequence[Piece], role: str, id: int | None) -> int:
    """The id of a role: the one given, checked, else the piece that has it by its kind or name, else -1."""
    wanted = "unknown" if role == "unk" else "control"
    if id is not None and id >= 0:
        if id >= len(pieces) or pieces[id][2] != wanted:
            received = f"{pieces[id][0]!r}, {pieces[id][2]}" if id < len(pieces) else f"{len(pieces)} pieces"
            raise ArgumentError(message("sentencepiece_model", f"{role}_id={id} of a {wanted} piece", received))
        return id
    if id is not None:
        return -1
    for number, (text, _, kind) in enumerate(pieces):
        if kind == wanted and (role == "unk" or text == _DEFAULT_NAMES[role]):
            return number
    return -1
