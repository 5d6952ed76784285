"""The special tokens around a text that only tokenizer_config.json states, as transformers puts them there."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

__all__ = ["configured_post_processor"]

# Classes of transformers that wrap texts as RoBERTa does: <s> A </s></s> B </s>.
_LIKE_ROBERTA = ("Roberta", "Bart", "Longformer", "LED", "Mvp")


def configured_post_processor(core: Any, values: Mapping[str, Any], roles: Mapping[str, str]) -> str | None:
    """JSON of the post-processor that ``values`` (tokenizer_config.json) asks for; None when it asks for none.

    Only for formats that cannot state one themselves: vocab.json + merges.txt and SentencePiece models.
    """
    if core.format not in ("vocab.json", "sentencepiece"):
        return None

    def named(*candidates: str) -> tuple[str, int] | None:
        for token in (roles.get(name) for name in candidates):
            if token is not None and (id := core.token_to_id(token)) is not None:
                return token, int(id)
        return None

    family = str(values.get("tokenizer_class", "")).removesuffix("Fast").removesuffix("Tokenizer")
    if core.format == "vocab.json" and family in _LIKE_ROBERTA:
        sep, cls = named("sep_token", "eos_token"), named("cls_token", "bos_token")
        if sep is None or cls is None:
            return None
        spaced = bool(values.get("add_prefix_space", False))
        trims = bool(values.get("trim_offsets", True))
        return json.dumps(
            {"type": "RobertaProcessing", "sep": sep, "cls": cls, "trim_offsets": trims, "add_prefix_space": spaced}
        )
    bos = named("bos_token") if values.get("add_bos_token") else None
    eos = named("eos_token") if values.get("add_eos_token") else None
    return _template(bos, eos) if bos or eos else None


def _template(bos: tuple[str, int] | None, eos: tuple[str, int] | None) -> str:
    def around(sequence: str, type_id: int) -> list[dict[str, Any]]:
        pieces = [{"Sequence": {"id": sequence, "type_id": type_id}}]
        if bos is not None:
            pieces.insert(0, {"SpecialToken": {"id": bos[0], "type_id": type_id}})
        if eos is not None:
            pieces.append({"SpecialToken": {"id": eos[0], "type_id": type_id}})
        return pieces

    special = {token: {"id": token, "ids": [id], "tokens": [token]} for token, id in filter(None, (bos, eos))}
    first = around("A", 0)
    return json.dumps(
        {"type": "TemplateProcessing", "single": first, "pair": first + around("B", 1), "special_tokens": special}
    )
