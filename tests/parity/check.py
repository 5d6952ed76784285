"""One text through both sides; the answer is a list of differences, empty when there are none."""

from __future__ import annotations

from typing import Any

from tests.parity.oracles import Refused, Result

FIELDS = ["ids", "tokens", "offsets", "type_ids", "word_ids", "special_tokens_mask", "attention_mask", "sequence_ids"]


def first_difference(ours: list[Any], theirs: list[Any]) -> str:
    """Where two lists part, with a few elements around."""
    at = next((i for i, (a, b) in enumerate(zip(ours, theirs, strict=False)) if a != b), min(len(ours), len(theirs)))
    low, high = max(0, at - 2), at + 4
    return f"at {at} (lengths {len(ours)}, {len(theirs)}): ours {ours[low:high]!r}, theirs {theirs[low:high]!r}"


def same(ours: Any, theirs: Result, where: str = "") -> list[str]:
    """Differences between our Encoding and a reference's, overflowing windows included."""
    found = []
    for name in FIELDS:
        expected = getattr(theirs, name)
        if expected is None:
            continue
        actual = [tuple(x) if name == "offsets" else x for x in getattr(ours, name)]
        if actual != list(expected):
            found.append(f"{where}{name} differ {first_difference(actual, list(expected))}")
    if theirs.tokens is not None and theirs.type_ids is not None:
        mine = list(ours.overflowing)
        if len(mine) != len(theirs.overflowing):
            found.append(f"{where}overflowing: {len(mine)} windows, theirs {len(theirs.overflowing)}")
        for index, (a, b) in enumerate(zip(mine, theirs.overflowing, strict=False)):
            found += same(a, b, f"{where}overflowing[{index}].")
    return found


def compare(
    tokenizer: Any, oracle: Any, text: str, fast: bool = True, add_special_tokens: bool | None = None
) -> list[str]:
    """Everything both sides can say about `text`: the full encoding, the fast paths, counting, decoding."""
    special = (oracle.library == "tokenizers") if add_special_tokens is None else add_special_tokens
    try:
        expected = oracle.encode(text, add_special_tokens=special)
    except Refused:
        return []
    try:
        ours = tokenizer.encode(text, add_special_tokens=special)
        found = same(ours, expected)
        if fast:
            found += compare_fast(tokenizer, text, ours, special)
        for skip in (True, False):
            found += compare_decode(tokenizer, oracle, expected.ids, skip)
    except Exception as error:
        return [f"we raised {type(error).__name__}: {error}"]
    return found


def compare_fast(tokenizer: Any, text: str, ours: Any, special: bool) -> list[str]:
    """The array paths against our own full encoding (which was checked before)."""
    if ours.overflowing:
        return []
    # The array paths do not pad.
    kept = [index for index, mask in enumerate(ours.attention_mask) if mask]
    all_ids, all_offsets = ours.ids, ours.offsets
    ids = [all_ids[index] for index in kept]
    found = []
    batch = tokenizer.encode_batch([text, text], add_special_tokens=special)
    if batch.to_list() != [ids, ids]:
        found.append(f"encode_batch {first_difference(batch.to_list()[0], ids)}")
    spans = tokenizer.encode_batch([text], add_special_tokens=special, offsets="chars", threads=1)
    if spans.ids.tolist() != ids:
        found.append(f"encode_batch(offsets) ids {first_difference(spans.ids.tolist(), ids)}")
    offsets = [tuple(all_offsets[index]) for index in kept]
    if [tuple(span) for span in spans.spans.tolist()] != offsets:
        found.append(f"encode_batch(offsets) {first_difference([tuple(s) for s in spans.spans.tolist()], offsets)}")
    count = tokenizer.count(text, add_special_tokens=special)
    if count != len(ids):
        found.append(f"count {count}, expected {len(ids)}")
    return found


def compare_decode(tokenizer: Any, oracle: Any, ids: list[int], skip: bool) -> list[str]:
    try:
        expected = oracle.decode(ids, skip)
    except Refused:
        return []
    actual = tokenizer.decode(ids, skip_special_tokens=skip)
    return [] if actual == expected else [f"decode(skip={skip}) {first_difference(list(actual), list(expected))}"]


def compare_structured(tokenizer: Any, oracle: Any, text: Any, pair: Any, is_split: bool, special: bool) -> list[str]:
    """Pairs and pre-split words (tokenizers only)."""
    try:
        expected = oracle.encode(text, pair, add_special_tokens=special, is_split=is_split)
    except Refused:
        return []
    try:
        ours = tokenizer.encode(text, pair, add_special_tokens=special, is_split_into_words=is_split)
    except Exception as error:
        return [f"we raised {type(error).__name__}: {error}"]
    return same(ours, expected)
