"""Entry point of ``tokenspace``: the lazy command group, exit codes, closed pipes.

Exit codes: 0 success (also when the reader of a pipe went away), 1 failure, 2 wrong usage, 3 wrong data,
4 model or file not found, or offline, 130 interrupted.
"""

from __future__ import annotations

import errno
import os
import re
import sys
from collections.abc import Sequence
from contextlib import suppress
from importlib import import_module
from typing import Any

import click

from .. import __version__
from ..errors import FileError, TokenspaceError, TruncatedFileError, message

# name -> (module, one line of help); the line is here so that --help imports no command. A test compares both.
COMMANDS: dict[str, tuple[str, str]] = {
    "encode": ("encode", "Turn text into token ids."),
    "decode": ("decode", "Turn token ids back into text."),
    "count": ("count", "Count the tokens of files or text."),
    "compare": ("compare", "Show the same text through several tokenizers."),
    "report": ("report", "Report what a tokenizer does badly."),
    "chunk": ("chunk", "Cut texts into windows of at most so many tokens."),
    "train": ("train", "Train a tokenizer or word vectors on your own text."),
    "tokenizer": ("tokenizer", "Change a tokenizer, write it in another format, tell two apart."),
    "embed": ("embed", "Turn texts into vectors."),
    "distill": ("distill", "Distil a text encoder into a small static one."),
    "similarity": ("similarity", "Show how alike texts are, as a table or on a map."),
    "context": ("context", "Show a word's vectors in its contexts: senses, layer by layer."),
    "similar": ("similar", "Find the words, or texts of a file, most similar to some."),
    "analogy": ("analogy", "Solve A - B + C: biggest - big + small."),
    "vectors": ("vectors", "Convert, describe, evaluate and export files of vectors."),
    "recommend": ("recommend", "Recommend items from sessions, and measure it."),
    "studio": ("studio", "Open the page: texts, tokens, vectors and training in the browser."),
    "models": ("models", "List, describe, locate and download tokenizers and encoders."),
    "env": ("env", "Print versions, CPU features and cache folders."),
    "completion": ("completion", "Print a completion script for a shell."),
    "config": ("config", "Show the settings and where they come from."),
}


# Messages of the floors below name parameters; the options of the commands have the same names.
_OPTION = re.compile(r"""\b(column|encoding|errors|format|glob|item|session)=(["\'])(.*?)\2""")
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class _ClosedPipeError(Exception):
    """The reader of our output went away; Click would turn BrokenPipeError into exit code 1."""


class _TruncatedError(TokenspaceError):
    """A file ended early; Click would take the EOFError that says so for the end of a dialogue."""

    exit_code = TruncatedFileError.exit_code


class LazyGroup(click.Group):
    """A group that imports a command's module when the command is run or asked for help."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; a closed pipe ends it quietly."""
        try:
            result = super().invoke(ctx)
            sys.stdout.flush()
            return result
        except BrokenPipeError as error:
            raise _ClosedPipeError from error
        except OSError as error:
            if error.errno not in _FULL or error.filename is not None:
                raise
            _silence_stdout()
            raise FileError(message("write stdout", "room for the output", str(error.strerror), "-o FILE")) from error
        except TruncatedFileError as error:
            raise _TruncatedError(str(error)) from error

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names, in the order of the work rather than of the alphabet."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name, or None."""
        if cmd_name not in COMMANDS:
            return None
        command = import_module(f".{COMMANDS[cmd_name][0]}", __package__).command
        return command if isinstance(command, click.Command) else None

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command named; a misspelled name is answered with the nearest one."""
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            from difflib import get_close_matches

            near = get_close_matches(args[0], COMMANDS, n=1)
            if not near or near[0] in error.message:
                raise
            raise click.UsageError(f"{error.message} Did you mean {near[0]!r}?", ctx) from None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list of commands from the table above."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="tokenspace")
def cli() -> None:
    """From text to tokens to vectors: tokenizers, word vectors, text encoders.

    Data goes to stdout; progress, notes and errors go to stderr. '-' is standard input. Settings come from flags, then
    TOKENSPACE_* variables, then tokenspace.toml; 'tokenspace config show --origin' prints them.
    """


def _silence_stdout() -> None:
    # The reader is gone: what is left in the buffer must not raise again when Python flushes it at exit.
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _as_option(parameter: re.Match[str]) -> str:
    import shlex

    return f"--{parameter[1]} {shlex.quote(parameter[3])}"


def _say(text: str) -> None:
    from ..tokenizers.visible import visible

    # Messages quote file names and texts, which may hold escape sequences.
    lines = [visible(line, spaces=False) for line in text.split("\n")]
    with suppress(OSError, ValueError):
        print("\n".join(lines), file=sys.stderr)


def run(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code; never raises but for errors asked for by ``TOKENSPACE_DEBUG``."""
    debug = os.environ.get("TOKENSPACE_DEBUG", "") not in ("", "0")
    if os.environ.get("_TOKENSPACE_COMPLETE", "").startswith("powershell"):
        import_module(".completion", __package__)  # teaches Click a shell it does not know
    try:
        result: Any = cli.main(
            args=None if arguments is None else list(arguments), prog_name="tokenspace", standalone_mode=False
        )
        return result if isinstance(result, int) else 0
    except _ClosedPipeError:
        _silence_stdout()
        return 0
    except click.exceptions.Abort:
        _say("interrupted")
        return 130
    except KeyboardInterrupt:
        _say("interrupted")
        return 130
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except TokenspaceError as error:
        if debug:
            raise
        _say(f"error: {_OPTION.sub(_as_option, str(error))}")
        return error.exit_code
    except FileNotFoundError as error:
        if debug:
            raise
        _say(f"error: {error}")
        return 4
    except MemoryError:
        if debug:
            raise
        _say("error: out of memory")
        return 1
    except Exception as error:
        if debug:
            raise
        _say(f"error: {type(error).__name__}: {error}\nTOKENSPACE_DEBUG=1 shows where")
        return 1


def main() -> None:
    """The console script."""
    for stream in (sys.stdout, sys.stderr):
        # Tokens are any text: a terminal or pipe in another encoding gets replacement characters, not a crash.
        with suppress(AttributeError, ValueError):
            stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    sys.exit(run())
