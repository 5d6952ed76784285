"""The references behind one shape: a text goes in, plain lists come out. Each oracle imports its library only when made."""

from __future__ import annotations

import base64
import gzip
import json
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

# The reference panics on some random configurations; that is counted, its stack traces would drown the log.
os.environ["RUST_BACKTRACE"] = "0"
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")

# split patterns of tiktoken's own encodings, as published in tiktoken_ext/openai_public.py (0.14)
R50K = r"'(?:[sdmt]|ll|ve|re)| ?\p{L}++| ?\p{N}++| ?[^\s\p{L}\p{N}]++|\s++$|\s+(?!\S)|\s"
CL100K = r"'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}++|\p{N}{1,3}+| ?[^\s\p{L}\p{N}]++[\r\n]*+|\s++$|\s*[\r\n]|\s+(?!\S)|\s"
QWEN2 = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)


class Refused(Exception):
    """The reference itself failed (error or panic) on this input; there is nothing to compare."""


@dataclass
class Result:
    """One encoding. A field the reference does not have is None and is not compared. Offsets are code points."""

    ids: list[int]
    tokens: list[str] | None = None
    offsets: list[tuple[int, int]] | None = None
    type_ids: list[int] | None = None
    word_ids: list[int | None] | None = None
    special_tokens_mask: list[int] | None = None
    attention_mask: list[int] | None = None
    sequence_ids: list[int | None] | None = None
    overflowing: list[Result] = field(default_factory=list)


def guarded(call: Any, *arguments: Any, **options: Any) -> Any:
    """Calls a reference; its exceptions and Rust panics (which are BaseException) become Refused."""
    try:
        return call(*arguments, **options)
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:
        raise Refused(f"{type(error).__name__}: {error}") from None


class HuggingFace:
    """tokenizers 0.23.3"""

    library = "tokenizers"

    def __init__(self, source: Path | str) -> None:
        from tokenizers import Tokenizer

        if isinstance(source, Path):
            source = source.read_text(encoding="utf-8")
        self.tokenizer = guarded(Tokenizer.from_str, source)
        # An added token that normalizes to nothing makes 0.23.3 loop until memory runs out, and of two with the same
        # normalized form one wins by the order of a hash map with a random seed: no file can mean either.
        normalizer = self.tokenizer.normalizer
        forms: set[str] = set()
        for token in self.tokenizer.get_added_tokens_decoder().values() if normalizer else ():
            if token.normalized:
                form = guarded(normalizer.normalize_str, token.content)
                if not form or form in forms:
                    raise Refused(f"added token {token.content!r} normalizes to nothing or to the form of another")
                forms.add(form)

    def result(self, encoding: Any) -> Result:
        return Result(
            ids=encoding.ids,
            tokens=encoding.tokens,
            offsets=encoding.offsets,
            type_ids=encoding.type_ids,
            word_ids=encoding.word_ids,
            special_tokens_mask=encoding.special_tokens_mask,
            attention_mask=encoding.attention_mask,
            sequence_ids=encoding.sequence_ids,
            overflowing=[self.result(part) for part in encoding.overflowing],
        )

    def encode(self, text: Any, pair: Any = None, add_special_tokens: bool = True, is_split: bool = False) -> Result:
        return self.result(
            guarded(self.tokenizer.encode, text, pair, is_pretokenized=is_split, add_special_tokens=add_special_tokens)
        )

    def decode(self, ids: list[int], skip_special_tokens: bool) -> str:
        return str(guarded(self.tokenizer.decode, ids, skip_special_tokens=skip_special_tokens))

    def vocabulary(self) -> list[str]:
        return sorted(self.tokenizer.get_vocab(with_added_tokens=False))

    def specials(self) -> list[str]:
        return [token.content for token in self.tokenizer.get_added_tokens_decoder().values()]

    def size(self) -> int:
        return int(self.tokenizer.get_vocab_size())


class SentencePiece:
    """sentencepiece 0.2.3; no BOS or EOS"""

    library = "sentencepiece"

    def __init__(self, source: Path | bytes) -> None:
        import sentencepiece

        model = source.read_bytes() if isinstance(source, Path) else source
        self.processor = sentencepiece.SentencePieceProcessor()
        guarded(self.processor.LoadFromSerializedProto, model)

    def encode(self, text: str, pair: Any = None, add_special_tokens: bool = True, is_split: bool = False) -> Result:
        found = guarded(self.processor.encode_as_offset_mapping, text)
        return Result(ids=found["ids"], tokens=found["pieces"], offsets=[tuple(span) for span in found["offsets"]])

    def decode(self, ids: list[int], skip_special_tokens: bool) -> str:
        return str(guarded(self.processor.decode, ids))

    def vocabulary(self) -> list[str]:
        return [self.processor.id_to_piece(i).replace("▁", " ") for i in range(self.processor.get_piece_size())]

    def specials(self) -> list[str]:
        size = self.processor.get_piece_size()
        return [
            self.processor.id_to_piece(i)
            for i in range(size)
            if self.processor.is_control(i) or self.processor.is_unknown(i)
        ]

    def size(self) -> int:
        return int(self.processor.get_piece_size())


class Tiktoken:
    """tiktoken 0.14.0 with every special token allowed"""

    library = "tiktoken"

    def __init__(self, ranks: dict[bytes, int], pattern: str, specials: dict[str, int]) -> None:
        import tiktoken

        self.ranks = ranks
        self.encoding = guarded(
            tiktoken.Encoding, "under_test", pat_str=pattern, mergeable_ranks=ranks, special_tokens=specials
        )

    def encode(self, text: str, pair: Any = None, add_special_tokens: bool = True, is_split: bool = False) -> Result:
        return Result(ids=guarded(self.encoding.encode, text, allowed_special="all"))

    def decode(self, ids: list[int], skip_special_tokens: bool) -> str:
        special = set(self.encoding._special_tokens.values()) if skip_special_tokens else set()
        return str(guarded(self.encoding.decode, [i for i in ids if i not in special]))

    def vocabulary(self) -> list[str]:
        return [token.decode("utf-8") for token in self.ranks if is_utf8(token)]

    def specials(self) -> list[str]:
        return sorted(self.encoding.special_tokens_set)

    def size(self) -> int:
        return int(self.encoding.n_vocab)


def is_utf8(token: bytes) -> bool:
    try:
        token.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def read_ranks(path: Path) -> dict[bytes, int]:
    """A .tiktoken file: one `base64 rank` a line."""
    pairs = (line.split() for line in path.read_bytes().splitlines() if line)
    return {base64.b64decode(token): int(rank) for token, rank in pairs}


def bert_from_vocab(path: Path, lowercase: bool) -> HuggingFace:
    """What transformers builds from a vocab.txt: BERT's components around WordPiece."""
    from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors

    words = path.read_text(encoding="utf-8").split("\n")
    vocabulary = {word.rstrip("\r"): index for index, word in enumerate(words) if word or index + 1 < len(words)}
    tokenizer = Tokenizer(models.WordPiece(vocabulary, unk_token="[UNK]", max_input_chars_per_word=100))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=lowercase)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.decoder = decoders.WordPiece(prefix="##")
    tokenizer.post_processor = processors.BertProcessing(("[SEP]", vocabulary["[SEP]"]), ("[CLS]", vocabulary["[CLS]"]))
    tokenizer.add_special_tokens([t for t in ["[UNK]", "[SEP]", "[PAD]", "[CLS]", "[MASK]"] if t in vocabulary])
    return HuggingFace(tokenizer.to_str())


class Clip(HuggingFace):
    """transformers puts spaces for word ends and strips, after the decoder of the file."""

    def decode(self, ids: list[int], skip_special_tokens: bool) -> str:
        return super().decode(ids, skip_special_tokens).replace("</w>", " ").strip()


def clip_from_merges(path: Path) -> HuggingFace:
    """CLIP's tokenizer as transformers converts it: NFC, collapsed white space, lower case, `</w>` at word ends."""
    text = gzip.decompress(path.read_bytes()).decode("utf-8")
    merges = [tuple(line.split()) for line in text.split("\n")[1 : 49152 - 256 - 2 + 1]]
    alphabet = byte_alphabet()
    entries = [
        *alphabet,
        *(c + "</w>" for c in alphabet),
        *("".join(pair) for pair in merges),
        "<|startoftext|>",
        "<|endoftext|>",
    ]
    split = r"<\|startoftext\|>|<\|endoftext\|>|'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+"
    special = {"single_word": False, "lstrip": False, "rstrip": False, "normalized": False, "special": True}
    document = {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": [
            {"id": 49406, "content": "<|startoftext|>", **special},
            {"id": 49407, "content": "<|endoftext|>", **special},
        ],
        "normalizer": {
            "type": "Sequence",
            "normalizers": [
                {"type": "NFC"},
                {"type": "Replace", "pattern": {"Regex": r"\s+"}, "content": " "},
                {"type": "Lowercase"},
            ],
        },
        "pre_tokenizer": {
            "type": "Sequence",
            "pretokenizers": [
                {"type": "Split", "pattern": {"Regex": split}, "behavior": "Removed", "invert": True},
                {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": True},
            ],
        },
        "post_processor": {
            "type": "RobertaProcessing",
            "sep": ["<|endoftext|>", 49407],
            "cls": ["<|startoftext|>", 49406],
            "trim_offsets": False,
            "add_prefix_space": False,
        },
        "decoder": {"type": "ByteLevel", "add_prefix_space": True, "trim_offsets": True, "use_regex": True},
        "model": {
            "type": "BPE",
            "dropout": None,
            "unk_token": "<|endoftext|>",
            "continuing_subword_prefix": "",
            "end_of_word_suffix": "</w>",
            "fuse_unk": False,
            "byte_fallback": False,
            "vocab": {entry: index for index, entry in enumerate(entries)},
            "merges": [f"{a} {b}" for a, b in merges],
        },
    }
    return Clip(json.dumps(document))


def byte_alphabet() -> list[str]:
    """The 256 characters of byte-level BPE in CLIP's and GPT-2's order: printable bytes first."""
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = [byte for byte in range(256) if byte not in printable]
    return [chr(byte) for byte in printable] + [chr(256 + index) for index in range(len(others))]
