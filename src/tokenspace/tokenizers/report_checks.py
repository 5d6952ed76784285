"""The checks of the report card that need no corpus: each tries one known weakness and gives a number with examples."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from .like import TokenizerLike, plain_ids, unknown_id
from .probe import WHITESPACE_TESTS, digit_policy, lost_whitespace
from .report_samples import CASE_WORDS, CODE, EMOJI, NUMBERS, PARALLEL, PROMPTS, UNSPACED

Grade = Literal["good", "note", "bad"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the report card.

    Attributes:
        key: public name in JSON.
        title: what was looked at.
        value: the number, None when there is nothing to measure.
        unit: what the number counts.
        grade: "good", "note" (worth knowing) or "bad" (will cost tokens or text).
        summary: the number in a sentence.
        examples: rows for a reader, each a short mapping.
        details: further numbers for a program.
    """

    key: str
    title: str
    value: float | int | None
    unit: str
    grade: Grade
    summary: str
    examples: list[dict[str, Any]] = field(default_factory=list)
    details: dict[str, Any] = field(default_factory=dict)


def _grade(value: float, good: float, bad: float) -> Grade:
    return "good" if value <= good else "bad" if value >= bad else "note"


def _tokens(tokenizer: TokenizerLike, ids: list[int]) -> list[str]:
    return [tokenizer.id_to_token(token) or f"id {token}" for token in ids]


def case_split(tokenizer: TokenizerLike) -> Finding:
    """What capital letters cost: tokens of ``HELLO`` against ``hello``."""
    sums = [0, 0, 0]
    examples: list[dict[str, Any]] = []
    same = True
    for word in CASE_WORDS:
        forms = [plain_ids(tokenizer, form) for form in (word, word.title(), word.upper())]
        for index, ids in enumerate(forms):
            sums[index] += len(ids)
        same = same and forms[0] == forms[1] == forms[2]
        if len(examples) < 3:
            examples.append(
                {
                    "text": f"{word} / {word.title()} / {word.upper()}",
                    "ids": forms,
                    "tokens": [_tokens(tokenizer, ids) for ids in forms],
                }
            )
    lower, title, upper = (total / len(CASE_WORDS) for total in sums)
    ratio = upper / lower if lower else 0.0
    if same:
        summary = "case does not matter: capitals are folded away, and with them what they meant"
    else:
        summary = f"{lower:.2f} tokens for hello-like words, {title:.2f} for Hello, {upper:.2f} for HELLO"
    details = {"lower": round(lower, 3), "title": round(title, 3), "upper": round(upper, 3), "uncased": same}
    return Finding(
        "case", "case split", round(ratio, 3), "upper/lower tokens",
        "note" if same else _grade(ratio, 1.2, 2.0), summary, examples, details,
    )  # fmt: skip


def digits(tokenizer: TokenizerLike) -> Finding:
    """How numbers are cut, and how many of 0..999 are one token: an uneven cut makes arithmetic harder to learn."""
    batch = tokenizer.encode_batch([str(number) for number in range(1000)], add_special_tokens=False).to_list()
    unknown = unknown_id(tokenizer)
    single = sum(len(ids) == 1 and ids[0] != unknown for ids in batch)
    policy, longest = digit_policy(tokenizer)
    examples: list[dict[str, Any]] = []
    for number in NUMBERS:
        ids = plain_ids(tokenizer, number)
        examples.append({"text": number, "ids": ids, "tokens": _tokens(tokenizer, ids)})
    uneven = policy == "learned"
    summary = f"{single} of the numbers 0-999 are one token; digits are cut {_POLICY[policy].format(longest)}"
    grade: Grade = "bad" if policy == "unknown" else "note" if uneven or policy == "whole" else "good"
    return Finding(
        "digits", "digit chunking", single, "of 1000", grade, summary, examples, {"policy": policy, "longest": longest}
    )


_POLICY = {
    "single": "one by one",
    "groups from the left": "in groups of {} from the left",
    "groups from the right": "in groups of {} from the right",
    "learned": "by learned pieces of 1 to {} digits, unevenly",
    "whole": "not at all: a number is one token or unknown",
    "unknown": "not at all: they are unknown",
}


def trailing_space(tokenizer: TokenizerLike) -> Finding:
    """Prompts ending in a space: are their tokens a beginning of the full text's tokens?"""
    broken = 0
    examples: list[dict[str, Any]] = []
    for prompt, word in PROMPTS:
        open_ids, full = plain_ids(tokenizer, prompt), plain_ids(tokenizer, prompt + word)
        if full[: len(open_ids)] != open_ids:
            broken += 1
            if len(examples) < 2:
                examples.append(
                    {
                        "text": prompt,
                        "tokens": _tokens(tokenizer, open_ids),
                        "continued": _tokens(tokenizer, full),
                    }
                )
    summary = (
        f"{broken} of {len(PROMPTS)} prompts ending in a space do not begin their own continuation: strip the space"
        if broken
        else "a space at the end of a prompt does no harm"
    )
    return Finding(
        "trailing_space", "trailing space", broken, f"of {len(PROMPTS)}", _grade(broken, 0, 3), summary, examples
    )


def whitespace(tokenizer: TokenizerLike) -> Finding:
    """White space that decode(encode(text)) does not give back."""
    lost = lost_whitespace(tokenizer)
    examples = [
        {
            "text": WHITESPACE_TESTS[name],
            "decoded": tokenizer.decode(plain_ids(tokenizer, WHITESPACE_TESTS[name]), skip_special_tokens=False),
            "kind": name,
        }
        for name in lost
    ]
    summary = f"not given back: {', '.join(lost)}" if lost else "every kind of white space comes back"
    return Finding(
        "whitespace", "lost white space", len(lost), f"of {len(WHITESPACE_TESTS)}", _grade(len(lost), 0, 3), summary,
        examples, {"lost": lost},
    )  # fmt: skip


def unknown_characters(tokenizer: TokenizerLike) -> Finding:
    """Emoji and scripts that turn into the unknown token: text the model will never see."""
    unknown = unknown_id(tokenizer)
    texts = [("emoji " + text, text) for text in EMOJI] + list(PARALLEL.items())
    hit: list[str] = []
    examples: list[dict[str, Any]] = []
    for name, text in texts:
        ids = plain_ids(tokenizer, text)
        if unknown in ids if unknown is not None else not ids:
            hit.append(name)
            if len(examples) < 3:
                examples.append({"text": text[:40], "tokens": _tokens(tokenizer, ids)[:12], "kind": name})
    share = len(hit) / len(texts)
    summary = (
        f"{len(hit)} of {len(texts)} samples (emoji, {len(PARALLEL)} languages) hold unknown tokens"
        if hit
        else "emoji and all sampled scripts can be spelled"
    )
    return Finding(
        "unknown", "unknown characters", len(hit), f"of {len(texts)}", _grade(share, 0, 0.25), summary, examples,
        {"samples": hit},
    )  # fmt: skip


def indentation(tokenizer: TokenizerLike) -> Finding:
    """What indentation adds to the tokens of a piece of code."""
    flat = "\n".join(line.strip() for line in CODE.split("\n"))
    full, stripped = tokenizer.count(CODE, add_special_tokens=False), tokenizer.count(flat, add_special_tokens=False)
    cost = (full - stripped) / stripped if stripped else 0.0
    each = {
        f"{depth} spaces": tokenizer.count("\n" + " " * depth + "x", add_special_tokens=False)
        - tokenizer.count("\nx", add_special_tokens=False)
        for depth in (4, 8, 12, 16)
    }
    if "runs of spaces" in lost_whitespace(tokenizer):
        summary, grade = "indentation is dropped: Python code does not survive", "bad"
    else:
        summary = f"indentation adds {cost:.0%} to the tokens of sample code; 8 spaces cost {each['8 spaces']}"
        grade = _grade(cost, 0.35, 0.8)
    return Finding(
        "indentation", "indentation cost", round(cost, 4), "extra tokens", grade,  # type: ignore[arg-type]
        summary, [], {"with": full, "without": stripped, **each},
    )  # fmt: skip


def languages(tokenizer: TokenizerLike) -> Finding:
    """The same sentence in many languages: how many times the tokens of English each one costs."""
    rows = []
    unknown = unknown_id(tokenizer)
    base = max(1, tokenizer.count(PARALLEL["English"], add_special_tokens=False))
    for name, text in PARALLEL.items():
        ids = plain_ids(tokenizer, text)
        rows.append(
            {
                "language": name,
                "tokens": len(ids),
                "tokens_per_word": None if name in UNSPACED else round(len(ids) / len(text.split()), 2),
                "tokens_per_char": round(len(ids) / len(text), 3),
                "times_english": round(len(ids) / base, 2),
                "unknown": sum(token == unknown for token in ids),
            }
        )
    # Unknown tokens make a language look cheap; it is not readable at all.
    known = [row for row in rows if not row["unknown"]]
    worst = max(known, key=lambda row: float(str(row["times_english"]))) if known else rows[0]
    value = float(str(worst["times_english"]))
    unreadable = len(rows) - len(known)
    summary = f"the same sentence costs {value:g} times English in {worst['language']}, the dearest of {len(known)}"
    if unreadable:
        summary += f"; {unreadable} languages hold unknown tokens"
    return Finding(
        "languages", "cost by language", value, "times English", _grade(value, 2.0, 4.0), summary, [], {"rows": rows}
    )


CHECKS: tuple[Callable[[TokenizerLike], Finding], ...] = (
    case_split, digits, trailing_space, whitespace, unknown_characters, indentation, languages,
)  # fmt: skip
