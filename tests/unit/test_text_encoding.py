"""The encoding of a text by its beginning."""

from __future__ import annotations

import pytest

from tokenspace.io.text_encoding import text_encoding

CHINESE = "我们在北京的大学学习计算机科学，他们喜欢历史。\r\n今天天气很好！"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "gb18030", "gbk"])
@pytest.mark.parametrize("text", [CHINESE, CHINESE * 2000, "mostly ASCII " * 50 + CHINESE])
def test_what_is_known(encoding: str, text: str) -> None:
    data = text.encode(encoding)
    found = text_encoding(data[: 1 << 16], whole=len(data) <= 1 << 16)
    assert found == {"utf-8-sig": "utf-8", "gbk": "gb18030"}.get(encoding, encoding)


def test_a_character_may_be_cut_unless_nothing_follows() -> None:
    for encoding in ("utf-8", "gb18030"):
        cut = CHINESE.encode(encoding) + "好".encode(encoding)[:1]
        assert text_encoding(cut) == encoding
        assert text_encoding(cut, whole=True) is None


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Größe, Äpfel und Öl für die Straße", "latin-1"), ("Voilà l'été où l'élève a été reçu à Noël", "cp1252"),
        ("Все люди рождаются свободными и равными", "cp1251"), ("Все люди рождаются свободными и равными", "koi8-r"),
        ("모든 인간은 태어날 때부터 자유로우며 존엄하다", "euc-kr"), ("すべての人間は、生まれながらにして自由であり", "euc-jp"),
        ("すべての人間は、生まれながらにして自由であり", "shift_jis"), ("人人生而自由，在尊嚴和權利上一律平等。", "big5"),
        ("มนุษย์ทั้งหลายเกิดมามีอิสระและเสมอภาคกัน", "cp874"),
    ],
)  # fmt: skip
def test_others_are_not_guessed(text: str, encoding: str) -> None:
    assert text_encoding(text.encode(encoding), whole=True) is None


def test_bytes_are_no_text() -> None:
    for data in (bytes(range(256)), b"\x7fELF\x02\x01\xd0\xff" * 40, "好".encode("gb18030") + b"\0", b"\xff" * 30):
        assert text_encoding(data) is None
    assert text_encoding(b"") == "utf-8"
