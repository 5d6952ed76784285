"""The report card finds what is known to be wrong with two tokenizers made for it."""

from __future__ import annotations

import math
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from tests.unit.fake_tokenizer import FakeBytes, FakeWords
from tokenspace.io import Record
from tokenspace.tokenizers.corpus_stats import loss_kind
from tokenspace.tokenizers.languages import language_of_name, language_or_script
from tokenspace.tokenizers.report import report
from tokenspace.tokenizers.row_lengths import RowLengths
from tokenspace.tokenizers.scripts import main_script


def test_words_lose_and_bytes_do_not() -> None:
    card = report([FakeWords(), FakeBytes()], ["Hello  world", "the cat\n", "🎵"])
    words, plain = card[0], card["fake-bytes"]
    assert words["whitespace"].grade == "bad"
    assert words["unknown"].value == 31
    assert words["case"].details["uncased"]
    assert words["round_trip"].details == {
        "checked": 3,
        "lost": 3,
        "kinds": {"case or form": 1, "white space": 1, "unknown": 1},
    }
    assert plain["whitespace"].value == plain["round_trip"].value == plain["unknown"].value == 0
    assert plain["digits"].details["policy"] == "single"
    assert plain["byte_rate"].value == round(4 / 24, 6)


def test_unreachable_entries_are_found_with_an_example() -> None:
    finding = report(FakeWords())[0]["unreachable"]
    assert (finding.value, finding.examples[0]["token"]) == (1, "Never")
    finding = report(FakeBytes())[0]["unreachable"]
    assert (finding.value, finding.details["untestable"]) == (0, 128)


def test_groups_by_writing_system_and_by_name() -> None:
    card = report(FakeBytes(), ["hello cat", "привет", "今天", "12"])
    assert {name: group.texts for name, group in card[0].groups.items()} == {
        "Latin": 1,
        "Cyrillic": 1,
        "Han": 1,
        "other": 1,
    }
    assert card[0].groups["Han"].to_dict()["tokens_per_word"] is None
    assert card[0].groups["Latin"].to_dict()["tokens_per_word"] == 4.5
    card = report(FakeBytes(), ["a", "b"], groups=["x", "x"])
    assert card[0].groups["x"].texts == 2


def test_unused_entries() -> None:
    finding = report(FakeBytes(), ["abb"], vocabulary=False)[0]["unused"]
    assert finding.value == 254
    assert [entry["id"] for entry in finding.details["first"][:2]] == [0, 1]
    assert [(entry["id"], entry["count"]) for entry in finding.details["most_used"]] == [(98, 2), (97, 1)]


def test_parts_of_characters_by_group() -> None:
    groups = report(FakeBytes(), ["今天", "ab"], vocabulary=False)[0].groups
    assert (groups["Han"].to_dict()["byte_share"], groups["Latin"].to_dict()["byte_share"]) == (1.0, 0.0)


def test_every_finding_has_a_number_and_prints() -> None:
    card = report([FakeWords(), FakeBytes()], ["Hello \x1b[31m"])
    for one in card:
        for finding in one.findings:
            assert finding.value is not None
            assert finding.summary
            assert finding.grade in ("good", "note", "bad")
    text = card.to_text(width=80)
    assert "\x1b" not in text
    assert "same sentence" in text
    assert set(card.to_dict()["tokenizers"][0]) == {"name", "properties", "findings", "groups", "lengths"}
    assert "&lt;" in card._repr_html_() or "<pre" in card._repr_html_()


def test_progress_events() -> None:
    stages = []
    report(FakeBytes(), ["a"] * 3, progress=lambda event: stages.append((event.stage, event.done, event.finished)))
    assert stages[0] == ("corpus", 0, False)
    assert ("corpus", 3, True) in stages
    assert stages[-1] == ("vocabulary", 1, True)


def test_loss_kinds() -> None:
    assert loss_kind("a  b", "a b", False) == "white space"
    assert loss_kind("Café", "cafe", False) == "case or form"
    assert loss_kind("abc", "xyz", False) == "other"
    assert loss_kind("abc", "a", True) == "unknown"


def test_lengths_of_rows_with_their_places() -> None:
    rows = [Record("abc", 1, "one.txt", 1), Record("abcdefgh", 2, "one.txt", 7), Record("", 3, "two.txt", 2)]
    lengths = report(FakeBytes(), rows, vocabulary=False)[0].lengths
    assert [(row.source, row.row, row.tokens) for row in lengths.longest()] == [
        ("one.txt", 7, 8),
        ("one.txt", 1, 3),
        ("two.txt", 2, 0),
    ]
    plain = report(FakeBytes(), ["a", "bb", "cc"], vocabulary=False)[0].lengths
    assert [(row.source, row.row) for row in plain.longest()] == [("", 2), ("", 3), ("", 1)]


@given(st.lists(st.integers(0, 5000), max_size=60), st.integers(1, 50))
def test_histogram_counts_every_row_once(lengths: list[int], bins: int) -> None:
    rows = RowLengths(keep=5)
    rows.add(lengths, ["x"] * len(lengths), [("", number) for number in range(len(lengths))])
    found = rows.histogram(bins)
    assert len(found) <= bins + 1
    assert sum(one.rows for one in found) == len(lengths)
    for one, after in pairwise(found):
        assert one.high + 1 == after.low
    for one in found:
        assert one.rows == sum(one.low <= length <= one.high for length in lengths)
    assert [row.tokens for row in rows.longest()] == sorted(lengths, reverse=True)[:5]
    ordered = sorted(lengths)
    for share in (0.0, 0.5, 0.9, 1.0):
        wanted = ordered[max(0, math.ceil(share * len(ordered)) - 1)] if ordered else 0
        assert rows.quantile(share) == wanted


def test_language_of_a_file_name() -> None:
    names = {
        "en-docs.txt.gz": "en",
        "zh.txt.gz": "zh",
        "texts/xquad.de.json": "de",
        "corpus.pt-BR.txt": "pt",
        "news.it.txt": "it",
        "it.txt": "it",
        "readme.txt": None,
        "my-notes.txt": None,
        "to-do.txt": None,
        "de.en.txt": None,
        "main.ts": None,
        "": None,
    }
    assert {name: language_of_name(name) for name in names} == names
    assert language_or_script("news.de.txt", "今天") == "de"
    assert language_or_script("news.txt", "今天") == "Han"


def test_scripts() -> None:
    names = {
        "hello": "Latin",
        "すし食べ": "Japanese",
        "今天": "Han",
        "안녕": "Hangul",
        "שלום": "Hebrew",
        "😀": "Emoji",
        "12 !": "other",
    }
    assert {text: main_script(text) for text in names} == names
