"""A conversation shown step by step says what apply_chat_template does; templates from outside cannot hold a process up."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest

import tokenspace as ts
from tests.patience import patience
from tests.unit.chat_samples import CHATML, LLAMA3
from tokenspace.errors import ArgumentError, ChatTemplateError, LimitError
from tokenspace.tokenizers import chat_template
from tokenspace.tokenizers.chat_process import TemplateProcess
from tokenspace.tokenizers.chat_rendering import render_conversation
from tokenspace.tokenizers.chat_shapes import SHAPES, ChatShape

CHAT: list[dict[str, Any]] = [
    {"role": "system", "content": "Answer briefly."},
    {"role": "user", "content": "How are you? 你好🎵"},
    {"role": "assistant", "content": "Fine."},
    {"role": "user", "content": "And now?"},
]
TOOL = {"type": "function", "function": {"name": "weather", "parameters": {"type": "object", "properties": {}}}}


@pytest.fixture(scope="module")
def tok() -> ts.Tokenizer:
    return ts.Tokenizer.from_pretrained("tokenspace/bpe")


@pytest.fixture(scope="module")
def process() -> Iterator[TemplateProcess]:
    made = TemplateProcess(seconds=1.0, mebibytes=400, characters=1_000_000)
    yield made
    made.close()


@pytest.mark.parametrize("template", [CHATML, LLAMA3, *(shape.template for shape in SHAPES)])
@pytest.mark.parametrize("prompt", [False, True])
def test_same_as_apply_chat_template(tok: ts.Tokenizer, template: str, prompt: bool) -> None:
    chat = CHAT[1:] if "start_of_turn" in template else CHAT
    found = render_conversation(tok, chat, template, add_generation_prompt=prompt)
    options: dict[str, Any] = {"chat_template": template, "add_generation_prompt": prompt}
    assert found.text == tok.apply_chat_template(chat, tokenize=False, **options)
    assert found.encoding.ids == tok.apply_chat_template(chat, **options)
    if chat_template.has_generation(template):
        out = tok.apply_chat_template(chat, return_dict=True, return_assistant_tokens_mask=True, **options)
        assert found.mask == out["assistant_masks"]
        assert found.generation is not None
        assert "Fine." in found.text[slice(*found.generation[0])]
    else:
        assert found.mask is None


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.name)
def test_shapes_with_their_marks(tok: ts.Tokenizer, shape: ChatShape) -> None:
    chat = [message for message in CHAT if message["role"] in shape.roles]
    plain = render_conversation(tok, chat, shape.template, marks=shape.marks)
    added = render_conversation(tok, chat, shape.template, marks=shape.marks, add_marks=True)
    assert plain.text == added.text
    assert all(mark in shape.marks and cost > 1 for mark, cost in plain.unmarked.items())
    assert not added.unmarked
    specials = [token for token, special in zip(added.encoding.tokens, added.special, strict=True) if special]
    assert set(specials) >= set(plain.unmarked)
    assert len(added.encoding) <= len(plain.encoding)
    assert tok.encode("<|im_start|>").ids == ts.Tokenizer.from_pretrained("tokenspace/bpe").encode("<|im_start|>").ids


def test_tools_and_calls(tok: ts.Tokenizer) -> None:
    chat = [
        *CHAT,
        {"role": "assistant", "tool_calls": [{"function": {"name": "weather", "arguments": {"place": "Łódź"}}}]},
        {"role": "tool", "content": "rain"},
    ]
    for shape in SHAPES[:2]:
        found = render_conversation(tok, chat, shape.template, tools=[TOOL])
        assert '"parameters"' in found.text
        assert "Łódź" in found.text
        assert found.text.count("Answer briefly.") == 1


def test_errors_say_the_line(tok: ts.Tokenizer) -> None:
    for template, line, said in (
        ("a\nb\n{% if %}", 3, "valid Jinja"),
        ("a\n{{ messages[0].nothing.more }}", 2, "UndefinedError"),
        ("a\n\n\n{{ 1 / 0 }}", 4, "ZeroDivisionError"),
        ("{# #}\n{{ raise_exception('no such role') }}", 2, "no such role"),
    ):
        with pytest.raises(ChatTemplateError, match=said) as caught:
            render_conversation(tok, CHAT, template)
        assert caught.value.line == line
    instructions = next(shape for shape in SHAPES if shape.name == "instructions")
    with pytest.raises(ChatTemplateError, match="message 2 is of user"):
        render_conversation(tok, [CHAT[1], CHAT[1]], instructions.template)
    with pytest.raises(ArgumentError, match="a template in"):
        render_conversation(tok, CHAT)


def test_a_process_renders_the_same(tok: ts.Tokenizer, process: TemplateProcess) -> None:
    for template in (CHATML, *(shape.template for shape in SHAPES[:3])):
        here = render_conversation(tok, CHAT, template, tools=[TOOL])
        there = render_conversation(tok, CHAT, template, tools=[TOOL], renderer=process)
        assert (here.text, here.mask, here.generation) == (there.text, there.mask, there.generation)
    with pytest.raises(ChatTemplateError, match="division") as caught:
        render_conversation(tok, CHAT, "\n{{ 1 / 0 }}", renderer=process)
    assert caught.value.line == 2
    assert render_conversation(
        tok, [{"role": "user", "content": "\ud800"}], "{{ messages[0].content }}", renderer=process
    )


HOSTILE = {
    "loops": "{% for i in range(100000) %}{% for j in range(100000) %}{% set x = 1 %}{% endfor %}{% endfor %}",
    "memory": "{{ 'a' * 10000000000 }}",
    "width": "{{ '%09999999999d' % 3 }}",
    "long": "{{ 'a' * 2000000 }}",
    "growing": "{% set n = namespace(x='ab') %}{% for i in range(60) %}{% set n.x = n.x + n.x %}{% endfor %}",
    "nested": "{{" + "(" * 5000 + "1" + ")" * 5000 + "}}",
    "blocks": "{% for i in range(2) %}" * 30 + "x" + "{% endfor %}" * 30,
    "escape": "{{ ''.__class__.__mro__[1].__subclasses__() }}",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_templates_end(process: TemplateProcess, name: str) -> None:
    before = time.monotonic()
    with pytest.raises((ChatTemplateError, LimitError)):
        process(HOSTILE[name], [{"role": "user", "content": "x"}], False, {})
    assert time.monotonic() - before < patience(15)
    assert process("{{ messages[0].content }}", [{"role": "user", "content": "x"}], False, {}) == ("x", [])
