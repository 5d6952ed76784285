"""The Tokens room's questions about a text: the same tokens as `Tokenizer.encode`, in any window, refused readably."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

pytest.importorskip("fastapi", reason="fastapi not found: pip install 'tokenspace[studio]'")
from fastapi.testclient import TestClient

import tokenspace as ts
from tests.data import DATA
from tokenspace.studio.app import create_app
from tokenspace.studio.arrays import PackedArray, unpack
from tokenspace.studio.settings import StudioSettings
from tokenspace.tokenizers.positions import Positions

TOKENIZERS = ("tokenspace/bpe", "tokenspace/unigram", "tokenspace/wordpiece", "byte")
MIXED = "Hello, wörld! 人工智能 👩🏽\u200d🔬 e\u0301\r\n\tнет <s> [CLS] <|endoftext|> مرحبا \x00 \u200b ﬁ\n\n"


def multilingual() -> str:
    """A text in many languages: of the shared data, or a short one."""
    path = DATA / "text" / "multilingual.txt.gz"
    return gzip.decompress(path.read_bytes()).decode()[:40_000] if path.exists() else MIXED * 100


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    folder = tmp_path_factory.mktemp("texts")
    (folder / "many.txt").write_bytes(multilingual().encode())
    (folder / "mark.txt").write_bytes(b"\xef\xbb\xbfa\r\nb")
    (folder / "wrong.txt").write_bytes(b"caf\xe9 is not UTF-8 \x80 at all")
    with TestClient(create_app(StudioSettings(given=(folder,))), base_url="http://127.0.0.1:7860") as client:
        yield client


def file_id(client: TestClient, name: str) -> str:
    files = client.get("/api/files").json()["files"]
    return str(next(file["id"] for file in files if file["name"] == name))


def ask(client: TestClient, question: str, **body: Any) -> dict[str, Any]:
    answer = client.post(f"/api/tokens/{question}", json=body)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def refusal(client: TestClient, status: int, question: str, **body: Any) -> str:
    answer = client.post(f"/api/tokens/{question}", json=body)
    assert answer.status_code == status, answer.text
    return str(answer.json()["error"]["message"])


def array(packed: dict[str, Any]) -> list[int]:
    return [int(value) for value in unpack(PackedArray.model_validate(packed))]


@pytest.mark.parametrize("name", TOKENIZERS)
@pytest.mark.parametrize("added", [True, False])
@pytest.mark.parametrize("policy", ["allow", "as_text"])
def test_the_tokens_are_those_of_encode(client: TestClient, name: str, added: bool, policy: Any) -> None:
    tokenizer = ts.Tokenizer.from_pretrained(name)
    encoding = tokenizer.encode(MIXED, add_special_tokens=added, special_tokens=policy)
    options = {"tokenizer": name, "add_special_tokens": added, "special_tokens": policy}
    answer = ask(client, "encode", source={"text": MIXED}, **options)
    window = answer["window"]
    assert array(window["ids"]) == encoding.ids
    assert answer["summary"]["tokens"] == len(encoding) == window["tokens"]
    assert answer["summary"]["bytes"] == len(MIXED.encode())
    units = Positions(MIXED)
    own = slice(window["head"], len(encoding) - window["tail"])
    assert array(window["utf16_starts"])[own] == [int(units.utf16(start)) for start, _ in encoding.offsets[own]]
    assert array(window["utf16_ends"])[own] == [int(units.utf16(end)) for _, end in encoding.offsets[own]]
    spelled = {entry["id"]: entry["token"] for entry in window["entries"]}
    assert [spelled[id] for id in encoding.ids] == encoding.tokens


@pytest.mark.parametrize("name", TOKENIZERS)
def test_windows_of_a_file_put_together_are_its_encoding(client: TestClient, name: str) -> None:
    text = multilingual()
    encoding = ts.Tokenizer.from_pretrained(name).encode(text)
    source = {"file": file_id(client, "many.txt")}
    total = ask(client, "encode", source=source, tokenizer=name)["utf16_length"]
    assert total == len(text.encode("utf-16-le")) // 2
    seen: list[int] = []
    for start in range(0, total, 4096):
        window = ask(client, "window", source=source, tokenizer=name, utf16_start=start, utf16_end=start + 4096)
        assert window["first"] <= len(seen)
        seen += array(window["ids"])[len(seen) - window["first"] :]
    assert seen == encoding.ids
    part = ask(client, "ids", source=source, tokenizer=name, first=10, count=500)
    assert array(part["ids"]) == encoding.ids[10:510]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    text=st.text(max_size=60),
    name=st.sampled_from(TOKENIZERS),
    start=st.integers(0, 70),
    length=st.integers(0, 70),
)
@example(text="0𐀀", name="tokenspace/bpe", start=0, length=2)  # ends within a surrogate pair
def test_any_window_of_any_text_holds_what_covers_it(
    client: TestClient, text: str, name: str, start: int, length: int
) -> None:
    window = ask(client, "window", source={"text": text}, tokenizer=name, utf16_start=start, utf16_end=start + length)
    whole = ask(client, "encode", source={"text": text}, tokenizer=name)["window"]
    first, ids = window["first"], array(window["ids"])
    assert array(whole["ids"])[first : first + len(ids)] == ids
    starts, ends = array(whole["utf16_starts"]), array(whole["utf16_ends"])
    for at, (begin, end) in enumerate(zip(starts, ends, strict=True)):
        if begin < min(start + length, max(ends, default=0)) and end > start:
            assert first <= at < first + len(ids)


def test_a_token_is_told_wholly(client: TestClient) -> None:
    source = {"text": "né👩né"}
    token = ask(client, "token", source=source, tokenizer="tokenspace/bpe", index=2)
    assert (token["start"], token["end"]) == (2, 3)
    assert (token["byte_start"], token["byte_end"], token["utf16_start"], token["utf16_end"]) == (3, 7, 2, 4)
    assert token["code_points"] == [{"code": 0x1F469, "char": "👩", "name": "WOMAN"}]
    assert [one["index"] for one in token["group"]] == [1, 2, 3, 4]
    assert bytes.fromhex("".join(one["entry"]["bytes"] for one in token["group"])) == "👩".encode()
    assert (token["entry"]["kind"], token["before"]["index"], token["after"]["index"]) == ("partial", 1, 3)
    same = ask(client, "token", source=source, tokenizer="tokenspace/bpe", index=0)
    assert (same["count"], same["previous"]) == (2, None)
    again = ask(client, "token", source=source, tokenizer="tokenspace/bpe", index=same["following"])
    assert (again["entry"], again["previous"], again["following"]) == (same["entry"], 0, None)


def test_ranks_and_scores_are_the_models(client: TestClient) -> None:
    bpe = ask(client, "token", source={"text": "the"}, tokenizer="tokenspace/bpe", index=0)
    assert bpe["rank"] is not None
    assert bpe["score"] is None
    unigram = ask(client, "token", source={"text": "the"}, tokenizer="tokenspace/unigram", index=0)
    assert unigram["score"] < 0
    assert unigram["rank"] is None


def test_a_replay_ends_in_the_tokens(client: TestClient) -> None:
    for name, steps in (("bpe", "merges"), ("wordpiece", "lookups"), ("unigram", "arrivals")):
        asked = {"source": {"text": "unbelievable"}, "tokenizer": f"tokenspace/{name}", "index": 1}
        found = ask(client, "replay", **asked)
        assert (found["method"], found["agrees"]) == (name, True)
        assert found[steps]
    assert found["first"] <= 1 < found["last"]


def test_disagreements_are_found_forwards_and_backwards(client: TestClient) -> None:
    asked = {"source": {"text": "unbelievable tokenization of résumés " * 50}, "tokenizers": list(TOKENIZERS[:2])}
    whole = ask(client, "disagreements", **asked, detailed=3)
    starts, ends = array(whole["utf16_starts"]), array(whole["utf16_ends"])
    assert whole["total"] == len(starts) > 3
    text = asked["source"]["text"]
    for stretch in whole["detailed"]:
        assert stretch["text"] == text[stretch["utf16_start"] : stretch["utf16_end"]]
        assert ["".join(pieces) for pieces in stretch["tokens"]] == [stretch["text"]] * 2
        assert len({tuple(pieces) for pieces in stretch["tokens"]}) == 2
    after = ask(client, "disagreements", **asked, utf16_start=ends[4], count=2)
    assert (after["first"], array(after["utf16_starts"])) == (5, starts[5:7])
    before = ask(client, "disagreements", **asked, utf16_end=starts[5], count=2, last=True)
    assert (before["first"], array(before["utf16_starts"])) == (3, starts[3:5])


def test_a_file_is_given_as_positions_count_it(client: TestClient) -> None:
    answer = client.get("/api/tokens/text", params={"file": file_id(client, "mark.txt")})
    assert answer.status_code == 200
    text = answer.content.decode("utf-8")
    encoded = ask(client, "encode", source={"file": file_id(client, "mark.txt")}, tokenizer="byte")
    assert encoded["utf16_length"] == len(text)
    assert text.endswith("a\r\nb")


def test_longest_lines_are_told_with_their_place(client: TestClient) -> None:
    text = "short\n" + "very long line " * 30 + "\n👩 last\n"
    longest = ask(client, "encode", source={"text": text}, tokenizer="tokenspace/bpe")["longest"]
    assert [line["line"] for line in longest[:1]] == [2]
    assert {line["line"]: line["utf16_start"] for line in longest} == {1: 0, 2: 6, 3: text.index("👩")}
    assert all(len(line["text"]) <= 120 for line in longest)


def test_what_cannot_be_is_refused_readably(client: TestClient) -> None:
    text, bpe = {"text": "a<|endoftext|>"}, "tokenspace/bpe"
    assert "special token" in refusal(client, 422, "encode", source=text, tokenizer=bpe, special_tokens="error")
    assert "on this machine" in refusal(client, 404, "encode", source=text, tokenizer="nobody/nothing")
    assert "one of text and file" in refusal(client, 422, "encode", source={}, tokenizer=bpe)
    assert "one of text and file" in refusal(client, 422, "encode", source={"text": "", "file": "x"}, tokenizer=bpe)
    assert "on the list" in refusal(client, 404, "encode", source={"file": "../../etc/passwd"}, tokenizer=bpe)
    assert "from 0 to" in refusal(client, 404, "token", source=text, tokenizer=bpe, index=99)
    assert "no token" in refusal(client, 404, "replay", source={"text": ""}, tokenizer=bpe, index=0)
    refusal(client, 422, "window", source=text, tokenizer=bpe, utf16_start=-1)
    refusal(client, 422, "window", source=text, tokenizer=bpe, utf16_start=10**30)
    refusal(client, 422, "disagreements", source=text, tokenizers=[bpe])
    refusal(client, 422, "encode", source={"text": "x" * 10_000_001}, tokenizer=bpe)
    refusal(client, 422, "encode", source={"file": file_id(client, "wrong.txt")}, tokenizer=bpe)


def test_a_lone_surrogate_is_never_a_defect(client: TestClient) -> None:
    body = b'{"source": {"text": "a\\ud800b"}, "tokenizer": "tokenspace/bpe"}'
    answer = client.post("/api/tokens/encode", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code in (200, 422)


@pytest.mark.parametrize("name", TOKENIZERS)
def test_an_empty_text_has_an_empty_window(client: TestClient, name: str) -> None:
    answer = ask(client, "encode", source={"text": ""}, tokenizer=name)
    assert answer["summary"]["tokens_of_text"] == 0
    assert len(array(answer["window"]["ids"])) == answer["summary"]["tokens"]
    assert np.isfinite(answer["seconds"])


def test_a_tokenizer_from_the_shelf_goes_by_its_file(client: TestClient, tmp_path: Path) -> None:
    own = ts.Tokenizer.from_pretrained("tokenspace/word")
    own.add_tokens(["zzqx"])
    own.save(tmp_path / "tokenizer.json")
    content = (tmp_path / "tokenizer.json").read_bytes()
    added = client.post("/api/files", params={"name": "mine.json"}, content=content)
    name = f"file:{added.json()['file']['id']}"
    answer = ask(client, "encode", source={"text": "the zzqx"}, tokenizer=name)
    assert array(answer["window"]["ids"]) == own.encode("the zzqx").ids
