"""Tokenizer: text -> ids -> text, with everything in between."""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any

from ..errors import ArgumentError, message
from ..types import Ids, PathLike, SpecialPolicy, Text
from .batch import Batch
from .decode_stream import DecodeStream
from .encoding import Encoding
from .persistence import Persistence
from .settings import Padding, Truncation, native
from .special_tokens import SpecialTokens
from .transformers_names import TransformersNames
from .vocabulary import Vocabulary

if TYPE_CHECKING:
    from ..types import IntArray
    from .alternatives import Alternative

__all__ = ["Tokenizer"]


@lru_cache(maxsize=1)
def _cores() -> int:
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:
        return os.cpu_count() or 1


def _threads(threads: int | None) -> int:
    if threads is None or threads == 0:
        return _cores()
    if threads < 0:
        raise ArgumentError(message("threads", "None or a number of at least 1", str(threads)))
    return threads


class Tokenizer(SpecialTokens, TransformersNames, Persistence):
    """A loaded tokenizer. Make one with ``from_pretrained``, ``from_file``, ``from_str`` or ``from_bytes``.

    Encoding and decoding may be called from any number of threads at once. Methods that change the tokenizer
    (``add_tokens``, ``set_truncation``, ...) take effect for later calls and must not run beside others.
    """

    # ---- encoding ----
    def _options(
        self,
        add_special_tokens: bool,
        special_tokens: SpecialPolicy | None,
        plain: bool = False,
        truncation: Truncation | None = None,
        padding: Padding | None = None,
    ) -> Any:
        """Native options; ``plain`` leaves out the current truncation and padding."""
        special: str = special_tokens or self._default_special
        if not plain:
            truncation, padding = truncation or self._truncation, padding or self._padding
        key = (add_special_tokens, special, truncation, padding)
        found = self._option_cache.get(key)
        if found is None:
            from .. import _core

            found = _core.Options(
                add_special_tokens,
                special,
                truncation=native(truncation),
                padding=native(padding),
            )
            if len(self._option_cache) > 64:
                self._option_cache.clear()
            self._option_cache[key] = found
        return found

    def encode(
        self,
        text: Text | Sequence[Text],
        pair: Text | Sequence[Text] | None = None,
        add_special_tokens: bool = True,
        is_split_into_words: bool = False,
        special_tokens: SpecialPolicy | None = None,
        dropout: float | None = None,
        alpha: float | None = None,
        nbest_size: int | None = None,
        seed: int | None = None,
    ) -> Encoding:
        """One text, or a pair of texts, to an Encoding.

        text, pair: str (bytes are read as UTF-8), or lists of words with ``is_split_into_words=True``.
        add_special_tokens: apply the post-processor ([CLS], <s>, ...).
        special_tokens: what a special token written in the text means: "allow" its id, "as_text" ordinary text, "error".
            None: as the library of the format has it, which is "as_text" for SentencePiece models and tekken.json without
            special tokens stated by a configuration or added by you, "allow" for everything else.
        dropout: probability that a merge is skipped (BPE) or a longest match passed over (WordPiece); alpha, nbest_size:
            sampling of Unigram; seed makes it repeatable.
        """
        if dropout or alpha or nbest_size:
            from .. import _core

            options = _core.Options(
                add_special_tokens,
                special_tokens or self._default_special,
                dropout=dropout or 0.0,
                alpha=alpha or 0.0,
                nbest_size=nbest_size or 0,
                seed=random.getrandbits(63) if seed is None else seed,
                truncation=native(self._truncation),
                padding=native(self._padding),
            )
            return Encoding(self._core, full=self._core.encode(text, pair, options, is_split_into_words))
        options = self._options(add_special_tokens, special_tokens)
        core = self._core
        if pair is None and not is_split_into_words and self._truncation is None and self._padding is None:
            return Encoding(core, core.encode_list(text, options), partial(core.encode, text, None, options, False))
        return Encoding(core, full=core.encode(text, pair, options, is_split_into_words))

    def encode_batch(
        self,
        texts: Iterable[Text],
        pairs: Iterable[Text] | None = None,
        threads: int | None = None,
        offsets: str | None = None,
        add_special_tokens: bool = True,
        special_tokens: SpecialPolicy | None = None,
    ) -> Batch:
        """Many texts to flat arrays; the fastest way.

        threads: None for one a core. offsets: None, "chars" or "bytes". Truncation and padding settings are not applied
        (see ``encode_batch_encodings`` and ``Batch.padded``). With ``pairs``, row i holds the pair's ids.
        """
        if pairs is not None:
            return self._encode_pairs(texts, pairs, threads, offsets, add_special_tokens, special_tokens)
        ids, rows, spans = self._core.encode_batch(
            texts, self._options(add_special_tokens, special_tokens, plain=True), offsets or "none", _threads(threads)
        )
        return Batch(ids, rows, spans, self._core.id_list)

    def _encode_pairs(
        self,
        texts: Iterable[Text],
        pairs: Iterable[Text],
        threads: int | None,
        offsets: str | None,
        add_special_tokens: bool,
        special_tokens: SpecialPolicy | None,
    ) -> Batch:
        import numpy as np

        if offsets not in (None, "chars", "bytes"):
            raise ArgumentError(message("offsets", "None, 'chars' or 'bytes'", repr(offsets)))
        options = self._options(add_special_tokens, special_tokens, plain=True)
        inputs = _zipped(texts, pairs)
        rows = self._core.encode_many(inputs, options, False, _threads(threads))
        bounds = np.cumsum([0, *map(len, rows)], dtype=np.int64)
        ids = np.concatenate([row.ids_array for row in rows]) if rows else np.zeros(0, np.uint32)
        spans = None
        if offsets is not None:
            parts = [row.spans if offsets == "chars" else row.byte_spans for row in rows]
            spans = np.concatenate(parts) if parts else np.zeros((0, 2), np.uint32)
        return Batch(ids, bounds, spans, self._core.id_list)

    def encode_batch_encodings(
        self,
        texts: Iterable[Any],
        pairs: Iterable[Any] | None = None,
        add_special_tokens: bool = True,
        is_split_into_words: bool = False,
        special_tokens: SpecialPolicy | None = None,
        threads: int | None = None,
        truncation: Truncation | None = None,
        padding: Padding | None = None,
    ) -> list[Encoding]:
        """Many texts to Encodings with the current truncation and padding (or those given); overflow included.

        texts: texts, or (text, pair) tuples; word lists with ``is_split_into_words=True``.
        """
        options = self._options(add_special_tokens, special_tokens, truncation=truncation, padding=padding)
        return self._encode_many(_inputs(texts, pairs, is_split_into_words), options, is_split_into_words, threads)

    def _encode_many(
        self, inputs: list[Any], options: Any, is_split: bool, threads: int | None = None
    ) -> list[Encoding]:
        core = self._core
        return [Encoding(core, full=full) for full in core.encode_many(inputs, options, is_split, _threads(threads))]

    def encode_to_list(
        self, text: Text, add_special_tokens: bool = True, special_tokens: SpecialPolicy | None = None
    ) -> list[int]:
        """Ids of one text as a list. Truncation and padding settings are not applied."""
        ids: list[int] = self._core.encode_list(text, self._options(add_special_tokens, special_tokens, plain=True))
        return ids

    def encode_batch_to_lists(
        self,
        texts: Iterable[Text],
        threads: int | None = None,
        add_special_tokens: bool = True,
        special_tokens: SpecialPolicy | None = None,
    ) -> list[list[int]]:
        """Ids of many texts as lists. Truncation and padding settings are not applied."""
        options = self._options(add_special_tokens, special_tokens, plain=True)
        rows: list[list[int]] = self._core.encode_batch_lists(texts, options, _threads(threads))
        return rows

    def count(self, text: Text, add_special_tokens: bool = True, special_tokens: SpecialPolicy | None = None) -> int:
        """Number of tokens, without making them."""
        return int(self._core.count(text, self._options(add_special_tokens, special_tokens, plain=True)))

    def count_batch(
        self,
        texts: Iterable[Text],
        threads: int | None = None,
        add_special_tokens: bool = True,
        special_tokens: SpecialPolicy | None = None,
    ) -> IntArray:
        """Number of tokens of each text, int64 of n."""
        options = self._options(add_special_tokens, special_tokens, plain=True)
        counts: IntArray = self._core.count_batch(texts, options, _threads(threads))
        return counts

    def encode_stream(self, texts: Iterable[Text], batch_size: int = 1024, **options: Any) -> Iterator[Batch]:
        """Batches of an endless or large iterable: at most ``batch_size`` texts are held at a time.

        options: those of ``encode_batch``.
        """
        if batch_size < 1:
            raise ArgumentError(message("encode_stream", "batch_size of at least 1", str(batch_size)))
        held: list[Text] = []
        for text in texts:
            held.append(text)
            if len(held) == batch_size:
                yield self.encode_batch(held, **options)
                held = []
        if held:
            yield self.encode_batch(held, **options)

    def encode_file(
        self, path: PathLike, batch_size: int = 1024, column: str | None = None, **options: Any
    ) -> Iterator[Batch]:
        """Batches of the records of a file: lines of text, rows of JSONL, CSV, TSV or Parquet (``column``).

        options: those of ``encode_batch``.
        """
        from ..io import ReadOptions, expand_inputs, read_records

        records = read_records(expand_inputs([os.fspath(path)]), ReadOptions(column=column))
        yield from self.encode_stream((record.text for record in records), batch_size, **options)

    def encodings(self, text: Text, n: int = 10) -> list[Alternative]:
        """Up to n segmentations the vocabulary allows, best first; the first is the one ``encode`` takes."""
        from .alternatives import alternatives

        return alternatives(self._core, text, n)

    def sample(
        self,
        text: Text,
        n: int = 1,
        dropout: float | None = None,
        alpha: float | None = None,
        nbest_size: int | None = None,
        seed: int | None = None,
        add_special_tokens: bool = False,
    ) -> list[Encoding]:
        """n segmentations drawn at random; a seed makes them repeatable.

        dropout: BPE-dropout (Provilkov et al. 2020) or MaxMatch-Dropout of WordPiece (Hiraoka 2022), 0.1 when nothing is
        given; alpha, nbest_size: Unigram's p(x)^alpha, over all segmentations or the n best (Kudo 2018), alpha 0.1 when
        nothing is given. A tokenizer with one segmentation a text (word, char, byte) gives that n times.
        """
        if dropout is None and alpha is None and nbest_size is None:
            dropout, alpha = (0.1, None) if self.kind in ("bpe", "wordpiece") else (None, 0.1)
        rng = random.Random(seed)
        encode = partial(self.encode, text, add_special_tokens=add_special_tokens, dropout=dropout, alpha=alpha)
        return [encode(nbest_size=nbest_size, seed=rng.getrandbits(63)) for _ in range(n)]

    # ---- decoding ----
    def decode(self, ids: Ids | int, skip_special_tokens: bool = True) -> str:
        """Text of ids (a list, an array, one id). Ids without a token are left out, as tokenizers does."""
        text: str = self._core.decode(ids, skip_special_tokens)
        return text

    def decode_batch(self, rows: Iterable[Ids], skip_special_tokens: bool = True) -> list[str]:
        """Texts of many lists of ids."""
        texts: list[str] = self._core.decode_batch(rows, skip_special_tokens)
        return texts

    def decode_bytes(self, ids: Ids, skip_special_tokens: bool = True) -> bytes:
        """Bytes of ids: what ``decode`` would turn into text, also when it is not UTF-8."""
        data: bytes = self._core.decode_bytes(ids, skip_special_tokens)
        return data

    def decode_stream(self, skip_special_tokens: bool = True, prefill: Iterable[int] = ()) -> DecodeStream:
        """A DecodeStream: ``step(id)`` gives text as soon as it is complete, ``finish()`` the rest.

        prefill: ids whose text is already shown; they only give context.
        """
        return DecodeStream(self._core, skip_special_tokens, prefill)

    # ---- vocabulary ----
    def token_to_id(self, token: str) -> int | None:
        """Id of a token as the vocabulary spells it."""
        id: int | None = self._core.token_to_id(token)
        return id

    def id_to_token(self, id: int) -> str | None:
        """Spelling of an id in the vocabulary; None when it has no token."""
        token: str | None = self._core.id_to_token(id) if 0 <= id < 1 << 32 else None
        return token

    def id_to_bytes(self, id: int) -> bytes | None:
        """The bytes a token stands for in text; None when the id has no token."""
        data: bytes | None = self._core.id_to_bytes(id) if 0 <= id < 1 << 32 else None
        return data

    def get_vocab(self, with_added_tokens: bool = True) -> dict[str, int]:
        """Token -> id as a new dict."""
        vocab: dict[str, int] = self._core.vocabulary(with_added_tokens)
        return vocab

    @property
    def vocab(self) -> Vocabulary:
        """Token -> id, added tokens included; ``vocab.rows()`` is the table with bytes."""
        return Vocabulary(self._core)

    @property
    def vocab_size(self) -> int:
        """Entries of the model, without added tokens that are not in it."""
        return int(self._core.vocab_size(False))

    def get_vocab_size(self, with_added_tokens: bool = True) -> int:
        """Number of tokens."""
        return int(self._core.vocab_size(with_added_tokens))

    def __len__(self) -> int:
        return int(self._core.vocab_size(True))

    def __bool__(self) -> bool:
        return True

    # ---- settings ----
    @property
    def truncation(self) -> dict[str, Any] | None:
        """Current truncation, or None."""
        return self._truncation.as_dict() if self._truncation else None

    @property
    def padding(self) -> dict[str, Any] | None:
        """Current padding, or None."""
        return self._padding.as_dict() if self._padding else None

    def set_truncation(
        self, max_length: int, stride: int = 0, strategy: str = "longest_first", direction: str = "right"
    ) -> None:
        """Cuts encodings to ``max_length`` tokens, special ones included. Windows of the rest share ``stride`` tokens."""
        self._truncation = Truncation(max_length, stride, strategy, direction)

    def no_truncation(self) -> None:
        """Turns truncation off."""
        self._truncation = None

    def set_padding(
        self,
        direction: str = "right",
        pad_id: int | None = None,
        pad_type_id: int = 0,
        pad_token: str | None = None,
        length: int | None = None,
        pad_to_multiple_of: int | None = None,
    ) -> None:
        """Pads to ``length``, or to the longest of a batch. The token defaults to ``pad_token``, else "[PAD]"."""
        token = pad_token or self.pad_token or "[PAD]"
        id = pad_id if pad_id is not None else self._core.token_to_id(token) or 0
        self._padding = Padding(length, direction, pad_to_multiple_of, id, pad_type_id, token)

    def no_padding(self) -> None:
        """Turns padding off."""
        self._padding = None

    enable_truncation: Callable[..., None] = set_truncation
    enable_padding: Callable[..., None] = set_padding

    def num_special_tokens_to_add(self, pair: bool = False) -> int:
        """How many tokens the post-processor adds to a text (or pair)."""
        return int(self._core.num_special_tokens(pair))

    @property
    def kind(self) -> str:
        """The method: "bpe", "wordpiece", "unigram", "word", "char" or "byte"."""
        if self.format == "byte":
            return "byte"
        kind = str(self._core.model_kind).lower()
        if kind != "wordlevel":
            return kind
        # A word vocabulary of single characters is a character tokenizer, whatever its file calls it.
        added = set(self.added_tokens_encoder)
        first = (token for id in range(min(512, self._core.id_bound)) if (token := self._core.id_to_token(id)))
        return "char" if all(len(token) == 1 for token in first if token not in added) else "word"

    @property
    def engine(self) -> str:
        """Which engine makes the ids: "general" or the name of a fast one."""
        return str(self._core.engine)

    def set_cache_budget(self, bytes: int) -> None:
        """Memory the word cache of this tokenizer may use, all threads together; 0 turns it off."""
        self._core.set_cache_budget(bytes)

    def clear_cache(self) -> None:
        """Forgets cached words."""
        self._core.clear_cache()


def _zipped(texts: Iterable[Any], pairs: Iterable[Any]) -> list[tuple[Any, Any]]:
    first, second = list(texts), list(pairs)
    if len(first) != len(second):
        raise ArgumentError(message("encode_batch", f"{len(first)} pairs, one a text", str(len(second))))
    return list(zip(first, second, strict=True))


def _inputs(texts: Iterable[Any], pairs: Iterable[Any] | None, is_split: bool) -> list[tuple[Any, Any]]:
    if pairs is not None:
        return _zipped(texts, pairs)
    if isinstance(texts, (str, bytes)):
        raise ArgumentError(message("encode_batch", "a list of texts", "one text", "encode"))
    out: list[tuple[Any, Any]] = []
    for item in texts:
        # A tuple of two is a pair; pre-split pairs are pairs of lists.
        is_pair = isinstance(item, (tuple, list)) and len(item) == 2
        if is_pair and is_split:
            is_pair = all(isinstance(part, (tuple, list)) for part in item)
        out.append((item[0], item[1]) if is_pair else (item, None))
    return out
