"""Making, saving and pickling a Tokenizer."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

from ..errors import ArgumentError, message
from ..types import PathLike
from . import loading
from .configured_post_processor import configured_post_processor
from .files import store_bytes
from .pretrained_config import PretrainedConfig
from .settings import Padding, Truncation, padding_from_json, truncation_from_json, truncation_to_json
from .source import build

if TYPE_CHECKING:
    from .train import TrainingReport

__all__ = ["Persistence"]

Self = TypeVar("Self", bound="Persistence")


class Persistence:
    """Mixed into Tokenizer: its constructors and its writers."""

    _core: Any
    _roles: dict[str, str]
    _extra_special: list[str]
    _states_special: bool
    _truncation: Truncation | None
    _padding: Padding | None

    def __init__(self, loaded: loading.Loaded) -> None:
        self._source = loaded.source
        self._config = loaded.config
        self._core = build(loaded.source)
        for part, value in loaded.replace.items():
            self._core = self._core.with_part(part, value)
        self._replaced = dict(loaded.replace)
        self._option_cache: dict[Any, Any] = {}
        self._truncation = truncation_from_json(self._core.part_json("truncation"))
        self._padding = padding_from_json(self._core.part_json("padding"))
        self.name = loaded.name or loaded.source.name
        self.training: TrainingReport | None = None
        self.chat_template = loaded.config.chat_template
        self.model_max_length = loaded.config.model_max_length
        side = loaded.config.values.get("padding_side")
        self.padding_side = side or (self._padding.direction if self._padding else "right")
        side = loaded.config.values.get("truncation_side")
        self.truncation_side = side or (self._truncation.direction if self._truncation else "right")
        self._init_special(loaded.config)
        if "post_processor" not in self._replaced:
            stated = configured_post_processor(self._core, loaded.config.values, self._roles)
            if stated is not None:
                self._core = self._core.with_part("post_processor", stated)
                self._replaced["post_processor"] = stated

    if TYPE_CHECKING:

        def _init_special(self, config: PretrainedConfig) -> None:
            """Of SpecialTokens, which Tokenizer mixes in as well."""

    @property
    def format(self) -> str:
        """The file format it was read from."""
        return self._source.format

    # ---- constructors ----
    @classmethod
    def from_pretrained(
        cls: type[Self],
        /,
        name_or_path: PathLike,
        revision: str | None = None,
        token: str | bool | None = None,
        cache_dir: PathLike | None = None,
        local_files_only: bool | None = None,
        **options: Any,
    ) -> Self:
        """A tokenizer by path or name.

        name_or_path: a folder or file; an embedded tokenizer ("tokenspace/bpe", "tokenspace/wordpiece",
            "tokenspace/unigram", "tokenspace/word", "tokenspace/char", "tokenspace/byte"; "whitespace", "rules", "char",
            "byte"); a tiktoken encoding or model ("cl100k_base", "gpt-4o"); or a hub id ("Qwen/Qwen2.5-7B").
        revision: branch, tag or commit of a hub repository. token: for private ones (default: HF_TOKEN or the login).
        cache_dir: instead of HF_HUB_CACHE.
        local_files_only: True never uses the network; False asks for the newest commit; None takes cached files as
            they are and asks for the others.
        options: as for ``from_file``; segmenter: "jieba" (Chinese), or a function text -> segments, for word tokenizers.

        Raises NotFoundError when there is nothing by this name, or it is not here and the network is out of reach;
        FormatError for damaged files.
        """
        segmenter = options.pop("segmenter", None)
        loaded = loading.load_pretrained(name_or_path, revision, token, cache_dir, local_files_only, **options)
        if segmenter is None:
            return cls(loaded)
        from .word_segmentation import SegmentingTokenizer, segmenter_named

        segmenter_named(segmenter)
        tokenizer: Any = SegmentingTokenizer(loaded)
        tokenizer.segmenter = segmenter
        return cast(Self, tokenizer)

    @classmethod
    def from_file(
        cls: type[Self],
        /,
        path: PathLike,
        format: str | None = None,
        pattern: str | None = None,
        special_tokens: Any = None,
        **options: Any,
    ) -> Self:
        """A tokenizer of one file; the format is found by content.

        format: tokenizer.json, tiktoken, sentencepiece, vocab.txt, vocab.json, clip or tekken, to force one.
        pattern: for .tiktoken files: a family (gpt2, cl100k, o200k, llama3, qwen2, ...) or a regular expression. Only the
            well-known public files are recognised without it.
        special_tokens: {token: id} or a list (ids behind the vocabulary).
        options: vocab.txt: lowercase, tokenize_chinese_chars, strip_accents, unk, sep, cls, pad, mask;
            vocab.json: add_prefix_space, trim_offsets.
        """
        if Path(path).is_dir():
            raise ArgumentError(message("from_file", "a file", f"the folder {path}", "from_pretrained"))
        if pattern is not None:
            options["pattern"] = pattern
        return cls(loading.load_file(path, format, special_tokens=special_tokens, **options))

    @classmethod
    def from_str(cls: type[Self], json: str, name: str = "tokenizer.json") -> Self:
        """A tokenizer from the text of a tokenizer.json."""
        return cls(loading.load_bytes(json.encode("utf-8", "surrogatepass"), name, "tokenizer.json"))

    @classmethod
    def from_bytes(
        cls: type[Self], /, data: bytes, name: str = "bytes", format: str | None = None, **options: Any
    ) -> Self:
        """A tokenizer file in memory; arguments as for ``from_file``."""
        return cls(loading.load_bytes(bytes(data), name, format, **options))

    @classmethod
    def train(cls: type[Self], corpus: Any, model: str = "bpe", vocab_size: int | str = 16_000, **options: Any) -> Self:
        """A tokenizer learnt from text. The same vocabulary for every run, number of threads and chunking.

        corpus: an iterable of str or of batches; a path, glob, folder or ``-``, or a list of them (text, JSONL, CSV,
            Parquet, compressed or not); ``{source: weight}``; or a `tokenspace.io.corpus.Corpus`.
        model: "bpe" (byte-level unless the pre-tokenizer says otherwise), "wordpiece", "unigram", "word", "char",
            "superbpe".
        vocab_size: entries, special tokens and alphabet included; an int or "32k".
        options, of the model: pre_tokenizer ("gpt2", "cl100k", "o200k", "llama3", "qwen2", "deepseek", "bert",
            "sentencepiece", "whitespace", ... or any component), normalizer, lowercase, digits, special_tokens,
            min_frequency, initial_alphabet, limit_alphabet, character_coverage, max_token_length, byte_fallback,
            tie_breaking, ...: see `tokenizers.train.options.TrainOptions`.
            Of the corpus: column, unit ("line" | "document"), errors ("error" | "replace" | "skip"), held_out (share
            kept back and measured afterwards), limit, glob, encoding: see `Corpus.of`.
            Of the work: threads (None: all cores), memory_budget (bytes, 2 GB: counts are spilled to disk beyond),
            temp_dir, checkpoint_dir (finished stages are kept there; the same call again goes on from them), progress,
            on_learning (called about ten times a second with `LearningNews`: merges as they are learnt, rounds of
            Unigram, the first merges as a story).

        The result's ``training`` has the numbers (`TrainingReport`). Raises ArgumentError for options that contradict
        each other, FormatError for a corpus without text or with bytes that are not UTF-8 (file and offset are named),
        LimitError when disk or memory do not suffice.
        """
        from .train import train_tokenizer

        return cast(Self, train_tokenizer(cls, corpus, model=model, vocab_size=vocab_size, **options))

    # ---- writing ----
    def to_json(self, pretty: bool = False) -> str:
        """A complete tokenizer.json with the current added tokens, truncation and padding.

        Raises UnsupportedError when a part has no such form (SentencePiece and tiktoken files may not).
        """
        text: str = self._core.to_json()
        own = (self._core.part_json("truncation"), self._core.part_json("padding"))
        if (
            not pretty
            and truncation_from_json(own[0]) == self._truncation
            and padding_from_json(own[1]) == self._padding
        ):
            return text
        value = json.loads(text)
        value["truncation"] = truncation_to_json(self._truncation)
        value["padding"] = self._padding and self._padding.as_json()
        return json.dumps(value, ensure_ascii=False, indent=2 if pretty else None)

    to_str = to_json

    def save(self, path: PathLike, pretty: bool = True, format: str | None = None) -> list[str]:
        """Writes the tokenizer atomically and returns the paths written.

        path: a file, or a folder (existing, or a path without suffix).
        format: "tokenizer.json", "vocab.json" (with merges.txt), "vocab.txt", "tiktoken" or "sentencepiece". None: what the
            file name says (.model, .tiktoken, vocab.txt, vocab.json), else tokenizer.json; in a folder ``save_pretrained``.

        Raises UnsupportedError, naming what the format cannot say, before anything is written.
        """
        from .export.write import format_of_name, write_export

        target = Path(path)
        is_folder = target.is_dir() or os.fspath(path).endswith(("/", os.sep)) or not target.suffix
        if format is None and is_folder:
            return self.save_pretrained(target)
        return write_export(cast(Any, self), target, format or format_of_name(target.name), is_folder, pretty)

    def save_pretrained(self, folder: PathLike) -> list[str]:
        """Writes tokenizer.json, tokenizer_config.json and the chat template. Returns the paths written."""
        target = Path(folder)
        config = {k: v for k, v in self._config.values.items() if k not in ("chat_template", "added_tokens_decoder")}
        config |= self._roles
        if self._extra_special:
            config["additional_special_tokens"] = self._extra_special
        if self.model_max_length is not None:
            config["model_max_length"] = self.model_max_length
        config["padding_side"], config["truncation_side"] = self.padding_side, self.truncation_side
        config.setdefault("tokenizer_class", "PreTrainedTokenizerFast")
        config["clean_up_tokenization_spaces"] = config.get("clean_up_tokenization_spaces", False)
        files = {"tokenizer.json": self.to_json(pretty=True)}
        template = self.chat_template
        if isinstance(template, str):
            files["chat_template.jinja"] = template
        elif template:
            for name, text in template.items():
                file = "chat_template.jinja" if name == "default" else f"additional_chat_templates/{name}.jinja"
                files[file] = text
        files["tokenizer_config.json"] = json.dumps(config, ensure_ascii=False, indent=2)
        for name, text in files.items():
            store_bytes(target / name, text.encode("utf-8"))
        return [str(target / name) for name in files]

    # ---- pickling: plain data only ----
    def _state(self) -> dict[str, Any]:
        return {
            "added": [row[1:] for row in self._core.added_tokens()],
            "roles": self._roles,
            "extra_special": self._extra_special,
            "states_special": self._states_special,
            "truncation": self._truncation and self._truncation.as_tuple(),
            "padding": self._padding and self._padding.as_tuple(),
            "chat_template": self.chat_template,
            "model_max_length": self.model_max_length,
            "sides": (self.padding_side, self.truncation_side),
            "name": self.name,
            "values": self._config.values,
            "replaced": self._replaced,
        }

    def __reduce__(self) -> Any:
        source = self._source
        plain = (source.format, source.name, source.parts, source.options)
        return (_restore, (type(self), plain, self._state()))

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.name!r}: {self._core.model_kind}, {self._core.vocab_size(True)} tokens>"


def _restore(cls: type[Any], plain: tuple[Any, ...], state: dict[str, Any]) -> Any:
    from .source import Source

    config = PretrainedConfig(values=state["values"])
    restored = cls(loading.Loaded(Source(*plain), config, state["name"], state["replaced"]))
    restored._core, _ = restored._core.with_added(state["added"])
    restored._roles, restored._extra_special = dict(state["roles"]), list(state["extra_special"])
    restored._states_special = state["states_special"]
    restored._truncation = Truncation(*state["truncation"]) if state["truncation"] else None
    p = state["padding"]
    restored._padding = Padding(p[0], p[1], p[2], p[3], p[4], p[5]) if p else None
    restored.chat_template, restored.model_max_length = state["chat_template"], state["model_max_length"]
    restored.padding_side, restored.truncation_side = state["sides"]
    return restored
