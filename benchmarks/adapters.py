"""Every contestant behind one shape. Imported by worker.py inside the contestant's own environment: standard library only.

A contestant encodes a list of texts in one of three modes: "array" (whatever it returns fastest), "list" (Python lists of
ints), "offsets" (ids and character or byte spans). What a contestant cannot do raises Unsupported. `ids` turns any result into
lists for the equality check and is never timed.
"""

from __future__ import annotations

import base64
import os
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any


class Unsupported(Exception):
    """The contestant has no such mode, format or model."""


class Contestant(ABC):
    def __init__(self, job: dict[str, Any]) -> None:
        self.job = job
        self.threads = int(job.get("threads", 1))
        self.load(job["kind"], job["path"])

    @abstractmethod
    def load(self, kind: str, path: str) -> None:
        """Reads the tokenizer file; `kind` is its format."""

    @abstractmethod
    def encoder(self, mode: str) -> Callable[[list[str]], Any]:
        """What is timed: texts to whatever the library returns."""

    def ids(self, result: Any) -> list[list[int]]:
        return [list(row) for row in result]


class Tokenspace(Contestant):
    def load(self, kind: str, path: str) -> None:
        import tokenspace

        options = {key: self.job[key] for key in ("pattern", "special_tokens") if key in self.job}
        self.tokenizer = tokenspace.Tokenizer.from_file(path, **options)
        self.tokenizer.no_truncation()
        self.tokenizer.no_padding()

    def encoder(self, mode: str) -> Callable[[list[str]], Any]:
        encode, threads = self.tokenizer.encode_batch, self.threads
        if mode == "list":
            lists = self.tokenizer.encode_batch_to_lists
            return lambda texts: lists(texts, threads=threads, add_special_tokens=False)
        offsets = "chars" if mode == "offsets" else None
        return lambda texts: encode(texts, threads=threads, offsets=offsets, add_special_tokens=False)

    def ids(self, result: Any) -> list[list[int]]:
        return result if isinstance(result, list) else result.to_list()


class Tokenizers(Contestant):
    """tokenizers 0.23.3. Reading `.ids` builds the list, so "array" leaves the Encoding objects alone."""

    def load(self, kind: str, path: str) -> None:
        if kind != "tokenizer.json":
            raise Unsupported(kind)
        os.environ["TOKENIZERS_PARALLELISM"] = "true" if self.threads > 1 else "false"
        os.environ["RAYON_NUM_THREADS"] = str(self.threads)
        from tokenizers import Tokenizer

        self.tokenizer = Tokenizer.from_file(path)
        self.tokenizer.no_truncation()
        self.tokenizer.no_padding()

    def encoder(self, mode: str) -> Callable[[list[str]], Any]:
        fast, full = self.tokenizer.encode_batch_fast, self.tokenizer.encode_batch
        if mode == "array":
            return lambda texts: fast(texts, add_special_tokens=False)
        if mode == "list":
            return lambda texts: [e.ids for e in fast(texts, add_special_tokens=False)]
        return lambda texts: [(e.ids, e.offsets) for e in full(texts, add_special_tokens=False)]

    def ids(self, result: Any) -> list[list[int]]:
        return [row.ids if hasattr(row, "ids") else row[0] if isinstance(row, tuple) else row for row in result]


class TokenizersNext(Tokenizers):
    """tokenizers 1.0 release candidates: four classes, no offsets."""

    def load(self, kind: str, path: str) -> None:
        if kind != "tokenizer.json":
            raise Unsupported(kind)
        os.environ["TOKENIZERS_PARALLELISM"] = "true" if self.threads > 1 else "false"
        os.environ["RAYON_NUM_THREADS"] = str(self.threads)
        from tokenizers import Tokenizer

        self.tokenizer = Tokenizer.from_file(path)

    def encoder(self, mode: str) -> Callable[[list[str]], Any]:
        encode = self.tokenizer.encode_batch
        options = {"add_special_tokens": False, "truncation": None, "padding": None}
        if mode == "array":
            return lambda texts: encode(texts, **options)
        if mode == "list":
            return lambda texts: [e.ids for e in encode(texts, **options)]
        raise Unsupported("offsets")


class Tiktoken(Contestant):
    def load(self, kind: str, path: str) -> None:
        if kind != "tiktoken":
            raise Unsupported(kind)
        import tiktoken

        with open(path, "rb") as file:
            ranks = {
                base64.b64decode(token): int(rank) for token, rank in (line.split() for line in file if line.strip())
            }
        self.tokenizer = tiktoken.Encoding(
            "bench", pat_str=self.job["pattern"], mergeable_ranks=ranks, special_tokens={}
        )

    def encoder(self, mode: str) -> Callable[[list[str]], Any]:
        encode = self.tokenizer.encode_ordinary
        if mode == "offsets":
            raise Unsupported("offsets")
        if self.threads > 1:
            return lambda texts: self.tokenizer.encode_ordinary_batch(texts, num_threads=self.threads)
        return lambda texts: [encode(text) for text in texts]


class SentencePiece(Contestant):
    def load(self, kind: str, path: str) -> None:
        if kind != "sentencepiece":
            raise Unsupported(kind)
        import sentencepiece

        self.tokenizer = sentencepiece.SentencePieceProcessor(model_file=path)

    def encoder(self, mode: str) -> Callable[[list[str]], Any]:
        tokenizer = self.tokenizer
        if mode == "offsets":
            return lambda texts: [(r["ids"], r["offsets"]) for r in map(tokenizer.encode_as_offset_mapping, texts)]
        return lambda texts: tokenizer.encode(texts, num_threads=self.threads)

    def ids(self, result: Any) -> list[list[int]]:
        return [row[0] if isinstance(row, tuple) else row for row in result]


class Gigatoken(Contestant):
    def load(self, kind: str, path: str) -> None:
        import gigatoken

        if kind == "tokenizer.json":
            self.tokenizer = gigatoken.Tokenizer(path)
        elif kind == "sentencepiece":
            self.tokenizer = gigatoken.Tokenizer.from_sentencepiece(path)
        else:
            self.tokenizer = gigatoken.Tokenizer.from_tiktoken(path, pretokenizer=self.job["scheme"])

    def encoder(self, mode: str) -> Callable[[list[str]], Any]:
        parallel = self.threads > 1
        if mode == "array":
            return lambda texts: self.tokenizer.encode_batch(texts, parallel=parallel)
        if mode == "list":
            return lambda texts: self.tokenizer.encode_batch_list(texts, parallel=parallel)
        raise Unsupported("offsets")

    def ids(self, result: Any) -> list[list[int]]:
        return result if isinstance(result, list) else result.to_list()


class Tokie(Contestant):
    def load(self, kind: str, path: str) -> None:
        if kind != "tokenizer.json":
            raise Unsupported(kind)
        os.environ["RAYON_NUM_THREADS"] = str(self.threads)
        import tokie

        self.tokenizer = tokie.Tokenizer.from_json(path)
        self.tokenizer.no_truncation()
        self.tokenizer.no_padding()

    def encoder(self, mode: str) -> Callable[[list[str]], Any]:
        tokenizer = self.tokenizer
        if mode == "array":
            return lambda texts: tokenizer.encode_batch_flat(texts, add_special_tokens=False)
        if mode == "list":
            return lambda texts: [e.ids for e in tokenizer.encode_batch(texts, add_special_tokens=False)]
        return lambda texts: [(e.ids, e.offsets) for e in map(tokenizer.encode_with_offsets, texts)]

    def ids(self, result: Any) -> list[list[int]]:
        if isinstance(result, tuple):
            flat, lengths = result
            out, at = [], 0
            for length in lengths.tolist():
                out.append(flat[at : at + length].tolist())
                at += length
            return out
        return [list(row[0]) if isinstance(row, tuple) else list(row) for row in result]


CONTESTANTS: dict[str, type[Contestant]] = {
    "tokenspace": Tokenspace,
    "tokenizers": Tokenizers,
    "tokenizers-1.0rc": TokenizersNext,
    "tiktoken": Tiktoken,
    "sentencepiece": SentencePiece,
    "gigatoken": Gigatoken,
    "tokie": Tokie,
}
