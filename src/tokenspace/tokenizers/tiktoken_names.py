"""tiktoken's names: encodings, the models that use them, split patterns and special tokens (tiktoken 0.14)."""

from __future__ import annotations

from dataclasses import dataclass, field

from ..errors import ArgumentError, message

__all__ = [
    "ENCODINGS",
    "FAMILIES",
    "PATTERNS",
    "EncodingFile",
    "encoding_name_for_model",
    "family_specials",
    "pattern_for",
]

_ROOT = "https://openaipublic.blob.core.windows.net/"
_END = "<|endoftext|>"
_FIM = ("<|fim_prefix|>", "<|fim_middle|>", "<|fim_suffix|>")
_CONTRACTIONS = "(?i:'s|'t|'re|'ve|'m|'ll|'d)"
_R50K = r"'(?:[sdmt]|ll|ve|re)| ?\p{L}++| ?\p{N}++| ?[^\s\p{L}\p{N}]++|\s++$|\s+(?!\S)|\s"
_CL100K = (
    r"'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}++|\p{N}{1,3}+| ?[^\s\p{L}\p{N}]++[\r\n]*+"
    r"|\s++$|\s*[\r\n]|\s+(?!\S)|\s"
)
_UPPER = r"[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]"
_LOWER = r"[\p{Ll}\p{Lm}\p{Lo}\p{M}]"
_BEFORE = r"[^\r\n\p{L}\p{N}]?"
_SPACES = r"\s*[\r\n]+|\s+(?!\S)|\s+"


def _cased(upper: str, lower: str, suffix: str) -> str:
    return f"{_BEFORE}{upper}*{lower}+{suffix}|{_BEFORE}{upper}+{lower}*{suffix}"


def _letters(digits: str) -> str:
    return rf"{_CONTRACTIONS}|{_BEFORE}\p{{L}}+|{digits}| ?[^\s\p{{L}}\p{{N}}]+[\r\n]*|{_SPACES}"


_O200K = rf"{_cased(_UPPER, _LOWER, _CONTRACTIONS + '?')}|\p{{N}}{{1,3}}| ?[^\s\p{{L}}\p{{N}}]+[\r\n/]*|{_SPACES}"
_NOT_HAN = (_UPPER[:-1] + r"&&[^\p{Han}]]", _LOWER[:-1] + r"&&[^\p{Han}]]")

# DeepSeek splits three times (numbers, CJK runs, then everything again by the rest) and keeps what no pattern matches. As one
# expression: CJK runs fall into letters and punctuation, the other classes exclude what was cut out before, which also ends
# a run of white space, and characters that match nothing stay together up to one that the next word takes as its prefix.
_CJK = "\u4e00-\u9fa5\u3040-\u30ff"
_WORD = rf"[\p{{L}}\p{{M}}&&[^{_CJK}]]"
_REST = rf"[^\s\p{{L}}\p{{M}}\p{{N}}\p{{P}}\p{{S}}{_CJK}]"
_CJK_WORD, _CJK_REST = rf"[{_CJK}&&[\p{{L}}\p{{M}}]]", rf"[{_CJK}&&[^\p{{L}}\p{{M}}\p{{P}}\p{{S}}]]"
_DEEPSEEK = (
    rf"\p{{N}}{{1,3}}|{_CJK_REST}?{_CJK_WORD}+|[{_CJK}&&[\p{{P}}\p{{S}}]]+|{_CJK_REST}+(?={_CJK_REST}{_CJK_WORD})|{_CJK_REST}+"
    rf"|[!-/:-~&&[^A-Za-z]][A-Za-z]+|[^\r\n\p{{L}}\p{{P}}\p{{S}}\p{{N}}{_CJK}]?{_WORD}+|"
    rf" ?[\p{{P}}\p{{S}}&&[^{_CJK}]]+[\r\n]*|\s*[\r\n]+|\s+(?![^\s\p{{N}}{_CJK}])|\s+|{_REST}+(?={_REST}{_WORD})|{_REST}+"
)

# One split pattern per family of .tiktoken files.
PATTERNS: dict[str, str] = {
    "gpt2": _R50K,
    "r50k": _R50K,
    "p50k": _R50K,
    "cl100k": _CL100K,
    "o200k": _O200K,
    "llama3": _letters(r"\p{N}{1,3}"),
    "qwen2": _letters(r"\p{N}"),
    "deepseek": _DEEPSEEK,
    "kimi": rf"[\p{{Han}}]+|{_cased(*_NOT_HAN, _CONTRACTIONS + '?')}|\p{{N}}{{1,3}}"
    rf"| ?[^\s\p{{L}}\p{{N}}]+[\r\n]*|{_SPACES}",
    "tekken": rf"{_cased(_UPPER, _LOWER, '')}|\p{{N}}| ?[^\s\p{{L}}\p{{N}}]+[\r\n/]*|{_SPACES}",
}
_ALIASES = {
    "r50k_base": "r50k",
    "p50k_base": "p50k",
    "p50k_edit": "p50k",
    "cl100k_base": "cl100k",
    "o200k_base": "o200k",
    "o200k_harmony": "o200k",
    "gpt-2": "gpt2",
    "llama-3": "llama3",
    "qwen": "qwen2",
    "qwen3": "qwen2",
}
FAMILIES = tuple(PATTERNS)


def pattern_for(name_or_regex: str) -> tuple[str | None, str]:
    """(family or None, regular expression) for a family name or a regular expression given as such."""
    family = _ALIASES.get(name_or_regex.lower(), name_or_regex.lower())
    if family in PATTERNS:
        return family, PATTERNS[family]
    if name_or_regex.replace("-", "").replace("_", "").isalnum():
        raise ArgumentError(
            message("pattern", f"one of {', '.join(FAMILIES)} or a regular expression", repr(name_or_regex))
        )
    return None, name_or_regex


@dataclass(frozen=True)
class EncodingFile:
    """Where an encoding of tiktoken comes from: (URL, sha256) of its files, and what is not in them."""

    name: str
    files: tuple[tuple[str, str], ...]
    pattern: str
    special: dict[str, int] = field(default_factory=dict)

    @property
    def is_data_gym(self) -> bool:
        """vocab.bpe and encoder.json instead of one .tiktoken file."""
        return len(self.files) == 2


def _tiktoken(file: str, sha256: str) -> tuple[tuple[str, str], ...]:
    return ((f"{_ROOT}encodings/{file}.tiktoken", sha256),)


_R50K_FILE = _tiktoken("r50k_base", "306cd27f03c1a714eca7108e03d66b7dc042abe8c258b44c199a7ed9838dd930")
_P50K_FILE = _tiktoken("p50k_base", "94b5ca7dff4d00767bc256fdd1b27e5b17361d7b8a5f968547f9f23eb70d2069")
_CL100K_FILE = _tiktoken("cl100k_base", "223921b76ee99bde995b7ff738513eef100fb51d18c93597a113bcffe865b2a7")
_O200K_FILE = _tiktoken("o200k_base", "446a9538cb6c348e3516120d7c08b09f57c36495e2acfffe59a5bf8b0cfb1a2d")
_GPT2_FILES = (
    (f"{_ROOT}gpt-2/encodings/main/vocab.bpe", "1ce1664773c50f3e0cc8842619a93edc4624525b728b188a9e0be33b7726adc5"),
    (f"{_ROOT}gpt-2/encodings/main/encoder.json", "196139668be63f3b5d6574427317ae82f612a97c5d1cdaf36ed2256dbf636783"),
)
_O200K_SPECIAL = {_END: 199999, "<|endofprompt|>": 200018}
_HARMONY_NAMED = {
    199998: "startoftext",
    200002: "return",
    200003: "constrain",
    200005: "channel",
    200006: "start",
    200007: "end",
    200008: "message",
    200012: "call",
}
_HARMONY = _O200K_SPECIAL | {
    f"<|{_HARMONY_NAMED.get(i, f'reserved_{i}')}|>": i for i in (199998, *range(200000, 201088))
}

ENCODINGS: dict[str, EncodingFile] = {
    e.name: e
    for e in (
        EncodingFile("gpt2", _GPT2_FILES, "gpt2", {_END: 50256}),
        EncodingFile("r50k_base", _R50K_FILE, "r50k", {_END: 50256}),
        EncodingFile("p50k_base", _P50K_FILE, "p50k", {_END: 50256}),
        EncodingFile("p50k_edit", _P50K_FILE, "p50k", {_END: 50256, **{t: 50281 + i for i, t in enumerate(_FIM)}}),
        EncodingFile(
            "cl100k_base",
            _CL100K_FILE,
            "cl100k",
            {_END: 100257, **{t: 100258 + i for i, t in enumerate(_FIM)}, "<|endofprompt|>": 100276},
        ),
        EncodingFile("o200k_base", _O200K_FILE, "o200k", _O200K_SPECIAL),
        EncodingFile("o200k_harmony", _O200K_FILE, "o200k", _HARMONY),
    )
}
# The public files by content, so that a copy under any name is recognised.
KNOWN_SHA256 = {e.files[0][1]: name for name, e in reversed(ENCODINGS.items()) if not e.is_data_gym}
KNOWN_SHA256 |= {e.files[0][1]: e.name for e in (ENCODINGS["o200k_base"], ENCODINGS["p50k_base"])}

_PREFIXES = {
    "o200k_base": (
        "o1- o3- o4-mini- gpt-5 gpt-4.5- gpt-4.1- chatgpt-4o- gpt-4o- ft:gpt-4o",
        "o1 o3 o4-mini gpt-5 gpt-4.1 gpt-4o",
    ),
    "o200k_harmony": ("gpt-oss-", ""),
    "cl100k_base": (
        "gpt-4- gpt-3.5-turbo- gpt-35-turbo- ft:gpt-4 ft:gpt-3.5-turbo ft:davinci-002 ft:babbage-002",
        "gpt-4 gpt-3.5-turbo gpt-3.5 gpt-35-turbo davinci-002 babbage-002 text-embedding-ada-002 "
        "text-embedding-3-small text-embedding-3-large",
    ),
    "p50k_base": (
        "",
        "text-davinci-003 text-davinci-002 code-davinci-002 code-davinci-001 code-cushman-002 code-cushman-001 "
        "davinci-codex cushman-codex",
    ),
    "p50k_edit": ("", "text-davinci-edit-001 code-davinci-edit-001"),
    "r50k_base": (
        "",
        "text-davinci-001 text-curie-001 text-babbage-001 text-ada-001 davinci curie babbage ada "
        "text-similarity-davinci-001 text-similarity-curie-001 text-similarity-babbage-001 text-similarity-ada-001 "
        "text-search-davinci-doc-001 text-search-curie-doc-001 text-search-babbage-doc-001 text-search-ada-doc-001 "
        "code-search-babbage-code-001 code-search-ada-code-001",
    ),
    "gpt2": ("", "gpt2 gpt-2"),
}
MODELS = {model: encoding for encoding, (_, models) in _PREFIXES.items() for model in models.split()}
MODEL_PREFIXES = {prefix: encoding for encoding, (prefixes, _) in _PREFIXES.items() for prefix in prefixes.split()}


def encoding_name_for_model(model: str) -> str:
    """The encoding a model uses; KeyError when the name is not known."""
    if model in MODELS:
        return MODELS[model]
    for prefix, encoding in MODEL_PREFIXES.items():
        if model.startswith(prefix):
            return encoding
    raise KeyError(
        f"Could not automatically map {model} to a tokeniser. "
        "Please use `get_encoding` to explicitly get the tokeniser you expect."
    )


def family_specials(family: str | None, ranks: int) -> dict[str, int]:
    """Special tokens a family's code adds behind ``ranks`` mergeable tokens; {} when the family defines none."""
    if family == "llama3":
        named = {
            0: "<|begin_of_text|>",
            1: "<|end_of_text|>",
            4: "<|finetune_right_pad_id|>",
            6: "<|start_header_id|>",
            7: "<|end_header_id|>",
            8: "<|eom_id|>",
            9: "<|eot_id|>",
            10: "<|python_tag|>",
        }
        out: dict[str, int] = {}
        reserved = 0
        for i in range(256):
            if i in named:
                out[named[i]] = ranks + i
            else:
                out[f"<|reserved_special_token_{reserved}|>"] = ranks + i
                reserved += 1
        return out
    if family == "qwen2":
        tokens = [_END, "<|im_start|>", "<|im_end|>", *(f"<|extra_{i}|>" for i in range(205))]
        return {token: ranks + i for i, token in enumerate(tokens)}
    return {}
