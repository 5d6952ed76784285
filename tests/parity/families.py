"""Every vocabulary of the shared data with the reference that reads it, and the tokenizers that ship in the wheel."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.data import ASSETS, DATA
from tests.parity import oracles

GPT2_SPECIALS = {"<|endoftext|>": 50256}
CL100K_SPECIALS = {
    "<|endoftext|>": 100257,
    "<|fim_prefix|>": 100258,
    "<|fim_middle|>": 100259,
    "<|fim_suffix|>": 100260,
    "<|endofprompt|>": 100276,
}
QWEN_SPECIALS = {"<|endoftext|>": 151643, "<|im_start|>": 151644, "<|im_end|>": 151645}


@dataclass(frozen=True)
class Family:
    """One vocabulary file: how the reference loads it and how we do."""

    name: str
    path: Path
    oracle: Callable[[Path], Any]
    options: dict[str, Any]
    library: str

    def ours(self) -> Any:
        import tokenspace

        if self.path.parent == ASSETS:
            return tokenspace.Tokenizer.from_pretrained("tokenspace/" + self.path.name.split(".")[0])
        return tokenspace.Tokenizer.from_file(str(self.path), **self.options)

    def theirs(self) -> Any:
        return self.oracle(self.path)


def tiktoken(pattern: str, specials: dict[str, int]) -> Callable[[Path], oracles.Tiktoken]:
    return lambda path: oracles.Tiktoken(oracles.read_ranks(path), pattern, specials)


def unzipped_json(path: Path) -> oracles.HuggingFace:
    return oracles.HuggingFace(gzip.decompress(path.read_bytes()).decode("utf-8"))


def unzipped_model(path: Path) -> oracles.SentencePiece:
    return oracles.SentencePiece(gzip.decompress(path.read_bytes()))


def shared(name: str, relative: str, oracle: Callable[[Path], Any], library: str, **options: Any) -> Family:
    return Family(name, DATA / "tokenizers" / relative, oracle, options, library)


FAMILIES = [
    shared("gpt2", "gpt2/tokenizer.json", oracles.HuggingFace, "tokenizers"),
    shared("gpt-neox", "gpt-neox-20b/20B_tokenizer.json", oracles.HuggingFace, "tokenizers"),
    shared("bert-uncased", "bert-base-uncased/tokenizer.json", oracles.HuggingFace, "tokenizers"),
    shared("barthez", "barthez/tokenizer.json", oracles.HuggingFace, "tokenizers"),
    shared("bert-vocab", "bert-base-uncased/vocab.txt", lambda path: oracles.bert_from_vocab(path, True), "tokenizers"),
    shared("bert-chinese", "bert-base-chinese/vocab.txt", lambda path: oracles.bert_from_vocab(path, True), "tokenizers"),
    shared("clip", "clip/bpe_simple_vocab_16e6.txt.gz", oracles.clip_from_merges, "tokenizers"),
    shared("gpt2-ranks", "gpt2/r50k_base.tiktoken", tiktoken(oracles.R50K, GPT2_SPECIALS), "tiktoken",
           pattern=oracles.R50K, special_tokens=GPT2_SPECIALS),
    shared("cl100k", "cl100k_base/cl100k_base.tiktoken", tiktoken(oracles.CL100K, CL100K_SPECIALS), "tiktoken",
           pattern=oracles.CL100K, special_tokens=CL100K_SPECIALS),
    shared("qwen", "qwen/qwen.tiktoken", tiktoken(oracles.QWEN2, QWEN_SPECIALS), "tiktoken",
           pattern=oracles.QWEN2, special_tokens=QWEN_SPECIALS),
    shared("llama2", "llama2/tokenizer.model", oracles.SentencePiece, "sentencepiece"),
    shared("albert", "albert-base/spiece.model", oracles.SentencePiece, "sentencepiece"),
    shared("barthez-spm", "barthez/sentencepiece.bpe.model", oracles.SentencePiece, "sentencepiece"),
    shared("spm-en", "sentencepiece-test/test_model.model", oracles.SentencePiece, "sentencepiece"),
    shared("spm-ja", "sentencepiece-test/test_ja_model.model", oracles.SentencePiece, "sentencepiece"),
    shared("spm-bpe", "spm-bpe-en-hi-te/spiece.model", oracles.SentencePiece, "sentencepiece"),
    Family("embedded-bpe", ASSETS / "bpe.json.gz", unzipped_json, {}, "tokenizers"),
    Family("embedded-wordpiece", ASSETS / "wordpiece.json.gz", unzipped_json, {}, "tokenizers"),
    Family("embedded-word", ASSETS / "word.json.gz", unzipped_json, {}, "tokenizers"),
    Family("embedded-char", ASSETS / "char.json.gz", unzipped_json, {}, "tokenizers"),
    Family("embedded-unigram", ASSETS / "unigram.model.gz", unzipped_model, {}, "sentencepiece"),
]  # fmt: skip
BY_NAME = {family.name: family for family in FAMILIES}
