"""A changed source as a tokenizer like the one it comes from: roles, chat template, sides, settings."""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ...errors import UnsupportedError, message
from ..loading import Loaded
from ..source import Source

if TYPE_CHECKING:
    from ..tokenizer import Tokenizer

__all__ = ["document_of", "remade", "remapped_post_processor"]


def document_of(tokenizer: Tokenizer, operation: str) -> dict[str, Any]:
    """The tokenizer as the objects of tokenizer.json, merges as pairs.

    Raises UnsupportedError when there is no such form.
    """
    try:
        document: dict[str, Any] = json.loads(tokenizer.to_json())
    except UnsupportedError as error:
        what = str(error).split("received ", 1)[-1].split("; try")[0]
        raise UnsupportedError(message(operation, "a tokenizer that tokenizer.json can state", what)) from error
    model = document["model"]
    model["type"] = tokenizer._core.model_kind
    if "merges" in model:
        model["merges"] = [m.split(" ", 1) if isinstance(m, str) else m for m in model["merges"]]
    return document


def remapped_post_processor(stated: Any, ids: Mapping[int, int]) -> Any:
    """A post-processor with its ids exchanged."""
    if stated is None:
        return None
    out = copy.deepcopy(stated)
    kind = out.get("type")
    if kind == "Sequence":
        out["processors"] = [remapped_post_processor(step, ids) for step in out["processors"]]
    elif kind == "TemplateProcessing":
        for special in out["special_tokens"].values():
            special["ids"] = [ids[id] for id in special["ids"]]
    elif kind in ("BertProcessing", "RobertaProcessing"):
        for role in ("sep", "cls"):
            out[role] = [out[role][0], ids[out[role][1]]]
    return out


def remade(
    tokenizer: Tokenizer, data: dict[str, Any] | bytes, ids: Mapping[int, int] | None = None, **options: Any
) -> Tokenizer:
    """A tokenizer of ``data``: a tokenizer.json document, or the bytes of a file in the format of ``tokenizer``.

    ids: old id -> new id of the tokens the settings speak of; None when they keep theirs. options: exchanged options
    of the source (special tokens of a .tiktoken file).
    """
    source = tokenizer._source
    exchanged: dict[str, str] = {}
    if isinstance(data, bytes):
        new = Source(source.format, source.name, (data,), {**source.options, **options})
        exchanged = dict(tokenizer._replaced)
        if ids is not None and "post_processor" in exchanged:
            moved = remapped_post_processor(json.loads(exchanged["post_processor"]), ids)
            exchanged["post_processor"] = json.dumps(moved)
    else:
        if ids is not None:
            data = {**data, "post_processor": remapped_post_processor(data.get("post_processor"), ids)}
        new = Source("tokenizer.json", source.name, (json.dumps(data, ensure_ascii=False).encode("utf-8"),))
        # It is in the document; stating it keeps the configuration from making it anew.
        exchanged["post_processor"] = json.dumps(data.get("post_processor"))
    made = type(tokenizer)(Loaded(new, tokenizer._config, tokenizer.name, exchanged))
    made._roles, made._extra_special = dict(tokenizer._roles), list(tokenizer._extra_special)
    made._states_special = tokenizer._states_special
    made._truncation, made._padding = tokenizer._truncation, tokenizer._padding
    if made._padding is not None and ids is not None:
        made._padding = replace(made._padding, pad_id=ids.get(made._padding.pad_id, made._padding.pad_id))
    made.chat_template, made.model_max_length = tokenizer.chat_template, tokenizer.model_max_length
    made.padding_side, made.truncation_side = tokenizer.padding_side, tokenizer.truncation_side
    return made
