"""Special tokens of a Tokenizer: roles (bos_token, ...), ids, and adding tokens."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ..errors import ArgumentError, message
from ..types import AddedToken
from .pretrained_config import ROLES, PretrainedConfig, conventional_roles

__all__ = ["SpecialTokens"]


def _role(name: str) -> Any:
    def get(self: SpecialTokens) -> str | None:
        return self._roles.get(name)

    def set(self: SpecialTokens, value: str | AddedToken | None) -> None:
        self._set_role(name, value)

    return property(get, set, doc=f"The token with the role {name}, or None; assign a text to change it.")


def _role_id(name: str) -> Any:
    def get(self: SpecialTokens) -> int | None:
        token = self._roles.get(name)
        return None if token is None else self._core.token_to_id(token)

    return property(get, doc=f"Id of the token with the role {name}, or None.")


class SpecialTokens:
    """Mixed into Tokenizer, which owns ``_core``."""

    _core: Any
    _roles: dict[str, str]
    _extra_special: list[str]
    _states_special: bool

    bos_token = _role("bos_token")
    eos_token = _role("eos_token")
    unk_token = _role("unk_token")
    sep_token = _role("sep_token")
    pad_token = _role("pad_token")
    cls_token = _role("cls_token")
    mask_token = _role("mask_token")
    bos_token_id = _role_id("bos_token")
    eos_token_id = _role_id("eos_token")
    unk_token_id = _role_id("unk_token")
    sep_token_id = _role_id("sep_token")
    pad_token_id = _role_id("pad_token")
    cls_token_id = _role_id("cls_token")
    mask_token_id = _role_id("mask_token")

    def _init_special(self, config: PretrainedConfig) -> None:
        present = {token.content: token.special for _, token in self._added_list()}
        missing = [t for t in config.to_add if t.content not in present]
        for token in (*config.special.values(), *config.extra_special):
            if token.content not in present and all(token.content != m.content for m in missing):
                missing.append(AddedToken(token.content, token.single_word, token.lstrip, token.rstrip, None, True))
        if missing:
            self._core, _ = self._core.with_added([token.as_tuple() for token in missing])
        self._roles = {role: token.content for role, token in config.special.items()}
        self._extra_special = [token.content for token in config.extra_special]
        self._states_special = bool(config.special or config.extra_special or any(t.special for t in config.to_add))
        if not self._roles:
            self._roles = conventional_roles(self._conventional_candidates(present))

    def _conventional_candidates(self, present: dict[str, bool]) -> dict[str, bool]:
        # The unknown piece of SentencePiece is an entry of the model, not an added token.
        unknown = self._core.format == "sentencepiece" and self._core.token_to_id("<unk>") is not None
        return {**present, "<unk>": True} if unknown else present

    def _added_list(self) -> list[tuple[int, AddedToken]]:
        return [(row[0], AddedToken(*row[1:])) for row in self._core.added_tokens()]

    def _replace_core(self, core: Any) -> None:
        self._core = core

    def _set_role(self, role: str, value: str | AddedToken | None) -> None:
        if value is None:
            self._roles.pop(role, None)
            return
        token = AddedToken.of(value, special=True)
        known = self._core.token_to_id(token.content) is not None
        if not known:
            self.add_special_tokens([token])
        self._roles[role] = token.content

    @property
    def _default_special(self) -> str:
        """The policy of callers that state none. Special tokens somebody stated or added are meant to be found."""
        return "allow" if self._states_special else str(self._core.default_special)

    # ---- views ----
    @property
    def special_tokens(self) -> dict[str, str]:
        """Role -> token."""
        return dict(self._roles)

    @property
    def special_tokens_map(self) -> dict[str, str]:
        """Role -> token, transformers' name."""
        return {role: self._roles[role] for role in ROLES if role in self._roles}

    @property
    def all_special_tokens(self) -> list[str]:
        """Every special token: those with a role, then the others in order of id."""
        marked = [token.content for _, token in self._added_list() if token.special]
        return list(dict.fromkeys([*self._roles.values(), *self._extra_special, *marked]))

    @property
    def all_special_ids(self) -> list[int]:
        """Ids of ``all_special_tokens``."""
        ids = (self._core.token_to_id(token) for token in self.all_special_tokens)
        return [id for id in ids if id is not None]

    @property
    def added_tokens(self) -> dict[int, AddedToken]:
        """Id -> added token, in order of id."""
        return dict(self._added_list())

    added_tokens_decoder = added_tokens

    @property
    def added_tokens_encoder(self) -> dict[str, int]:
        """Text of an added token -> id."""
        return {token.content: id for id, token in self._added_list()}

    def get_added_vocab(self) -> dict[str, int]:
        """Text of an added token -> id."""
        return self.added_tokens_encoder

    # ---- changes ----
    def _add(self, tokens: Iterable[AddedToken]) -> int:
        tokens = list(tokens)
        self._states_special = self._states_special or any(token.special for token in tokens)
        core, added = self._core.with_added([token.as_tuple() for token in tokens])
        self._replace_core(core)
        return int(added)

    def add_tokens(self, tokens: str | AddedToken | Iterable[Any], special_tokens: bool = False) -> int:
        """Adds tokens behind the vocabulary; those already there keep their id.

        tokens: one or many texts or AddedToken. One that is there with other properties takes the new ones.
        Returns how many tokens were taken, as tokenizers counts them.
        """
        if isinstance(tokens, (str, AddedToken)):
            tokens = [tokens]
        return self._add(AddedToken.of(token, special=special_tokens) for token in tokens)

    def add_special_tokens(self, tokens: Mapping[str, Any] | Iterable[Any]) -> int:
        """Adds special tokens: a list, or roles -> tokens ({"pad_token": "[PAD]", "extra_special_tokens": [...]}).

        Returns how many tokens were taken, as tokenizers counts them.
        """
        if not isinstance(tokens, Mapping):
            return self._add(AddedToken.of(token, special=True) for token in tokens)
        new: list[AddedToken] = []
        for role, value in tokens.items():
            if role in ("additional_special_tokens", "extra_special_tokens"):
                extra = [AddedToken.of(token, special=True) for token in value]
                self._extra_special = list(dict.fromkeys([*self._extra_special, *(t.content for t in extra)]))
                new += extra
            elif role in ROLES or role.endswith("_token"):
                token = AddedToken.of(value, special=True)
                self._roles[role] = token.content
                new.append(token)
            else:
                raise ArgumentError(message("add_special_tokens", f"roles such as {', '.join(ROLES)}", repr(role)))
        return self._add(new)
