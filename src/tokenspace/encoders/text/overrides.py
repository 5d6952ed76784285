"""What a caller says of a model beside, or instead of, what its files state."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from ...errors import ArgumentError, message
from .heads import Normalize
from .options import checked_prompts
from .recipe import SIMILARITIES, Recipe, Stated, poolings_of

__all__ = ["overridden", "prompt_named"]


def overridden(
    recipe: Recipe,
    what: str,
    *,
    pooling: str | Sequence[str] | None = None,
    normalize: bool | None = None,
    prompts: Mapping[str, str] | None = None,
    default_prompt_name: str | None = None,
    similarity: str | None = None,
    dimensions: int | None = None,
) -> Recipe:
    """The model's recipe with what the caller says instead; None: as the model states.

    Args:
        what: the operation in messages.

    Raises:
        ArgumentError: a value that is none of those there are, or contradicts the model; no pooling from either.
    """
    if pooling is not None:
        modes = poolings_of(pooling, what)
        if recipe.static and modes != ("mean",):
            raise ArgumentError(message(what, "pooling 'mean' of a table of token rows", repr(pooling)))
        recipe = replace(recipe, pooling=Stated(modes, "argument"))
    if recipe.pooling.value is None:
        raise ArgumentError(
            message(
                what,
                "modules.json of sentence-transformers, which states how vectors of tokens become one of a text",
                "none, and the pooling is not guessed",
                "pooling='mean' (or 'cls', 'last', 'max': see the model's card), and normalize=True if it says so",
            )
        )
    if normalize is not None:
        heads = recipe.heads
        if recipe.normalize.value and not normalize:
            heads = heads[:-1]
        elif normalize and not recipe.normalize.value:
            heads = (*heads, Normalize())
        recipe = replace(recipe, heads=heads, normalize=Stated(normalize, "argument"))
    if prompts is not None:
        named = checked_prompts(what, prompts)
        recipe = replace(recipe, prompts=Stated({**recipe.prompts.value, **named}, "argument"))
    if default_prompt_name is not None:
        prompt_named(default_prompt_name, recipe.prompts.value)
        recipe = replace(recipe, default_prompt_name=Stated(default_prompt_name, "argument"))
    if similarity is not None:
        if similarity not in SIMILARITIES:
            raise ArgumentError(message(what, f"similarity among {', '.join(SIMILARITIES)}", repr(similarity)))
        recipe = replace(recipe, similarity=Stated(similarity, "argument"))
    if dimensions is not None:
        recipe = replace(recipe, dimensions=Stated(dimensions, "argument"))
    return recipe


def prompt_named(name: str, prompts: Mapping[str, str]) -> str:
    """The prompt of that name.

    Raises:
        ArgumentError: there is none.
    """
    if name not in prompts:
        known = ", ".join(map(repr, prompts)) or "none"
        raise ArgumentError(message("encode", f"a prompt among {known}", repr(name), "prompt='...'"))
    return prompts[name]
