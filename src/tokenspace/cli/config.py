"""``tokenspace config``."""

from __future__ import annotations

import click

from ..config import SETTINGS, load_config
from .output import dumps, terminal_width


@click.group(short_help="Show the settings and where they come from.")
def command() -> None:
    """Show the settings and where they come from.

    Order: flags, TOKENSPACE_* variables, ./tokenspace.toml or [tool.tokenspace] in ./pyproject.toml, the user file, defaults.
    """


@command.command("show", short_help="Print every setting.")
@click.option("--origin", is_flag=True, help="Also print where each value comes from.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
def show(origin: bool, as_json: bool) -> None:
    """Print every setting, as it holds in this folder."""
    config = load_config()
    if as_json:
        rows = {
            key: {"value": value.value, "origin": value.origin} if origin else value.value
            for key, value in config.items()
        }
        click.echo(dumps(rows, indent=1))
    else:
        from ..tokenizers.tables import text_table

        header = ["setting", "value", *(["origin"] if origin else []), "variable", "what it is"]
        cells = []
        for key, value in config.items():
            setting = SETTINGS[key]
            shown = ", ".join(value.value) if isinstance(value.value, list) else str(value.value)
            cells.append([key, shown, *([value.origin] if origin else []), setting.env, setting.help])
        click.echo(text_table(header, cells, terminal_width()), nl=False)
    for key, path in config.unknown:
        click.echo(f"note: {path}: no setting is called {key!r}", err=True)
