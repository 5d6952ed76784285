"""Chat templates to begin with, where a tokenizer has none: the shapes that most published models follow.

They are written for this package and follow the layout of a family, not the text of any model's file. Each wraps what the
assistant writes in ``{% generation %}``, so that masks for training can be asked for.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["SHAPES", "ChatShape"]


@dataclass(frozen=True, slots=True)
class ChatShape:
    """A layout of conversations.

    Attributes:
        name: how it is called.
        title: whose layout it is, in a few words.
        template: Jinja.
        marks: what the template writes around messages; a model of the family has them as special tokens.
        roles: the roles it knows.
    """

    name: str
    title: str
    template: str
    marks: tuple[str, ...]
    roles: tuple[str, ...]


_CHATML = """\
{%- if tools %}
{{- '<|im_start|>system\\n' }}
{%- if messages[0].role == 'system' %}{{- messages[0].content + '\\n\\n' }}{% endif %}
{{- 'Functions you may call, one JSON schema a line:\\n' }}
{%- for tool in tools %}{{- tool | tojson + '\\n' }}{% endfor %}
{{- 'Call one with {"name": ..., "arguments": ...} between <tool_call> and </tool_call>.<|im_end|>\\n' }}
{%- endif %}
{%- for message in messages %}
{%- if message.role == 'system' and tools and loop.first %}{% continue %}{% endif %}
{{- '<|im_start|>' + message.role + '\\n' }}
{%- if message.role == 'assistant' %}
{%- generation %}
{{- message.content or '' }}
{%- for call in message.tool_calls or [] %}
{%- set function = call.function or call %}
{{- '\\n<tool_call>' + {'name': function.name, 'arguments': function.arguments} | tojson + '</tool_call>' }}
{%- endfor %}
{{- '<|im_end|>' }}
{%- endgeneration %}
{{- '\\n' }}
{%- else %}
{{- message.content + '<|im_end|>\\n' }}
{%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}{{- '<|im_start|>assistant\\n' }}{% endif %}
"""

_HEADERS = """\
{{- bos_token or '<|begin_of_text|>' }}
{%- for message in messages %}
{{- '<|start_header_id|>' + message.role + '<|end_header_id|>\\n\\n' }}
{%- if message.role == 'system' and tools and loop.first %}
{{- 'Functions you may call:\\n' + tools | tojson(indent=2) + '\\n\\n' }}
{%- endif %}
{%- if message.role == 'assistant' %}
{%- generation %}
{{- (message.content or '') | trim }}
{%- for call in message.tool_calls or [] %}{{- (call.function or call) | tojson }}{% endfor %}
{{- '<|eot_id|>' }}
{%- endgeneration %}
{%- else %}
{{- message.content | trim + '<|eot_id|>' }}
{%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}{{- '<|start_header_id|>assistant<|end_header_id|>\\n\\n' }}{% endif %}
"""

_INSTRUCTIONS = """\
{{- bos_token or '<s>' }}
{%- set ns = namespace(system='', turn='user') %}
{%- for message in messages %}
{%- if message.role == 'system' %}
{%- if not loop.first %}{{ raise_exception('the system message has to come first') }}{% endif %}
{%- set ns.system = message.content + '\\n\\n' %}
{%- elif message.role != ns.turn %}
{{- raise_exception('user and assistant take turns, user first; message ' ~ loop.index ~ ' is of ' ~ message.role) }}
{%- elif message.role == 'user' %}
{{- '[INST] ' + ns.system + message.content + ' [/INST]' }}
{%- set ns.system = '' %}
{%- set ns.turn = 'assistant' %}
{%- else %}
{%- generation %}{{- ' ' + message.content + (eos_token or '</s>') }}{%- endgeneration %}
{%- set ns.turn = 'user' %}
{%- endif %}
{%- endfor %}
"""

_TURNS = """\
{{- bos_token or '<bos>' }}
{%- for message in messages %}
{%- set role = 'model' if message.role == 'assistant' else message.role %}
{{- '<start_of_turn>' + role + '\\n' }}
{%- if role == 'model' %}
{%- generation %}{{- message.content | trim + '<end_of_turn>' }}{%- endgeneration %}
{{- '\\n' }}
{%- else %}
{{- message.content | trim + '<end_of_turn>\\n' }}
{%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}{{- '<start_of_turn>model\\n' }}{% endif %}
"""

_PLAIN = """\
{%- for message in messages %}
{%- if message.role == 'system' %}
{{- message.content + '\\n\\n' }}
{%- elif message.role == 'assistant' %}
{{- 'Assistant: ' }}{%- generation %}{{- message.content + '\\n' }}{%- endgeneration %}
{%- else %}
{{- message.role | capitalize + ': ' + message.content + '\\n' }}
{%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}{{- 'Assistant:' }}{% endif %}
"""

SHAPES: tuple[ChatShape, ...] = (
    ChatShape(
        "chatml", "ChatML: Qwen, Hermes, SmolLM and many others", _CHATML, ("<|im_start|>", "<|im_end|>"),
        ("system", "user", "assistant", "tool"),
    ),
    ChatShape(
        "headers", "Headers: Llama 3", _HEADERS,
        ("<|begin_of_text|>", "<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>"),
        ("system", "user", "assistant", "tool"),
    ),
    ChatShape(
        "instructions", "Instructions: Llama 2, Mistral", _INSTRUCTIONS, ("<s>", "</s>", "[INST]", "[/INST]"),
        ("system", "user", "assistant"),
    ),
    ChatShape(
        "turns", "Turns: Gemma", _TURNS, ("<bos>", "<start_of_turn>", "<end_of_turn>"), ("user", "assistant"),
    ),
    ChatShape("plain", "Plain words, no special tokens", _PLAIN, (), ("system", "user", "assistant")),
)  # fmt: skip
