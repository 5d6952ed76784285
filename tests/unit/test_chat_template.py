"""Chat templates: verified strings, the sandbox, masks; parity with transformers when it is installed."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

import tokenspace as ts
from tokenspace.errors import ArgumentError, ChatTemplateError
from tokenspace.tokenizers.tool_schema import tool_schema

from .chat_samples import CHATML, CONVERSATIONS, GEMMA, LLAMA3, MASKED, MISTRAL, OPTIONS, TALK, TEMPLATES, get_weather


@pytest.fixture(scope="module")
def tok() -> ts.Tokenizer:
    return ts.Tokenizer.from_pretrained("tokenspace/bpe")


def render(tok: ts.Tokenizer, conversation: Any, template: str, **options: Any) -> str:
    text = tok.apply_chat_template(conversation, chat_template=template, tokenize=False, **options)
    assert isinstance(text, str)
    return text


def test_styles(tok: ts.Tokenizer) -> None:
    assert render(tok, TALK[:1], LLAMA3, bos_token="<B>", add_generation_prompt=True) == (
        "<B><|start_header_id|>user<|end_header_id|>\n\nHi there!<|eot_id|>"
        "<|start_header_id|>assistant<|end_header_id|>\n\n"
    )
    assert render(tok, TALK[:1], MISTRAL, bos_token="<s>") == "<s>[INST]   Hi there!  [/INST]"
    assert render(tok, TALK[:1], GEMMA, bos_token="") == "<start_of_turn>user\nHi there!<end_of_turn>\n"
    assert render(tok, TALK, CHATML).startswith(
        "<|im_start|>user\n  Hi there! <|im_end|>\n<|im_start|>assistant\nHello é"
    )


def test_refusals(tok: ts.Tokenizer) -> None:
    with pytest.raises(ArgumentError, match="must alternate"):
        render(tok, TALK[:1] * 2, MISTRAL)
    with pytest.raises(ArgumentError, match="Jinja"):
        render(tok, TALK, "{% if %}")
    with pytest.raises(ArgumentError, match="empty"):
        render(tok, [], CHATML)
    with pytest.raises(ArgumentError):
        tok.apply_chat_template(TALK, chat_template=CHATML, add_generation_prompt=True, continue_final_message=True)


@pytest.mark.parametrize(
    "attack",
    [
        "{{ ''.__class__.__mro__ }}",
        "{{ messages.append({}) }}",
        "{% set ns = namespace() %}{% set ns.__class__ = 1 %}",
        "{{ raise_exception.__globals__ }}",
        "{{ dict.__base__ }}",
    ],
)
def test_sandbox(tok: ts.Tokenizer, attack: str) -> None:
    try:
        text = render(tok, TALK, attack)
    except ArgumentError:
        return
    assert text == ""


def test_continue_final_message(tok: ts.Tokenizer) -> None:
    talk = [*TALK[:1], {"role": "assistant", "content": "So far"}]
    text = render(tok, talk, CHATML, continue_final_message=True)
    assert text.endswith("<|im_start|>assistant\nSo far")


def test_ids_are_those_of_the_text(tok: ts.Tokenizer) -> None:
    text = render(tok, TALK, CHATML)
    ids = tok.apply_chat_template(TALK, chat_template=CHATML)
    assert ids == tok.encode(text, add_special_tokens=False).ids
    assert tok.token_to_id("<|im_start|>") in ids
    many = tok.apply_chat_template([TALK, TALK[:1]], chat_template=CHATML)
    assert many[0] == ids
    inputs = tok.apply_chat_template(TALK, chat_template=CHATML, return_dict=True, return_tensors="np")
    assert inputs["input_ids"].shape == (1, len(ids))


def test_assistant_mask(tok: ts.Tokenizer) -> None:
    out = tok.apply_chat_template(TALK, chat_template=MASKED, return_dict=True, return_assistant_tokens_mask=True)
    kept = [id for id, mask in zip(out["input_ids"], out["assistant_masks"], strict=True) if mask]
    assert tok.decode(kept, skip_special_tokens=False).startswith("Hello é 你好")
    with pytest.raises(ArgumentError):
        tok.apply_chat_template(TALK, chat_template=CHATML, return_dict=True, return_assistant_tokens_mask=True)


def test_named_templates() -> None:
    tok = ts.Tokenizer.from_pretrained("tokenspace/byte")
    with pytest.raises(ArgumentError, match="chat template"):
        tok.apply_chat_template(TALK)
    tok.chat_template = {"default": "d", "tool_use": "t", "other": "o"}
    assert tok.apply_chat_template(TALK, tokenize=False) == "d"
    assert tok.apply_chat_template(TALK, tools=[get_weather], tokenize=False) == "t"
    assert tok.apply_chat_template(TALK, chat_template="other", tokenize=False) == "o"


def test_tool_schema() -> None:
    schema = tool_schema(get_weather)["function"]
    assert schema["description"] == "Weather of a city.\n\nIt looks at the sky."
    properties = schema["parameters"]["properties"]
    assert properties["city"] == {"type": "string", "description": "The city, for example Paris or Berlin."}
    assert properties["unit"]["enum"] == ["celsius", "fahrenheit"]
    assert properties["days"] == {"type": "integer", "nullable": True, "description": "How many days: a number"}
    assert schema["parameters"]["required"] == ["city"]
    json.dumps(schema)

    def bare(x) -> None:  # type: ignore[no-untyped-def]
        """Nothing."""

    with pytest.raises(ArgumentError, match="type hint"):
        tool_schema(bare)


@pytest.mark.parity
@pytest.mark.parametrize("style", TEMPLATES)
def test_parity(tok: ts.Tokenizer, style: str) -> None:
    transformers = pytest.importorskip("transformers")
    from tokenizers import Tokenizer as Reference

    peer = transformers.PreTrainedTokenizerFast(
        tokenizer_object=Reference.from_str(tok.to_json()), **tok.special_tokens_map
    )
    for conversation in CONVERSATIONS.values():
        for options in OPTIONS:
            try:
                expected = peer.apply_chat_template(
                    conversation, chat_template=TEMPLATES[style], tokenize=False, **options
                )
            except Exception:
                with pytest.raises(ArgumentError):
                    render(tok, conversation, TEMPLATES[style], **options)
            else:
                assert render(tok, conversation, TEMPLATES[style], **options) == expected


@pytest.mark.parametrize(
    ("template", "said"),
    [
        ("{% for a in range(100000) %}{{ 'x' * 100000000000000000 }}{% endfor %}", "that fits in memory"),
        ("{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}", "that ends"),
        ("{{ " + "(" * 3000 + "1" + ")" * 3000 + " }}", "that ends"),
    ],
)
def test_too_much_is_said_in_words(tok: ts.Tokenizer, template: str, said: str) -> None:
    with pytest.raises(ChatTemplateError) as caught:
        tok.apply_chat_template([{"role": "user", "content": "a"}], chat_template=template, tokenize=False)
    assert re.match(r"\[chat template\] expected a template .*, received one .*; try ", str(caught.value))
    assert said in str(caught.value)
