"""Every token visible, nothing dangerous on the terminal, counts that do not depend on the view."""

from __future__ import annotations

import html
import re

import pytest

from tests.unit.fake_tokenizer import FakeBytes, FakeWords
from tokenspace.tokenizers.compare import PALETTE, compare, grouped
from tokenspace.tokenizers.visible import visible, width


def test_plain_view_is_tokens_between_spaces() -> None:
    text = compare("Hello, world!", [FakeWords()], with_properties=False).to_text()
    assert "[CLS] hello , world ! [SEP]" in text


def test_counts_leave_out_what_the_template_adds() -> None:
    row = compare("Hello, world!", [FakeWords()], with_properties=False)[0]
    assert (row.n_tokens, row.bytes_per_token) == (6, 13 / 4)


def test_six_colours_cycle_with_black_text() -> None:
    text = compare("abcdefg", [FakeBytes()], with_properties=False).to_text(color=True, width=80)
    painted = re.findall(r"\x1b\[38;2;0;0;0;48;2;(\d+;\d+;\d+)m(.)", text)
    assert [colour for colour, _ in painted] == [*PALETTE, PALETTE[0]]
    assert "".join(label for _, label in painted) == "abcdefg"


def test_bytes_of_one_character_are_shown_and_can_be_joined() -> None:
    row = compare("a🎵", [FakeBytes()], with_properties=False)[0]
    assert [piece.kind for piece in row.pieces] == ["text"] + ["partial"] * 4
    assert row.pieces[-1].completes == "🎵"
    joined = grouped(row.pieces)
    assert [(piece.text, piece.tokens_joined) for piece in joined] == [("a", 1), ("🎵", 4)]
    text = compare("a🎵", [FakeBytes()], with_properties=False).to_text()
    assert "<0xF0> <0x9F> <0x8E> <0xB5>=🎵" in text


@pytest.mark.parametrize(
    "hostile", ["\x1b[31m", "\x9b31m", "\x07", "\u202e", "\u2066", "\u200b", "\x00", "\x7f", "\u2028"]
)
@pytest.mark.parametrize("color", [True, False])
def test_text_cannot_steer_the_terminal(hostile: str, color: bool) -> None:
    for tokenizer in (FakeBytes(), FakeWords()):
        text = compare(f"a{hostile}b", [tokenizer], with_properties=False).to_text(color=color, width=60)
        bare = re.sub(r"\x1b\[[0-9;]*m", "", text) if color else text
        assert not set(hostile) & set(bare) - set("[31m"), repr(bare)


def test_names_are_escaped_too() -> None:
    text = compare("a", [("\x1b[2Jname", FakeBytes())]).to_text()
    assert "\x1b" not in text


def test_html_is_escaped_and_self_contained() -> None:
    page = compare('<script>alert("1")</script> & é', [("<b>", FakeBytes())]).to_html(full_page=True)
    assert "<script" not in page
    assert "<b>" not in page
    assert "http" not in page.replace("http-equiv", "")
    assert html.escape("<0xC3>") in page
    assert compare("a", [FakeBytes()])._repr_html_().startswith("<div")


def test_wrapping_respects_wide_characters() -> None:
    text = compare("鸟" * 100, [("wide", FakeWide())], with_properties=False).to_text(width=41)
    assert max(width(line) for line in text.split("\n") if "鸟" in line) <= 41


class FakeWide(FakeBytes):
    """One token a character."""

    def encode(self, text, pair=None, *, add_special_tokens=True, special_tokens="allow"):
        encoding = super().encode("")
        for index, char in enumerate(text):
            encoding.add(0, char, index, index + 1)
        return encoding

    def id_to_bytes(self, number):
        return "鸟".encode()


def test_one_long_token_is_cut_to_the_width() -> None:
    class Whole(FakeWords):
        def id_to_bytes(self, number):
            return b"x" * 500

    text = compare("cat", [Whole()], add_special_tokens=False, with_properties=False).to_text(color=True, width=50)
    lines = [re.sub(r"\x1b\[[0-9;]*m", "", line) for line in text.split("\n")]
    assert max(map(len, lines)) <= 50
    assert sum(line.count("x") for line in lines) == 500


def test_long_text_is_limited_with_a_note_but_counted_whole() -> None:
    result = compare("a" * 5000, [FakeBytes()], with_properties=False)
    text = result.to_text(limit=100)
    assert "4,900 more tokens not shown" in text
    assert "5,000 tokens" in text
    assert result.to_text(limit=0).count("a a") > 2000


def test_empty_text_and_lone_surrogates_have_a_defined_result() -> None:
    assert compare("", [FakeBytes(), FakeWords()])[0].n_tokens == 0
    assert compare("a\ud800", [FakeBytes()]).text == "a?" or compare("a\ud800", [FakeBytes()]).text == "a�"


def test_right_to_left_tokens_are_isolated_in_colour() -> None:
    text = compare("שלום", [("rtl", FakeWideRtl())], with_properties=False).to_text(color=True, width=60)
    assert "\u2068ש\u2069" in text


class FakeWideRtl(FakeWide):
    def id_to_bytes(self, number):
        return "ש".encode()


def test_properties_are_probed() -> None:
    found = {one.key: one for one in compare("a", [FakeWords()])[0].properties}
    assert found["casing"].value == "lowercase"
    assert found["emoji"].shown == "UNK"
    assert found["special_tokens"].value["added_on_encode"] == ["[CLS]", "[SEP]"]
    assert found["whitespace"].shown == "lost"
    found = {one.key: one for one in compare("a", [FakeBytes()])[0].properties}
    assert found["casing"].value == "kept"
    assert found["whitespace"].shown == "kept"
    assert found["digits"].value["policy"] == "single"
    assert found["cjk"].value["tokens_each"] == 3


def test_json_shape() -> None:
    row = compare("Hello cat", [FakeWords()]).to_dict()["tokenizers"][0]
    assert row["tokens"] == ["[CLS]", "hello", "cat", "[SEP]"]
    assert row["offsets"] == [[0, 0], [0, 5], [6, 9], [0, 0]]
    assert row["kinds"] == ["special", "text", "text", "special"]


def test_equal_names_stay_distinct() -> None:
    assert [row.name for row in compare("a", [FakeBytes(), FakeBytes()])] == ["fake-bytes", "fake-bytes (2)"]


def test_visible_names_everything_without_a_picture() -> None:
    assert visible(" \t\n\r\x1b\u00a0\u0301") == "·⇥⏎␍␛<U+00A0>\u0301"
    assert visible("\u0301") == "◌\u0301"
    assert visible("👩\u200d👧") == "👩\u200d👧"
    assert visible("\u200d") == "<U+200D>"
    assert visible("\udcf0") == "<0xF0>"
    assert visible("a b ", spaces=False) == "a b·"
