"""Presets: which normalizer and pre-tokenizer a training uses, and the decoder that goes with them.

=================  ==================================================================================================
"gpt2"             contractions, letters, numbers, punctuation, each with the space before it; bytes
"cl100k"           GPT-4's split: case-insensitive contractions, numbers up to three digits, line ends apart; bytes
"o200k"            GPT-4o's: also cut between lower and upper case; bytes
"llama3"           the same split as cl100k (files of both differ only at white space that ends a text); bytes
"qwen2"            cl100k with single digits, after NFC; bytes
"deepseek"         three splits in turn: digits, CJK runs, words; bytes
"bert"             BERT's normalizer (lower case unless lowercase=False), white space and punctuation apart
"sentencepiece"    NFKC with SentencePiece's additions, U+2581 for spaces, pieces begin at spaces
"whitespace"       runs of word characters, runs of other characters, white space dropped
"whitespace_split" cut at white space only
"metaspace"        U+2581 for spaces, pieces begin at spaces, no normalization
"none"             the whole text is one piece
=================  ==================================================================================================
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from ...errors import ArgumentError, message
from ..components import Normalizer, PreTokenizer
from .options import TrainOptions

__all__ = ["PRESETS", "Pipeline", "make_pipeline"]

Component = dict[str, Any]

_CONTRACTIONS = "(?i:'s|'t|'re|'ve|'m|'ll|'d)"
_SPACES = r"\s*[\r\n]+|\s+(?!\S)|\s+"
_UPPER = r"[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]"
_LOWER = r"[\p{Ll}\p{Lm}\p{Lo}\p{M}]"
_BEFORE = r"[^\r\n\p{L}\p{N}]?"


def _letters(digits: str) -> str:
    return rf"{_CONTRACTIONS}|{_BEFORE}\p{{L}}+|{digits}| ?[^\s\p{{L}}\p{{N}}]+[\r\n]*|{_SPACES}"


_O200K = (
    rf"{_BEFORE}{_UPPER}*{_LOWER}+{_CONTRACTIONS}?|{_BEFORE}{_UPPER}+{_LOWER}*{_CONTRACTIONS}?"
    rf"|\p{{N}}{{1,3}}| ?[^\s\p{{L}}\p{{N}}]+[\r\n/]*|{_SPACES}"
)
_DEEPSEEK = (
    r"\p{N}{1,3}",
    "[一-龥\u3040-ゟ゠-ヿ]+",
    r"""[!"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+"""
    r"""| ?[\p{P}\p{S}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+""",
)
_BYTE_PATTERNS: dict[str, tuple[str, ...]] = {
    "gpt2": (),
    "cl100k": (_letters(r"\p{N}{1,3}"),),
    "llama3": (_letters(r"\p{N}{1,3}"),),
    "qwen2": (_letters(r"\p{N}"),),
    "o200k": (_O200K,),
    "deepseek": _DEEPSEEK,
}
PRESETS = (*_BYTE_PATTERNS, "bert", "sentencepiece", "whitespace", "whitespace_split", "metaspace", "none")

_METASPACE: Component = {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always", "split": True}
_NORMALIZERS: dict[str, Component | None] = {
    "none": None,
    "nfc": {"type": "NFC"},
    "nfd": {"type": "NFD"},
    "nfkc": {"type": "NFKC"},
    "nfkd": {"type": "NFKD"},
    "lowercase": {"type": "Lowercase"},
    "strip_accents": {"type": "StripAccents"},
    "bert": {
        "type": "BertNormalizer",
        "clean_text": True,
        "handle_chinese_chars": True,
        "strip_accents": None,
        "lowercase": True,
    },
}


@dataclass(frozen=True)
class Pipeline:
    """Components of tokenizer.json around a model; ``byte_level``: pieces reach the model as byte characters."""

    normalizer: Component | None
    pre_tokenizer: Component | None
    decoder: Component | None
    byte_level: bool
    metaspace: bool = False

    def document(self, model: Component, added: list[Component], post_processor: Component | None = None) -> str:
        """The tokenizer.json of this pipeline around ``model``."""
        return json.dumps(
            {
                "version": "1.0",
                "truncation": None,
                "padding": None,
                "added_tokens": added,
                "normalizer": self.normalizer,
                "pre_tokenizer": self.pre_tokenizer,
                "post_processor": post_processor,
                "decoder": self.decoder,
                "model": model,
            },
            ensure_ascii=False,
        )


def _split(pattern: str) -> Component:
    return {"type": "Split", "pattern": {"Regex": pattern}, "behavior": "Isolated", "invert": False}


def _byte_level(add_prefix_space: bool, use_regex: bool) -> Component:
    return {
        "type": "ByteLevel",
        "add_prefix_space": add_prefix_space,
        "trim_offsets": True,
        "use_regex": use_regex,
    }


def _in_sequence(kind: str, name: str, steps: list[Component]) -> Component | None:
    if len(steps) < 2:
        return steps[0] if steps else None
    return {"type": kind, name: steps}


def component(value: Any, what: str) -> Component:
    """A component as its JSON object: a dict, JSON text, ours or tokenizers' own object."""
    if isinstance(value, dict):
        return value
    if isinstance(value, (Normalizer, PreTokenizer)):
        value = value.json
    elif not isinstance(value, (str, bytes)):
        state = getattr(value, "__getstate__", None)
        value = state() if callable(state) else value  # tokenizers' own objects give their JSON
    try:
        found = json.loads(value)
    except (TypeError, ValueError):
        found = None
    if not isinstance(found, dict):
        raise ArgumentError(message("train", f"{what}= a preset or a component of tokenizer.json", repr(value)[:80]))
    return found


def _normalizer(options: TrainOptions, usual: list[str]) -> Component | None:
    given = options.normalizer
    if given is None:
        names: list[Any] = list(usual)
    elif isinstance(given, (list, tuple)):
        names = list(given)
    else:
        names = [given]
    steps: list[Component] = []
    for name in names:
        if isinstance(name, str) and name in _NORMALIZERS:
            step = _NORMALIZERS[name]
            if name == "bert" and step is not None:
                step = {
                    **step,
                    "lowercase": options.lowercase is not False,
                    "strip_accents": options.strip_accents,
                }
            if step is not None:
                steps.append(step)
        elif isinstance(name, str) and not name.lstrip().startswith("{"):
            raise ArgumentError(message("train", f"normalizer= {', '.join(_NORMALIZERS)} or a component", repr(name)))
        else:
            steps.append(component(name, "normalizer"))
    if not any(step["type"] == "BertNormalizer" for step in steps):
        if options.strip_accents:
            steps += [{"type": "NFD"}, {"type": "StripAccents"}]
        if options.lowercase:
            steps.append({"type": "Lowercase"})
    return _in_sequence("Sequence", "normalizers", steps)


def _digits(options: TrainOptions) -> list[Component]:
    if options.digits == "individual":
        return [{"type": "Digits", "individual_digits": True}]
    return [_split(r"\p{N}{1,3}")] if options.digits == "groups" else []


def _is_byte_level(given: Component) -> bool:
    if given.get("type") == "Sequence":
        return any(_is_byte_level(step) for step in given.get("pretokenizers", []))
    return given.get("type") == "ByteLevel"


def _given(options: TrainOptions, given: Component) -> Pipeline:
    """A pre-tokenizer that the caller wrote; the decoder follows from its kind."""
    digits = _digits(options)
    steps = [*digits, given] if digits else [given]
    pre = _in_sequence("Sequence", "pretokenizers", steps)
    byte_level = _is_byte_level(given)
    decoder: Component | None = None
    metaspace = False
    if byte_level:
        decoder = {"type": "ByteLevel", "add_prefix_space": True, "trim_offsets": True, "use_regex": True}
    elif given.get("type") == "Metaspace":
        decoder, metaspace = given, True
    elif options.model == "wordpiece":
        decoder = {"type": "WordPiece", "prefix": options.continuing_subword_prefix or "##", "cleanup": True}
    return Pipeline(_normalizer(options, []), pre, decoder, byte_level, metaspace)


def make_pipeline(options: TrainOptions) -> Pipeline:
    """The pipeline a training counts with and its tokenizer keeps ("sentencepiece" models bring their own)."""
    name = options.pre_tokenizer
    if isinstance(name, str) and name in _BYTE_PATTERNS:
        patterns = [_split(pattern) for pattern in _BYTE_PATTERNS[name]]
        digits = _digits(options)
        if not patterns and not digits:
            pre: Component | None = _byte_level(options.add_prefix_space, True)
        else:
            last = _byte_level(False, not patterns)
            if options.add_prefix_space:
                raise ArgumentError(
                    message(
                        "train",
                        "add_prefix_space with pre_tokenizer='gpt2' alone",
                        f"{name!r}, digits={options.digits!r}",
                    )
                )
            pre = {"type": "Sequence", "pretokenizers": [*digits, *patterns, last]}
        decoder = {"type": "ByteLevel", "add_prefix_space": True, "trim_offsets": True, "use_regex": True}
        return Pipeline(_normalizer(options, ["nfc"] if name == "qwen2" else []), pre, decoder, True)
    if not isinstance(name, str) or name.lstrip().startswith("{"):
        return _given(options, component(name, "pre_tokenizer"))
    plain: dict[str, Component | None] = {
        "bert": {"type": "BertPreTokenizer"},
        "whitespace": {"type": "Whitespace"},
        "whitespace_split": {"type": "WhitespaceSplit"},
        "metaspace": _METASPACE,
        "none": None,
    }
    if name in plain:
        return _plain(options, name, plain[name])
    if any(c in name for c in "\\[(+*|"):
        steps = [*_digits(options), _split(name)]
        if options.model in ("bpe", "superbpe"):
            steps.append(_byte_level(False, False))
        given = steps[0] if len(steps) == 1 else {"type": "Sequence", "pretokenizers": steps}
        return _given(_without_digits(options), given)
    raise ArgumentError(
        message("train", f"pre_tokenizer= {', '.join(PRESETS)}, a component or a regular expression", repr(name))
    )


def _without_digits(options: TrainOptions) -> TrainOptions:
    from dataclasses import replace

    return replace(options, digits=None)


def _plain(options: TrainOptions, name: str, step: Component | None) -> Pipeline:
    steps = [*([step] if step else []), *_digits(options)]
    decoder: Component | None = None
    if options.model == "wordpiece":
        decoder = {"type": "WordPiece", "prefix": options.continuing_subword_prefix or "##", "cleanup": True}
    elif name == "metaspace":
        decoder = _METASPACE
    elif options.end_of_word_suffix is not None:
        decoder = {"type": "BPEDecoder", "suffix": options.end_of_word_suffix}
    elif options.model == "char":
        decoder = {"type": "Fuse"}
    usual = ["bert"] if name == "bert" else []
    return Pipeline(
        _normalizer(options, usual),
        _in_sequence("Sequence", "pretokenizers", steps),
        decoder,
        False,
        name == "metaspace",
    )
