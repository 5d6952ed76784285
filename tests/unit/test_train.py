"""Tokenizer.train: reproducible, bounded, stoppable, resumable; options that contradict each other; every model kind."""

from __future__ import annotations

import gzip
import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import tokenspace as ts
from tests.patience import patience
from tokenspace import errors
from tokenspace.io.corpus import Corpus

WORDS = [
    "the",
    "of",
    "and",
    "low",
    "lower",
    "lowest",
    "new",
    "newest",
    "wide",
    "widest",
    "tokens",
    "vectors",
    "12",
    "2024",
    ",",
    ".",
    "!",
    "é",
    "ñandú",
    "你好",
    "世界",
    "привет",
]


def texts(seed: int, count: int) -> list[str]:
    source = random.Random(seed)
    return [" ".join(source.choice(WORDS) + source.choice(["", "s", "ing"]) for _ in range(12)) for _ in range(count)]


KINDS: list[dict[str, Any]] = [
    {"model": "bpe"},
    {"model": "bpe", "pre_tokenizer": "o200k", "tie_breaking": "bytes"},
    {"model": "bpe", "pre_tokenizer": "sentencepiece", "vocab_size": 400},
    {"model": "bpe", "pre_tokenizer": "whitespace", "end_of_word_suffix": "</w>", "vocab_size": 120},
    {"model": "superbpe", "vocab_size": 330},
    {"model": "wordpiece", "vocab_size": 90},
    {"model": "unigram", "vocab_size": 320},
    {"model": "unigram", "pre_tokenizer": "bert", "special_tokens": ["<unk>"], "vocab_size": 70},
    {"model": "word", "vocab_size": 40},
    {"model": "char", "vocab_size": 40},
]


def train(corpus: Any, **options: Any) -> ts.Tokenizer:
    return ts.Tokenizer.train(corpus, **{"vocab_size": 300, **options})


@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_the_same_for_threads_chunks_and_budget(kind: dict[str, Any], tmp_path: Path) -> None:
    rows = texts(1, 400)
    first = train(rows, **kind).to_json()
    assert train(iter(rows), threads=1, **kind).to_json() == first
    assert train((rows[at : at + 17] for at in range(0, 400, 17)), threads=3, **kind).to_json() == first
    assert train(rows, memory_budget=1 << 20, temp_dir=tmp_path, **kind).to_json() == first
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_what_is_trained_encodes_and_comes_back(kind: dict[str, Any], tmp_path: Path) -> None:
    tokenizer = train(texts(2, 300), **kind)
    assert len(tokenizer) == tokenizer.training.vocab_size <= kind.get("vocab_size", 300)
    text = texts(3, 1)[0]
    encoding = tokenizer.encode(text)
    assert encoding.ids
    again = ts.Tokenizer.from_str(tokenizer.to_json())
    assert again.encode(text).ids == encoding.ids
    if tokenizer.training.model in ("bpe", "superbpe", "char") and "end_of_word_suffix" not in kind:
        assert tokenizer.decode(encoding.ids) == text
    tokenizer.save_pretrained(tmp_path)
    assert ts.Tokenizer.from_pretrained(tmp_path).encode(text).ids == encoding.ids


@pytest.mark.parametrize("model", ["bpe", "wordpiece", "unigram", "word", "char"])
def test_reading_files_is_reading_their_lines(model: str, tmp_path: Path) -> None:
    rows = [row + "\n" for row in texts(4, 200)]
    (tmp_path / "a.txt").write_text("".join(rows[:120]), encoding="utf-8", newline="")
    with gzip.open(tmp_path / "b.txt.gz", "wt", encoding="utf-8", newline="") as file:
        file.write("".join(rows[120:]))
    expected = train(rows, model=model).to_json()
    assert train(tmp_path, model=model).to_json() == expected
    assert train(str(tmp_path / "*.txt*"), model=model).to_json() == expected
    (tmp_path / "rows.jsonl").write_text("\n".join(json.dumps({"body": row}) for row in rows), encoding="utf-8")
    assert train(tmp_path / "rows.jsonl", model=model, column="body").to_json() == expected


def test_weights_count_like_repetition() -> None:
    one, two = texts(5, 100), texts(6, 100)
    weighted = train([(one, 2), (two, 1)])
    assert weighted.to_json() == train([*one, *one, *two]).to_json()
    assert train([(one, 1), (two, 0.5)]).to_json() == weighted.to_json()
    assert (
        train([(one, 1), (two, 0.5)], min_frequency=30).to_json()
        == train(weighted_rows(one, two), min_frequency=60).to_json()
    )


def weighted_rows(one: list[str], two: list[str]) -> list[str]:
    return [*one, *one, *two]


def test_held_out_texts_are_measured_and_not_trained_on() -> None:
    rows = texts(7, 2000)
    tokenizer = train(rows, held_out=0.1)
    report = tokenizer.training
    assert report.held_out is not None
    assert 100 < report.held_out.texts < 300
    assert report.texts + report.held_out.texts == 2000
    corpus = Corpus.of(rows, held_out=0.1)
    list(corpus.blocks())
    kept = list(corpus.held_out_texts())
    assert report.held_out.tokens == sum(tokenizer.count(row, add_special_tokens=False) for row in kept)
    assert "bytes per token" in report.to_text()
    assert json.loads(json.dumps(report.to_dict()))["held_out"]["texts"] == report.held_out.texts


def test_components_as_dict_object_and_json() -> None:
    from tokenspace.tokenizers.components import Normalizer, PreTokenizer

    rows = texts(12, 100)
    options: dict[str, Any] = {"special_tokens": ["<unk>"], "unk_token": "<unk>", "vocab_size": 120}
    expected = train(rows, pre_tokenizer="whitespace", normalizer="lowercase", **options).to_json()
    for pre_tokenizer, normalizer in [
        ({"type": "Whitespace"}, {"type": "Lowercase"}),
        ('{"type": "Whitespace"}', '{"type": "Lowercase"}'),
        (PreTokenizer("Whitespace"), Normalizer("Lowercase")),
    ]:
        assert train(rows, pre_tokenizer=pre_tokenizer, normalizer=normalizer, **options).to_json() == expected
    tokenizers = pytest.importorskip("tokenizers", reason="tokenizers is not installed")
    theirs = {"pre_tokenizer": tokenizers.pre_tokenizers.Whitespace(), "normalizer": tokenizers.normalizers.Lowercase()}
    assert train(rows, **theirs, **options).to_json() == expected


def test_the_shipped_character_map_is_what_the_core_builds() -> None:
    from tokenspace import _core
    from tokenspace.tokenizers.export.sentencepiece_model import SHIPPED, _shipped

    for name, file in SHIPPED.items():
        assert _shipped(file) == _core.builtin_charsmap(name)


def test_words_of_a_byte_level_pipeline_are_found_again() -> None:
    tokenizer = train(["low lower élan", "low lower élan"], model="word", pre_tokenizer="gpt2", vocab_size=10)
    unknown = tokenizer.token_to_id("<unk>")
    encoding = tokenizer.encode("low lower élan")
    assert len(encoding.ids) == 3
    assert unknown not in encoding.ids
    assert tokenizer.decode(encoding.ids) == "low lower élan"


def test_added_tokens_keep_their_rules() -> None:
    token = ts.AddedToken("<user>", single_word=True, lstrip=True)
    tokenizer = train(texts(8, 50), special_tokens=["<s>", token])
    added = {entry["content"]: entry for entry in json.loads(tokenizer.to_json())["added_tokens"]}
    assert added["<s>"]["special"]
    assert not added["<s>"]["normalized"]
    user = added["<user>"]
    assert (user["single_word"], user["lstrip"], user["rstrip"], user["normalized"], user["special"]) == (
        True,
        True,
        False,
        True,
        False,
    )


def test_special_tokens_have_the_first_ids_and_are_whole() -> None:
    tokenizer = train(texts(8, 100), special_tokens=["<|endoftext|>", "<|im_start|>"])
    assert tokenizer.token_to_id("<|endoftext|>") == 0
    assert tokenizer.encode("low<|im_start|>low").tokens.count("<|im_start|>") == 1
    bert = train(texts(8, 100), model="wordpiece", vocab_size=100)
    assert bert.encode("low").tokens[0] == "[CLS]"
    spm = train(texts(8, 100), model="unigram", vocab_size=330, special_tokens=["<unk>", "<s>", "</s>", "<mask>"])
    assert [spm.id_to_token(index) for index in range(4)] == ["<unk>", "<s>", "</s>", "<mask>"]


@pytest.mark.parametrize(
    ("options", "part"),
    [
        ({"model": "glove"}, "model="),
        ({"vocab_size": 0}, "vocab_size="),
        ({"vocab_size": "many"}, "32k"),
        ({"vocab_sise": 5}, "'vocab_sise'"),
        ({"special_tokens": ["<s>", "<s>"]}, "'<s>' twice"),
        ({"special_tokens": "<s>"}, "['<s>']"),
        ({"special_tokens": [""]}, "empty"),
        ({"special_tokens": ["a", "b", "c"], "vocab_size": 3}, "more than the 3 special tokens"),
        ({"pre_tokenizer": "gpt5"}, "gpt2, cl100k"),
        ({"pre_tokenizer": {"type": "Nonsense"}}, "Nonsense"),
        ({"normalizer": "nfq"}, "nfc"),
        ({"limit_alphabet": 5, "character_coverage": 0.99}, "not both"),
        ({"model": "wordpiece", "end_of_word_suffix": "</w>"}, "end_of_word_suffix"),
        ({"model": "unigram", "tie_breaking": "bytes"}, "tie_breaking"),
        ({"model": "unigram", "min_frequency": 2}, "min_frequency"),
        ({"model": "superbpe", "pre_tokenizer": "whitespace"}, "byte-level"),
        ({"model": "unigram", "pre_tokenizer": "gpt2"}, "raw bytes"),
        ({"tie_breaking": "random"}, "tie_breaking"),
        ({"memory_budget": 5}, "memory_budget"),
        ({"threads": -1}, "threads"),
        ({"character_coverage": 2.0}, "character_coverage"),
        ({"held_out": 0.9}, "held_out"),
        ({"temp_dir": "/nonexistent"}, "/nonexistent"),
        ({"pre_tokenizer": "sentencepiece", "vocab_size": 100}, "byte_fallback"),
        ({"model": "wordpiece", "special_tokens": ["[CLS]"]}, "[UNK]"),
    ],
    ids=str,
)
def test_options_that_cannot_be_are_named(options: dict[str, Any], part: str) -> None:
    with pytest.raises(errors.TokenspaceError) as caught:
        train(["some text"], **options)
    assert part in str(caught.value)


def test_corpora_without_text() -> None:
    with pytest.raises(errors.FormatError, match="expected text"):
        train([])
    with pytest.raises(errors.FormatError, match="expected text"):
        train(["", ""])
    with pytest.raises(errors.FormatError, match="pre-tokenizer"):
        train([" ", "\n"], model="wordpiece")
    with pytest.raises(errors.NotFoundError):
        train("no-such-file.txt")


def test_bytes_that_are_not_text(tmp_path: Path) -> None:
    path = tmp_path / "broken.txt"
    path.write_bytes(b"good line\nbad \xff line\nlast line\n")
    with pytest.raises(errors.FormatError, match=r"broken\.txt.*14"):
        train(path)
    assert train(path, errors="skip").training.skipped == 1
    assert train(path, errors="replace").training.texts == 3


def test_a_corpus_smaller_than_the_vocabulary_says_so() -> None:
    tokenizer = train(["low lower lowest"], vocab_size=5000)
    assert tokenizer.training.vocab_size < 5000 == tokenizer.training.asked
    assert "were asked for" in tokenizer.training.to_text()
    with pytest.raises(errors.ArgumentError, match="vocab"):
        train(["low lower lowest"], model="unigram", vocab_size=5000)
    with pytest.raises(errors.ArgumentError, match="259 of vocab_size=5000 are special and byte pieces"):
        train(["low lower lowest"], model="unigram", vocab_size=5000)


def test_a_checkpoint_is_taken_up_again(tmp_path: Path) -> None:
    path = tmp_path / "text.txt"
    path.write_text("\n".join(texts(9, 500)), encoding="utf-8")
    folder = tmp_path / "checkpoint"
    expected = train(path, vocab_size=290).to_json()
    first = train(path, vocab_size=290, checkpoint_dir=folder)
    again = train(path, vocab_size=290, checkpoint_dir=folder)
    assert first.to_json() == again.to_json() == expected
    assert again.training.resumed == ("count",)
    assert again.training.texts == first.training.texts
    with pytest.raises(errors.TokenspaceError, match="vocab_size"):
        train(path, vocab_size=291, checkpoint_dir=folder)
    path.write_text("other text\n", encoding="utf-8")
    with pytest.raises(errors.TokenspaceError, match="corpus"):
        train(path, vocab_size=290, checkpoint_dir=folder)
    with pytest.raises(errors.ArgumentError, match="iterator"):
        train(iter(["a"]), checkpoint_dir=folder)


def test_a_unigram_training_goes_on_from_its_last_pruning(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from tokenspace.tokenizers.train import models

    monkeypatch.setattr(models._Rounds, "SECONDS", 0.0)
    path = tmp_path / "text.txt"
    path.write_text("\n".join(texts(11, 500)), encoding="utf-8")
    options: dict[str, Any] = {"model": "unigram", "vocab_size": 300}
    expected = train(path, **options).to_json()
    keep = models._Rounds.keep
    states: list[Any] = []

    def stop(self: Any, state: Any) -> None:
        keep(self, state)
        states.append(state.round)
        raise InterruptedError

    monkeypatch.setattr(models._Rounds, "keep", stop)
    with pytest.raises(InterruptedError):
        train(path, checkpoint_dir=tmp_path / "checkpoint", **options)
    monkeypatch.setattr(models._Rounds, "keep", lambda self, state: states.append(state.round))
    assert train(path, checkpoint_dir=tmp_path / "checkpoint", **options).to_json() == expected
    assert states[0] == 1
    assert 1 not in states[1:]


SCRIPT = """
import sys, time
import tokenspace as ts
def rows():
    i = 0
    while True:
        i += 1
        yield f"line {i} " + " ".join(str(i * 7919 + k) for k in range(40))
print("ready", flush=True)
ts.Tokenizer.train(rows(), memory_budget=8 << 20, temp_dir=sys.argv[1], threads=2)
"""


def test_ctrl_c_stops_within_a_second_and_leaves_nothing(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", SCRIPT, str(tmp_path)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )
    assert process.stdout is not None
    process.stdout.readline()
    deadline = time.monotonic() + 60
    while not any(tmp_path.rglob("*.run")):
        assert time.monotonic() < deadline, "nothing was spilled"
        time.sleep(0.05)
    begin = time.monotonic()
    process.send_signal(signal.SIGINT)
    _, message = process.communicate(timeout=30)
    # A second on a machine of its own; this one may be busy.
    assert time.monotonic() - begin < patience(5)
    assert b"KeyboardInterrupt" in message
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_a_full_disk_is_named_and_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import shutil

    usage = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage._replace(free=1000))
    with pytest.raises(errors.LimitError, match="free"):
        train(texts(1, 10), temp_dir=tmp_path)
    assert not list(tmp_path.iterdir())


@given(st.lists(st.text(max_size=40), min_size=1, max_size=8).filter(lambda rows: any(row.strip() for row in rows)))
def test_any_text_trains_and_round_trips(rows: list[str]) -> None:
    tokenizer = train(rows, kind="texts", vocab_size=280)
    for row in rows:
        assert tokenizer.decode(tokenizer.encode(row).ids) == row.encode("utf-8", "replace").decode() or not row


def test_progress_names_stages_with_rates(tmp_path: Path) -> None:
    path = tmp_path / "text.txt"
    path.write_text("\n".join(texts(10, 3000)), encoding="utf-8")
    events: list[Any] = []
    train(path, progress=events.append)
    assert {"count"} <= {event.stage for event in events}
    assert events[0].total == os.path.getsize(path)
