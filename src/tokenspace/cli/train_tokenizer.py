"""``tokenspace train tokenizer``."""

from __future__ import annotations

import os
from typing import Any

import click

from ..errors import ArgumentError, message
from .options import Settings, run_options, settings
from .output import color_enabled, dumps, terminal_width
from .train_corpus import corpus_of
from .train_options import chosen, corpus_options, model_options, work_options
from .train_output import output_of


@click.command("tokenizer", short_help="Train a tokenizer on files or text.")
@corpus_options
@model_options
@work_options
@run_options
def tokenizer(**given: Any) -> None:
    """Train a tokenizer on files or text: the same vocabulary for every run and number of threads.

    \b
    tokenspace train tokenizer corpus/ --vocab-size 32k --special-token '<|endoftext|>' -o my-tokenizer
    tokenspace train tokenizer 'wiki/*.txt' code/ --weight code=0.5 --held-out 2% -o my-tokenizer
    tokenspace train tokenizer rows.jsonl --column body --model unigram -o my.model
    tokenspace train tokenizer --explain "low lowing lowest" --pre-tokenizer whitespace

    A folder gets tokenizer.json and tokenizer_config.json, which transformers opens (and tokenizer.model for
    SentencePiece kinds); a file what its name says. The report goes to stdout, progress to stderr.
    """
    # What `TrainOptions` takes, by the names of the parameters; those of the corpus and the work are taken one by one.
    from ..tokenizers.train.options import TrainOptions

    run = settings(**given)
    options = chosen(given, tuple(name for name in TrainOptions.__dataclass_fields__ if name in given))
    if given["explain"]:
        _explain(given, options, run)
        return
    from .. import Tokenizer

    output = output_of(given)
    _check_checkpoint(given, run)
    output.rehearse(options)
    trained = Tokenizer.train(
        corpus_of(given, run),
        **options,
        threads=run.threads,
        memory_budget=given["memory_budget"],
        temp_dir=given["temp_dir"],
        checkpoint_dir=given["checkpoint_dir"],
        progress=run.progress,
    )
    report = trained.training
    assert report is not None
    paths = output.write(trained)
    if given["as_json"]:
        click.echo(dumps({**report.to_dict(), "output": paths}, indent=1))
    else:
        click.echo(f"{report.to_text()}\nwritten: {', '.join(paths)}")


def _check_checkpoint(given: dict[str, Any], run: Settings) -> None:
    """What the folder holds must be meant: stages of an earlier run are taken only when --resume says so."""
    folder = given["checkpoint_dir"]
    if folder is None:
        if given["resume"]:
            raise click.UsageError("--resume needs --checkpoint-dir, where the finished stages are")
        return
    there = os.path.isfile(os.path.join(folder, "fingerprint.json"))
    if there and not given["resume"]:
        raise ArgumentError(
            message("train", "a new checkpoint folder", f"{folder} with stages of an earlier run", "--resume")
        )
    if given["resume"] and not there:
        run.note(f"nothing to go on from in {folder}: beginning anew")


def _explain(given: dict[str, Any], options: dict[str, Any], run: Settings) -> None:
    if given["output"] is not None:
        raise click.UsageError("--explain shows a training and writes no tokenizer: leave out -o")
    from ..tokenizers.train.explain import explain_training

    story = explain_training(corpus_of(given, run), steps=given["steps"], **options)
    if given["as_json"]:
        click.echo(dumps(story.to_dict(), indent=1))
    else:
        click.echo(story.to_text(color_enabled(run.color), terminal_width()), nl=False)
