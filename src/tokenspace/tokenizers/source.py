"""What a tokenizer was made from, and making it: plain data, so that it can be pickled and cached."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from ..errors import ArgumentError, FormatError, message
from . import tiktoken_names
from .compiled_cache import cached

__all__ = ["Source", "build"]


@dataclass(frozen=True)
class Source:
    """Bytes, their format and the options they are read with.

    parts: the file's bytes (two for vocab.json + merges.txt).
    """

    format: str
    name: str
    parts: tuple[bytes, ...] = field(repr=False)
    options: dict[str, Any] = field(default_factory=dict)


_OPTION_NAMES = {
    "tokenizer.json": (),
    "tiktoken": ("pattern", "special"),
    "sentencepiece": (),
    "vocab.txt": ("lowercase", "tokenize_chinese_chars", "strip_accents", "unk", "sep", "cls", "pad", "mask"),
    "vocab.json": ("add_prefix_space", "trim_offsets", "special"),
    "clip": (),
    "tekken": (),
    "byte": (),
}


def _build(core: Any, source: Source) -> Any:
    kind, name, parts, options = source.format, source.name, source.parts, source.options
    if kind == "tokenizer.json":
        return core.read_tokenizer_json(parts[0], name)
    if kind == "tiktoken":
        special = [(token, int(id)) for token, id in options.get("special", {}).items()]
        return core.read_tiktoken(parts[0], name, options["pattern"], special)
    if kind == "sentencepiece":
        return core.read_sentencepiece(parts[0], name)
    if kind == "vocab.txt":
        return core.read_bert_vocab(parts[0], name, **options)
    if kind == "vocab.json":
        return core.read_vocab_merges(parts[0], parts[1], name, **options)
    if kind == "clip":
        return core.read_clip(parts[0], name)
    if kind == "tekken":
        return core.read_tekken(parts[0], name)
    if kind == "byte":
        return core.make_byte_tokenizer()
    raise ArgumentError(message("format", f"one of {', '.join(_OPTION_NAMES)}", repr(kind)))


def build(source: Source) -> Any:
    """The native tokenizer of a source, from the compiled cache when it is there.

    Raises ArgumentError for options the format does not have, FormatError for a damaged file.
    """
    from .. import _core

    allowed = _OPTION_NAMES.get(source.format)
    if allowed is None:
        raise ArgumentError(message("format", f"one of {', '.join(_OPTION_NAMES)}", repr(source.format)))
    unknown = sorted(set(source.options) - set(allowed))
    if unknown:
        takes = ", ".join(allowed) or "none"
        raise ArgumentError(message(f"read {source.name}", f"options of {source.format} ({takes})", ", ".join(unknown)))
    if source.format == "vocab.json" and len(source.parts) != 2:
        raise FormatError(message(f"read {source.name}", "vocab.json and merges.txt", "one of them"))
    key = {"format": source.format, **source.options}
    return cached(_core, list(source.parts), key, source.name, lambda: _build(_core, source))


def known_pattern(data: bytes, file_name: str) -> str | None:
    """The well-known file that a .tiktoken file is, by its bytes or its name; None: how text is split has to be said."""
    import hashlib

    if (known := tiktoken_names.KNOWN_SHA256.get(hashlib.sha256(data).hexdigest())) is not None:
        return known
    stem = file_name.removesuffix(".tiktoken")
    return stem if stem != file_name and stem in ("qwen", *tiktoken_names.ENCODINGS) else None


def tiktoken_source(
    data: bytes, name: str, pattern: str | None, special_tokens: dict[str, int] | list[str] | None, file_name: str = ""
) -> Source:
    """A .tiktoken file with its pattern: given, or that of the well-known public file it is."""
    family: str | None = None
    special: dict[str, int] | None = None
    if pattern is None:
        known = known_pattern(data, file_name)
        if known is None:
            raise ArgumentError(
                message(
                    f"read {name}",
                    "pattern=, as a .tiktoken file does not say how text is split",
                    "none",
                    f"pattern= one of {', '.join(tiktoken_names.FAMILIES)} or a regular expression",
                )
            )
        if known in tiktoken_names.ENCODINGS:
            special = tiktoken_names.ENCODINGS[known].special
            pattern = tiktoken_names.ENCODINGS[known].pattern
        else:
            pattern = known
    family, regex = tiktoken_names.pattern_for(pattern)
    ranks = data.count(b"\n") + (0 if data.endswith(b"\n") else 1)
    if isinstance(special_tokens, dict):
        special = {str(k): int(v) for k, v in special_tokens.items()}
    elif special_tokens is not None:
        special = {str(token): ranks + i for i, token in enumerate(special_tokens)}
    elif special is None:
        special = tiktoken_names.family_specials(family, ranks)
    return Source("tiktoken", name, (data,), {"pattern": regex, "special": special})
