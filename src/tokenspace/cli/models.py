"""``tokenspace models``: what is on this machine, and fetching more."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from ..errors import NotFoundError
from .models_info import info
from .options import settings
from .output import dumps, form_of, open_output, terminal_width
from .sizes import bytes_text


@click.group(short_help="List, describe, locate and download tokenizers and encoders.")
def command() -> None:
    """List, describe, locate and download tokenizers and encoders.

    Models live in the Hugging Face cache (HF_HOME, HF_HUB_CACHE) and tiktoken's (TIKTOKEN_CACHE_DIR): no second copy.
    """


def _rows() -> list[dict[str, Any]]:
    from ..encoders.at_hand import models_at_hand

    return [
        {
            "name": model.name,
            "kind": model.kind,
            "bytes": model.bytes,
            "path": None if model.path is None else str(model.path),
            "holds": list(model.holds),
        }
        for model in models_at_hand()
    ]


@command.command("list", short_help="Models at hand: embedded, tiktoken's, and those in the hub's cache.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
@click.option("--jsonl", "as_jsonl", is_flag=True, help="One JSON record a line (default when piped).")
def list_models(as_json: bool, as_jsonl: bool) -> None:
    """Models at hand: embedded, tiktoken's (downloaded at first use), and those in the hub's cache. Some hold a tokenizer
    only, some weights too."""
    form = form_of(as_json, as_jsonl, None)
    rows = _rows()
    with open_output(None) as out:
        if form == "json":
            out.write(dumps({"models": rows}, indent=1) + "\n")
        elif form == "jsonl":
            out.writelines(dumps(row) + "\n" for row in rows)
        else:
            from ..tokenizers.tables import text_table
            from ..tokenizers.visible import visible

            cells = [
                [
                    visible(row["name"], spaces=False),
                    row["kind"],
                    ", ".join(row["holds"]),
                    "not downloaded" if row["bytes"] is None else bytes_text(row["bytes"]) if row["bytes"] else "-",
                ]
                for row in rows
            ]
            out.write(text_table(["name", "kind", "holds", "size"], cells, terminal_width(), right=(3,)))


@command.command("path", short_help="Print where a model is; exit code 4 when it is not here.")
@click.argument("name")
def path_of(name: str) -> None:
    """Print where a model's file or folder is; exit code 4 when it is not on this machine."""
    if Path(name).exists():
        click.echo(str(Path(name).resolve()))
        return
    for row in _rows():
        if row["name"] == name:
            if row["path"] is not None:
                click.echo(row["path"])
                return
            if row["kind"] != "tiktoken":
                raise NotFoundError(f"[models path] {name}: made in code, there is no file")
    raise NotFoundError(f"[models path] {name}: not on this machine; try tokenspace models pull {name}")


@command.command("pull", short_help="Download models into the cache, to use them offline later.")
@click.argument("names", nargs=-1, required=True)
@click.option("--revision", help="Branch, tag or commit on the hub.")
@click.option(
    "--weights/--no-weights",
    default=None,
    help="Also fetch config.json and safetensors; default: of text encoders, which have a modules.json.",
)
@click.option("-q", "--quiet", is_flag=True, help="No notes on stderr.")
def pull(names: tuple[str, ...], revision: str | None, weights: bool | None, quiet: bool) -> None:
    """Download models into the cache, to use them offline later: tokenizers, and of text encoders also the weights and
    what says how they are used."""
    from ..encoders.pull import Pulled, pull
    from ..tokenizers.tokenizer import Tokenizer

    run = settings(quiet=quiet)
    if run.offline:
        raise NotFoundError("[models pull] the setting offline is on; try TOKENSPACE_OFFLINE=0")
    for name in names:
        if "/" not in name or name.startswith("tokenspace/") or Path(name).exists():
            found = Pulled(name, len(Tokenizer.from_pretrained(name, revision=revision)), None)
        else:
            found = pull(name, revision=revision, weights=weights)
        run.note(f"{name}: {found.entries:,} entries")
        if found.weights is not None:
            run.note(f"{name}: weights, {bytes_text(found.weights)}")


command.add_command(info)
