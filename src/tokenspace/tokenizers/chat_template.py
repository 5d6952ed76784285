"""Chat templates: messages -> the text a model expects -> ids."""

from __future__ import annotations

import dataclasses
import inspect
import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from ..errors import ArgumentError, ChatTemplateError, message

if TYPE_CHECKING:
    from .encoding import Encoding
    from .tokenizer import Tokenizer

__all__ = ["apply", "assistant_mask_of", "has_generation", "render", "rendered"]

# Names a message's reasoning goes by; templates read the first, or "thinking".
_REASONING = ("reasoning_content", "thinking", "reasoning")
_TAG = "CONTINUE_FINAL_MESSAGE_TAG "
_HAS_GENERATION = re.compile(r"\{%-?\s*generation\s*-?%\}")


def _plain(value: Any) -> Any:
    """Plain JSON data: templates come from outside and must not see objects with methods of their own."""
    if value is None or type(value) in (str, int, float, bool):
        return value
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, int):
        return int.__int__(value)
    if isinstance(value, float):
        return float.__float__(value)
    if isinstance(value, Mapping):
        return {_plain(k): _plain(v) for k, v in value.items()}
    if isinstance(value, list):
        return [_plain(v) for v in value]
    if isinstance(value, tuple):
        return tuple(_plain(v) for v in value)
    if type(value).__module__ == "numpy" and hasattr(value, "item") and getattr(value, "ndim", 1) == 0:
        return _plain(value.item())
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: _plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if callable(getattr(value, "model_dump", None)):
        return _plain(value.model_dump())
    return f"<{type(value).__name__}>"


def _tools(tools: list[Any] | None) -> list[Any] | None:
    if tools is None:
        return None
    from .tool_schema import tool_schema

    out = []
    for tool in tools:
        if isinstance(tool, Mapping):
            out.append(tool)
        elif inspect.isfunction(tool) or inspect.ismethod(tool):
            out.append(tool_schema(tool))
        else:
            raise ArgumentError(message("tools", "JSON schemas or documented functions", type(tool).__name__))
    return out


def _messages(conversation: Any) -> list[dict[str, Any]]:
    chat = getattr(conversation, "messages", conversation)
    out = []
    for given in chat:
        entry = _plain(given)
        if not isinstance(entry, dict):
            raise ArgumentError(message("conversation", "messages with role and content", type(given).__name__))
        # APIs write content=None or tool_calls=None; templates expect the key to be absent.
        entry = {k: v for k, v in entry.items() if v is not None}
        reasoning = next((entry[key] for key in _REASONING if key in entry), None)
        if reasoning is not None:
            entry = {"thinking": reasoning, **entry, "reasoning_content": reasoning}
        out.append(entry)
    return out


def _open_last(chat: list[dict[str, Any]], field: str, template: str) -> str:
    """Marks the end of the last message's text; returns that text."""
    if not chat:
        raise ArgumentError(message("continue_final_message", "a conversation", "an empty one"))
    text = chat[-1].get(field)
    if text is None:
        raise ArgumentError(message("continue_final_message", f"{field!r} in the last message", "none"))
    fields = [field]
    if field in _REASONING:
        fields = [name for name in _REASONING if chat[-1].get(name) == text]
    if not any(name in template for name in fields):
        raise ArgumentError(message("continue_final_message", f"a template that reads {field!r}", "one that does not"))
    if isinstance(text, (list, tuple)):
        for block in reversed(text):
            if "text" in block:
                last = str(block["text"])
                block["text"] = last + _TAG
                return last
        raise ArgumentError(message("continue_final_message", "text in the last message", "none"))
    for name in fields:
        chat[-1][name] = chat[-1][name] + _TAG
    return str(text)


def _cut_open(rendered: str, last: str) -> str:
    tag = _TAG.strip()
    if last.strip() not in rendered or tag not in rendered:
        raise ArgumentError(
            message("continue_final_message", "the last message in the rendered text", "a template that changes it")
        )
    at = rendered.rindex(tag)
    if rendered[at : at + len(_TAG)] == _TAG:
        return rendered[:at]
    # The template strips messages, so what stood before the mark would have been stripped too.
    return rendered[:at].rstrip()


Spans = list[tuple[int, int]]
Renderer = Callable[[str, list[dict[str, Any]], bool, dict[str, Any]], tuple[str, Spans]]


def has_generation(template: str) -> bool:
    """Whether the template marks what the assistant writes, by ``{% generation %}`` blocks."""
    return _HAS_GENERATION.search(template) is not None


def render(template: str, chat: list[dict[str, Any]], marked: bool, variables: dict[str, Any]) -> tuple[str, Spans]:
    """The text of messages, and the code points of its generation blocks when ``marked`` (else none).

    Raises:
        ChatTemplateError: no valid Jinja, or a template that fails on these messages.
    """
    import jinja2

    from .chat_environment import beyond_bounds, compile_template, line_of

    compiled = compile_template(template, fresh=marked)
    try:
        if marked:
            return compiled.render_marked(messages=chat, **variables)
        return compiled.render(messages=chat, **variables), []
    except (RecursionError, MemoryError) as error:
        raise beyond_bounds(error, line_of(error)) from error
    except (
        jinja2.exceptions.TemplateError, TypeError, KeyError, ValueError, ArithmeticError, AttributeError, LookupError,
    ) as error:  # fmt: skip
        line = line_of(error)
        said = f"{type(error).__name__}: {error}" + (f" in line {line}" if line else "")
        raise ChatTemplateError(message("chat template", "messages it accepts", said), line) from error


def _is_batch(conversation: Any) -> bool:
    if not isinstance(conversation, (list, tuple)):
        return False
    if not conversation:
        raise ArgumentError(message("apply_chat_template", "at least one message", "an empty conversation"))
    return isinstance(conversation[0], (list, tuple)) or hasattr(conversation[0], "messages")


def assistant_mask_of(encoding: Encoding, spans: Spans) -> list[int]:
    """1 for the tokens of the generation blocks of an encoded conversation, 0 for the others."""
    mask = [0] * len(encoding)
    for begin, end in spans:
        first = encoding.char_to_token(begin)
        if first is None:
            break  # cut off by truncation
        last = encoding.char_to_token(end - 1)
        stop = last + 1 if last else len(mask)
        mask[first:stop] = [1] * max(0, stop - first)
    return mask


def rendered(
    tok: Tokenizer,
    conversation: Any,
    template: str,
    tools: list[dict[str, Any] | Callable[..., Any]] | None,
    documents: list[dict[str, Any]] | None,
    add_generation_prompt: bool,
    continue_final_message: bool | str,
    marked: bool,
    variables: dict[str, Any],
    renderer: Renderer = render,
) -> tuple[str, Spans]:
    """The text of one conversation and the code points of its generation blocks (none unless ``marked``)."""
    for document in documents or ():
        if not isinstance(document, Mapping):
            raise ArgumentError(message("documents", "dicts with title and text", type(document).__name__))
    shared = _plain({**tok.special_tokens_map, **variables})
    shared |= {
        "tools": _plain(_tools(tools)),
        "documents": _plain(documents),
        "add_generation_prompt": add_generation_prompt,
    }
    chat = _messages(conversation)
    if not continue_final_message:
        return renderer(template, chat, marked, shared)
    field = continue_final_message if isinstance(continue_final_message, str) else "content"
    last = _open_last(chat, field, template)
    text, spans = renderer(template, chat, marked, shared)
    return _cut_open(text, last), spans


def apply(
    tok: Tokenizer,
    conversation: Any,
    template: str,
    tools: list[dict[str, Any] | Callable[..., Any]] | None,
    documents: list[dict[str, Any]] | None,
    add_generation_prompt: bool,
    continue_final_message: bool | str,
    tokenize: bool,
    call_options: dict[str, Any],
    return_dict: bool,
    assistant_mask: bool,
    variables: dict[str, Any],
) -> Any:
    """See Tokenizer.apply_chat_template."""
    if assistant_mask and not (return_dict and tokenize):
        raise ArgumentError(message("return_assistant_tokens_mask", "return_dict=True and tokenize=True", "neither"))
    if continue_final_message and (add_generation_prompt or assistant_mask):
        other = "add_generation_prompt" if add_generation_prompt else "return_assistant_tokens_mask"
        raise ArgumentError(message("continue_final_message", f"no {other}", "both"))
    if assistant_mask and not has_generation(template):
        raise ArgumentError(
            message("return_assistant_tokens_mask", "a template with {% generation %} blocks", "one without")
        )
    batched = _is_batch(conversation)
    texts: list[str] = []
    spans: list[Spans] = []
    for one in conversation if batched else [conversation]:
        text, found = rendered(
            tok,
            one,
            template,
            tools,
            documents,
            add_generation_prompt,
            continue_final_message,
            assistant_mask,
            variables,
        )
        texts.append(text)
        spans.append(found)
    if not tokenize:
        return texts if batched else texts[0]
    tensors = call_options.pop("return_tensors", None) if assistant_mask else None
    out = tok(texts if batched else texts[0], add_special_tokens=False, **call_options)
    if assistant_mask:
        masks = [assistant_mask_of(encoding, row) for encoding, row in zip(out.encodings or (), spans, strict=True)]
        if tensors is not None and not batched:
            out = type(out)({name: [value] for name, value in out.items()}, out.encodings, True)
        out["assistant_masks"] = masks if batched or tensors is not None else masks[0]
        out.convert_to_tensors(tensors)
    return out if return_dict else out["input_ids"]
