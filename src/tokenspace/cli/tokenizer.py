"""``tokenspace tokenizer``: write in another format, add, extend, prune, and what differs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from .inputs import Inputs
from .loading import load_one, load_tokenizer
from .options import Settings, input_options, run_options, settings, tokenizer_option
from .output import dumps, form_of, open_output

_FORMATS = ("tokenizer.json", "tiktoken", "sentencepiece", "vocab.txt", "vocab.json")


@click.group(short_help="Change a tokenizer, write it in another format, tell two apart.")
def command() -> None:
    """Change a tokenizer, write it in another format, tell two apart.

    A PATH to write to is a file, whose name says the format (.json, .model, .tiktoken, vocab.txt, vocab.json), or a folder.
    """


def _json_option(function: Any) -> Any:
    return click.option("--json", "as_json", is_flag=True, help="One JSON document (default when piped).")(function)


def _out_option(function: Any) -> Any:
    return click.option(
        "-o", "--output", required=True, metavar="PATH", help="Where the new tokenizer goes: a file or a folder."
    )(function)


def _texts(run: Settings, given: dict[str, Any], required: bool = True) -> Any:
    """The texts named; None when none are and none are needed."""
    if not required and not given["inputs"] and not given["texts"]:
        return None
    return (record.text for record in Inputs(run, "read", given))


def _report(as_json: bool, value: dict[str, Any], text: str) -> None:
    with open_output(None) as out:
        human = form_of(as_json, False, None, piped="json") == "human"
        out.write(text if human else dumps(value, indent=1) + "\n")


@command.command("export", short_help="Write a tokenizer in another format.")
@click.argument("path")
@tokenizer_option(many=False)
@click.option("--format", "format", type=click.Choice(_FORMATS), help="Default: what the name of PATH says.")
@_json_option
@click.option("-q", "--quiet", is_flag=True, help="No notes on stderr.")
def export(path: str, format: str | None, as_json: bool, **given: Any) -> None:
    """Write a tokenizer in another format; exit code 3, and nothing written, when the format cannot say what it does.

    \b
    tokenspace tokenizer export -t gpt2 gpt2.tiktoken
    tokenspace tokenizer export -t ./mine --format sentencepiece folder/
    """
    name, tokenizer = load_one(settings(**given), as_stored=True)
    paths = tokenizer.save(path, format=format)
    reading: dict[str, Any] = {}
    if any(written.endswith(".tiktoken") for written in paths):
        from ..tokenizers.export.tiktoken import tiktoken_settings

        reading = tiktoken_settings(tokenizer)
    value = {"tokenizer": name, "written": paths, "read_with": reading}
    text = "".join(f"{written}\n" for written in paths)
    _report(as_json, value, text + "".join(f"  {key}: {dumps(part)}\n" for key, part in reading.items()))


@command.command("add", short_help="Add tokens behind the vocabulary and print their ids.")
@click.argument("tokens", nargs=-1, required=True)
@tokenizer_option(many=False)
@_out_option
@click.option("--special", is_flag=True, help="As special tokens: left out of decoded text.")
@_json_option
@click.option("-q", "--quiet", is_flag=True, help="No notes on stderr.")
def add(tokens: tuple[str, ...], output: str, special: bool, as_json: bool, **given: Any) -> None:
    """Add tokens behind the vocabulary and print their ids; those already there keep theirs."""
    name, tokenizer = load_one(settings(**given), as_stored=True)
    before = len(tokenizer)
    tokenizer.add_tokens(list(tokens), special_tokens=special)
    ids = {token: tokenizer.token_to_id(token) for token in tokens}
    paths = tokenizer.save(output)
    value = {"tokenizer": name, "ids": ids, "size_before": before, "size": len(tokenizer), "written": paths}
    _report(as_json, value, "".join(f"{dumps(token)}: {id}\n" for token, id in ids.items()))


@command.command("extend", short_help="Learn further merges of a BPE tokenizer from texts of a domain.")
@tokenizer_option(many=False)
@input_options
@_out_option
@click.option("-n", "--entries", "n", type=click.IntRange(1), required=True, help="How many entries to learn.")
@click.option("--min-frequency", type=click.IntRange(1), default=2, show_default=True, help="Of a pair to be joined.")
@click.option("--max-token-length", type=click.IntRange(2), help="Characters of an entry, as it is spelled.")
@_json_option
@run_options
def extend_command(output: str, n: int, min_frequency: int, max_token_length: int | None, **given: Any) -> None:
    """Learn further merges of a BPE tokenizer from texts of a domain: old ids stay, and so does text without new entries."""
    from ..tokenizers.edit import extend

    run = settings(**given)
    name, tokenizer = load_one(run, as_stored=True)
    result = extend(
        tokenizer,
        _texts(run, given),
        n,
        min_frequency=min_frequency,
        max_token_length=max_token_length,
        threads=run.threads,
    )
    new = {result.tokenizer.id_to_token(id): id for id in result.new_ids}
    paths = result.tokenizer.save(output)
    value = {"tokenizer": name, "new": new, "skipped": result.skipped, "size": len(result.tokenizer), "written": paths}
    _report(given["as_json"], value, f"{len(new):,} new entries, {len(result.tokenizer):,} in all\n")


@command.command("prune", short_help="Drop the entries that texts do not use, and cut an embedding to match.")
@tokenizer_option(many=False)
@input_options
@_out_option
@click.option("--vocab-size", type=click.IntRange(1), help="At most so many entries, the most frequent first.")
@click.option(
    "--min-count", type=click.IntRange(1), default=1, show_default=True, help="Occurrences of an entry to stay."
)
@click.option("--keep", multiple=True, metavar="TOKEN", help="An entry that stays in any case; repeatable.")
@click.option("--id-map", "id_map", metavar="FILE", help="Write the map from old to new ids (NumPy .npy, -1: dropped).")
@click.option(
    "--embeddings", nargs=2, metavar="IN OUT", help="Cut the embedding of a safetensors file, index or folder to match."
)
@click.option(
    "--tensor", "tensors", multiple=True, metavar="NAME", help="Tensor to cut; default: those of as many rows."
)
@_json_option
@run_options
def prune_command(
    output: str,
    vocab_size: int | None,
    min_count: int,
    keep: tuple[str, ...],
    id_map: str | None,
    embeddings: tuple[str, str] | None,
    tensors: tuple[str, ...],
    **given: Any,
) -> None:
    """Drop the entries that texts do not use; ids close up. Special tokens, bytes and single characters stay.

    \b
    tokenspace tokenizer prune -t gpt2 corpus.txt -o small/ --id-map map.npy
    tokenspace tokenizer prune -t ./model corpus/ -o small/ --embeddings ./model ./small-model
    """
    import io

    import numpy as np

    from ..tokenizers.edit import cut_embeddings, prune
    from ..tokenizers.files import store_bytes

    if tensors and not embeddings:
        raise click.UsageError("--tensor names what --embeddings cuts: give both")
    run = settings(**given)
    name, tokenizer = load_one(run, as_stored=True)
    result = prune(tokenizer, _texts(run, given, not keep), keep, vocab_size, min_count)
    cut = cut_embeddings(*embeddings, result.id_map, tensors or None) if embeddings else []
    paths = result.tokenizer.save(output)
    if id_map is not None:
        held = io.BytesIO()
        np.save(held, result.id_map, allow_pickle=False)
        store_bytes(Path(id_map), held.getvalue())
        paths.append(id_map)
    size = len(result.tokenizer)
    value = {
        "tokenizer": name,
        "size_before": len(tokenizer),
        "size": size,
        "dropped": result.dropped,
        "unseen": result.unseen,
        "tensors": [{"name": t.name, "file": t.file, "before": t.before, "after": t.after} for t in cut],
        "written": paths,
    }
    text = f"{len(tokenizer):,} entries before, {size:,} now\n"
    if result.unseen:
        text += f"{result.unseen:,} entries of the texts left out\n"
    _report(given["as_json"], value, text + "".join(f"{t.name}: {t.before} to {t.after}\n" for t in cut))


@command.command("diff", short_help="Tell what differs between two tokenizers, and what it does to texts.")
@click.argument("a")
@click.argument("b")
@input_options
@click.option("--limit", type=click.IntRange(0), default=10, show_default=True, help="Shown of each list; 0: all.")
@_json_option
@run_options
def diff_command(a: str, b: str, limit: int, **given: Any) -> None:
    """Tell what differs between two tokenizers: entries, merges, special tokens, pipeline; with texts, what it does to them.

    \b
    tokenspace tokenizer diff gpt2 cl100k_base
    tokenspace tokenizer diff ./mine ./mine-pruned corpus.txt --json
    """
    from ..tokenizers.edit import diff

    run = settings(**given)
    found = diff(load_tokenizer(a, run), load_tokenizer(b, run), _texts(run, given, required=False))
    found.name_a, found.name_b = a, b
    _report(given["as_json"], found.to_dict(limit or None), found.to_text(limit or 1 << 62))
