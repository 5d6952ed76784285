"""The share kept back: the same whatever the blocks, close to what was asked, and never trained on."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tokenspace.errors import ArgumentError
from tokenspace.io.corpus import Corpus
from tokenspace.io.corpus_parts import Sizes
from tokenspace.io.held_out import LineRule, RowRule
from tokenspace.io.kept_texts import KeptTexts

SHARES = st.sampled_from([Fraction(0), Fraction(1, 20), Fraction(1, 7), Fraction(1, 3), Fraction(1, 2)])


def both(corpus: Corpus) -> tuple[list[str], list[str]]:
    training = [text for block in corpus.blocks() for text in block.texts()]
    return training, list(corpus.held_out_texts())


@given(
    text=st.text(alphabet="aé猫 \t\r\n\n\n", max_size=300),
    size=st.integers(1, 60),
    longest=st.integers(4, 40),
    share=SHARES,
    limit=st.none() | st.integers(1, 200),
)
def test_blocks_of_any_size_give_the_same_texts(
    tmp_path_factory: pytest.TempPathFactory, text: str, size: int, longest: int, share: Fraction, limit: int | None
) -> None:
    path = tmp_path_factory.getbasetemp() / "any-size.txt"
    path.write_bytes(b"x\n" + text.encode())
    limit = limit if limit is None else max(limit, 2)
    one = both(Corpus.of(path, held_out=float(share), limit=limit, sizes=Sizes(1 << 20, longest)))
    other = both(Corpus.of(path, held_out=float(share), limit=limit, sizes=Sizes(size, longest)))
    assert one == other
    if limit is None:
        assert sorted(one[0] + one[1]) == sorted(both(Corpus.of(path, sizes=Sizes(size, longest)))[0])
        if not share:
            assert "".join(one[0]).encode() == path.read_bytes()


@given(data=st.binary(max_size=120), size=st.integers(1, 30), policy=st.sampled_from(["replace", "skip"]))
def test_bad_bytes_at_block_borders(
    tmp_path_factory: pytest.TempPathFactory, data: bytes, size: int, policy: str
) -> None:
    path = tmp_path_factory.getbasetemp() / "bad-bytes.txt"
    path.write_bytes(b"x\n" + data)
    read = []
    for block in (size, 1 << 20):
        corpus = Corpus.of(path, errors=policy, held_out=0.25, sizes=Sizes(block))  # type: ignore[arg-type]
        read.append((both(corpus), corpus.statistics.skipped))
    assert read[0] == read[1]


@given(rows=st.lists(st.text("aé", max_size=3), max_size=200), size=st.integers(1, 50), share=SHARES)
def test_rows_of_any_batch_size(rows: list[str], size: int, share: Fraction) -> None:
    rows = ["first", *rows]
    one = both(Corpus.of(rows, held_out=float(share)))
    assert one == both(Corpus.of(iter(rows), held_out=float(share), sizes=Sizes(size)))
    assert sorted(one[0] + one[1]) == sorted(filter(None, rows))


@given(lines=st.lists(st.binary(max_size=9).map(lambda line: line.replace(b"\n", b"")), max_size=60), data=st.data())
def test_stretches_do_not_depend_on_how_lines_come(lines: list[bytes], data: st.DataObject) -> None:
    share, stretch = data.draw(SHARES), data.draw(st.integers(4, 40))
    whole = b"".join(line + b"\n" for line in lines)

    def run(pieces: list[bytes]) -> tuple[bytes, bytes]:
        rule = LineRule(share, stretch)
        parts = [part for piece in pieces for part in rule.split("", 0, piece)] + list(rule.finish())
        return (
            b"".join(part[2] for part in parts if not part[3]),
            b"".join(part[2] for part in parts if part[3]),
        )

    pieces: list[bytes] = []
    for line in lines:
        if not pieces or data.draw(st.booleans()):
            pieces.append(b"")
        pieces[-1] += line + b"\n"
    assert run(pieces) == run([whole])
    training, held = run([whole])
    assert len(training) + len(held) == len(whole)
    # Each line is held out exactly when it begins in the last share of its stretch.
    expected, at = b"", 0
    for line in lines:
        begin, at = at, at + len(line) + 1
        length = stretch if begin // stretch < len(whole) // stretch else len(whole) % stretch
        if begin % stretch >= (1 - share) * length:
            expected += line + b"\n"
    assert held == expected


@pytest.mark.parametrize("share", [Fraction(1, 1000), Fraction(1, 20), Fraction(3, 10), Fraction(1, 2)])
def test_rows_give_their_share(share: Fraction) -> None:
    count = 10_000
    training, held = RowRule(share).split([str(number) for number in range(count)])
    assert abs(len(held) - count * share) <= 1
    assert len(training) + len(held) == count
    assert RowRule(share).split(["only"]) == (["only"], [])
    if share == Fraction(1, 20):  # no period: odd and even rows alike
        assert 0.4 < sum(int(number) % 2 for number in held) / len(held) < 0.6


def test_files_give_their_share(tmp_path: Path) -> None:
    for number in range(300):
        (tmp_path / f"{number:03}.txt").write_text(f"file {number:03} of one line")
    (tmp_path / "large.txt").write_text("some line of text\n" * 200_000)
    corpus = Corpus.of(tmp_path, held_out=0.05)
    training, held = both(corpus)
    statistics = corpus.statistics
    assert len(training) == statistics.texts
    assert len(held) == statistics.held_out_texts
    total = statistics.bytes + statistics.held_out_bytes
    assert abs(statistics.held_out_bytes / total - 0.05) < 0.001
    assert sum(map(len, held)) == statistics.held_out_bytes
    assert list(corpus.held_out_texts(limit=100)) == held[:5]


def test_an_iterator_keeps_what_it_holds_back() -> None:
    rows = [f"row {number}\n\x1c é" for number in range(1000)]
    once = Corpus.of(iter(rows), held_out=0.1)
    with pytest.raises(ArgumentError, match="unread iterator"):
        list(once.held_out_texts())
    assert both(once) == both(Corpus.of(rows, held_out=0.1))
    assert list(once.held_out_texts()) == list(once.held_out_texts())
    assert len(list(once.held_out_texts())) == 100
    assert list(Corpus.of(rows).held_out_texts()) == []


def test_kept_texts_are_bounded() -> None:
    kept = KeptTexts(bound=20)
    kept.add(["12345678"])
    kept.add(b"abc\n\nlonger than what is left\n")
    kept.add(["x"])
    assert list(kept) == ["12345678", "abc\n"]
