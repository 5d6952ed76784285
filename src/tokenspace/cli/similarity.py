"""``tokenspace similarity``."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import click

from ..errors import FormatError, LimitError, message
from .encoder_loading import DEFAULT, encoder_options, load_encoder, tell_truncated
from .inputs import Inputs
from .options import input_options, output_options, run_options, settings
from .output import color_enabled, dumps, form_of, open_output, terminal_width

_PICTURES = (".svg", ".html", ".png")


@click.command(short_help="Show how alike texts are, as a table or on a map.")
@input_options
@click.option("-m", "--model", default=DEFAULT, show_default=True, metavar="FOLDER|ID", help="The text encoder.")
@encoder_options
@click.option("--map", "as_map", is_flag=True, help="Texts as points on a plane instead of a table of similarities.")
@click.option("--color-by", metavar="COLUMN", help="With --map: the column that gives points their colour.")
@click.option("--sample", type=click.IntRange(1), metavar="N", help="Draw N of the texts at random.")
@click.option("--seed", type=int, default=0, show_default=True, help="Of --sample.")
@click.option(
    "--top", type=click.IntRange(1), default=20, show_default=True, help="Pairs listed where a table is too wide."
)
@output_options
@run_options
def command(**given: Any) -> None:
    """Show how alike texts are, as a table or on a map.

    \b
    tokenspace similarity --text "a cat" --text "a kitten" --text "a bank"
    tokenspace similarity titles.txt -o matrix.html       also .svg .png .csv .npy .json .jsonl
    tokenspace similarity rows.csv --column text --map --color-by topic -o map.html

    The extension of -o chooses the form. The map shows the two principal components of the vectors.
    """
    output = given["output"]
    suffix = Path(output).suffix.lower() if output not in (None, "-") else ""
    _check(given, suffix)
    run = settings(**given)
    form = form_of(given["as_json"], given["as_jsonl"], output)
    if suffix in _PICTURES:
        from ..pictures.picture import check_form

        check_form(output)  # before the work, not after it
    texts, ids, groups = _texts(given, run)
    encoder = load_encoder(given["model"], given, run)
    prompts = {name: given[name] for name in ("prompt", "prompt_name")}
    vectors, report = encoder.encode(texts, progress=run.progress, return_report=True, **prompts)
    if report.truncated_count:
        first = f"{ids[int(report.truncated.argmax())]}"
        bound = encoder.max_length
        tell_truncated(run, given["on_truncate"], report.truncated_count, len(texts), report.longest, bound, first)
    if given["as_map"]:
        _write_map(texts, ids, groups, vectors, given, suffix, form)
    else:
        _write_matrix(texts, ids, encoder.similarity(vectors), encoder.similarity_name, given, suffix, form, run)


def _check(given: dict[str, Any], suffix: str) -> None:
    known = (*_PICTURES, ".csv", ".json", ".jsonl", ".ndjson", *(() if given["as_map"] else (".npy",)))
    plain_form = given["as_json"] or given["as_jsonl"]
    if suffix and not plain_form and suffix not in known:
        raise click.UsageError(f"-o: expected a file that ends in {', '.join(known)}, received {given['output']!r}")
    if given["as_map"] and not suffix and not plain_form:
        raise click.UsageError("--map is a picture: name its file with -o map.html (or .svg, .png), or ask for --json")
    if given["color_by"] and not given["as_map"]:
        raise click.UsageError("--color-by gives the points of --map their colour: add --map")


def _texts(given: dict[str, Any], run: Any) -> tuple[list[str], list[Any], list[str]]:
    """(texts, ids, groups) of the input, sampled when asked for."""
    column = given["color_by"]
    records = list(Inputs(run, "read", given, extra=(column,) if column else ()))
    if not records:
        raise FormatError(message("similarity", "at least one text", "none"))
    if given["sample"] is not None and given["sample"] < len(records):
        from random import Random

        run.note(f"{given['sample']:,} of {len(records):,} texts drawn at random, seed {given['seed']}")
        chosen = sorted(Random(given["seed"]).sample(range(len(records)), given["sample"]))
        records = [records[index] for index in chosen]
    most = 100_000 if given["as_map"] else 2_000
    if len(records) > most:
        what = "a map" if given["as_map"] else "a table"
        raise LimitError(
            message("similarity", f"at most {most:,} texts for {what}", f"{len(records):,}", f"--sample {most}")
        )
    groups = ["" if (value := record.extra.get(column)) is None else str(value) for record in records] if column else []
    return [record.text for record in records], [record.id for record in records], groups


def _write_map(
    texts: list[str], ids: list[Any], groups: list[str], vectors: Any, given: dict[str, Any], suffix: str, form: str
) -> None:
    from ..pictures import PointMap, plane

    found = plane(vectors)
    if suffix in _PICTURES and not (given["as_json"] or given["as_jsonl"]):
        title = Path(given["inputs"][0]).name if given["inputs"] else f"{len(texts):,} texts"
        PointMap(texts, found.coordinates, groups, found.explained, title, sorted(set(groups))).save(given["output"])
        return
    rows = [
        {"id": one, "text": text, "x": round(float(x), 6), "y": round(float(y), 6), "group": group or None}
        for one, text, (x, y), group in zip(ids, texts, found.coordinates, groups or [""] * len(texts), strict=True)
    ]
    with open_output(given["output"]) as out:
        if suffix == ".csv" and form != "json":
            out.write(_csv([list(rows[0]), *(["" if cell is None else cell for cell in row.values()] for row in rows)]))
        elif form == "json":
            explained = [round(share, 6) for share in found.explained]
            out.write(dumps({"model": given["model"], "explained": explained, "points": rows}, indent=1) + "\n")
        else:
            out.writelines(dumps(row) + "\n" for row in rows)


def _write_matrix(
    texts: list[str], ids: list[Any], values: Any, name: str, given: dict[str, Any], suffix: str, form: str, run: Any
) -> None:
    from ..pictures import HeatMap

    output, plain_form = given["output"], given["as_json"] or given["as_jsonl"]
    title = "cosine similarity" if name == "cosine" else name
    if suffix in _PICTURES and not plain_form:
        HeatMap(values, texts, title=title, diagonal=False).save(output)
        return
    if suffix == ".npy" and not plain_form:
        import numpy as np

        with open_output(output, binary=True) as out:
            np.save(out, values)
        return
    with open_output(output) as out:
        if suffix == ".csv" and not plain_form:
            rows = [[text, *(f"{value:.6f}" for value in line)] for text, line in zip(texts, values, strict=True)]
            out.write(_csv([["", *texts], *rows]))
        elif form == "json":
            named = [{"id": one, "text": text} for one, text in zip(ids, texts, strict=True)]
            lines = [[round(float(value), 6) for value in line] for line in values]
            out.write(dumps({"model": given["model"], "similarity": name, "rows": named, "values": lines}) + "\n")
        elif form in ("jsonl", "plain"):
            for one, text, line in zip(ids, texts, values, strict=True):
                out.write(dumps({"id": one, "text": text, "similarities": [round(float(v), 6) for v in line]}) + "\n")
        else:
            out.write(_human(texts, values, title, given, run))


def _csv(rows: list[list[Any]]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()


def _human(texts: list[str], values: Any, title: str, given: dict[str, Any], run: Any) -> str:
    """The table in shades, or the nearest pairs where it is too wide."""
    import numpy as np

    from ..pictures import HeatMap
    from ..pictures.words import clipped
    from ..tokenizers.tables import text_table
    from .shades import shaded_table

    room = terminal_width(given["output"])
    if len(texts) <= 200:
        scale = HeatMap(values, texts, diagonal=False).scale
        table = shaded_table(texts, values, scale, room, color_enabled(run.color, given["output"]))
        if table is not None:
            return f"{title}\n\n{table}"
    first, second = np.triu_indices(len(texts), 1)
    order = np.argsort(-values[first, second], kind="stable")[: given["top"]]
    rows = [
        [f"{values[first[at], second[at]]:.4f}", clipped(texts[first[at]], 60), clipped(texts[second[at]], 60)]
        for at in order.tolist()
    ]
    run.note(f"{len(texts)} columns do not fit: the {len(rows)} nearest pairs are shown; -o matrix.html shows all")
    return text_table([title, "text", "text"], rows, room, right=(0,))
