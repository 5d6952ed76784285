"""The chat template: messages -> the exact string -> tokens."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from pydantic import Field, JsonValue

from ....errors import ChatTemplateError
from ....tokenizers.chat_process import BusyError
from ....tokenizers.chat_rendering import ChatRendering, render_conversation
from ....tokenizers.chat_shapes import SHAPES
from ....tokenizers.positions import Positions
from ...contracts import Contract, ModelName
from ...faults import StudioError
from ...state import StudioDep

__all__ = ["router"]

MOST_TOKENS = 50_000

router = APIRouter(prefix="/chat")

ShortText = Annotated[str, Field(max_length=1000)]
Mark = Annotated[str, Field(min_length=1, max_length=200)]
VariableName = Annotated[str, Field(max_length=64)]


class ShapeView(Contract):
    """A template to begin with."""

    name: str
    title: str
    template: str
    marks: list[str]
    roles: list[str]


class TemplatesView(Contract):
    """Templates of a tokenizer by name (none: the tokenizer has no template), its special tokens by role, and the shapes."""

    templates: dict[str, str]
    special_tokens: dict[str, str]
    shapes: list[ShapeView]


class ToolCallFunction(Contract):
    """What a tool call calls."""

    name: ShortText
    arguments: JsonValue = None


class ToolCall(Contract):
    """A call of a tool in an assistant's message."""

    id: ShortText | None = None
    type: Literal["function"] = "function"
    function: ToolCallFunction


class ChatMessage(Contract):
    """A message. Fields that are null are not given to the template."""

    role: Annotated[str, Field(min_length=1, max_length=64)]
    content: Annotated[str, Field(max_length=200_000)] | None = None
    reasoning_content: Annotated[str, Field(max_length=200_000)] | None = None
    tool_calls: Annotated[list[ToolCall], Field(max_length=50)] | None = None
    tool_call_id: ShortText | None = None
    name: ShortText | None = None


class ChatRequest(Contract):
    """A conversation. Without ``template`` the tokenizer's own; ``marks`` are texts meant to be special tokens."""

    tokenizer: ModelName
    messages: Annotated[list[ChatMessage], Field(min_length=1, max_length=200)]
    template: Annotated[str, Field(max_length=200_000)] | None = None
    tools: Annotated[list[dict[str, JsonValue]], Field(max_length=100)] | None = None
    add_generation_prompt: bool = True
    continue_final_message: bool = False
    marks: Annotated[list[Mark], Field(max_length=100)] = Field(default_factory=list)
    add_marks: bool = False
    variables: Annotated[dict[VariableName, JsonValue], Field(max_length=50)] = Field(default_factory=dict)


class ChatTextView(Contract):
    """The string and its tokens in parallel lists (the first 50,000); places in UTF-16 units. ``mask`` is 1 for what the
    assistant wrote; with ``generation`` it is null for templates that do not say."""

    text: str
    n_tokens: int
    ids: list[int]
    tokens: list[str]
    utf16_starts: list[int]
    utf16_ends: list[int]
    special: list[bool]
    mask: list[int] | None
    generation: list[tuple[int, int]] | None
    unmarked: dict[str, int]


class ProblemView(Contract):
    """Why the template gives no string; ``line`` counts its lines from 1."""

    message: str
    line: int | None


class ChatView(Contract):
    """One of the two."""

    chat: ChatTextView | None
    problem: ProblemView | None


@router.get("/templates")
def chat_templates(studio: StudioDep, tokenizer: Annotated[ModelName, Query()]) -> TemplatesView:
    """The chat templates of a tokenizer, and templates to begin with."""
    found = studio.tokenizer(tokenizer)
    own = found.chat_template
    shapes = [
        ShapeView(name=one.name, title=one.title, template=one.template, marks=list(one.marks), roles=list(one.roles))
        for one in SHAPES
    ]
    return TemplatesView(
        templates=own if isinstance(own, dict) else {"default": own} if own else {},
        special_tokens=found.special_tokens,
        shapes=shapes,
    )


def _view(found: ChatRendering) -> ChatTextView:
    places = Positions(found.text)
    encoding = found.encoding
    spans = encoding.offsets[:MOST_TOKENS]
    generation = places.utf16(found.generation).reshape(-1, 2).tolist() if found.generation else []
    return ChatTextView(
        text=places.text,
        n_tokens=len(encoding),
        ids=encoding.ids[:MOST_TOKENS],
        tokens=encoding.tokens[:MOST_TOKENS],
        utf16_starts=places.utf16([start for start, _ in spans]).tolist(),
        utf16_ends=places.utf16([end for _, end in spans]).tolist(),
        special=found.special[:MOST_TOKENS],
        mask=None if found.mask is None else found.mask[:MOST_TOKENS],
        generation=None if found.generation is None else [(start, end) for start, end in generation],
        unmarked=found.unmarked,
    )


@router.post("")
def render_chat(studio: StudioDep, request: ChatRequest) -> ChatView:
    """The exact string of a conversation and its tokens. A template that fails is an answer too: the line and why."""
    messages: list[dict[str, Any]] = [message.model_dump(exclude_none=True) for message in request.messages]
    try:
        found = render_conversation(
            studio.tokenizer(request.tokenizer),
            messages,
            request.template,
            tools=request.tools,
            add_generation_prompt=request.add_generation_prompt and not request.continue_final_message,
            continue_final_message=request.continue_final_message,
            marks=request.marks,
            add_marks=request.add_marks,
            variables=request.variables,
            renderer=studio.templates,
        )
    except ChatTemplateError as error:
        return ChatView(chat=None, problem=ProblemView(message=str(error), line=error.line))
    except BusyError as error:
        raise StudioError(429, str(error), retry_after=5) from error
    return ChatView(chat=_view(found), problem=None)
