"""The methods of transformers' tokenizers that are not encoding itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, cast

from ..errors import ArgumentError, message
from ..types import Ids

if TYPE_CHECKING:
    from .batch_encoding import BatchEncoding
    from .tokenizer import Tokenizer

__all__ = ["TransformersNames"]

# Tokenizer classes of transformers whose models take token_type_ids.
_WITH_TOKEN_TYPES = (
    "Bert",
    "Albert",
    "BigBird",
    "ConvBert",
    "DebertaV2",
    "Deberta",
    "Electra",
    "FNet",
    "Funnel",
    "LayoutLM",
    "Lxmert",
    "MobileBert",
    "RemBert",
    "RoFormer",
    "Splinter",
    "SqueezeBert",
    "XLNet",
)


class TransformersNames:
    """Mixed into Tokenizer."""

    _core: Any
    _config: Any
    chat_template: str | dict[str, str] | None

    @property
    def _tok(self) -> Tokenizer:
        return cast("Tokenizer", self)

    @property
    def model_input_names(self) -> list[str]:
        """Inputs the model takes: as the configuration states them, else by its class; BERT's have token types."""
        values = self._config.values
        if values.get("model_input_names"):
            return list(values["model_input_names"])
        family = str(values.get("tokenizer_class", "")).removesuffix("Fast").removesuffix("Tokenizer")
        if family in _WITH_TOKEN_TYPES or self._tok.format == "vocab.txt":
            return ["input_ids", "token_type_ids", "attention_mask"]
        return ["input_ids", "attention_mask"]

    def __call__(
        self,
        text: Any,
        text_pair: Any = None,
        add_special_tokens: bool = True,
        padding: bool | str = False,
        truncation: bool | str | None = None,
        max_length: int | None = None,
        stride: int = 0,
        is_split_into_words: bool = False,
        pad_to_multiple_of: int | None = None,
        padding_side: str | None = None,
        return_tensors: str | None = None,
        return_token_type_ids: bool | None = None,
        return_attention_mask: bool | None = None,
        return_overflowing_tokens: bool = False,
        return_special_tokens_mask: bool = False,
        return_offsets_mapping: bool = False,
        return_length: bool = False,
        special_tokens: str | None = None,
    ) -> BatchEncoding:
        """Model inputs of one text, a pair, or lists of them, as transformers' fast tokenizers give them.

        padding: False, True or "longest", "max_length". truncation: False, True or "longest_first", "only_first",
        "only_second"; max_length alone means True. Lengths count tokens, special ones included.
        return_tensors: None for lists, "np" or "pt" for arrays of (rows, tokens).
        return_overflowing_tokens: the windows cut off become further rows; "overflow_to_sample_mapping" says whose.
        """
        from .transformers_call import Request, call, strategies

        cut, pad = strategies(self._tok, padding, truncation, max_length, stride, pad_to_multiple_of, padding_side)
        request = Request(
            return_tensors,
            return_token_type_ids,
            return_attention_mask,
            return_overflowing_tokens,
            return_special_tokens_mask,
            return_offsets_mapping,
            return_length,
        )
        return call(
            self._tok, text, text_pair, add_special_tokens, cut, pad, is_split_into_words, special_tokens, request
        )

    def tokenize(self, text: str, pair: str | None = None, add_special_tokens: bool = False) -> list[str]:
        """Token texts, without special tokens unless asked for."""
        return self._tok.encode(text, pair, add_special_tokens=add_special_tokens).tokens

    def convert_tokens_to_ids(self, tokens: str | Iterable[str]) -> Any:
        """Id of a token, or ids of many; the id of unk_token (or None) for those the vocabulary lacks."""
        if isinstance(tokens, str):
            id = self._core.token_to_id(tokens)
            return self._tok.unk_token_id if id is None else id
        return [self.convert_tokens_to_ids(token) for token in tokens]

    def convert_ids_to_tokens(self, ids: int | Ids, skip_special_tokens: bool = False) -> Any:
        """Token of an id, or tokens of many."""
        if isinstance(ids, int):
            return self._core.id_to_token(ids)
        values = [int(id) for id in ids]
        if skip_special_tokens:
            skipped = set(self._tok.all_special_ids)
            values = [id for id in values if id not in skipped]
        return self._core.ids_to_tokens(values)

    def convert_tokens_to_string(self, tokens: Sequence[str]) -> str:
        """Text of tokens, by the decoder alone."""
        from .. import _core

        return str(_core.Decoder(self._core.part_json("decoder")).decode(list(tokens)))

    def batch_decode(self, sequences: Iterable[Ids], skip_special_tokens: bool = False) -> list[str]:
        """Texts of many lists of ids; special tokens stay, as in transformers (``decode_batch`` drops them)."""
        return self._tok.decode_batch(sequences, skip_special_tokens)

    def get_chat_template(self, chat_template: str | None = None, tools: list[Any] | None = None) -> str:
        """The template that applies: the one given (text or name), "tool_use" when there are tools, else the default."""
        templates = self.chat_template
        if isinstance(templates, dict):
            if chat_template is not None:
                return templates.get(chat_template, chat_template)
            if tools is not None and "tool_use" in templates:
                return templates["tool_use"]
            if "default" in templates:
                return templates["default"]
            names = ", ".join(sorted(templates))
            raise ArgumentError(message("chat template", f"chat_template= one of {names}", "none, and no default"))
        if chat_template is not None:
            return chat_template
        if templates is None:
            remedy = "a template of your own (chat_template=)"
            raise ArgumentError(message("chat template", f"a template in {self._tok.name!r}", "none", remedy))
        return templates

    def apply_chat_template(
        self,
        conversation: Any,
        tools: list[dict[str, Any] | Callable[..., Any]] | None = None,
        documents: list[dict[str, Any]] | None = None,
        chat_template: str | None = None,
        add_generation_prompt: bool = False,
        continue_final_message: bool | str = False,
        tokenize: bool = True,
        padding: bool | str = False,
        truncation: bool | str | None = False,
        max_length: int | None = None,
        return_tensors: str | None = None,
        return_dict: bool = False,
        return_assistant_tokens_mask: bool = False,
        tokenizer_kwargs: dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> Any:
        """The exact text, or ids, a chat model expects for a conversation.

        conversation: messages with "role" and "content", or a list of conversations.
        tools: JSON schemas, or functions with type hints and a Google-style docstring.
        documents: dicts with "title" and "text". chat_template: a template or the name of one of the model's.
        add_generation_prompt: end with the opening of an assistant's turn. continue_final_message: leave the last message
        open. tokenize: False for the text. return_dict: model inputs instead of ids (with return_assistant_tokens_mask:
        "assistant_masks", 1 for tokens of ``{% generation %}`` blocks). kwargs: further variables of the template.

        Raises ArgumentError for a template that fails or asks for something else.
        """
        from .chat_template import apply

        return apply(
            self._tok,
            conversation,
            self.get_chat_template(chat_template, tools),
            tools=tools,
            documents=documents,
            add_generation_prompt=add_generation_prompt,
            continue_final_message=continue_final_message,
            tokenize=tokenize,
            call_options={
                "padding": padding,
                "truncation": truncation,
                "max_length": max_length,
                "return_tensors": return_tensors,
                **(tokenizer_kwargs or {}),
            },
            return_dict=return_dict,
            assistant_mask=return_assistant_tokens_mask,
            variables=kwargs,
        )
