"""How a model's texts become vectors, each part with the place that says so; nothing is guessed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from ...errors import ArgumentError, FormatError, UnsupportedError, message
from ..engines.pooling import POOLINGS
from ..engines.protocol import Pooling
from ..static.files import is_static
from .heads import Head, Normalize, read_dense, read_layer_norm
from .modules import Module, read_modules

if TYPE_CHECKING:
    from ..model_files import ModelFiles

__all__ = ["SIMILARITIES", "Recipe", "Stated", "poolings_of", "read_recipe", "static_length"]

T = TypeVar("T", covariant=True)
SIMILARITIES = ("cosine", "dot", "euclidean", "manhattan")
# sentence-transformers' names of poolings for ours; in the order in which the older flags are concatenated.
_THEIR_POOLINGS: dict[str, Pooling] = {
    "cls": "cls",
    "max": "max",
    "mean": "mean",
    "mean_sqrt_len_tokens": "mean_sqrt_len",
    "weightedmean": "weighted_mean",
    "lasttoken": "last",
}
_FLAGS = {
    "pooling_mode_cls_token": "cls",
    "pooling_mode_max_tokens": "max",
    "pooling_mode_mean_tokens": "mean",
    "pooling_mode_mean_sqrt_len_tokens": "mean_sqrt_len_tokens",
    "pooling_mode_weightedmean_tokens": "weightedmean",
    "pooling_mode_lasttoken": "lasttoken",
}
# Options of transformers' loading that change how a model runs, not what it computes. trust_remote_code is the caller's to
# say, as there.
_NEUTRAL = {
    "add_pooling_layer", "attn_implementation", "cache_dir", "device_map", "dtype", "local_files_only", "low_cpu_mem_usage",
    "revision", "token", "torch_dtype", "trust_remote_code", "unpad_inputs", "use_cache", "use_fast",
    "use_memory_efficient_attention", "use_safetensors",
}  # fmt: skip
_LENGTHS = {"max_length", "model_max_length"}
# Padding is the engine's affair; texts are cut in any case.
_CALLING = {"padding": None, "padding_side": None, "pad_to_multiple_of": None, "return_tensors": None,
            "truncation": (True, "longest_first", "only_first")}  # fmt: skip


@dataclass(frozen=True)
class Stated(Generic[T]):
    """A value and the place that states it: a file's name, "argument", "default"."""

    value: T
    origin: str


@dataclass(frozen=True)
class Recipe:
    """What is between a text and its vector.

    Attributes:
        files: of the module that turns tokens into vectors (often the model's own folder).
        static: it is a table of token rows: no special tokens, no bound on lengths, the mean of the rows.
        pooling: modes whose vectors are put side by side; None: nothing says, so texts have no vectors.
        include_prompt: tokens of the prompt are pooled too.
        token_heads, heads: what is done to vectors of tokens before the pooling, and to those of texts after it.
        max_length: longest row in tokens, special ones included, that the modules state; None: they do not.
        task_lengths: the same for "query" and "document".
        lower_case: texts are lowered before the tokenizer's own normalisation.
        prompts: name -> text put before each text. default_prompt_name: the one used when none is named, or None.
        dimensions: leading numbers of each vector to keep; None: all.
    """

    files: ModelFiles
    static: bool = False
    pooling: Stated[tuple[Pooling, ...] | None] = field(default_factory=lambda: Stated(None, "nothing"))
    include_prompt: bool = True
    token_heads: tuple[Head, ...] = ()
    heads: tuple[Head, ...] = ()
    normalize: Stated[bool] = field(default_factory=lambda: Stated(False, "default"))
    max_length: Stated[int | None] = field(default_factory=lambda: Stated(None, "nothing"))
    task_lengths: Mapping[str, int] = field(default_factory=dict)
    lower_case: bool = False
    prompts: Stated[dict[str, str]] = field(default_factory=lambda: Stated({}, "nothing"))
    default_prompt_name: Stated[str | None] = field(default_factory=lambda: Stated(None, "nothing"))
    similarity: Stated[str] = field(default_factory=lambda: Stated("cosine", "default"))
    dimensions: Stated[int | None] = field(default_factory=lambda: Stated(None, "nothing"))


def poolings_of(given: str | Iterable[str], what: str) -> tuple[Pooling, ...]:
    """Pooling modes under our names or sentence-transformers'.

    Raises:
        ArgumentError: another name, or none.
    """
    ours: dict[str, Pooling] = {**_THEIR_POOLINGS, **{name: name for name in POOLINGS}}
    names = (given,) if isinstance(given, str) else tuple(given)
    if not names or not all(isinstance(name, str) and name in ours for name in names):
        raise ArgumentError(message(what, f"a pooling among {', '.join(POOLINGS)}, or several", repr(given)))
    return tuple(ours[name] for name in names)


def read_recipe(files: ModelFiles) -> Recipe:
    """What the files of a model say; the weights of the model itself are not read.

    Raises:
        FormatError: files of another form. UnsupportedError: a module or setting that is not known, by name.
    """
    modules = read_modules(files)
    if modules is None:
        return _with_prompts(_without_modules(files), files)
    what = f"load {files.name}"
    first = modules[0]
    if first.kind not in ("Transformer", "StaticEmbedding"):
        raise UnsupportedError(message(what, "Transformer or StaticEmbedding as the first module", first.kind))
    recipe = Recipe(files.part(first.path), static=first.kind == "StaticEmbedding")
    if recipe.static:
        recipe = replace(recipe, pooling=Stated(("mean",), "StaticEmbedding"))
    else:
        recipe = _with_transformer(recipe, first, what)
    for module in modules[1:]:
        recipe = _with_module(recipe, module, files.part(module.path), what)
    return _with_prompts(_with_last_normalize(recipe), files)


def _without_modules(files: ModelFiles) -> Recipe:
    """A table of token rows is for their mean, and states its normalisation in config.json, as model2vec; of a transformer
    the pooling is not known."""
    static = is_static(files)
    config = files.read_json("config.json") if static else files.config
    if not static:
        return Recipe(files)
    unit = isinstance(config, dict) and bool(config.get("normalize", False))
    heads: tuple[Head, ...] = (Normalize(),) if unit else ()
    return Recipe(files, True, Stated(("mean",), "the table"), heads=heads, normalize=Stated(unit, "config.json"))


def static_length(files: ModelFiles, truncation: Mapping[str, Any] | None) -> Stated[int | None]:
    """The longest text of a table of token rows: what config.json of model2vec says, which puts it in the place of the
    tokenizer's own truncation; elsewhere that truncation holds, as in sentence-transformers.

    Where model2vec's config.json says nothing, nothing is cut; model2vec itself then cuts at 512 tokens.
    """
    config = files.read_json("config.json")
    if isinstance(config, dict) and config.get("model_type") == "model2vec":
        stated = config.get("max_length")
        return Stated(stated, "config.json") if isinstance(stated, int) and stated > 0 else Stated(None, "nothing")
    return Stated(None, "nothing") if truncation is None else Stated(truncation["max_length"], "tokenizer.json")


def _with_transformer(recipe: Recipe, module: Module, what: str) -> Recipe:
    settings = dict(module.settings)
    task = settings.get("transformer_task", "feature-extraction")
    if task != "feature-extraction":
        raise UnsupportedError(message(what, "the task feature-extraction", f"{task!r} in {module.file}"))
    text = {"method": "forward", "method_output_name": "last_hidden_state"}
    modalities = settings.get("modality_config", {"text": text})
    if not isinstance(modalities, dict) or "message" in modalities or modalities.get("text") != text:
        raise UnsupportedError(message(what, f"texts by {text}", f"{modalities!r} in {module.file}"))
    if settings.get("module_output_name", "token_embeddings") != "token_embeddings":
        raise UnsupportedError(message(what, "token_embeddings as output", repr(settings["module_output_name"])))
    if settings.get("query_expansion"):
        raise UnsupportedError(message(what, "no query_expansion", f"one in {module.file}"))
    for name in ("model_args", "model_kwargs", "config_args", "config_kwargs"):
        _refuse_others(_mapping(settings.get(name), what, name), _NEUTRAL, name, what)
    loading = {**_mapping(settings.get("tokenizer_args"), what, "tokenizer_args")}
    loading |= _mapping(settings.get("processor_kwargs"), what, "processor_kwargs")
    _refuse_others(loading, {*_NEUTRAL, *_LENGTHS, "padding_side"}, "processor_kwargs", what)
    calling = _mapping(settings.get("processing_kwargs"), what, "processing_kwargs")
    texts = {**_mapping(calling.get("common"), what, "common"), **_mapping(calling.get("text"), what, "text")}
    for name, accepted in _CALLING.items():
        if accepted is None or texts.get(name) in accepted:
            texts.pop(name, None)
    _refuse_others(texts, _LENGTHS, "processing_kwargs", what)
    # As there: the call's own bound, else that given to the tokenizer, else max_seq_length.
    for stated in (texts.get("max_length"), loading.get("model_max_length"), settings.get("max_seq_length")):
        if stated is not None:
            recipe = replace(recipe, max_length=Stated(_length(stated, what, module.file), module.file))
            break
    lengths = {task: settings.get(f"{task}_length") for task in ("query", "document")}
    stated_lengths = {t: _length(value, what, module.file) for t, value in lengths.items() if value is not None}
    return replace(recipe, task_lengths=stated_lengths, lower_case=bool(settings.get("do_lower_case", False)))


def _refuse_others(settings: Mapping[str, Any], known: Collection[str], name: str, what: str) -> None:
    """Settings that are not known may change the vectors; None is none."""
    unknown = sorted(key for key, value in settings.items() if key not in known and value is not None)
    if unknown:
        raise UnsupportedError(message(what, f"no settings in {name} that may change the vectors", ", ".join(unknown)))


def _with_module(recipe: Recipe, module: Module, part: ModelFiles, what: str) -> Recipe:
    settings, kind = module.settings, module.kind
    if kind == "Dropout":  # does nothing outside training
        return recipe
    if kind == "Pooling":
        if recipe.pooling.value is not None:
            raise UnsupportedError(message(what, "one Pooling", "a second one, or one behind StaticEmbedding"))
        stated = _stated_poolings(settings)
        try:
            modes = poolings_of(stated if isinstance(stated, (str, list)) else "", f"load {part.name}/{module.file}")
        except ArgumentError as error:
            raise FormatError(str(error)) from None
        include = bool(settings.get("include_prompt", True))
        return replace(recipe, pooling=Stated(modes, f"{module.path}/{module.file}"), include_prompt=include)
    if kind in ("Transformer", "StaticEmbedding"):
        raise UnsupportedError(message(what, f"{kind} as the first module alone", "one behind it"))
    given = settings.get("module_input_name", "sentence_embedding")
    if given not in ("sentence_embedding", "token_embeddings") or settings.get("module_output_name", given) != given:
        received = f"{given!r} to {settings.get('module_output_name')!r} in {module.path}"
        raise UnsupportedError(message(what, f"{kind} of sentence_embedding or token_embeddings", received))
    of_tokens = given == "token_embeddings"
    if of_tokens != (recipe.pooling.value is None):
        where = "behind" if of_tokens else "before"
        raise UnsupportedError(message(what, "modules that feed one another", f"{kind} of {given} {where} the pooling"))
    head: Head
    if kind == "Normalize":
        head = Normalize()
    elif kind == "Dense":
        head = read_dense(part, settings)
    else:
        head = read_layer_norm(part, settings)
    if of_tokens:
        return replace(recipe, token_heads=(*recipe.token_heads, head))
    return replace(recipe, heads=(*recipe.heads, head))


def _stated_poolings(settings: dict[str, Any]) -> Any:
    """ "pooling_mode" of version 6 on, else the older flags; without any of them the mean, as there."""
    if "pooling_mode" in settings:
        return settings["pooling_mode"]
    return [mode for flag, mode in _FLAGS.items() if settings.get(flag)] or "mean"


def _with_last_normalize(recipe: Recipe) -> Recipe:
    last = bool(recipe.heads) and isinstance(recipe.heads[-1], Normalize)
    return replace(recipe, normalize=Stated(last, "modules.json"))


def _with_prompts(recipe: Recipe, files: ModelFiles) -> Recipe:
    name = "config_sentence_transformers.json"
    what = f"load {files.name}"
    stated = _mapping(files.read_json(name), what, name)
    prompts = _mapping(stated.get("prompts"), what, f"prompts of {name}")
    if not all(value is None or isinstance(value, str) for value in prompts.values()):
        raise FormatError(message(what, f"texts as prompts in {name}", repr(prompts)[:100]))
    default = stated.get("default_prompt_name")
    if default is not None and (not isinstance(default, str) or default not in prompts):
        raise FormatError(message(what, f"default_prompt_name among the prompts of {name}", repr(default)))
    if prompts:
        recipe = replace(recipe, prompts=Stated({key: value or "" for key, value in prompts.items()}, name))
    if default is not None:
        recipe = replace(recipe, default_prompt_name=Stated(default, name))
    if stated.get("similarity_fn_name") in SIMILARITIES:
        recipe = replace(recipe, similarity=Stated(stated["similarity_fn_name"], name))
    if stated.get("truncate_dim") is not None:
        recipe = replace(recipe, dimensions=Stated(_length(stated["truncate_dim"], what, name), name))
    return recipe


def _mapping(value: Any, what: str, name: str) -> dict[str, Any]:
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise FormatError(message(what, f"an object as {name}", type(value).__name__))
    return value


def _length(value: Any, what: str, name: str) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise FormatError(message(what, f"a whole number of at least 1 in {name}", repr(value)))
    return value
