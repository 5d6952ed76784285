"""``tokenspace train vectors``."""

from __future__ import annotations

import inspect
import os
import time
from importlib import import_module
from typing import Any

import click

from ..errors import ArgumentError, FileError, message
from .options import Settings, run_options, settings
from .output import dumps
from .train_vectors_options import MODELS, corpus_options, model_options, work_options
from .vectors_convert import format_of_output

# Options that are no parameters of a model.
_OTHERS = frozenset(
    ("inputs", "format", "column", "glob", "errors", "encoding", "tokenize", "tokenizer", "model", "output", "to", "force",
     "as_json", "threads", "progress", "color", "quiet")
)  # fmt: skip


@click.command("vectors", short_help="Train word vectors on files.")
@corpus_options
@model_options
@work_options
@run_options
def vectors(**given: Any) -> None:
    """Train word vectors on files: word2vec, fastText, GloVe or doc2vec. A line is a sentence.

    \b
    tokenspace train vectors corpus.txt --sg --negative 10 -o vectors.safetensors
    tokenspace train vectors 'wiki/*.txt' --model fasttext --vector-size 300 -o vectors.safetensors
    tokenspace train vectors rows.jsonl --column body --tokenize simple -o vectors.bin
    tokenspace train vectors chinese.txt --tokenize words --sg -o vectors.safetensors

    Options that are not given have the defaults of the class (Word2Vec, FastText, GloVe, Doc2Vec). The output's
    extension says its format: .safetensors and .kv, .bin (word2vec), .txt and .vec (word2vec text).
    """
    run = settings(**given)
    output, to = _output(given)
    kind = _class_of(given["model"])
    parameters = _parameters(kind, given)
    started = time.monotonic()
    trained = kind(
        **_sentences(given, run),
        **parameters,
        workers=run.threads or os.cpu_count() or 1,
        progress=run.progress,
    )
    seconds = time.monotonic() - started
    _write(trained.wv, output, to, run)
    report = {
        "model": given["model"],
        "words": len(trained.wv),
        "vector_size": trained.wv.vector_size,
        "sentences": trained.corpus_count,
        "raw_words": trained.corpus_total_words,
        "seconds": round(seconds, 2),
        "output": output,
    }
    if given["as_json"]:
        click.echo(dumps(report, indent=1))
    else:
        click.echo(
            f"{given['model']}: {report['words']:,} words of {report['vector_size']} numbers from {report['raw_words']:,} "
            f"words of text in {seconds:.1f} s\nwritten: {output}"
        )


def _class_of(model: str) -> Any:
    """The class that trains it."""
    home, name = MODELS[model]
    return getattr(import_module(f"tokenspace.vectors.{home}"), name)


def _parameters(kind: Any, given: dict[str, Any]) -> dict[str, Any]:
    """Those options that were given, as the class takes them.

    Raises:
        UsageError: one that the model does not have.
    """
    known = set(inspect.signature(kind.__init__).parameters)
    chosen = {name: value for name, value in given.items() if name not in _OTHERS and value is not None}
    for name in chosen:
        if name not in known:
            option = "--" + name.replace("_", "-")
            raise click.UsageError(f"{option} is no option of {given['model']}")
    return {name: int(value) if isinstance(value, bool) else value for name, value in chosen.items()}


def _sentences(given: dict[str, Any], run: Settings) -> dict[str, Any]:
    """The arguments that name the corpus."""
    inputs = list(given["inputs"])
    if not inputs:
        raise click.UsageError("nothing to train on: name a file, a glob or a folder")
    if "-" in inputs:
        raise click.UsageError("training walks over the text several times: name a file instead of standard input")
    from ..io.expand import expand_inputs

    plain = all(source.format == "txt" for source in expand_inputs(inputs, given["format"], given["glob"]))
    tokenize: Any = None
    if given["tokenizer"] is not None:
        from .loading import load_tokenizer

        tokenize = load_tokenizer(given["tokenizer"], run)
    elif given["tokenize"] == "simple":
        from ..vectors.corpora.preprocess import simple_preprocess

        tokenize = simple_preprocess
    in_core = (
        plain and tokenize is None and given["tokenize"] != "words" and run.errors == "strict" and given["encoding"] == "utf-8"
        and not given["glob"]
    )  # fmt: skip
    if in_core and len(inputs) == 1:
        return {"corpus_file": inputs[0]}  # counted and encoded by the core
    from ..io.corpus import Corpus

    corpus = Corpus.of(
        inputs,
        kind="paths",
        column=given["column"] or (None if plain else run.column),
        format=given["format"],
        glob=given["glob"],
        encoding=given["encoding"],
        errors=run.errors,  # type: ignore[arg-type]
    )
    if given["tokenize"] == "words" and tokenize is None:
        from ..vectors.corpora.cut_words import learn_word_cutter

        texts = (text for block in corpus.blocks(run.progress, "read") for text in block.texts())
        tokenize = learn_word_cutter(texts, progress=run.progress)
    return {"sentences": corpus, "tokenize": tokenize}


def _output(given: dict[str, Any]) -> tuple[str, str]:
    """Where to write and in which format, looked at before the work."""
    output = given["output"]
    if output in (None, "", "-"):
        raise click.UsageError("name where to write the vectors: -o FILE")
    to = given["to"] or format_of_output(output)
    if os.path.lexists(output) and not given["force"]:
        raise ArgumentError(message("train", "a new output", f"{output}, which exists", "--force, or another name"))
    folder = os.path.dirname(os.path.abspath(output))
    if os.path.isdir(output) or not os.path.isdir(folder) or not os.access(folder, os.W_OK | os.X_OK):
        raise FileError(message("train", f"a file in a folder that can be written, {folder}", "one that cannot"))
    return output, to


def _write(kv: Any, output: str, to: str, run: Settings) -> None:
    if to == "tokenspace":
        kv.save(output, progress=run.progress)
    else:
        kv.save_word2vec_format(
            output, binary=to == "word2vec-binary", write_header=to != "glove", progress=run.progress
        )
