"""tokenizer_config.json and its neighbours: special tokens by role, chat templates, length limit."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ..errors import FormatError, message
from ..types import AddedToken

__all__ = ["CONFIG_FILES", "ROLES", "PretrainedConfig", "read_config"]

ROLES = ("bos_token", "eos_token", "unk_token", "sep_token", "pad_token", "cls_token", "mask_token")
CONFIG_FILES = (
    "tokenizer_config.json",
    "special_tokens_map.json",
    "added_tokens.json",
    "chat_template.jinja",
    "chat_template.json",
)
# Above this a model_max_length means "none" (transformers writes 1e30).
LARGE_LENGTH = 10**20

# When no file states the roles: tokens that have had one meaning wherever they occur, in order of preference.
_CONVENTIONS = {
    "bos_token": ("<s>", "<|begin_of_text|>", "<|startoftext|>", "<bos>", "<|endoftext|>"),
    "eos_token": ("</s>", "<|end_of_text|>", "<eos>", "<|endoftext|>"),
    "unk_token": ("<unk>", "[UNK]"),
    "sep_token": ("[SEP]",),
    "pad_token": ("<pad>", "[PAD]"),
    "cls_token": ("[CLS]",),
    "mask_token": ("<mask>", "[MASK]"),
}


@dataclass
class PretrainedConfig:
    """What the files beside a vocabulary say.

    special: role -> token. extra_special: further special tokens. to_add: tokens the vocabulary must hold.
    chat_template: one template, or several by name.
    """

    values: dict[str, Any] = field(default_factory=dict)
    special: dict[str, AddedToken] = field(default_factory=dict)
    extra_special: list[AddedToken] = field(default_factory=list)
    to_add: list[AddedToken] = field(default_factory=list)
    chat_template: str | dict[str, str] | None = None

    @property
    def model_max_length(self) -> int | None:
        """The model's limit in tokens; None when no file states one."""
        value = self.values.get("model_max_length")
        if not isinstance(value, int | float) or isinstance(value, bool) or value > LARGE_LENGTH:
            return None
        return int(value)


def _parse(data: bytes, name: str) -> Any:
    try:
        return json.loads(data)
    except (ValueError, RecursionError) as error:
        raise FormatError(message(f"read {name}", "JSON", str(error))) from error


def _object(files: Mapping[str, bytes], name: str) -> dict[str, Any]:
    if name not in files:
        return {}
    value = _parse(files[name], name)
    if not isinstance(value, dict):
        raise FormatError(message(f"read {name}", "a JSON object", type(value).__name__))
    return value


def _templates(value: Any, name: str) -> str | dict[str, str] | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, list):
        try:
            return {entry["name"]: entry["template"] for entry in value}
        except (TypeError, KeyError) as error:
            raise FormatError(message(f"read {name}", "templates with name and template", repr(error))) from error
    if isinstance(value, dict) and all(isinstance(v, str) for v in value.values()):
        return value
    raise FormatError(message(f"read {name}", "chat_template text or list", type(value).__name__))


def _utf8(data: bytes, name: str) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise FormatError(
            message(f"read {name}", "UTF-8", f"byte {data[error.start]:#04x} at {error.start}")
        ) from error


def _chat_template(files: Mapping[str, bytes], config: dict[str, Any]) -> str | dict[str, str] | None:
    named = {
        name.rsplit("/", 1)[-1].removesuffix(".jinja"): _utf8(data, name)
        for name, data in files.items()
        if name.startswith("additional_chat_templates/") and name.endswith(".jinja")
    }
    if "chat_template.jinja" in files:
        default = _utf8(files["chat_template.jinja"], "chat_template.jinja")
        return {"default": default, **named} if named else default
    template = _templates(config.get("chat_template"), "tokenizer_config.json")
    if template is None and "chat_template.json" in files:
        template = _templates(_object(files, "chat_template.json").get("chat_template"), "chat_template.json")
    if named:
        first = {"default": template} if isinstance(template, str) else template or {}
        return {**first, **named}
    return template


def read_config(files: Mapping[str, bytes]) -> PretrainedConfig:
    """From the contents of CONFIG_FILES that are there (special_tokens_map.json fills what the config leaves open)."""
    values = _object(files, "tokenizer_config.json")
    fallback = _object(files, "special_tokens_map.json")
    config = PretrainedConfig(values=values, chat_template=_chat_template(files, values))
    for role in ROLES:
        value = values.get(role, fallback.get(role))
        if value:
            config.special[role] = AddedToken.of(value, special=True)
    for key in ("additional_special_tokens", "extra_special_tokens"):
        extra = values.get(key, fallback.get(key))
        if isinstance(extra, dict):
            # Model-specific roles: {"image_token": "<image>"}.
            config.special |= {str(k): AddedToken.of(v, special=True) for k, v in extra.items()}
        elif isinstance(extra, list):
            config.extra_special += [AddedToken.of(value, special=True) for value in extra]
    decoder = values.get("added_tokens_decoder")
    if isinstance(decoder, dict):
        try:
            ordered = sorted(decoder.items(), key=lambda item: int(item[0]))
        except ValueError as error:
            raise FormatError(
                message("read tokenizer_config.json", "ids in added_tokens_decoder", str(error))
            ) from error
        config.to_add = [AddedToken.of(value) for _, value in ordered]
    else:
        added = _object(files, "added_tokens.json")
        config.to_add = [AddedToken(token) for token, _ in sorted(added.items(), key=lambda item: item[1])]
    return config


def conventional_roles(added: Mapping[str, bool]) -> dict[str, str]:
    """Roles by convention among the added tokens (text -> special): used when no file states any."""
    return {
        role: next(token for token in tokens if added.get(token))
        for role, tokens in _CONVENTIONS.items()
        if any(added.get(token) for token in tokens)
    }
