"""``gensim.utils``: preprocessing of text and the answers of trim rules."""

from __future__ import annotations

from .lazy import lazy_names

_PREPROCESS, _RULES = "vectors.corpora.preprocess", "vectors.vocabulary"
_HOMES = {
    "RULE_DEFAULT": _RULES,
    "RULE_DISCARD": _RULES,
    "RULE_KEEP": _RULES,
    "any2unicode": f"{_PREPROCESS}:to_unicode",
    "any2utf8": f"{_PREPROCESS}:to_utf8",
    "deaccent": _PREPROCESS,
    "keep_vocab_item": _RULES,
    "save_as_line_sentence": "vectors.corpora.readers",
    "simple_preprocess": _PREPROCESS,
    "to_unicode": _PREPROCESS,
    "to_utf8": _PREPROCESS,
    "tokenize": _PREPROCESS,
}
__getattr__, __dir__, __all__ = lazy_names(__name__, _HOMES)
