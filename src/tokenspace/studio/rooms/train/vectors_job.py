"""The work of training word vectors, told as it goes on."""

from __future__ import annotations

import inspect
import os
from collections.abc import Iterator
from typing import Any

from ....errors import FormatError, message
from ....progress import Reporter
from ....vectors.corpora.cut_words import learn_word_cutter, share_without_spaces
from ....vectors.doc2vec import Doc2Vec, TaggedDocument
from ....vectors.fasttext import FastText
from ....vectors.glove import GloVe
from ....vectors.train import NeighbourSnapshot, NeighbourWatch, advise_training
from ....vectors.word2vec import Word2Vec
from ...jobs.context import JobContext
from ...jobs.job import Work
from ...state import Studio
from .contracts import TrainVectors
from .corpus import open_corpus, title_of
from .results import result_folder

__all__ = ["VECTORS_FILE", "vectors_work"]

VECTORS_FILE = "vectors.safetensors"
_CLASSES: dict[str, Any] = {"word2vec": Word2Vec, "fasttext": FastText, "glove": GloVe, "doc2vec": Doc2Vec}


def vectors_work(studio: Studio, asked: TrainVectors) -> Work:
    """The work of the job."""

    def work(job: JobContext) -> dict[str, Any]:
        texts = list(_texts(studio, asked, job))
        cutter = learn_word_cutter(texts, asked.segmenter, progress=job.progress)
        sentences: list[list[str]] = []
        with Reporter("words", len(texts), "lines", job.progress) as report:
            for text in texts:
                if found := cutter(text):
                    sentences.append(found)
                report.advance()
        words = sum(map(len, sentences))
        if not words:
            raise FormatError(message("train", "text with words", "none", "a file with words"))
        advice = advise_training(words, asked.model)
        settings = _settings(asked, advice.settings)
        job.emit(
            "corpus", words=words, sentences=len(sentences), size=advice.size, settings=settings, segmenter=cutter.name,
            spaceless=round(share_without_spaces(texts[:2000]), 3),
        )  # fmt: skip
        del texts
        watch = NeighbourWatch(lambda snapshot: _tell(job, snapshot), asked.watch or None, sentences=sentences)
        model = _train(asked, sentences, settings, watch, job)
        losses = [float(loss) for loss in getattr(model, "epoch_losses", None) or getattr(model, "epoch_costs", [])]
        with result_folder(studio, job.id) as folder:
            model.wv.save(folder.path / VECTORS_FILE, progress=job.progress)
            tags = getattr(model, "dv", None)
            if tags is not None:
                tags.save(folder.path / "documents.safetensors")
            folder.write_facts({"model": asked.model, "settings": settings})
        path = studio.folder / "trained" / job.id / VECTORS_FILE
        title = f"{asked.model} · {title_of(studio, asked.corpus)}"
        detail = f"{len(model.wv):,} words of {model.wv.vector_size} numbers"
        name = studio.models.trained(job.id, path, ["vectors"], title, detail)
        return {
            "name": name, "title": title, "vocabulary": len(model.wv), "vector_size": model.wv.vector_size, "words": words,
            "sentences": len(sentences), "settings": settings, "losses": losses, "watched": watch.words or [],
            "documents": 0 if tags is None else len(tags), "formats": ["safetensors", "word2vec.bin", "word2vec.txt"],
        }  # fmt: skip

    return work


def _texts(studio: Studio, asked: TrainVectors, job: JobContext) -> Iterator[str]:
    for block in open_corpus(studio, asked.corpus).blocks(job.progress, "read"):
        yield from block.texts()


def _settings(asked: TrainVectors, advised: dict[str, Any]) -> dict[str, Any]:
    """What was asked for, the advice for the rest; only what the model's class takes."""
    known = set(inspect.signature(_CLASSES[asked.model].__init__).parameters)
    if asked.model == "doc2vec":
        known |= set(inspect.signature(Word2Vec.__init__).parameters) - {"sg"}
    given = {**advised, **asked.settings.model_dump(exclude_none=True)}
    if given.get("hs") and asked.settings.negative is None:
        given["negative"] = 0  # one output layer, not two
    return {name: value for name, value in given.items() if name in known}


def _train(
    asked: TrainVectors, sentences: list[list[str]], settings: dict[str, Any], watch: NeighbourWatch, job: JobContext
) -> Any:
    more: dict[str, Any] = {"workers": os.cpu_count() or 1, "callbacks": [watch], "progress": job.progress}
    if asked.model != "glove":
        more["compute_loss"] = True
    given: Any = sentences
    if asked.model == "doc2vec":
        given = [TaggedDocument(words, [number]) for number, words in enumerate(sentences)]
    return _CLASSES[asked.model](given, **settings, **more)


def _tell(job: JobContext, snapshot: NeighbourSnapshot) -> None:
    job.emit(
        "neighbours",
        epoch=snapshot.epoch,
        during=snapshot.during,
        loss=snapshot.loss,
        seconds=round(snapshot.seconds, 3),
        words={word: [[one, round(cosine, 4)] for one, cosine in found] for word, found in snapshot.neighbours.items()},
    )
