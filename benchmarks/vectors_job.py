"""One training of vectors in a fresh process; prints one line of JSON. Run by benchmarks/vectors_race.py, knows nothing of races.

    python vectors_job.py '{"library": "gensim", "model": "word2vec", "corpus": FILE, "vectors": OUT, "parameters": {...}}'

tokenspace and gensim take the same calls; fastText's own module has other names for the same things.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from importlib import import_module
from typing import Any

MODULES = {"tokenspace": "tokenspace.compat.gensim.models", "gensim": "gensim.models"}
CLASSES = {"word2vec": "Word2Vec", "fasttext": "FastText", "doc2vec": "Doc2Vec"}


def processor_seconds() -> float:
    """Of all threads of this process."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def gensim_like(job: dict[str, Any]) -> dict[str, Any]:
    models = import_module(MODULES[job["library"]])
    parameters = dict(job["parameters"])
    epochs = parameters["epochs"]
    text: dict[str, Any] = {"corpus_file": job["corpus"]}
    if job["reader"] == "list":
        module, reader = (
            ("doc2vec", "TaggedLineDocument") if job["model"] == "doc2vec" else ("word2vec", "LineSentence")
        )
        lines = getattr(import_module(f"{MODULES[job['library']]}.{module}"), reader)(job["corpus"])
        text = {"corpus_iterable": list(lines)}
    started = time.perf_counter()
    model = getattr(models, CLASSES[job["model"]])(**parameters)
    model.build_vocab(**text)
    counted = time.perf_counter()
    used = processor_seconds()
    model.train(
        **text,
        total_examples=model.corpus_count,
        total_words=model.corpus_total_words,
        epochs=epochs,
    )
    ended = time.perf_counter()
    if job["model"] == "doc2vec":
        import numpy as np

        with open(job["vectors"], "wb") as out:
            np.save(out, model.dv.vectors)
    else:
        model.wv.save_word2vec_format(job["vectors"], binary=True)
    return {
        "raw_words": int(model.corpus_total_words) * epochs,
        "vocabulary": len(model.wv),
        "vocabulary_s": counted - started,
        "train_s": ended - counted,
        "cpu_s": processor_seconds() - used,
    }


def fasttext_module(job: dict[str, Any]) -> dict[str, Any]:
    """fastText reads, counts and trains in one call, so its seconds hold all three."""
    fasttext = import_module("fasttext")
    given = job["parameters"]
    started = time.perf_counter()
    used = processor_seconds()
    model = fasttext.train_unsupervised(
        job["corpus"],
        model="skipgram" if given["sg"] else "cbow",
        dim=given["vector_size"],
        ws=given["window"],
        neg=given["negative"],
        minCount=given["min_count"],
        epoch=given["epochs"],
        lr=given["alpha"],
        t=given["sample"],
        thread=given["workers"],
        minn=given.get("min_n", 3),
        maxn=given.get("max_n", 6),
        bucket=given.get("bucket", 2_000_000),
        loss="hs" if given.get("hs") else "ns",
        verbose=0,
    )
    ended = time.perf_counter()
    words = model.get_words()
    with open(job["vectors"], "wb") as out:
        out.write(f"{len(words)} {given['vector_size']}\n".encode())
        for word in words:
            out.write(word.encode() + b" " + model.get_word_vector(word).tobytes())
    with open(job["corpus"], encoding="utf-8") as lines:
        raw = sum(len(line.split()) for line in lines)
    return {
        "raw_words": raw * given["epochs"],
        "vocabulary": len(words),
        "vocabulary_s": 0.0,
        "train_s": ended - started,
        "cpu_s": processor_seconds() - used,
    }


def main() -> int:
    job = json.loads(sys.argv[1])
    library = import_module(job["library"])
    answer = fasttext_module(job) if job["library"] == "fasttext" else gensim_like(job)
    answer["version"] = getattr(library, "__version__", "0.9")
    answer["peak_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps(answer))
    return 0


if __name__ == "__main__":
    sys.exit(main())
