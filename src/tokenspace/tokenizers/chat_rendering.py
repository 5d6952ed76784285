"""A conversation as a model sees it, step by step: the exact string, its tokens, what is special, what the assistant wrote."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from . import chat_template
from .like import own_settings

if TYPE_CHECKING:
    from .encoding import Encoding
    from .tokenizer import Tokenizer

__all__ = ["ChatRendering", "render_conversation"]


@dataclass(frozen=True)
class ChatRendering:
    """What `render_conversation` found.

    Attributes:
        text: the exact string, as ``apply_chat_template(tokenize=False)`` gives it.
        encoding: its tokens, no special tokens added.
        special: for each token, whether it is a special or otherwise added token.
        generation: the stretches the assistant wrote, half-open in code points; None for a template that does not mark them.
        mask: for each token 1 where the assistant wrote it, else 0; None as above.
        unmarked: of the ``marks`` given, those that appear in the text and are no single token of the tokenizer, with the
            number of tokens each costs.
    """

    text: str
    encoding: Encoding
    special: list[bool]
    generation: list[tuple[int, int]] | None
    mask: list[int] | None
    unmarked: dict[str, int]


def render_conversation(
    tokenizer: Tokenizer,
    messages: Sequence[Mapping[str, Any]],
    template: str | None = None,
    tools: Sequence[Mapping[str, Any]] | None = None,
    documents: Sequence[Mapping[str, Any]] | None = None,
    add_generation_prompt: bool = False,
    continue_final_message: bool = False,
    marks: Sequence[str] = (),
    add_marks: bool = False,
    variables: Mapping[str, Any] | None = None,
    renderer: chat_template.Renderer = chat_template.render,
) -> ChatRendering:
    """Render one conversation and look at every part of it.

    Args:
        tokenizer: its ids, roles and, without ``template``, its chat template.
        messages, template, tools, documents, add_generation_prompt, continue_final_message: as of
            `Tokenizer.apply_chat_template`.
        marks: texts that are meant to be special tokens.
        add_marks: give those of them the tokenizer lacks ids of their own, behind its vocabulary; the tokenizer given is
            not changed.
        variables: further variables of the template.
        renderer: what renders; `chat_process.TemplateProcess` for templates from outside.

    Raises:
        ArgumentError: no template, wrong messages. ChatTemplateError: the template fails, with the line.
    """
    known = set(tokenizer.added_tokens_encoder) | set(tokenizer.all_special_tokens)
    if add_marks and (missing := [mark for mark in marks if mark not in known]):
        tokenizer = own_settings(tokenizer)
        tokenizer.add_special_tokens(missing)
        known |= set(missing)
    tokenizer = own_settings(tokenizer)
    tokenizer.no_truncation()
    tokenizer.no_padding()
    given: list[Any] | None = [dict(tool) for tool in tools] if tools else None
    chosen = tokenizer.get_chat_template(template, given)
    marked = chat_template.has_generation(chosen) and not continue_final_message
    text, spans = chat_template.rendered(
        tokenizer, list(messages), chosen, given, [dict(document) for document in documents or ()] or None,
        add_generation_prompt, continue_final_message, marked, dict(variables or {}), renderer,
    )  # fmt: skip
    encoding = tokenizer.encode(text, add_special_tokens=False)
    special_ids = set(tokenizer.all_special_ids) | set(tokenizer.added_tokens)
    return ChatRendering(
        text,
        encoding,
        [id in special_ids for id in encoding.ids],
        spans if marked else None,
        chat_template.assistant_mask_of(encoding, spans) if marked else None,
        {mark: tokenizer.count(mark, add_special_tokens=False) for mark in marks if mark in text and mark not in known},
    )
