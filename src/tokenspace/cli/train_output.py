"""Where ``tokenspace train tokenizer`` writes: looked at before the work, written whole or not at all after it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import click

from ..errors import ArgumentError, FileError, UnsupportedError, message

_FILES = (".json", ".model", ".tiktoken", "vocab.txt")
# What tokenizers of other kinds are written as: it must not lie beside a new one.
_NAMES = (
    "tokenizer.json", "tokenizer_config.json", "tokenizer.model", "tokenizer.tiktoken", "special_tokens_map.json",
    "added_tokens.json", "chat_template.jinja", "vocab.txt", "vocab.json", "merges.txt",
)  # fmt: skip
_REHEARSAL = ("A short text, 12 words or so, only to see whether a format can say what was asked for.",)


class Output:
    """A folder, or a file whose name says the format.

    Raises:
        ArgumentError: something is there and ``force`` is not set. FileError: it cannot be written there.
    """

    def __init__(self, name: str, force: bool) -> None:
        self.path = Path(name)
        self.is_file = name.endswith(_FILES) and not os.path.isdir(name)
        self._check(force)

    def _check(self, force: bool) -> None:
        there = [path for path in (self.path, *self._beside()) if os.path.lexists(path)]
        if self.path.is_dir() and not any(self.path.iterdir()):
            there = []
        if there and not force:
            raise ArgumentError(
                message("train", "a new output", f"{there[0]}, which exists", "--force, or another name")
            )
        if there and not self.is_file and not self.path.is_dir():
            raise FileError(message("train", f"a folder at {self.path}", "a file", "a name that ends with .json"))
        parent = self.path.absolute().parent
        while not os.path.lexists(parent):
            parent = parent.parent
        if not parent.is_dir() or not os.access(parent, os.W_OK | os.X_OK):
            raise FileError(message("train", f"a folder that can be written at {parent}", "one that cannot"))

    def _beside(self) -> list[Path]:
        name = self.path.name
        return [self.path.with_name(name.replace("vocab.json", "merges.txt"))] if name.endswith("vocab.json") else []

    def rehearse(self, options: dict[str, Any]) -> None:
        """Refuse before the work what the format of the file could only refuse after it.

        Raises:
            ArgumentError: the format does not go with the options.
        """
        if not self.is_file:
            return
        from .. import Tokenizer
        from ..tokenizers.export.write import export_files, format_of_name
        from ..tokenizers.train.options import TrainOptions

        format = format_of_name(self.path.name)
        asked = TrainOptions(**options)
        if format == "tokenizer.json" or (format == "sentencepiece" and asked.is_sentencepiece):
            return
        if asked.is_sentencepiece or asked.model == "unigram":
            received = "a SentencePiece kind" if asked.is_sentencepiece else "Unigram over other pieces"
            raise ArgumentError(message("train", f"a model that {format} can state", received, "-o FOLDER"))
        small = {**options, "vocab_size": len(asked.special) + 300}
        tokenizer = Tokenizer.train(list(_REHEARSAL), **small)
        try:
            export_files(tokenizer, format)
        except UnsupportedError as error:
            raise ArgumentError(f"{error}, or -o FOLDER") from error

    def write(self, tokenizer: Any) -> list[str]:
        """The paths written."""
        if self.is_file:
            return [str(path) for path in tokenizer.save(self.path)]
        from ..io.atomic_folder import atomic_folder

        with atomic_folder(self.path) as made:
            tokenizer.save_pretrained(made)
            if tokenizer.format == "sentencepiece":
                tokenizer.save(made / "tokenizer.model")
            names = sorted(os.listdir(made))
        for name in _NAMES:
            if name not in names:
                (self.path / name).unlink(missing_ok=True)
        return [str(self.path / name) for name in names]


def output_of(given: dict[str, Any]) -> Output:
    """The output named.

    Raises:
        UsageError: none is named.
    """
    if given["output"] in (None, "", "-"):
        raise click.UsageError("name where to write the tokenizer: -o FOLDER (or FILE.json, FILE.model, FILE.tiktoken)")
    return Output(given["output"], given["force"])
