"""Options of ``tokenspace train tokenizer``: the corpus, the model, the work; every parameter of `Tokenizer.train`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from ..io.expand import FORMATS
from .options import applied
from .sizes import ByteSize, Share

F = TypeVar("F", bound=Callable[..., Any])
MODELS = ("bpe", "wordpiece", "unigram", "word", "char", "superbpe")
SIZE, SHARE = ByteSize(), Share()


def corpus_options(function: F) -> F:
    """What to train on."""
    return applied(
        function,
        *(
            click.argument("inputs", nargs=-1, metavar="[FILE|GLOB|FOLDER|-]..."),
            click.option("--text", "texts", multiple=True, metavar="TEXT", help="The text itself; repeatable."),
            click.option(
                "--weight", "weights", multiple=True, metavar="PATTERN=N",
                help="Files that match count N times, such as 'code/*=0.5'; the last that matches holds; repeatable.",
            ),
            click.option("--format", "format", type=click.Choice(FORMATS), help="Input format; default: by extension."),
            click.option("--column", metavar="NAME", help="Column with the text in JSONL, CSV, Parquet (default: text)."),
            click.option(
                "--unit", type=click.Choice(["line", "document"]), default="line", show_default=True,
                help="A text of a text file: each line, or the whole.",
            ),
            click.option("--glob", "glob", metavar="PATTERN", help="Which files of a folder to read, such as '*.py'."),
            click.option("--errors", type=click.Choice(["strict", "replace", "skip"]), help="Bytes that are not text."),
            click.option("--encoding", default="utf-8", show_default=True, help="Encoding of text input."),
            click.option("--no-header", is_flag=True, help="CSV and TSV without a line of names: columns are 1, 2, ..."),
            click.option(
                "--held-out", type=SHARE, default=0.0, metavar="SHARE",
                help="Share of the texts kept back and measured afterwards, such as 5%; at most half.",
            ),
            click.option("--limit", type=SIZE, metavar="SIZE", help="Read so much text at most, such as 100m."),
        ),
    )  # fmt: skip


def model_options(function: F) -> F:
    """What to train; not given means the default of `TrainOptions`."""
    return applied(
        function,
        *(
            click.option("--model", type=click.Choice(MODELS), default="bpe", show_default=True, help="Kind of tokenizer."),
            click.option(
                "--vocab-size", metavar="N", help="Entries, special tokens and alphabet included, such as 32k (16k).",
            ),
            click.option("--min-frequency", type=int, help="Rarest pair merged, or rarest word or character kept (0)."),
            click.option(
                "--special-token", "special_tokens", multiple=True, metavar="TOKEN",
                help="Gets one of the first ids, in the order given; default: those usual for the model. Repeatable.",
            ),
            click.option("--no-special-tokens", is_flag=True, help="None, where the model has usual ones."),
            click.option("--unk-token", metavar="TOKEN", help="Stands for text outside the vocabulary."),
            click.option(
                "--pre-tokenizer", metavar="NAME|REGEX|JSON",
                help="gpt2, cl100k, o200k, llama3, qwen2, deepseek, bert, sentencepiece, whitespace, whitespace_split, "
                "metaspace, none; a regular expression; or a component of tokenizer.json. Default: by model.",
            ),
            click.option(
                "--normalizer", "normalizer", multiple=True, metavar="NAME|JSON",
                help="nfc, nfd, nfkc, nfkd, lowercase, strip_accents, bert, nmt_nfkc, none; repeat for several in turn.",
            ),
            click.option("--lowercase/--no-lowercase", default=None, help="Fold case; default: as the pre-tokenizer has it."),
            click.option("--strip-accents/--no-strip-accents", default=None, help="Drop accents."),
            click.option(
                "--digits", type=click.Choice(["individual", "groups"]), help="Cut digits one by one, or by threes."
            ),
            click.option("--initial-alphabet", metavar="CHARACTERS", help="Kept whether or not they occur."),
            click.option("--limit-alphabet", type=int, help="Characters kept, the most frequent."),
            click.option("--character-coverage", type=SHARE, metavar="SHARE", help="Share of the text's characters kept."),
            click.option("--max-token-length", type=int, help="Longest token learnt, in characters."),
            click.option("--max-token-words", type=int, help="Words a SuperBPE token may span (4)."),
            click.option(
                "--transition", type=SHARE, metavar="SHARE",
                help="Share of a SuperBPE vocabulary learnt before merges may cross spaces (75%).",
            ),
            click.option("--continuing-subword-prefix", metavar="TEXT", help="Before all but the first symbol of a word."),
            click.option("--end-of-word-suffix", metavar="TEXT", help="Behind the last symbol of a word, such as '</w>'."),
            click.option(
                "--byte-fallback/--no-byte-fallback", default=None,
                help="Characters outside the alphabet become bytes (sentencepiece; on).",
            ),
            click.option(
                "--add-prefix-space/--no-add-prefix-space", default=None, help="A space before each text (gpt2; off)."
            ),
            click.option(
                "--tie-breaking", type=click.Choice(["huggingface", "bytes"]),
                help="Of equally frequent pairs the first by code points of the byte alphabet, or by byte values.",
            ),
            click.option("--seed-size", type=int, help="Pieces the Unigram trainer starts from (1000000)."),
            click.option("--shrinking-factor", type=float, metavar="SHARE", help="Share of pieces a pruning keeps (0.75)."),
            click.option(
                "--token-cost", type=float, metavar="NATS", help="What a token more is worth when Unigram prunes (1.0)."
            ),
            click.option("--sub-iterations", type=int, help="EM rounds before each pruning (2)."),
            click.option(
                "--split-by-unicode-script/--no-split-by-unicode-script", default=None,
                help="Pieces end where the writing system changes (sentencepiece; on).",
            ),
            click.option(
                "--split-by-number/--no-split-by-number", default=None,
                help="Pieces end between digits and letters (sentencepiece; on).",
            ),
            click.option(
                "--split-digits/--no-split-digits", default=None, help="Every digit is a piece (sentencepiece; off)."
            ),
        ),
    )  # fmt: skip


def work_options(function: F) -> F:
    """How to train: resources, checkpoints, the result."""
    return applied(
        function,
        *(
            click.option(
                "-o", "--output", metavar="PATH",
                help="Where to write: a folder, or a file .json, .model, .tiktoken, vocab.txt or vocab.json.",
            ),
            click.option("--force", is_flag=True, help="Replace what is at the output."),
            click.option("--json", "as_json", is_flag=True, help="The report as a JSON document."),
            click.option(
                "--memory-budget", type=SIZE, default="2g", show_default=True, metavar="SIZE",
                help="Memory for counts; beyond it they are sorted on disk, never dropped.",
            ),
            click.option("--temp-dir", metavar="FOLDER", help="For temporary files (default: TMPDIR)."),
            click.option("--checkpoint-dir", metavar="FOLDER", help="Keep finished stages here."),
            click.option("--resume", is_flag=True, help="Go on from the stages in --checkpoint-dir."),
            click.option("--explain", is_flag=True, help="Show the first steps on a small text; trains no tokenizer."),
            click.option(
                "--steps", type=click.IntRange(1), default=20, show_default=True, help="Steps shown by --explain."
            ),
        ),
    )  # fmt: skip


def chosen(given: dict[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    """Those of the model's options that were given, as `Tokenizer.train` takes them.

    Raises:
        UsageError: --special-token together with --no-special-tokens.
    """
    values = {name: given[name] for name in names if given[name] is not None}
    tokens = list(values.pop("special_tokens", ()))
    if tokens and given["no_special_tokens"]:
        raise click.UsageError("--special-token and --no-special-tokens contradict each other: choose one")
    if tokens or given["no_special_tokens"]:
        values["special_tokens"] = tokens
    steps = list(values.pop("normalizer", ()))
    if steps:
        values["normalizer"] = steps[0] if len(steps) == 1 else steps
    if "initial_alphabet" in values:
        values["initial_alphabet"] = list(values["initial_alphabet"])
    return values
