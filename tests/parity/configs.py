"""Random tokenizer.json files: every component type with every option around tiny random vocabularies.

No file that exists looks like these, so agreement here means that nothing was written for one file.
"""

from __future__ import annotations

import gzip
import json
import random
from base64 import b64encode
from functools import cache
from typing import Any

from tests.data import ASSETS
from tests.parity.oracles import byte_alphabet
from tests.parity.protobuf import field_bytes

ALPHABETS = [
    "abcdefgh",
    "abcAB 12.",
    "aé中한क्ा",
    "▁abcde",
    "xyz'-_\n ",
    "ßİΣσ①ﬁ가e\u0301",
    "<>/|s[]",
    "日本語かなカナー。",
]
BYTES = byte_alphabet()
PATTERNS = [
    r"\s+", r"\w+", r"\w+|[^\w\s]+", r"\d", r"\p{N}{1,3}", r"[^\r\n\p{L}\p{N}]?\p{L}+", r"\s+(?!\S)|\s+", r"(?i:'s|'t|'re|'ve|'m|'ll|'d)",
    r" ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+", r"\p{Lu}?\p{Ll}+|\p{Lu}+", r"[一-龥ぁ-ゟァ-ヿ]+", r"\p{Han}", r"[\p{P}\p{S}]", r".", r"[\s\S]", r"a|ab|abc",
    r"(?<=a)b", r"(?<!a)b", r"b(?=c)", r"\ba", r"a\b", r"^a", r"a$", r"x*", r"(a|b)+c?", r"[^a-c]+", r"\n+", r"\S+", r"\s*[\r\n]+", r"[\r\n]+|.",
    r"(?:a+)+b", r"a{2}", r"a{2,}", r"a{1,2}?b", r"a+?", r"(?>a+)b", r"a++b", r"\x61", r"\u4e2d|\u00e9", r"[[:alpha:]]+", r"[[:punct:]]", r"[^[:space:]]", r"\p{^L}", r"\P{L}",
    r"[a-c&&[^b]]", r"\h", r"\A.", r".\z", r"(?m:a.b)", r"(?x: a b )", r"(.)\1", r"-", r"\.", r"\|", r"[-']", r"'(?:[sdmt]|ll|ve|re)| ?\p{L}++| ?\p{N}++|\s++$|\s",
    r"[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+", r"\p{M}", r"\p{Cc}", r"\p{Alphabetic}+", r"\p{Greek}", r"\p{Hiragana}+",
]  # fmt: skip
BEHAVIORS = ["Removed", "Isolated", "MergedWithPrevious", "MergedWithNext", "Contiguous"]


@cache
def charsmap() -> str:
    """The nmt_nfkc character map, out of the embedded SentencePiece model (normalizer_spec.precompiled_charsmap)."""
    model = gzip.decompress((ASSETS / "unigram.model.gz").read_bytes())
    return b64encode(field_bytes(field_bytes(model, 3), 2)).decode()


class Configs:
    """An endless supply of random tokenizer.json documents; `kind` fixes the model type."""

    def __init__(self, seed: int, kind: str) -> None:
        self.rng = random.Random(seed)
        self.kind = kind

    def flag(self, chance: float = 0.5) -> bool:
        return self.rng.random() < chance

    def one(self) -> dict[str, Any]:
        self.byte_level = self.flag(0.35)
        self.alphabet = (
            BYTES if self.byte_level else sorted(set(self.rng.choice(ALPHABETS) + self.rng.choice(ALPHABETS)))
        )
        model = getattr(self, self.kind)()
        self.tokens = [entry[0] for entry in model["vocab"]] if self.kind == "unigram" else list(model["vocab"])
        return {
            "version": "1.0",
            "truncation": self.truncation() if self.flag(0.15) else None,
            "padding": self.padding() if self.flag(0.15) else None,
            "added_tokens": self.added_tokens(),
            "normalizer": self.normalizer() if self.flag(0.6) else None,
            "pre_tokenizer": self.pre_tokenizer(),
            "post_processor": self.post_processor() if self.flag(0.5) else None,
            "decoder": self.decoder() if self.flag(0.8) else None,
            "model": model,
        }

    # -- models --
    def word(self, longest: int = 6) -> str:
        return "".join(self.rng.choice(self.alphabet) for _ in range(self.rng.randint(1, longest)))

    def numbered(self, tokens: list[str]) -> dict[str, int]:
        """Ids in random order; sometimes with gaps."""
        tokens = list(dict.fromkeys(tokens))
        gap = 3 if self.flag(0.1) else 1
        ids = self.rng.sample(range(len(tokens) * gap), len(tokens))
        return dict(zip(tokens, ids, strict=True))

    def bpe(self) -> dict[str, Any]:
        prefix = self.rng.choice(["##", "@"]) if self.flag(0.12) and not self.byte_level else None
        suffix = self.rng.choice(["</w>", "_"]) if self.flag(0.15) else None
        base = list(self.alphabet)
        if prefix:
            base += [prefix + c for c in self.alphabet]
        if suffix:
            base += [c + suffix for c in self.alphabet] + (
                [prefix + c + suffix for c in self.alphabet] if prefix else []
            )
        if self.flag(0.2):
            base = [c for c in base if self.flag(0.9)] or base
        known = list(base)
        merges = []
        for _ in range(self.rng.randint(0, 60)):
            # The reference cuts len(prefix) bytes off the right part, whatever they are, and panics when there are fewer.
            a, b = (
                self.rng.choice(known),
                self.rng.choice([t for t in known if t.startswith(prefix)] if prefix else known),
            )
            merged = a + (b[len(prefix) :] if prefix else b)
            merges.append((a, b))
            known.append(merged)
        if self.flag(0.1) and merges:
            merges.insert(self.rng.randrange(len(merges)), merges[-1])
        tokens = known + [self.word() for _ in range(self.rng.randint(0, 5))]
        # With a prefix or suffix the reference gives its bytes offsets behind the text (docs/parity.md).
        fallback = self.flag(0.3) and not suffix and not prefix
        if fallback:
            tokens += [f"<0x{byte:02X}>" for byte in range(256) if self.flag(1.0) or byte == 0]
            if self.flag(0.2):
                tokens.remove(f"<0x{self.rng.choice([0xC3, 0xE4, 0x20, 0x9F]):02X}>")
        unknown = "<unk>" if self.flag(0.6) else None
        if unknown:
            tokens.append(unknown)
        as_pairs = self.flag() or any(" " in part for merge in merges for part in merge)
        return {
            "type": "BPE",
            "dropout": None,
            "unk_token": unknown,
            "continuing_subword_prefix": prefix,
            "end_of_word_suffix": suffix,
            "fuse_unk": self.flag(0.4),
            "byte_fallback": fallback,
            "ignore_merges": self.flag(0.25),
            "vocab": self.numbered(tokens),
            "merges": [list(m) for m in merges] if as_pairs else [f"{a} {b}" for a, b in merges],
        }

    def wordpiece(self) -> dict[str, Any]:
        prefix = self.rng.choice(["##", "##", "@@", "", "a"])
        tokens = (
            ["[UNK]"]
            + [c for c in self.alphabet if self.flag(0.9)]
            + [prefix + c for c in self.alphabet if self.flag(0.9)]
        )
        tokens += [self.word() for _ in range(40)] + [prefix + self.word() for _ in range(40)]
        return {
            "type": "WordPiece",
            "unk_token": "[UNK]",
            "continuing_subword_prefix": prefix,
            "max_input_chars_per_word": self.rng.choice([100, 100, 5, 10, 1]),
            "vocab": self.numbered(tokens),
        }

    def wordlevel(self) -> dict[str, Any]:
        tokens = ["<unk>"] + [self.word(3) for _ in range(60)]
        return {"type": "WordLevel", "vocab": self.numbered(tokens), "unk_token": "<unk>"}

    def unigram(self) -> dict[str, Any]:
        tokens = (
            [c for c in self.alphabet if self.flag(0.9)]
            + [self.word() for _ in range(50)]
            + ["▁" + self.word(3) for _ in range(15)]
        )
        fallback = self.flag(0.3)
        if fallback:
            tokens += [f"<0x{byte:02X}>" for byte in range(256)]
        tokens = ["<unk>", *dict.fromkeys(tokens)]
        # Few distinct scores make ties common.
        scores = [round(-self.rng.random() * 12, self.rng.choice([0, 1, 6])) for _ in tokens]
        return {
            "type": "Unigram",
            "unk_id": 0 if self.flag(0.9) else self.rng.randrange(len(tokens)),
            "vocab": [[token, score] for token, score in zip(tokens, scores, strict=True)],
            "byte_fallback": fallback,
        }

    # -- around the model --
    def added_tokens(self) -> list[dict[str, Any]]:
        shapes = [
            "<s>",
            "</s>",
            "<s>x",
            "[CLS]",
            "[SEP]",
            "[PAD]",
            "<|im_start|>",
            " ",
            "  ",
            "\n",
            "ab",
            "abc",
            "AB",
            "é",
            "中",
            "a b",
            "▁",
            "İ",
            "ing",
        ]
        out = []
        for index in range(self.rng.choice([0, 0, 1, 2, 4, 6])):
            content = self.rng.choice(
                [self.rng.choice(shapes), self.rng.choice(shapes), self.word(3), self.rng.choice(self.tokens)]
            )
            special = self.flag()
            out.append(
                {
                    "id": len(self.tokens) + index,
                    "content": content,
                    "single_word": self.flag(0.25),
                    "lstrip": self.flag(0.25),
                    "rstrip": self.flag(0.25),
                    "normalized": self.flag(0.4),
                    "special": special,
                }
            )
        return out

    def pattern(self) -> dict[str, str]:
        if self.flag(0.35):
            return {"String": self.rng.choice([" ", "▁", "a", "ab", "-", ".", "''", "\n", "é", self.word(2)])}
        return {"Regex": self.rng.choice(PATTERNS)}

    def normalizer(self, depth: int = 0) -> dict[str, Any]:
        kind = self.rng.choice(
            [
                "BertNormalizer",
                "Strip",
                "StripAccents",
                "NFC",
                "NFD",
                "NFKC",
                "NFKD",
                "Lowercase",
                "Nmt",
                "Precompiled",
                "Replace",
                "Prepend",
            ]
            + ["ByteLevel"] * (2 if self.byte_level else 0)
            + ["Sequence"] * (3 if depth < 2 else 0)
        )
        options: dict[str, Any] = {}
        if kind == "BertNormalizer":
            options = {
                "clean_text": self.flag(),
                "handle_chinese_chars": self.flag(),
                "strip_accents": self.rng.choice([None, True, False]),
                "lowercase": self.flag(),
            }
        elif kind == "Strip":
            options = {"strip_left": self.flag(), "strip_right": self.flag()}
        elif kind == "Precompiled":
            options = {"precompiled_charsmap": charsmap()}
        elif kind == "Replace":
            options = {"pattern": self.pattern(), "content": self.rng.choice(["", " ", "▁", "b", "xx", "é", "中中"])}
        elif kind == "Prepend":
            options = {"prepend": self.rng.choice(["▁", "a", " ", "é", "ab"])}
        elif kind == "Sequence":
            options = {"normalizers": [self.normalizer(depth + 1) for _ in range(self.rng.randint(0, 3))]}
        return {"type": kind, **options}

    def pre_tokenizer(self, depth: int = 0) -> dict[str, Any] | None:
        if depth == 0 and self.byte_level and self.flag(0.8):
            byte_level = {
                "type": "ByteLevel",
                "add_prefix_space": self.flag(0.3),
                "trim_offsets": self.flag(),
                "use_regex": self.flag(0.6),
            }
            if self.flag(0.5):
                return byte_level
            return {"type": "Sequence", "pretokenizers": [self.pre_tokenizer(1), byte_level]}
        if depth == 0 and self.flag(0.12):
            return None
        kind = self.rng.choice(
            [
                "BertPreTokenizer",
                "CharDelimiterSplit",
                "Metaspace",
                "Metaspace",
                "Whitespace",
                "WhitespaceSplit",
                "Split",
                "Split",
                "Split",
            ]
            + ["Punctuation", "Digits", "UnicodeScripts", "FixedLength"]
            + ["Sequence"] * (2 if depth < 2 else 0)
        )
        options: dict[str, Any] = {}
        if kind == "CharDelimiterSplit":
            options = {"delimiter": self.rng.choice([" ", "a", "-", "é", "▁"])}
        elif kind == "Metaspace":
            options = {
                "replacement": self.rng.choice(["▁", "▁", "_", "é"]),
                "prepend_scheme": self.rng.choice(["first", "always", "never"]),
                "split": self.flag(0.7),
            }
        elif kind == "Split":
            options = {"pattern": self.pattern(), "behavior": self.rng.choice(BEHAVIORS), "invert": self.flag(0.3)}
        elif kind == "Punctuation":
            options = {"behavior": self.rng.choice(BEHAVIORS)}
        elif kind == "Digits":
            options = {"individual_digits": self.flag()}
        elif kind == "FixedLength":
            options = {"length": self.rng.randint(1, 7)}
        elif kind == "Sequence":
            options = {"pretokenizers": [self.pre_tokenizer(depth + 1) for _ in range(self.rng.randint(0, 3))]}
        return {"type": kind, **options}

    def post_processor(self, depth: int = 0) -> dict[str, Any]:
        kind = self.rng.choice(
            ["BertProcessing", "RobertaProcessing", "ByteLevel", "TemplateProcessing", "TemplateProcessing"]
            + ["Sequence"] * (depth == 0)
        )
        first, second = self.rng.choice(self.tokens), self.rng.choice(self.tokens)
        if kind in ("BertProcessing", "RobertaProcessing"):
            options: dict[str, Any] = {"sep": [first, self.rng.randrange(50)], "cls": [second, self.rng.randrange(50)]}
            if kind == "RobertaProcessing":
                options |= {"trim_offsets": self.flag(), "add_prefix_space": self.flag()}
        elif kind == "ByteLevel":
            options = {"add_prefix_space": self.flag(), "trim_offsets": self.flag(), "use_regex": self.flag()}
        elif kind == "TemplateProcessing":
            names = {"[A]": [first], "[B]": [second, first]}

            def mark() -> dict[str, Any]:
                return {"SpecialToken": {"id": self.rng.choice(list(names)), "type_id": self.rng.choice([0, 0, 1, 3])}}

            def sequence(which: str) -> dict[str, Any]:
                return {"Sequence": {"id": which, "type_id": self.rng.choice([0, 0, 1, 2])}}

            single = (
                [mark() for _ in range(self.rng.randint(0, 2))]
                + [sequence("A")]
                + [mark() for _ in range(self.rng.randint(0, 2))]
            )
            pair = [
                *single,
                *(mark() for _ in range(self.rng.randint(0, 1))),
                sequence("B"),
                *(mark() for _ in range(self.rng.randint(0, 2))),
            ]
            special = {
                name: {"id": name, "ids": [self.rng.randrange(50) for _ in tokens], "tokens": tokens}
                for name, tokens in names.items()
            }
            options = {"single": single, "pair": pair, "special_tokens": special}
        else:
            options = {"processors": [self.post_processor(1) for _ in range(self.rng.randint(1, 3))]}
        return {"type": kind, **options}

    def decoder(self, depth: int = 0) -> dict[str, Any]:
        kind = self.rng.choice(
            ["WordPiece", "BPEDecoder", "Metaspace", "CTC", "ByteFallback", "Fuse", "Strip", "Replace"]
            + ["ByteLevel"] * 2
            + ["Sequence"] * (3 if depth < 2 else 0)
        )
        if self.byte_level and depth == 0 and self.flag(0.6):
            kind = "ByteLevel"
        options: dict[str, Any] = {}
        if kind == "ByteLevel":
            options = {"add_prefix_space": self.flag(), "trim_offsets": self.flag(), "use_regex": self.flag()}
        elif kind == "WordPiece":
            options = {"prefix": self.rng.choice(["##", "@@", "a"]), "cleanup": self.flag()}
        elif kind == "BPEDecoder":
            options = {"suffix": self.rng.choice(["</w>", "_", "a"])}
        elif kind == "Metaspace":
            options = {
                "replacement": self.rng.choice(["▁", "_"]),
                "prepend_scheme": self.rng.choice(["first", "always", "never"]),
                "split": self.flag(),
            }
        elif kind == "CTC":
            options = {
                "pad_token": self.rng.choice(["<pad>", "a"]),
                "word_delimiter_token": self.rng.choice(["|", "b"]),
                "cleanup": self.flag(),
            }
        elif kind == "Strip":
            options = {
                "content": self.rng.choice([" ", "▁", "a"]),
                "start": self.rng.randint(0, 2),
                "stop": self.rng.randint(0, 2),
            }
        elif kind == "Replace":
            options = {"pattern": self.pattern(), "content": self.rng.choice(["", " ", "b", "é"])}
        elif kind == "Sequence":
            options = {"decoders": [self.decoder(depth + 1) for _ in range(self.rng.randint(0, 3))]}
        return {"type": kind, **options}

    def truncation(self) -> dict[str, Any]:
        longest = self.rng.choice([0, 1, 2, 3, 5, 8, 20])
        return {
            "direction": self.rng.choice(["Left", "Right"]),
            "max_length": longest,
            "strategy": self.rng.choice(["LongestFirst", "OnlyFirst", "OnlySecond"]),
            "stride": self.rng.randrange(longest) if longest and self.flag() else 0,
        }

    def padding(self) -> dict[str, Any]:
        return {
            "strategy": self.rng.choice(["BatchLongest", {"Fixed": self.rng.choice([0, 4, 16])}]),
            "direction": self.rng.choice(["Left", "Right"]),
            "pad_to_multiple_of": self.rng.choice([None, None, 4, 8]),
            "pad_id": self.rng.randrange(20),
            "pad_type_id": self.rng.randrange(2),
            "pad_token": "[PAD]",
        }


def dump(config: dict[str, Any], rng: random.Random) -> str:
    """As files are written; sometimes without the `type` of the model, as old files are."""
    if rng.random() < 0.1:
        config = {**config, "model": {key: value for key, value in config["model"].items() if key != "type"}}
    return json.dumps(config, ensure_ascii=rng.random() < 0.3, indent=rng.choice([None, 2]))
