"""The work of training a tokenizer, told as it goes on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from ....errors import TokenspaceError
from ....tokenizers.export.write import EXPORT_FORMATS, export_files
from ....tokenizers.tokenizer import Tokenizer
from ....tokenizers.train.learning import LearningNews, LearntMerge
from ....tokenizers.train.story import MergeStep, TrainingStory, WordState
from ...jobs.context import JobContext
from ...jobs.job import Work
from ...state import Studio
from .contracts import TrainTokenizer
from .corpus import open_corpus, title_of
from .results import result_folder

__all__ = ["HELD_OUT_FILE", "tokenizer_work"]

HELD_OUT_FILE = "held_out.txt"
_HELD_OUT_BYTES = 2 << 20
_FIRST_MERGES, _LAST_MERGES, _CURVE_POINTS = 60, 12, 24  # told of each look; more would fill the memory of events
_CURVE_KEPT = 400


def tokenizer_work(studio: Studio, asked: TrainTokenizer) -> Work:
    """The work of the job."""

    def work(job: JobContext) -> dict[str, Any]:
        corpus = open_corpus(studio, asked.corpus, asked.held_out)
        telling = _Telling(job)
        options = asked.settings.model_dump(exclude={"model", "vocab_size"})
        tokenizer = Tokenizer.train(
            corpus,
            asked.settings.model,
            asked.settings.vocab_size,
            progress=job.progress,
            on_learning=telling,
            **options,
        )
        seen = not corpus.statistics.held_out_texts
        lines = _lines(_all(studio, asked) if seen else corpus.held_out_texts(_HELD_OUT_BYTES))
        formats = _formats(tokenizer, job)
        with result_folder(studio, job.id) as folder:
            name = "tokenizer.model" if "tokenizer.json" not in formats else "tokenizer.json"
            tokenizer.save(folder.path / name)
            (folder.path / HELD_OUT_FILE).write_text("".join(lines), encoding="utf-8", newline="")
            assert tokenizer.training is not None
            report = tokenizer.training.to_dict()
            folder.write_facts({"file": name, "formats": formats, "seen": seen, "report": report})
        path = studio.folder / "trained" / job.id / name
        title = f"{asked.settings.model} {report['vocab_size']:,} · {title_of(studio, asked.corpus)}"
        trained = studio.models.trained(job.id, path, ["tokenizer"], title, f"{report['vocab_size']:,} entries")
        learnt = {"story": telling.story, "curves": telling.curves, "rounds": telling.rounds}
        return {"name": trained, "title": title, "report": report, "formats": formats, "seen": seen, **learnt}

    return work


def _all(studio: Studio, asked: TrainTokenizer) -> Iterator[str]:
    for block in open_corpus(studio, asked.corpus).blocks():
        yield from block.texts()


def _lines(texts: Iterable[str]) -> list[str]:
    kept, size = [], 0
    for text in texts:
        size += len(text.encode())
        if size > _HELD_OUT_BYTES:
            break
        kept.append(text if text.endswith("\n") else text + "\n")
    return kept


def _formats(tokenizer: Tokenizer, job: JobContext) -> list[str]:
    """What the tokenizer can be written as."""
    found = []
    for format in EXPORT_FORMATS:
        job.check()
        try:
            export_files(tokenizer, format)
        except TokenspaceError:
            continue
        found.append(format)
    return found


class _Telling:
    """Events while the tokenizer learns, and what the page needs of them when it comes back later."""

    def __init__(self, job: JobContext) -> None:
        self._job = job
        self.story: dict[str, Any] | None = None
        self.curves: list[dict[str, Any]] = []  # one a stage: where it began, [entries, tokens of the text] as it went
        self.rounds: list[list[int]] = []  # [number, pieces left]

    def __call__(self, news: LearningNews) -> None:
        if news.story is not None:
            self.story = story_view(news.story)
            self._job.emit("story", **self.story)
        if news.round is not None:
            words = [_word(word) for word in news.round.words]
            self.rounds.append([news.round.number, news.round.pieces])
            self._job.emit("round", number=news.round.number, pieces=news.round.pieces, words=words)
        if news.merges:
            told = _merges(news.merges)
            if not self.curves or self.curves[-1]["stage"] != news.stage:
                self.curves.append({"stage": news.stage, "start": news.start_tokens, "points": []})
            self.curves[-1]["points"] += told["curve"]
            if len(self.curves[-1]["points"]) > _CURVE_KEPT:
                self.curves[-1]["points"] = self.curves[-1]["points"][::2] + told["curve"][-1:]
            self._job.emit("learning", stage=news.stage, start=news.start_tokens, **told)


def _merges(merges: Sequence[LearntMerge]) -> dict[str, Any]:
    told = [merge for merge in merges if merge.number <= _FIRST_MERGES]
    told += [merge for merge in merges[-_LAST_MERGES:] if merge.number > _FIRST_MERGES]
    # The beginning of the curve is its steep part: points lie denser there.
    last = len(merges) - 1
    places = sorted({round(last * (step / _CURVE_POINTS) ** 2) for step in range(_CURVE_POINTS + 1)})
    return {
        "merges": [[merge.number, merge.left, merge.right, merge.token, merge.count] for merge in told],
        "curve": [[merges[place].vocabulary_size, merges[place].corpus_tokens] for place in places],
        "learnt": merges[-1].number,
    }


def story_view(story: TrainingStory) -> dict[str, Any]:
    """The first merges for the page: words once, then what each step changes."""
    steps = []
    for step in story.steps:
        assert isinstance(step, MergeStep)
        steps.append(
            {
                "left": step.pair.left, "right": step.pair.right, "count": step.pair.count, "ties": step.ties,
                "token": step.token, "id": step.token_id, "size": step.vocabulary_size, "new": step.is_new,
                "pairs": [[pair.left, pair.right, pair.count] for pair in step.pairs],
                "changed": [[index, list(step.words[index].tokens)] for index in step.changed],
            }
        )  # fmt: skip
    return {"words": [_word(word) for word in story.words], "steps": steps, "finished": story.finished}


def _word(word: WordState) -> dict[str, Any]:
    return {"text": word.text, "count": word.count, "tokens": list(word.tokens)}
