"""The text encoder that a command names, and what it tells about texts that are too long."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

from .options import Settings, applied

if TYPE_CHECKING:
    from ..encoders.text import TextEncoder

F = TypeVar("F", bound=Callable[..., Any])
POOLINGS = ("mean", "cls", "max", "last", "mean_sqrt_len", "weighted_mean")
DEFAULT = "tokenspace/static"


def engine_options(function: F) -> F:
    """What runs a model."""
    return applied(
        function,
        click.option("--engine", type=click.Choice(["auto", "native", "torch", "static"]), help="What runs the model."),
        click.option(
            "--precision", type=click.Choice(["auto", "fp32", "bf16", "int8"]), help="What the engine computes in."
        ),
        click.option("--device", metavar="NAME", help="Device of torch, such as cpu or cuda."),
        click.option("--revision", metavar="NAME", help="Branch, tag or commit of a model on the hub."),
    )


def engine_arguments(given: dict[str, Any], run: Settings) -> dict[str, Any]:
    """The options of `engine_options` as keyword arguments of an encoder."""
    return {
        "threads": run.threads or 0,
        "device": given["device"],
        "revision": given["revision"],
        "local_files_only": True if run.offline else None,
        **{key: given[key] for key in ("engine", "precision") if given[key] is not None},
    }


def encoder_options(function: F) -> F:
    """What runs, and how a text becomes a vector."""
    return applied(
        function,
        engine_options,
        click.option(
            "--pooling", metavar="LIST", help=f"One of {', '.join(POOLINGS)}, or several with commas between."
        ),
        click.option("--normalize/--no-normalize", default=None, help="Vectors of length 1; default: as the model."),
        click.option("--prompt", metavar="TEXT", help="Put before each text."),
        click.option("--prompt-name", metavar="NAME", help="A prompt of the model, such as query or passage."),
        click.option("--dimensions", type=click.IntRange(1), metavar="N", help="Keep the first N numbers (Matryoshka)."),
        click.option("--max-length", type=click.IntRange(1), metavar="N", help="Longest text in tokens."),
        click.option(
            "--on-truncate", type=click.Choice(["warn", "error", "chunk", "ignore"]), default="warn", show_default=True,
            help="Texts that are longer: cut and told, refused, the mean of windows, or cut.",
        ),
        click.option("--chunk-overlap", type=click.IntRange(0), default=0, metavar="N", help="Tokens that windows share."),
    )  # fmt: skip


def load_encoder(name: str, given: dict[str, Any], run: Settings) -> TextEncoder:
    """The encoder named. It cuts without a word: the command says so at the end, see `tell_truncated`."""
    from ..encoders.text import TextEncoder

    policy = given["on_truncate"]
    pooling = given["pooling"]
    return TextEncoder(
        name,
        pooling=None if pooling is None else [part.strip() for part in pooling.split(",")],
        normalize=given["normalize"],
        max_length=given["max_length"],
        dimensions=given["dimensions"],
        on_truncate="ignore" if policy == "warn" else policy,
        chunk_overlap=given["chunk_overlap"],
        **engine_arguments(given, run),
    )


def tell_truncated(
    run: Settings, policy: str, count: int, total: int, longest: int, bound: int | None, first: str
) -> None:
    """A note about texts that lost something; none with ``--on-truncate ignore``."""
    if count and policy == "warn":
        run.note(
            f"{count:,} of {total:,} texts have more than {bound:,} tokens and were cut, first {first}; the longest has "
            f"{longest:,}. --on-truncate chunk uses all of each text"
        )
