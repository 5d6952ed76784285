"""A few thousand strings per family in every test run; `make parity-long` takes a million each."""

from __future__ import annotations

import os

import pytest

from tests.parity.families import BY_NAME, FAMILIES, Family
from tests.parity.runs import RANDOM_KINDS, run_family, run_patterns, run_random

pytestmark = pytest.mark.parity
COUNT = int(os.environ.get("TOKENSPACE_FUZZ_N", "2000"))
SEED = int(os.environ.get("TOKENSPACE_FUZZ_SEED", "20261122"))


def report(differences: list[str], count: int) -> None:
    assert not count, f"{count} strings differ:\n" + "\n".join(differences)


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.name)
def test_strings_through_a_vocabulary(family: Family) -> None:
    pytest.importorskip(family.library, reason=f"the reference {family.library} is not installed")
    if not family.path.exists():
        pytest.skip(f"shared data not found: {family.path.name} (set TOKENSPACE_DATA)")
    outcome = run_family(family.name, SEED, COUNT)
    report(outcome.differences, outcome.count)


@pytest.mark.parametrize("kind", RANDOM_KINDS)
def test_random_tokenizers(kind: str) -> None:
    library = {"random-sentencepiece": "sentencepiece", "random-tiktoken": "tiktoken"}.get(kind, "tokenizers")
    pytest.importorskip(library, reason=f"the reference {library} is not installed")
    outcome = run_random(kind, SEED, 2 * COUNT)
    report(outcome.differences, outcome.count)


def test_random_patterns() -> None:
    pytest.importorskip("tokenizers", reason="the reference tokenizers is not installed")
    outcome = run_patterns(SEED, 10 * COUNT)
    report(outcome.differences, outcome.count)


@pytest.mark.parametrize("name", ["llama2", "albert", "embedded-unigram"])
def test_control_symbols_are_text_unless_allowed(name: str) -> None:
    """As sentencepiece has it; special_tokens="allow" turns them into ids."""
    pytest.importorskip("sentencepiece", reason="the reference sentencepiece is not installed")
    family = BY_NAME[name]
    if not family.path.exists():
        pytest.skip(f"shared data not found: {family.path.name} (set TOKENSPACE_DATA)")
    ours, theirs = family.ours(), family.theirs()
    opening, closing = ("<s>", "</s>") if ours.token_to_id("</s>") is not None else ("[CLS]", "[SEP]")
    text = f"a {opening}b{closing} c"
    assert list(ours.encode(text, add_special_tokens=False).ids) == theirs.encode(text).ids
    allowed = ours.encode(text, add_special_tokens=False, special_tokens="allow").ids
    assert ours.token_to_id(closing) in list(allowed)
