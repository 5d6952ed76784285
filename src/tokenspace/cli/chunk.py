"""``tokenspace chunk``."""

from __future__ import annotations

from typing import Any

import click

from ..errors import FormatError
from .inputs import Inputs
from .loading import load_one
from .options import input_options, output_options, run_options, settings, tokenizer_option
from .output import RecordStream, form_of, open_output


@click.command(short_help="Cut texts into windows of at most so many tokens.")
@input_options
@tokenizer_option(many=False)
@click.option("--size", type=click.IntRange(1), default=512, show_default=True, help="Most tokens of a chunk.")
@click.option("--overlap", type=click.IntRange(0), default=0, show_default=True, help="Tokens repeated at most.")
@click.option(
    "--unit", type=click.Choice(["tokens", "sentences", "paragraphs"]), default="tokens", show_default=True,
    help="Where cuts may fall; what is longer than --size is cut between tokens.",
)  # fmt: skip
@click.option("--count-special", is_flag=True, help="Count [CLS], <s> and the like against --size.")
@click.option("--sample", type=click.IntRange(1), metavar="N", help="Only N chunks of each text, drawn at random.")
@click.option("--seed", type=int, default=0, show_default=True, help="Seed of --sample.")
@click.option(
    "--truncate", type=click.Choice(["head", "tail", "middle", "ends"]),
    help="One chunk a text: keep its head, tail, middle or both ends.",
)  # fmt: skip
@click.option("--marker", default="", help="Put where --truncate cut, such as ' … '.")
@click.option("--rejoin", is_flag=True, help="Read chunks (JSON Lines) and print the texts they came from.")
@output_options
@run_options
def command(**given: Any) -> None:
    """Cut texts into windows of at most so many tokens, and put them together again.

    Every chunk carries its place: source[start:end] in code points is its text.

    \b
    tokenspace chunk book.txt -t bert-base-uncased --size 256 --overlap 32 --unit sentences --count-special
    tokenspace chunk book.txt --size 256 -o chunks.jsonl && tokenspace chunk --rejoin chunks.jsonl

    Text files are one text each; --lines takes each line as a text.
    """
    run = settings(**given)
    output = given["output"]
    form = form_of(given["as_json"], given["as_jsonl"], output)
    if given["rejoin"]:
        with open_output(output) as out:
            _rejoin(Inputs(run, "rejoin", {**given, "format": given["format"] or "jsonl"}, extra=("start", "end")), out)
        return
    if given["overlap"] >= given["size"]:
        raise click.UsageError("--overlap must be less than --size")
    if given["truncate"] and given["sample"]:
        raise click.UsageError("choose one of --truncate and --sample")
    name, tokenizer = load_one(run)
    records = Inputs(run, "chunk", given, whole=True)
    n_texts = n_chunks = 0
    with open_output(output) as out:
        human = form in ("human", "plain")
        with RecordStream(out, "jsonl" if human else form, {"tokenizer": name, "size": given["size"]}) as stream:
            for record in records:
                n_texts += 1
                for index, one in enumerate(_chunks(record.text, tokenizer, given)):
                    n_chunks += 1
                    if human:
                        out.write(f"── {record.source} {record.id} · {one['start']}:{one['end']} · ")
                        out.write(f"{one['n_tokens']} tokens\n{_shown(one['text'])}\n")
                    else:
                        stream.write({"id": record.id, "source": record.source, "chunk": index, **one})
    run.note(f"{n_chunks} chunks of {n_texts} texts")


def _chunks(text: str, tokenizer: Any, given: dict[str, Any]) -> list[dict[str, Any]]:
    from ..tokenizers.chunk import chunk, sample_chunks, truncate

    if given["truncate"]:
        special = given["count_special"]
        cut = truncate(text, tokenizer, given["size"], given["truncate"], given["marker"], special)
        row = {"text": cut, "start": 0, "end": len(text), "n_tokens": tokenizer.count(cut, add_special_tokens=special)}
        return [{**row, "truncated": cut != text}]
    if given["sample"]:
        found = sample_chunks(
            text, tokenizer, given["size"], given["sample"], given["seed"], given["unit"], given["count_special"]
        )
    else:
        found = chunk(text, tokenizer, given["size"], given["overlap"], given["unit"], given["count_special"])
    return [one.to_dict() for one in found]


def _shown(text: str) -> str:
    """The text with line breaks kept and everything else made printable."""
    from ..tokenizers.visible import visible

    return "\n".join(visible(line, spaces=False) for line in text.removesuffix("\n").split("\n"))


def _rejoin(records: Inputs, out: Any) -> None:
    from ..tokenizers.chunk import Chunk, rejoin

    chunks: list[Chunk] = []

    def flush() -> None:
        if chunks:
            out.write(rejoin(chunks))
            chunks.clear()

    for record in records:
        start, end = record.extra["start"], record.extra["end"]
        if not isinstance(start, int) or not isinstance(end, int) or end - start != len(record.text):
            raise FormatError(f"[rejoin] {record.source}, row {record.row}: expected start and end of the chunk's text")
        # A new text begins where the place starts over.
        if start == 0 and chunks:
            flush()
        chunks.append(Chunk(record.text, start, end, 0))
    flush()
