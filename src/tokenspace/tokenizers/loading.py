"""from_pretrained and from_file: from a name or a path to a source and its configuration."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..errors import ArgumentError, FormatError, NotFoundError, message
from ..types import PathLike
from . import tiktoken_names
from .clip_pair import clip_tokenizer_json
from .files import gunzip, read_bytes
from .formats import detect
from .pretrained_config import CONFIG_FILES, PretrainedConfig, read_config
from .source import Source, tiktoken_source

__all__ = ["TOKENIZER_FILES", "Loaded", "load_bytes", "load_file", "load_files", "load_pretrained"]

_GZIP = b"\x1f\x8b"
_BERT_CONFIG = {
    "do_lower_case": "lowercase",
    "tokenize_chinese_chars": "tokenize_chinese_chars",
    "strip_accents": "strip_accents",
    "unk_token": "unk",
    "sep_token": "sep",
    "cls_token": "cls",
    "pad_token": "pad",
    "mask_token": "mask",
}
# Files of a folder or repository, best first; the second of a pair is needed as well.
TOKENIZER_FILES: tuple[tuple[str, ...], ...] = (
    ("tokenizer.json",),
    ("tekken.json",),
    ("tokenizer.model",),
    ("spiece.model",),
    ("sentencepiece.bpe.model",),
    ("sentencepiece.model",),
    ("spm.model",),
    ("tiktoken.model",),
    ("qwen.tiktoken",),
    ("vocab.json", "merges.txt"),
    ("vocab.txt",),
)
EMBEDDED = {
    "tokenspace/bpe": "bpe.json.gz",
    "tokenspace/wordpiece": "wordpiece.json.gz",
    "tokenspace/unigram": "unigram.model.gz",
    "tokenspace/word": "word.json.gz",
    "tokenspace/char": "char.json.gz",
    "tokenspace/byte": "",
}
# Rule tokenizers: an embedded vocabulary behind a rule of splitting.
_LETTERS = '{"type":"Split","pattern":{"Regex":"[\\\\p{L}\\\\p{M}\\\\p{N}_]+"},"behavior":"Removed","invert":true}'
BUILTIN = {
    "byte": ("tokenspace/byte", None),
    "char": ("tokenspace/char", None),
    "whitespace": ("tokenspace/word", '{"type":"WhitespaceSplit"}'),
    "rules": ("tokenspace/word", _LETTERS),
}


@dataclass
class Loaded:
    """A source and what stands beside it. replace: parts of the pipeline to exchange, by name, as JSON."""

    source: Source
    config: PretrainedConfig = field(default_factory=PretrainedConfig)
    name: str = ""
    replace: dict[str, str] = field(default_factory=dict)


def load_bytes(
    data: bytes,
    name: str = "bytes",
    format: str | None = None,
    pattern: str | None = None,
    special_tokens: Any = None,
    config: PretrainedConfig | None = None,
    sibling: Callable[[str], bytes | None] | None = None,
    **options: Any,
) -> Loaded:
    """A tokenizer file in memory. ``sibling`` gives the bytes of files beside it (merges.txt of vocab.json)."""
    config = config or PretrainedConfig()
    if data[:2] == _GZIP:
        data = gunzip(data, name)
    kind = format or detect(data, name)
    if kind != "tiktoken" and pattern is not None:
        raise ArgumentError(message(f"read {name}", f"no pattern=, which {kind} states itself", repr(pattern)))
    if kind == "tiktoken":
        source = tiktoken_source(data, name, pattern, special_tokens, Path(name).name)
        if options:
            raise ArgumentError(message(f"read {name}", "pattern= and special_tokens=", ", ".join(options)))
        return Loaded(source, config, name)
    if kind == "vocab.txt":
        stated = {ours: config.values[theirs] for theirs, ours in _BERT_CONFIG.items() if theirs in config.values}
        for role, token in config.special.items():
            if role in _BERT_CONFIG:
                stated[_BERT_CONFIG[role]] = token.content
        options = {**stated, **options}
    parts = [data]
    if kind in ("vocab.json", "merges.txt"):
        other = "merges.txt" if kind == "vocab.json" else "vocab.json"
        found = sibling(other) if sibling is not None else None
        if found is None:
            raise NotFoundError(message(f"read {name}", f"{other} beside it", "none"))
        parts = [data, found] if kind == "vocab.json" else [found, data]
        kind = "vocab.json"
        if str(config.values.get("tokenizer_class", "")).startswith("CLIPTokenizer"):
            return Loaded(_clip_source(parts, name, config), config, name)
        if "add_prefix_space" in config.values:
            options.setdefault("add_prefix_space", bool(config.values["add_prefix_space"]))
        tokens = [*config.special.values(), *config.extra_special, *(t for t in config.to_add if t.special)]
        # Those with flags (RoBERTa's <mask> swallows the space before it) are added with them later.
        plain = (token.content for token in tokens if not (token.lstrip or token.rstrip or token.single_word))
        options.setdefault("special", list(dict.fromkeys(plain)))
    if special_tokens:
        config.extra_special += [config_token(token) for token in special_tokens]
    return Loaded(Source(kind, name, tuple(parts), options), config, name)


def _clip_source(parts: list[bytes], name: str, config: PretrainedConfig) -> Source:
    roles = {"bos_token": "bos", "eos_token": "eos", "unk_token": "unk"}
    named = {short: config.special[role].content for role, short in roles.items() if role in config.special}
    try:
        return Source("tokenizer.json", name, (clip_tokenizer_json(parts[0], parts[1], **named),))
    except (ValueError, KeyError) as error:
        raise FormatError(message(f"read {name}", "vocab.json of CLIP", str(error))) from error


def config_token(token: Any) -> Any:
    """A special token the caller names."""
    from ..types import AddedToken

    return AddedToken.of(token, special=True)


def load_file(path: PathLike, format: str | None = None, **options: Any) -> Loaded:
    """One tokenizer file; for vocab.json also the merges.txt beside it."""
    path = Path(path)

    def sibling(name: str) -> bytes | None:
        found = path.with_name(path.name.replace("vocab.json", name) if "vocab.json" in path.name else name)
        return read_bytes(found) if found.is_file() else None

    return load_bytes(read_bytes(path), str(path), format, sibling=sibling, **options)


def load_folder(folder: Path, **options: Any) -> Loaded:
    """The best tokenizer file of a folder, with its configuration files."""
    names = {p.name for p in folder.iterdir() if p.is_file()}
    files = {name: read_bytes(folder / name) for name in CONFIG_FILES if name in names}
    for extra in sorted((folder / "additional_chat_templates").glob("*.jinja")):
        files[f"additional_chat_templates/{extra.name}"] = read_bytes(extra)
    config = read_config(files)
    chosen = next((c for c in TOKENIZER_FILES if set(c) <= names), None)
    if chosen is None:
        # A single file under another name: 20B_tokenizer.json, cl100k_base.tiktoken, bpe_simple_vocab_16e6.txt.gz.
        for ending in ("tokenizer.json", ".model", ".tiktoken", "vocab_16e6.txt.gz", "vocab.txt"):
            found = sorted(name for name in names if name.endswith(ending))
            if len(found) == 1:
                chosen = (found[0],)
                break
    if chosen is None:
        raise NotFoundError(
            message(
                f"load {folder}",
                "a tokenizer file (tokenizer.json, tekken.json, *.model, *.tiktoken, vocab.json + merges.txt, vocab.txt)",
                ", ".join(sorted(names)[:8]) or "an empty folder",
            )
        )

    def sibling(name: str) -> bytes | None:
        return read_bytes(folder / name) if name in names else None

    loaded = load_bytes(
        read_bytes(folder / chosen[0]), str(folder / chosen[0]), config=config, sibling=sibling, **options
    )
    loaded.name = str(folder)
    return loaded


def load_hub(
    name: str,
    revision: str | None,
    token: str | bool | None,
    cache_dir: PathLike | None,
    local_files_only: bool | None,
    **options: Any,
) -> Loaded:
    """A repository of the hub: only the files needed are fetched."""
    from ..hub import HubRepo

    repo = HubRepo(name, revision, token, cache_dir, local_files_only)
    return load_files(repo.get, name, repo.additional_templates, **options)


def load_files(
    get: Callable[[str], Path | None], name: str, templates: Callable[[], list[str]] = list, **options: Any
) -> Loaded:
    """The best tokenizer of files that are asked for by name, with its configuration files.

    get: where a file is; None when there is none. templates: names of further chat templates, asked for at the end.
    """
    chosen: Path | None = None
    for candidate in TOKENIZER_FILES:
        chosen = get(candidate[0])
        if chosen is not None and all(get(other) is not None for other in candidate[1:]):
            break
        chosen = None
    if chosen is None:
        tried = ", ".join(c[0] for c in TOKENIZER_FILES)
        raise NotFoundError(message(f"load {name!r}", f"a tokenizer file in the repository ({tried})", "none of them"))
    files: dict[str, bytes] = {}
    for filename in CONFIG_FILES:
        if filename in ("added_tokens.json", "special_tokens_map.json") and _complete(files):
            continue
        if filename == "chat_template.json" and "chat_template.jinja" in files:
            continue
        path = get(filename)
        if path is not None:
            files[filename] = read_bytes(path)
    for filename in templates():
        path = get(filename)
        if path is not None:
            files[filename] = read_bytes(path)

    def sibling(other: str) -> bytes | None:
        path = get(other)
        return None if path is None else read_bytes(path)

    loaded = load_bytes(read_bytes(chosen), str(chosen), config=read_config(files), sibling=sibling, **options)
    loaded.name = name
    return loaded


def _complete(files: dict[str, bytes]) -> bool:
    # Since 2023 tokenizer_config.json holds every added token; the older files then repeat it.
    return b'"added_tokens_decoder"' in files.get("tokenizer_config.json", b"")


def load_tiktoken(name: str, local_files_only: bool | None = None) -> Loaded:
    """One of tiktoken's encodings, by its name."""
    from .tiktoken_files import read_encoding

    encoding = tiktoken_names.ENCODINGS[name]
    options = {"pattern": tiktoken_names.PATTERNS[encoding.pattern], "special": dict(encoding.special)}
    return Loaded(Source("tiktoken", name, (read_encoding(name, bool(local_files_only)),), options), name=name)


def load_embedded(name: str, **options: Any) -> Loaded:
    """A tokenizer that ships with the package."""
    base, replacement = BUILTIN.get(name, (name, None))
    if not EMBEDDED[base]:
        loaded = Loaded(Source("byte", base, ()), name=name)
    else:
        path = Path(__file__).parent.parent / "assets" / EMBEDDED[base]
        loaded = load_bytes(read_bytes(path), base, **options)
        loaded.name = name
    if replacement is not None:
        loaded.replace["pre_tokenizer"] = replacement
    return loaded


def load_pretrained(
    name_or_path: PathLike,
    revision: str | None = None,
    token: str | bool | None = None,
    cache_dir: PathLike | None = None,
    local_files_only: bool | None = None,
    **options: Any,
) -> Loaded:
    """In this order: existing path, embedded name, tiktoken encoding or model, hub id."""
    text = os.fspath(name_or_path)
    path = Path(text).expanduser()
    is_id = isinstance(name_or_path, str) and not text.startswith((".", "/", "~", "\\"))
    if path.is_dir() and not (is_id and text in BUILTIN):
        return load_folder(path, **options)
    if path.is_file():
        return load_file(path, **options)
    if not is_id:
        raise NotFoundError(message(f"load {text}", "a file or folder", "nothing at this path"))
    if text.startswith("tokenspace/") and text not in EMBEDDED:
        raise NotFoundError(message(f"load {text!r}", f"one of {', '.join(EMBEDDED)}", "another name"))
    if text in EMBEDDED or text in BUILTIN:
        return load_embedded(text, **options)
    hub = (revision, token, cache_dir, local_files_only)
    encoding = _tiktoken_name(text)
    if encoding is not None and revision is None:
        try:
            return load_tiktoken(encoding, local_files_only)
        except NotFoundError as tiktoken_error:
            if text not in ("gpt2", "gpt-2"):
                raise
            # gpt2 is also a repository of the hub, with the same ids.
            try:
                return load_hub("gpt2", *hub, **options)
            except NotFoundError:
                try:
                    return load_hub("openai-community/gpt2", *hub, **options)
                except NotFoundError:
                    raise tiktoken_error from None
    return load_hub(text, *hub, **options)


def _tiktoken_name(text: str) -> str | None:
    if "/" in text and not text.startswith("ft:"):
        return None
    if text in tiktoken_names.ENCODINGS:
        return text
    try:
        return tiktoken_names.encoding_name_for_model(text)
    except KeyError:
        return None
