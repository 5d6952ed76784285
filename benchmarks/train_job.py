"""One training in a process of its own: a JSON job as the only argument, a JSON answer as the only line of output.

    {"library": ..., "model": "bpe", "corpus": path, "vocab_size": 16000, "threads": 1, "result": path, "held_out": path or
     null, "options": {...}}  -> {"seconds": ..., "peak_mb": ..., "base_mb": ..., "version": ..., "entries": ..., ...}

The clock runs from the file on the disk to the trained tokenizer. `result` gets what was learnt as JSON: the tokens as hex
in the order learnt, the sorted entries where ids may differ, or for unigram the score of each piece. `model`: bpe,
sentencepiece-bpe, wordpiece or unigram. The peak is VmHWM, which unlike ru_maxrss owes nothing to the parent.
"""

from __future__ import annotations

import importlib.metadata
import json
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Job = dict[str, Any]


@dataclass
class Trained:
    """What is asked when the clock has stopped: what was learnt, and the tokens made of some lines."""

    learnt: Callable[[], list[str] | dict[str, float]]
    tokens: Callable[[list[str]], int] | None = None
    spilled_mb: float = 0.0


GPT2 = r"'(?:[sdmt]|ll|ve|re)| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"
METASPACE = {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always", "split": True}
BERT_SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]


def memory_mb(field: str) -> float:
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(field + ":"):
            return int(line.split()[1]) * 1024 / 1e6
    raise ValueError(field)


def bytes_of_characters() -> dict[str, int]:
    """The byte each character of a byte-level vocabulary stands for (GPT-2's table)."""
    kept = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    others = [byte for byte in range(256) if byte not in set(kept)]
    return {chr(byte): byte for byte in kept} | {chr(256 + number): byte for number, byte in enumerate(others)}


def merged_tokens(document: str) -> list[str]:
    """What the merges of a byte-level tokenizer.json spell, in their order."""
    table = bytes_of_characters()
    return [bytes(table[c] for c in "".join(pair)).hex() for pair in json.loads(document)["model"]["merges"]]


def train_tokenspace(job: Job) -> Trained:
    from tokenspace import Tokenizer

    model = "wordpiece" if job["model"] == "wordpiece" else "bpe"
    options: Job = {"pre_tokenizer": "gpt2", "special_tokens": []} if job["model"] == "bpe" else {}
    options |= job["options"]
    trained = Tokenizer.train(
        [job["corpus"]], model=model, vocab_size=job["vocab_size"], threads=job["threads"], **options
    )
    spilled = trained.training.spilled_bytes / 1e6

    def learnt() -> list[str]:
        return merged_tokens(trained.to_json()) if job["model"] == "bpe" else sorted(trained.get_vocab())

    return Trained(learnt, lambda lines: len(trained.encode_batch(lines, add_special_tokens=False).ids), spilled)


def train_tokenizers(job: Job) -> Trained:
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, trainers

    trainer: Any
    if job["model"] == "bpe":
        trained = Tokenizer(models.BPE())
        trained.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
        alphabet = pre_tokenizers.ByteLevel.alphabet()
        trainer = trainers.BpeTrainer(vocab_size=job["vocab_size"], show_progress=False, initial_alphabet=alphabet)
    else:
        trained = Tokenizer(models.WordPiece(unk_token="[UNK]"))
        trained.normalizer = normalizers.BertNormalizer(lowercase=True)
        trained.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
        trainer = trainers.WordPieceTrainer(
            vocab_size=job["vocab_size"], show_progress=False, special_tokens=BERT_SPECIAL
        )
    trained.train([job["corpus"]], trainer)

    def learnt() -> list[str]:
        return merged_tokens(trained.to_str()) if job["model"] == "bpe" else sorted(trained.get_vocab())

    def tokens(lines: list[str]) -> int:
        return sum(len(encoding.ids) for encoding in trained.encode_batch(lines, add_special_tokens=False))

    return Trained(learnt, tokens)


def train_gigatoken(job: Job) -> Trained:
    import gigatoken

    source = gigatoken.TextFileSource([job["corpus"]], separator="\n")
    _, merges = gigatoken.train_bpe(source, job["vocab_size"], [], **job["options"])
    return Trained(lambda: [(left + right).hex() for left, right in merges])


def train_rustbpe(job: Job) -> Trained:
    import rustbpe

    trained = rustbpe.Tokenizer()
    with open(job["corpus"], encoding="utf-8", newline="\n") as lines:
        trained.train_from_iterator(lines, job["vocab_size"], pattern=GPT2)
    return Trained(lambda: [bytes(token).hex() for token, rank in trained.get_mergeable_ranks() if rank >= 256])


def train_sentencepiece(job: Job) -> Trained:
    import sentencepiece

    prefix = job["result"] + ".sp"
    sentencepiece.SentencePieceTrainer.train(
        input=job["corpus"],
        model_prefix=prefix,
        model_type="bpe",
        vocab_size=job["vocab_size"],
        num_threads=job["threads"],
        byte_fallback=True,
        max_sentence_length=1 << 24,
        minloglevel=2,
    )
    trained = sentencepiece.SentencePieceProcessor(model_file=prefix + ".model")
    return Trained(
        lambda: sorted(trained.id_to_piece(number) for number in range(trained.get_piece_size())),
        lambda lines: sum(map(len, trained.encode(lines))),
    )


def unigram_tokenspace(job: Job) -> Trained:
    import tokenspace as ts

    trained = ts.Tokenizer.train(
        [job["corpus"]],
        model="unigram",
        vocab_size=job["vocab_size"],
        special_tokens=["<unk>"],
        pre_tokenizer=METASPACE,
        normalizer="none",
        split_by_unicode_script=False,
        split_by_number=False,
        threads=job["threads"],
    )
    return Trained(lambda: scores_of(trained.to_str()))


def unigram_tokenizers(job: Job) -> Trained:
    from tokenizers import Tokenizer, models, pre_tokenizers, trainers

    trained = Tokenizer(models.Unigram())
    trained.pre_tokenizer = pre_tokenizers.Metaspace()
    trainer = trainers.UnigramTrainer(
        vocab_size=job["vocab_size"], unk_token="<unk>", special_tokens=["<unk>"], show_progress=False
    )
    with open(job["corpus"], encoding="utf-8") as file:
        trained.train_from_iterator((line.rstrip("\n") for line in file), trainer)
    return Trained(lambda: scores_of(trained.to_str()))


def scores_of(document: str) -> dict[str, float]:
    """The pieces of a Unigram tokenizer.json with their scores."""
    return {piece: score for piece, score in json.loads(document)["model"]["vocab"] if piece != "<unk>"}


def unigram_sentencepiece(job: Job) -> Trained:
    import io

    import sentencepiece

    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        input=job["corpus"],
        model_writer=model,
        model_type="unigram",
        vocab_size=job["vocab_size"],
        character_coverage=1.0,
        bos_id=-1,
        eos_id=-1,
        normalization_rule_name="identity",
        split_by_unicode_script=False,
        split_by_number=False,
        max_sentence_length=1_000_000,
        num_threads=job["threads"],
        minloglevel=2,
    )
    trained = sentencepiece.SentencePieceProcessor(model_proto=model.getvalue())
    pieces = [number for number in range(trained.get_piece_size()) if not trained.is_unknown(number)]
    return Trained(lambda: {trained.id_to_piece(number): trained.get_score(number) for number in pieces})


UNIGRAM_TRAINERS: dict[str, Callable[[Job], Trained]] = {
    "tokenspace": unigram_tokenspace,
    "tokenizers": unigram_tokenizers,
    "sentencepiece": unigram_sentencepiece,
}
TRAINERS: dict[str, Callable[[Job], Trained]] = {
    "tokenspace": train_tokenspace,
    "tokenizers": train_tokenizers,
    "gigatoken": train_gigatoken,
    "rustbpe": train_rustbpe,
    "sentencepiece": train_sentencepiece,
}


def main() -> int:
    job = json.loads(sys.argv[1])
    library = job["library"]
    __import__(library)  # importing is not training
    base = memory_mb("VmHWM")
    begin = time.perf_counter()
    trained = (UNIGRAM_TRAINERS if job["model"] == "unigram" else TRAINERS)[library](job)
    seconds = time.perf_counter() - begin
    peak = memory_mb("VmHWM")
    result = trained.learnt()
    Path(job["result"]).write_text(json.dumps(result), encoding="utf-8")
    answer: Job = {
        "seconds": seconds,
        "peak_mb": peak,
        "base_mb": base,
        "version": importlib.metadata.version(library),
        "entries": len(result),
    }
    if trained.spilled_mb:
        answer["spilled_mb"] = round(trained.spilled_mb)
    if job["held_out"] and trained.tokens:
        answer["held_out_tokens"] = trained.tokens(Path(job["held_out"]).read_text(encoding="utf-8").splitlines())
    print(json.dumps(answer))
    return 0


if __name__ == "__main__":
    sys.exit(main())
