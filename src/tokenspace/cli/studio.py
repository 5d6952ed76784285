"""``tokenspace studio``."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import Any

import click

from ..config import load_config
from ..errors import NotFoundError, UnsupportedError, message


@click.command(short_help="Open the page: texts, tokens, vectors and training in the browser.")
@click.argument("files", nargs=-1, metavar="[FILE|FOLDER]...", type=click.Path(path_type=Path))
@click.option(
    "--sample/--no-sample", default=None, help="Samples beside the FILES; without FILES they are there anyway."
)
@click.option("--open", "open_browser", is_flag=True, help="Open the page in the browser.")
@click.option(
    "--host", metavar="HOST", help="Address to listen on (127.0.0.1); beyond this machine a token is asked for."
)
@click.option("--port", type=click.IntRange(0, 65535), help="Port (7878); the next free one when it is taken. 0: any.")
@click.option("--threads", type=click.IntRange(0), help="Worker threads; 0: one per core.")
@click.option("--check", is_flag=True, help="Start, see that the page answers, and end: exit code 0 when it does.")
@click.option("-q", "--quiet", is_flag=True, help="No notes on stderr.")
def command(files: tuple[Path, ...], **given: Any) -> int:
    """Serve the page on this machine until Ctrl-C and print its address.

    The page may read the FILES and FOLDERs named here and what is uploaded to it, nothing else; without any it has samples.

    \b
    tokenspace studio --open
    tokenspace studio corpus/ sessions.csv vectors.bin
    """
    try:
        from ..studio.page import is_built
        from ..studio.safety.host import is_loopback
        from ..studio.server import serve
        from ..studio.settings import StudioSettings
    except ModuleNotFoundError as error:
        if error.name is None or error.name.partition(".")[0] not in ("fastapi", "uvicorn", "starlette", "pydantic"):
            raise
        raise UnsupportedError(
            message(
                "studio",
                "the packages of Studio",
                f"an installation without {error.name}",
                "pip install 'tokenspace[studio]'",
            )
        ) from error
    for file in files:
        if not file.exists():
            raise NotFoundError(message("studio", "files and folders", f"{file}, which does not exist", "another path"))
    config = load_config()
    host = given["host"] or config["studio_host"]
    port = config["studio_port"] if given["port"] is None else given["port"]
    threads = config["threads"] if given["threads"] is None else given["threads"]
    token = None if is_loopback(host) else secrets.token_urlsafe(24)

    def note(text: str) -> None:
        if not given["quiet"]:
            click.echo(f"note: {text}", err=True)

    def say(address: str) -> None:
        click.echo(f"Studio: {address}")
        taken = address.rpartition(":")[2].partition("/")[0]
        if port and taken != str(port):
            note(f"port {port} is taken, this is the next free one")
        if token is not None:
            note("whoever has this address may use Studio and read its files; it is not encrypted on the way")
        if not is_built():
            note("the page is not built here, only the API answers; 'make page' builds it (Node 20.19 or later)")
        if not given["check"]:
            note("Ctrl-C ends it")

    samples = not files if given["sample"] is None else given["sample"]
    settings = StudioSettings(host=host, port=port, token=token, given=files, samples=samples, threads=threads)
    return serve(settings, say=say, open_browser=given["open_browser"], check=given["check"])
