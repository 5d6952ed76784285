"""Writes docs/generated/command-line-options.md from the commands themselves; --check only compares."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

import click

from tokenspace.cli.main import cli

PAGE = Path(__file__).resolve().parent.parent / "docs" / "generated" / "command-line-options.md"
BEGIN, END = "<!-- options: written by scripts/make_command_tables.py -->", "<!-- options end -->"


def commands(group: click.Group, path: tuple[str, ...] = ()) -> Iterator[tuple[str, click.Command]]:
    """(words, command) of every command that does something, in the order of --help."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if isinstance(command, click.Group):
            yield from commands(command, (*path, name))
        elif command is not None:
            yield " ".join((*path, name)), command


def cell(text: str) -> str:
    """Text that a table of Markdown shows as it is."""
    return " ".join(text.split()).replace("|", "\\|").replace("<", "&lt;").replace("*", "\\*")


def spelling(option: click.Option, context: click.Context) -> str:
    """``-t, --tokenizer NAME``: every name, and what it takes."""
    names = ", ".join(option.opts)
    if option.secondary_opts:
        return f"{names} / {', '.join(option.secondary_opts)}"
    if option.is_flag:
        return names
    if isinstance(option.type, click.Choice):
        return f"{names} {'|'.join(option.type.choices)}"
    if option.metavar is None and isinstance(option.type, (click.types.IntParamType, click.IntRange)):
        return f"{names} N"
    return f"{names} {option.make_metavar(context)}"


def remark(option: click.Option) -> str:
    """The help, with the default and that it may be given again."""
    parts = [option.help or ""]
    if option.show_default and option.default is not None:
        parts.append(f"Default: {option.default}.")
    if option.multiple and "repeat" not in parts[0]:
        parts.append("Repeatable.")
    return " ".join(part for part in parts if part)


def tables() -> str:
    """One heading and table a command."""
    blocks = []
    for words, command in commands(cli):
        context = click.Context(command, info_name=words)
        arguments = [one.make_metavar(context) for one in command.params if isinstance(one, click.Argument)]
        usage = " ".join(["tokenspace", words, *(["[OPTIONS]"] if command.params else []), *arguments])
        lines = [f"### {words}", "", f"`{usage}`", "", f"{command.short_help}"]
        options = [one for one in command.params if isinstance(one, click.Option) and not one.hidden]
        if options:
            lines += ["", "| option | meaning |", "|---|---|"]
            for one in options:
                # Within code a table minds nothing but its own bar.
                code = spelling(one, context).replace("|", "\\|")
                lines.append(f"| `{code}` | {cell(remark(one))} |")
        blocks.append("\n".join(lines))
    return "\n\n".join(blocks)


def page_with_tables(page: str) -> str:
    """The page with what stands between the two marks written anew."""
    before, _, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not end:
        raise SystemExit(
            f"[make tables] expected the lines {BEGIN!r} and {END!r} in {PAGE.name}, received a page without"
        )
    return f"{before}{BEGIN}\n\n{tables()}\n\n{END}{after}"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; exit code 1 when the page is stale")
    arguments = parser.parse_args()
    page = PAGE.read_text(encoding="utf-8")
    fresh = page_with_tables(page)
    if arguments.check:
        if page != fresh:
            print(f"{PAGE.name}: option tables are stale; try python scripts/make_command_tables.py")
        return int(page != fresh)
    PAGE.write_text(fresh, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
