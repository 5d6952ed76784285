"""One Unigram training in the contestant's own process: a JSON job on stdin, one JSON answer on stdout."""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from importlib.metadata import version
from typing import Any

Vocab = dict[str, float]
METASPACE = {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always", "split": True}


def tokenspace(job: dict[str, Any]) -> Vocab:
    import tokenspace as ts

    tokenizer = ts.Tokenizer.train(
        [job["path"]],
        model="unigram",
        vocab_size=job["vocab_size"],
        special_tokens=["<unk>"],
        pre_tokenizer=METASPACE,
        normalizer="none",
        split_by_unicode_script=False,
        split_by_number=False,
        threads=job["threads"],
    )
    return unigram_of(json.loads(tokenizer.to_str()))


def tokenizers(job: dict[str, Any]) -> Vocab:
    from tokenizers import Tokenizer, models, pre_tokenizers, trainers

    tokenizer = Tokenizer(models.Unigram())
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    trainer = trainers.UnigramTrainer(
        vocab_size=job["vocab_size"], unk_token="<unk>", special_tokens=["<unk>"], show_progress=False
    )
    with open(job["path"], encoding="utf-8") as file:
        tokenizer.train_from_iterator((line.rstrip("\n") for line in file), trainer)
    return unigram_of(json.loads(tokenizer.to_str()))


def sentencepiece(job: dict[str, Any]) -> Vocab:
    import io

    import sentencepiece as sp

    model = io.BytesIO()
    sp.SentencePieceTrainer.train(
        input=job["path"],
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
    reader = sp.SentencePieceProcessor(model_proto=model.getvalue())
    return {
        reader.id_to_piece(i): reader.get_score(i) for i in range(reader.get_piece_size()) if not reader.is_unknown(i)
    }


def unigram_of(document: dict[str, Any]) -> Vocab:
    return {piece: score for piece, score in document["model"]["vocab"] if piece != "<unk>"}


CONTESTANTS = {"tokenspace": tokenspace, "tokenizers": tokenizers, "sentencepiece": sentencepiece}


def main() -> None:
    # Whatever a library prints must not mix with the answer.
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    job = json.load(sys.stdin)
    __import__(job["library"])
    begin = time.perf_counter()
    vocab = CONTESTANTS[job["library"]](job)
    answer = {
        "seconds": time.perf_counter() - begin,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3,
        "version": version(job["library"]),
        "vocab": vocab,
    }
    print(json.dumps(answer), file=answers)


if __name__ == "__main__":
    main()
