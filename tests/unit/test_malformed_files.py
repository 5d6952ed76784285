"""Broken files end in one clear FormatError (or a sibling) that names the file; never a crash, never a runaway."""

from __future__ import annotations

import base64
import contextlib
import copy
import json
import random
import resource
from typing import Any

import pytest

GOOD: dict[str, Any] = {
    "version": "1.0",
    "truncation": None,
    "padding": None,
    "added_tokens": [
        {
            "id": 3,
            "content": "<s>",
            "single_word": False,
            "lstrip": False,
            "rstrip": False,
            "normalized": False,
            "special": True,
        }
    ],
    "normalizer": {"type": "Sequence", "normalizers": [{"type": "NFC"}, {"type": "Lowercase"}]},
    "pre_tokenizer": {"type": "Split", "pattern": {"Regex": r"\s+"}, "behavior": "Removed", "invert": False},
    "post_processor": {
        "type": "TemplateProcessing",
        "single": [{"Sequence": {"id": "A", "type_id": 0}}],
        "pair": [{"Sequence": {"id": "A", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 1}}],
        "special_tokens": {},
    },
    "decoder": {"type": "Fuse"},
    "model": {"type": "BPE", "vocab": {"a": 0, "b": 1, "ab": 2}, "merges": [["a", "b"]]},
}


def load(text: str) -> Any:
    import tokenspace

    return tokenspace.Tokenizer.from_str(text)


def errors() -> Any:
    import tokenspace

    return tokenspace.errors.TokenspaceError


def test_the_good_file_loads() -> None:
    assert list(load(json.dumps(GOOD)).encode("AB ab").ids) == [2, 2]


def changed(*path: Any, value: Any) -> str:
    document = copy.deepcopy(GOOD)
    target = document
    for key in path[:-1]:
        target = target[key]
    target[path[-1]] = value
    return json.dumps(document)


BROKEN = {
    "empty": "",
    "not json": "hello",
    "null": "null",
    "array": "[]",
    "number": "1e999999",
    "no model": "{}",
    "cut": json.dumps(GOOD)[:-40],
    "trailing": json.dumps(GOOD) + "}",
    "version": changed("version", value="2.0"),
    "model null": changed("model", value=None),
    "model type": changed("model", "type", value="Markov"),
    "vocab list": changed("model", "vocab", value=["a", "b"]),
    "vocab negative id": changed("model", "vocab", "a", value=-1),
    "vocab id too big": changed("model", "vocab", "a", value=1 << 40),
    "vocab float id": changed("model", "vocab", "a", value=1.5),
    "merge of unknown": changed("model", "merges", value=[["a", "zzz"]]),
    "merge of three": changed("model", "merges", value=["a b c d"]),
    "merge number": changed("model", "merges", value=[1]),
    "regex": changed("pre_tokenizer", "pattern", value={"Regex": "("}),
    "regex huge repeat": changed("pre_tokenizer", "pattern", value={"Regex": "(((a{1,100}){1,100}){1,100}){1,100}"}),
    "behavior": changed("pre_tokenizer", "behavior", value="Sideways"),
    "normalizer": changed("normalizer", value={"type": "Nope"}),
    "normalizer deep": changed("normalizer", value=None).replace(
        '"normalizer": null',
        '"normalizer": ' + '{"type":"Sequence","normalizers":[' * 5000 + '{"type":"NFC"}' + "]}" * 5000,
    ),
    "deep arrays": '{"model":' + "[" * 100_000 + "]" * 100_000 + "}",
    "charsmap not base64": changed("normalizer", value={"type": "Precompiled", "precompiled_charsmap": "***"}),
    "charsmap cut": changed("normalizer", value={"type": "Precompiled", "precompiled_charsmap": "//////8="}),
    "added token without content": changed("added_tokens", value=[{"id": 1}]),
    "truncation": changed("truncation", value={"max_length": -5}),
    "bad escape": '{"version":"1.0","model":{"type":"\\u12"}}',
}


@pytest.mark.parametrize("name", BROKEN)
def test_broken_tokenizer_json(name: str) -> None:
    with pytest.raises(errors()) as caught:
        load(BROKEN[name])
    assert len(str(caught.value)) < 2000


@pytest.mark.parametrize("seed", range(30))
def test_random_damage_is_survived(seed: int) -> None:
    """Bytes changed, removed, repeated: it loads or it raises our error."""
    rng = random.Random(seed)
    good = json.dumps(GOOD).encode()
    for _ in range(40):
        data = bytearray(good)
        for _ in range(rng.randint(1, 4)):
            place = rng.randrange(len(data))
            action = rng.random()
            if action < 0.4:
                data[place] = rng.randrange(256)
            elif action < 0.7:
                del data[place : place + rng.randint(1, 30)]
            else:
                data[place:place] = data[place : place + rng.randint(1, 30)]
        check_survives(bytes(data), "damaged.json")


def check_survives(data: bytes, name: str, **options: Any) -> None:
    import tokenspace

    with contextlib.suppress(errors()):
        tokenizer = tokenspace.Tokenizer.from_bytes(data, name=name, **options)
        tokenizer.decode(tokenizer.encode("ab <s> é中").ids)


@pytest.mark.parametrize("seed", range(10))
def test_damaged_sentencepiece(seed: int) -> None:
    from tests.parity.models import sentencepiece_model

    rng = random.Random(seed)
    model = sentencepiece_model(rng)
    for _ in range(30):
        data = bytearray(model)
        for _ in range(rng.randint(1, 6)):
            data[rng.randrange(len(data))] = rng.randrange(256)
        check_survives(bytes(data[: rng.randint(1, len(data))]) if rng.random() < 0.3 else bytes(data), "damaged.model")


@pytest.mark.parametrize(
    "lines",
    [
        b"",
        b"YQ==\n",
        b"YQ== x\n",
        b"!!! 0\n",
        b"YQ== 0\nYQ== 1\n",
        b"YQ== -1\n",
        b"YQ== 99999999999999999999\n",
        base64.b64encode(b"a") + b" 4294967295\n",
        b"\xff\xfe\x00",
    ],
)
def test_broken_tiktoken(lines: bytes) -> None:
    import tokenspace

    with pytest.raises(errors()):
        tokenspace.Tokenizer.from_bytes(lines, name="broken.tiktoken", format="tiktoken", pattern=r"\w+|\W")


def test_claims_of_a_billion_entries_need_no_memory() -> None:
    """A length field is a claim, not a reason to allocate."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    # a SentencePiece field of 2^40 bytes, an id of 10^9, a pad length of 10^9
    check_survives(b"\x0a\xff\xff\xff\xff\xff\x1f" + b"a" * 100, "claims.model")
    check_survives(changed("model", "vocab", "a", value=1_000_000_000).encode(), "claims.json")
    check_survives(changed("model", "vocab", "a", value=4_294_967_295).encode(), "claims.json")
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown < 200_000, f"peak memory grew by {grown} KiB"


def test_the_message_names_the_file_and_the_place() -> None:
    import tokenspace

    with pytest.raises(errors()) as caught:
        tokenspace.Tokenizer.from_bytes(
            b'{"version": "1.0", "model": {"type": "BPE", "vocab": 5}}', name="mine/tokenizer.json"
        )
    assert "mine/tokenizer.json" in str(caught.value)
    assert "vocab" in str(caught.value) or "byte" in str(caught.value)
