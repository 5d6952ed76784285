"""What a text encoder does with a text, and which file says so: for people, for ``models info``, for a check before use."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .recipe import Recipe, Stated, read_recipe

if TYPE_CHECKING:
    from ..model_files import ModelFiles

__all__ = ["TextDescription", "describe_texts"]


@dataclass(frozen=True)
class TextDescription:
    """The way from a text to its vector.

    model: as it was named. architecture: model_type of config.json, "static" for a table of token rows without one.
    engine, precision: what runs it; None until it is loaded.
    dimension: numbers a vector; None where that is not known without loading.
    pooling: modes, put side by side; None: no file says, so texts have no vectors until one is named.
    steps: what follows the pooling, in words.
    Each value with its origin: a file, "argument", "default", "nothing".
    """

    model: str
    architecture: str
    engine: str | None
    precision: str | None
    dimension: int | None
    pooling: Stated[tuple[str, ...] | None]
    include_prompt: bool
    steps: tuple[str, ...]
    normalize: Stated[bool]
    max_length: Stated[int | None]
    lower_case: bool
    prompts: Stated[dict[str, str]]
    default_prompt_name: Stated[str | None]
    similarity: Stated[str]
    dimensions: Stated[int | None]

    def to_dict(self) -> dict[str, Any]:
        """The same as JSON values; a stated value is ``{"value": ..., "origin": ...}``."""
        out: dict[str, Any] = {}
        for name in self.__dataclass_fields__:
            value = getattr(self, name)
            if isinstance(value, Stated):
                inner = list(value.value) if isinstance(value.value, tuple) else value.value
                value = {"value": inner, "origin": value.origin}
            out[name] = list(value) if isinstance(value, tuple) else value
        return out

    def lines(self) -> list[tuple[str, str, str]]:
        """(what, value, origin) in words, for tables."""
        engine = f"{self.engine}, {self.precision}" if self.engine else "not loaded"
        pooling = "not stated: pass pooling=" if self.pooling.value is None else " + ".join(self.pooling.value)
        if not self.include_prompt:
            pooling += ", without the prompt's tokens"
        length = "no bound" if self.max_length.value is None else f"{self.max_length.value} tokens"
        rows = [
            ("model", self.model, ""),
            ("architecture", self.architecture, ""),
            ("engine", engine, ""),
            ("dimension", "not known before loading" if self.dimension is None else str(self.dimension), ""),
            ("pooling", pooling, self.pooling.origin),
            *(("then", step, "") for step in self.steps),
            ("normalized", "yes" if self.normalize.value else "no", self.normalize.origin),
            ("longest text", length, self.max_length.origin),
            ("similarity", self.similarity.value, self.similarity.origin),
        ]
        if self.lower_case:
            rows.append(("lower case", "yes", ""))
        if self.dimensions.value is not None:
            rows.append(("dimensions kept", str(self.dimensions.value), self.dimensions.origin))
        for name, text in self.prompts.value.items():
            default = " (default)" if name == self.default_prompt_name.value else ""
            rows.append((f"prompt {name!r}{default}", repr(text), self.prompts.origin))
        return rows

    def __str__(self) -> str:
        rows = self.lines()
        first = max(len(what) for what, _, _ in rows)
        second = max((len(value) for _, value, origin in rows if origin), default=0)
        return "\n".join(
            f"{what:<{first}}  {value:<{second}}  {origin}" if origin else f"{what:<{first}}  {value}"
            for what, value, origin in rows
        )


def described(
    model: str,
    recipe: Recipe,
    max_length: Stated[int | None],
    engine: tuple[str, str] | None = None,
    dimension: int | None = None,
) -> TextDescription:
    """A recipe in these terms."""
    config = recipe.files.read_json("config.json")
    architecture = str(config.get("model_type", "")) if isinstance(config, dict) else ""
    return TextDescription(
        model=model,
        architecture=architecture or ("static" if recipe.static else "not stated"),
        engine=engine[0] if engine else None,
        precision=engine[1] if engine else None,
        dimension=dimension,
        pooling=recipe.pooling,
        include_prompt=recipe.include_prompt,
        steps=tuple(str(head) for head in (*recipe.token_heads, *recipe.heads)),
        normalize=recipe.normalize,
        max_length=max_length,
        lower_case=recipe.lower_case,
        prompts=recipe.prompts,
        default_prompt_name=recipe.default_prompt_name,
        similarity=recipe.similarity,
        dimensions=recipe.dimensions,
    )


def describe_texts(files: ModelFiles) -> TextDescription:
    """What the files of a model say about texts; neither the model nor its tokenizer is loaded.

    ``max_length`` is that of the modules, else of tokenizer_config.json and config.json.

    Raises:
        FormatError, UnsupportedError: as `recipe.read_recipe`.
    """
    recipe = read_recipe(files)
    stated = recipe.files.read_json("tokenizer_config.json")
    limit = stated.get("model_max_length") if isinstance(stated, dict) else None
    length = longest(recipe, limit if isinstance(limit, int) and limit < 10**20 else None)
    config = recipe.files.read_json("config.json")
    width = config.get("hidden_size", config.get("dim", config.get("d_model"))) if isinstance(config, dict) else None
    if isinstance(width, int) and recipe.pooling.value is not None:
        width *= len(recipe.pooling.value)
        for head in recipe.heads:
            width = head.dimension(width)
    return described(files.name, recipe, length, None, width if isinstance(width, int) else None)


def longest(recipe: Recipe, tokenizer_limit: int | None) -> Stated[int | None]:
    """The longest row in tokens: what the modules state, else the smaller of the tokenizer's limit and the positions of
    config.json, as sentence-transformers has it; None: no bound."""
    if recipe.max_length.value is not None or recipe.static:
        return recipe.max_length
    config = recipe.files.read_json("config.json")
    sizes = config if isinstance(config, dict) else {}
    positions = sizes.get("max_position_embeddings", sizes.get("n_positions"))  # GPT-2's name for it
    found: Stated[int | None] = Stated(None, "nothing")
    if tokenizer_limit is not None:
        found = Stated(tokenizer_limit, "tokenizer_config.json")
    if isinstance(positions, int) and positions > 0 and (found.value is None or positions < found.value):
        found = Stated(positions, "config.json")
    return found
