"""The work of training word vectors, told as it goes on."""

from __future__ import annotations

import inspect
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ....errors import FormatError, message
from ....io.workspace import Workspace
from ....vectors.corpora.cut_words import WordCutter, learn_word_cutter, share_without_spaces
from ....vectors.corpora.readers import LineSentence
from ....vectors.doc2vec import Doc2Vec
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
_BEGINNING_TEXTS = 2000
_CLASSES: dict[str, Any] = {"word2vec": Word2Vec, "fasttext": FastText, "glove": GloVe, "doc2vec": Doc2Vec}


def vectors_work(studio: Studio, asked: TrainVectors) -> Work:
    """The work of the job."""

    def work(job: JobContext) -> dict[str, Any]:
        with Workspace(studio.folder) as work_place:
            return train(job, work_place.path / "sentences.txt")

    def train(job: JobContext, place: Path) -> dict[str, Any]:
        cutter = learn_word_cutter(_texts(studio, asked, job, "read"), asked.segmenter, progress=job.progress)
        cut = _write_sentences(_texts(studio, asked, job, "words"), cutter, place)
        if not cut.words:
            raise FormatError(message("train", "text with words", "none", "a file with words"))
        advice = advise_training(cut.words, asked.model)
        settings = _settings(asked, advice.settings)
        job.emit(
            "corpus", words=cut.words, sentences=cut.sentences, size=advice.size, settings=settings, segmenter=cutter.name,
            spaceless=round(cut.spaceless, 3),
        )  # fmt: skip
        watch = NeighbourWatch(
            lambda snapshot: _tell(job, snapshot), asked.watch or None, sentences=LineSentence(place)
        )
        model = _train(asked, place, settings, watch, job)
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
            "name": name, "title": title, "vocabulary": len(model.wv), "vector_size": model.wv.vector_size, "words": cut.words,
            "sentences": cut.sentences, "settings": settings, "losses": losses, "watched": watch.words or [],
            "documents": 0 if tags is None else len(tags), "formats": ["safetensors", "word2vec.bin", "word2vec.txt"],
        }  # fmt: skip

    return work


def _texts(studio: Studio, asked: TrainVectors, job: JobContext, stage: str) -> Iterator[str]:
    for block in open_corpus(studio, asked.corpus).blocks(job.progress, stage):
        for text in block.texts():
            job.pause_point()  # a block of 2 MB takes half a second to cut
            yield text


@dataclass(frozen=True, slots=True)
class _Cut:
    """Sizes of a text cut into words; ``spaceless``: share of its letters in scripts without spaces, by its beginning."""

    words: int
    sentences: int
    spaceless: float


def _write_sentences(texts: Iterator[str], cutter: WordCutter, place: Path) -> _Cut:
    """The words of each text as a line of a file, which the models read block by block: no corpus is held in memory."""
    words = sentences = 0
    beginning: list[str] = []
    with place.open("w", encoding="utf-8", newline="\n") as out:
        for text in texts:
            if len(beginning) < _BEGINNING_TEXTS:
                beginning.append(text)
            if found := cutter(text):
                out.write(" ".join(found) + "\n")
                words += len(found)
                sentences += 1
    return _Cut(words, sentences, share_without_spaces(beginning))


def _settings(asked: TrainVectors, advised: dict[str, Any]) -> dict[str, Any]:
    """What was asked for, the advice for the rest; only what the model's class takes."""
    known = set(inspect.signature(_CLASSES[asked.model].__init__).parameters)
    if asked.model == "doc2vec":
        known |= set(inspect.signature(Word2Vec.__init__).parameters) - {"sg"}
    given = {**advised, **asked.settings.model_dump(exclude_none=True)}
    if given.get("hs") and asked.settings.negative is None:
        given["negative"] = 0  # one output layer, not two
    return {name: value for name, value in given.items() if name in known}


def _train(asked: TrainVectors, place: Path, settings: dict[str, Any], watch: NeighbourWatch, job: JobContext) -> Any:
    more: dict[str, Any] = {"workers": os.cpu_count() or 1, "callbacks": [watch], "progress": job.progress}
    if asked.model != "glove":
        more["compute_loss"] = True
    return _CLASSES[asked.model](corpus_file=place, **settings, **more)


def _tell(job: JobContext, snapshot: NeighbourSnapshot) -> None:
    job.emit(
        "neighbours",
        epoch=snapshot.epoch,
        during=snapshot.during,
        loss=snapshot.loss,
        seconds=round(snapshot.seconds, 3),
        words={word: [[one, round(cosine, 4)] for one, cosine in found] for word, found in snapshot.neighbours.items()},
    )
