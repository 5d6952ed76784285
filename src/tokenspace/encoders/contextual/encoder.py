"""ContextualEncoder: texts to the vectors of their tokens, at every layer."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, get_args

import numpy as np
import numpy.typing as npt

from ...errors import ArgumentError, LimitError, UnsupportedError, message
from ...progress import ProgressLike, Reporter
from ...tokenizers.settings import Truncation
from ...types import PathLike
from ..engines.check import check_layers
from ..engines.choose import EngineName, Precision, load_engine
from ..engines.protocol import Engine, FloatArray, TokenBatch
from ..model_files import ModelFiles, model_tokenizer, open_model
from ..text.modules import read_modules
from ..text.report import TruncationWarning
from ..text.rows import OnTruncate, lowered
from .explorer import Explorer
from .vectors import ContextualVectors
from .windows import Window, whole_row, windows_over

if TYPE_CHECKING:
    from ...tokenizers.encoding import Encoding
    from ...tokenizers.tokenizer import Tokenizer

__all__ = ["ContextualEncoder", "Layers"]

Layers: TypeAlias = Sequence[int] | Literal["all"]
_BATCH_BYTES = 32 << 20  # of vectors that one call of the engine gives


class ContextualEncoder(Explorer):
    """A language model as the giver of token vectors: the same word gets another vector in another sentence.

    Args:
        model: a folder, a hub id or an embedded name, see `open_model`.
        engine: "auto", "native" (BERT-like models in the core, no torch), "torch" (everything else, extra ``[models]``).
        precision: what to compute in; "fp32" by default, since vectors are to be looked at.
        layers: layers given where ``encode`` is not told otherwise: numbers, or "all". 0 is the output of the embeddings,
            1 ... L that of each block, negative numbers count from the last, as in transformers' ``hidden_states``.
        max_tokens: longest row, special tokens included; None: what the model has positions for.
        on_truncate: what happens to longer texts: "warn" cuts them and says so, "ignore" only cuts, "error" refuses,
            "chunk" runs overlapping windows so that every token gets a vector.
        threads: 0: all cores. device: of torch.
        revision, token, cache_dir, local_files_only: of the hub, see `open_model`.

    Raises:
        NotFoundError: no such model. UnsupportedError: no engine at hand runs it. FormatError: damaged files.
        ArgumentError: settings that do not exist.

    Example:
        >>> encoder = ContextualEncoder("sentence-transformers/all-MiniLM-L6-v2")  # doctest: +SKIP
        >>> encoder.encode("Hello world").vectors.shape  # doctest: +SKIP
        (1, 4, 384)
    """

    def __init__(
        self,
        model: PathLike,
        *,
        engine: EngineName = "auto",
        precision: Precision = "fp32",
        layers: Layers = (-1,),
        max_tokens: int | None = None,
        on_truncate: OnTruncate = "warn",
        threads: int = 0,
        device: str | None = None,
        revision: str | None = None,
        token: str | bool | None = None,
        cache_dir: PathLike | None = None,
        local_files_only: bool | None = None,
    ) -> None:
        named = open_model(
            model, revision=revision, token=token, cache_dir=cache_dir, local_files_only=local_files_only
        )
        files, lower = _transformer_of(named)
        tokenizer = lowered(model_tokenizer(files)) if lower else model_tokenizer(files)
        loaded = load_engine(files, engine=engine, precision=precision, device=device)
        self._set(tokenizer, loaded, named.name, layers, max_tokens, on_truncate, threads)

    @classmethod
    def from_parts(
        cls,
        tokenizer: Tokenizer,
        engine: Engine,
        *,
        name: str = "",
        layers: Layers = (-1,),
        max_tokens: int | None = None,
        on_truncate: OnTruncate = "warn",
        threads: int = 0,
    ) -> ContextualEncoder:
        """An encoder of a tokenizer and an engine that are loaded. Truncation and padding of the tokenizer are turned off."""
        made = cls.__new__(cls)
        made._set(tokenizer, engine, name, layers, max_tokens, on_truncate, threads)
        return made

    def _set(
        self,
        tokenizer: Tokenizer,
        engine: Engine,
        name: str,
        layers: Layers,
        max_tokens: int | None,
        on_truncate: OnTruncate,
        threads: int,
    ) -> None:
        tokenizer.no_truncation()
        tokenizer.no_padding()
        self.tokenizer, self.engine, self.name, self.threads = tokenizer, engine, name, threads
        self.layers = self._layers(layers)
        self.on_truncate = _checked(on_truncate)
        if max_tokens is not None and max_tokens < 1:
            raise ArgumentError(message("max_tokens", "None or at least 1", str(max_tokens)))
        bounds = [bound for bound in (max_tokens, engine.max_tokens) if bound is not None]
        self.max_tokens: int | None = min(bounds, default=None)

    @property
    def dimension(self) -> int:
        """Numbers in a vector."""
        return self.engine.dimension

    @property
    def layer_count(self) -> int:
        """L, the blocks of the model; there are L + 1 layers."""
        return self.engine.layer_count

    def __repr__(self) -> str:
        return (
            f"ContextualEncoder({self.name!r}, {self.engine.architecture}, {self.layer_count} layers, {self.dimension} numbers, "
            f"engine {self.engine.name!r}, {self.engine.precision})"
        )

    def _layers(self, layers: Layers) -> tuple[int, ...]:
        if isinstance(layers, str):
            if layers != "all":
                raise ArgumentError(message("layers", 'numbers or "all"', repr(layers)))
            return tuple(range(self.engine.layer_count + 1))
        try:
            found = check_layers((layers,) if isinstance(layers, int) else layers, self.engine.layer_count)
        except TypeError:
            raise ArgumentError(message("layers", 'whole numbers or "all"', repr(layers))) from None
        if not found:
            raise ArgumentError(message("layers", "at least one layer", "none"))
        return found

    # ---- encoding ----
    def encode(
        self,
        texts: Any,
        *,
        layers: Layers | None = None,
        attentions: bool = False,
        add_special_tokens: bool = True,
        is_split_into_words: bool = False,
        on_truncate: OnTruncate | None = None,
        overlap: int | None = None,
        threads: int | None = None,
        progress: ProgressLike = None,
    ) -> Any:
        """Vectors of the tokens of a text, a pair or many of them.

        Args:
            texts: a text (str), a pair ``(text, pair)`` of two strings, or a list of texts and pairs. With
                ``is_split_into_words``: a list of words, or a list of such lists.
            layers: numbers or "all"; None: the encoder's own.
            attentions: keep the attention weights too, float32 (L, heads, n, n) a text.
            add_special_tokens: [CLS], <s> and the like, as the model was trained with.
            on_truncate: see the class; None: the encoder's own.
            overlap: with "chunk", tokens that neighbouring windows share at least; None: a quarter of the window.
            threads: 0: all cores; None: the encoder's own.
            progress: see `tokenspace.progress`.

        Returns:
            A `ContextualVectors` for one text or pair, a list of them for a list.

        Raises:
            ArgumentError: texts that are none, no such layer, attention weights or a pair over several windows.
            LimitError: a text too long, with ``on_truncate="error"``.
        """
        one, rows = _inputs(texts, is_split_into_words)
        plan = self._plan(layers, attentions, add_special_tokens, is_split_into_words, on_truncate, overlap, threads)
        found = list(self._stream(rows, plan, progress, len(rows)))
        return found[0] if one else found

    def encode_stream(
        self, texts: Iterable[Any], *, progress: ProgressLike = None, total: int | None = None, **options: Any
    ) -> Iterator[ContextualVectors]:
        """`encode` of any number of texts, one result after the other; what is held at a time is about 32 MB of vectors.

        total: how many texts there are, for the progress. options: those of `encode`.
        """
        return self._stream(texts, self._plan(**options), progress, total)

    def _plan(
        self,
        layers: Layers | None = None,
        attentions: bool = False,
        add_special_tokens: bool = True,
        is_split_into_words: bool = False,
        on_truncate: OnTruncate | None = None,
        overlap: int | None = None,
        threads: int | None = None,
    ) -> _Plan:
        if threads is not None and threads < 0:
            raise ArgumentError(message("encode", "threads of at least 0", str(threads)))
        return _Plan(
            layers=self.layers if layers is None else self._layers(layers),
            attentions=attentions,
            special=add_special_tokens,
            split=is_split_into_words,
            on_truncate=self.on_truncate if on_truncate is None else _checked(on_truncate),
            overlap=overlap,
            threads=self.threads if threads is None else threads,
        )

    def _stream(
        self, texts: Iterable[Any], plan: _Plan, progress: ProgressLike, total: int | None
    ) -> Iterator[ContextualVectors]:
        budget = max(1, _BATCH_BYTES // (4 * len(plan.layers) * self.dimension))
        held: list[_Prepared] = []
        size = cut = 0
        with Reporter("encode", total, "texts", progress) as report:
            for text in texts:
                prepared = self._prepare(text, plan)
                cut += prepared.left_out > 0
                if plan.attentions and len(prepared.windows) > 1:
                    expected = f"attention weights over one window of {self.max_tokens} tokens"
                    received = f"a text of {len(prepared.encoding)}"
                    raise ArgumentError(
                        message("encode", expected, received, 'attentions=False, or on_truncate="warn"')
                    )
                held.append(prepared)
                size += sum(len(window.ids) for window in prepared.windows)
                if size >= budget or plan.attentions:
                    yield from self._run(held, plan)
                    report.advance(len(held))
                    held, size = [], 0
            yield from self._run(held, plan)
            report.advance(len(held))
        if cut and plan.on_truncate == "warn":
            warnings.warn(
                f"[encode] {cut:,} text{'s' if cut > 1 else ''} longer than the model's {self.max_tokens} tokens cut short; "
                "try on_truncate='chunk' (nothing is lost), 'ignore' or 'error'",
                TruncationWarning,
                stacklevel=4,
            )

    def encode_padded(
        self, texts: Iterable[Any], layer: int = -1, **options: Any
    ) -> tuple[FloatArray, npt.NDArray[np.uint8]]:
        """Texts as one rectangle: vectors float32 (batch, sequence, hidden), zeros after the end of a text, and a mask uint8
        (batch, sequence), 1 where there is a token.

        options: those of `encode` but for ``layers``.
        """
        rows = self.encode([texts] if isinstance(texts, str) else list(texts), layers=(layer,), **options)
        width = max((len(row) for row in rows), default=0)
        vectors = np.zeros((len(rows), width, self.dimension), dtype=np.float32)
        mask = np.zeros((len(rows), width), dtype=np.uint8)
        for index, row in enumerate(rows):
            vectors[index, : len(row)] = row.vectors[0]
            mask[index, : len(row)] = 1
        return vectors, mask

    def _windows_of(
        self, texts: list[str], layers: Layers, threads: int | None, progress: ProgressLike
    ) -> Iterator[ContextualVectors]:
        return self.encode_stream(
            texts, layers=layers, on_truncate="chunk", threads=threads, progress=progress, total=len(texts)
        )

    # ---- one text ----
    def _prepare(self, text: Any, plan: _Plan) -> _Prepared:
        first, second = text if _is_pair(text, plan.split) else (text, None)
        if not plan.split:
            first, second = _as_str(first), None if second is None else _as_str(second)
        encoding = self.tokenizer.encode(first, second, plan.special, plan.split)
        limit, length = self.max_tokens, len(encoding)
        if limit is None or length <= limit:
            return _Prepared(first, second, encoding, [whole_row(encoding)])
        if plan.on_truncate == "error":
            raise LimitError(
                message("encode", f"at most {limit} tokens, the model's window", str(length), 'on_truncate="chunk"')
            )
        if plan.on_truncate == "chunk":
            return _Prepared(first, second, encoding, windows_over(encoding, limit, plan.overlap))
        (cut,) = self.tokenizer.encode_batch_encodings(
            [(first, second)] if second is not None else [first],
            None,
            plan.special,
            plan.split,
            threads=1,
            truncation=Truncation(limit),
        )
        if len(cut) > limit:  # nothing is cut where the special tokens alone are more
            special = int(np.sum(encoding.special_tokens_mask))
            raise LimitError(message("encode", f"room for text in {limit} tokens", f"{special} special tokens"))
        return _Prepared(first, second, cut, [whole_row(cut)], length - len(cut))

    def _run(self, held: list[_Prepared], plan: _Plan) -> Iterator[ContextualVectors]:
        rows = [window for prepared in held for window in prepared.windows]
        if not rows:
            return
        bounds = np.cumsum([0, *(len(row.ids) for row in rows)], dtype=np.int64)
        batch = TokenBatch(
            np.concatenate([row.ids for row in rows]).astype(np.uint32, copy=False),
            bounds,
            np.concatenate([row.type_ids for row in rows]),
        )
        found = self.engine.token_vectors(batch, plan.layers, plan.attentions, plan.threads)
        at = 0
        for prepared in held:
            vectors = np.zeros((len(plan.layers), len(prepared.encoding), self.dimension), dtype=np.float32)
            weights = None if found.attentions is None else found.attentions[at]
            for window in prepared.windows:
                vectors[:, window.put] = found.vectors[:, bounds[at] + window.take]
                at += 1
            yield ContextualVectors(
                prepared.text, prepared.pair, prepared.encoding, plan.layers, vectors, weights, prepared.left_out,
                len(prepared.windows),
            )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Plan:
    """The options of a call, checked."""

    layers: tuple[int, ...]
    attentions: bool
    special: bool
    split: bool
    on_truncate: OnTruncate
    overlap: int | None
    threads: int


@dataclass(frozen=True, slots=True)
class _Prepared:
    """A text on its way to the engine."""

    text: Any
    pair: Any
    encoding: Encoding
    windows: list[Window]
    left_out: int = 0


def _transformer_of(files: ModelFiles) -> tuple[ModelFiles, bool]:
    """(the folder of the model itself, whether texts are lowered before its tokenizer), as modules.json of
    sentence-transformers says: old folders keep the model in one inside. Other modules do not matter to tokens."""
    try:
        modules = read_modules(files)
    except UnsupportedError:
        modules = None
    if not modules or modules[0].kind != "Transformer":
        return files, False
    return files.part(modules[0].path), bool(modules[0].settings.get("do_lower_case", False))


def _checked(policy: OnTruncate) -> OnTruncate:
    if policy not in get_args(OnTruncate):
        raise ArgumentError(message("on_truncate", f"one of {', '.join(get_args(OnTruncate))}", repr(policy)))
    return policy


def _is_pair(text: Any, split: bool) -> bool:
    if not split:
        return isinstance(text, tuple) and len(text) == 2
    return isinstance(text, tuple) and len(text) == 2 and not any(isinstance(part, str) for part in text)


def _as_str(text: Any) -> str:
    """bytes are read as UTF-8, so that offsets count characters of something."""
    if isinstance(text, bytes):
        return text.decode("utf-8", "replace")
    if not isinstance(text, str):
        raise ArgumentError(message("encode", "texts or pairs (text, pair)", type(text).__name__))
    return text


def _inputs(texts: Any, split: bool) -> tuple[bool, list[Any]]:
    """(is it one text, all of them)."""
    if isinstance(texts, (str, bytes)):
        if split:
            raise ArgumentError(message("encode", "a list of words", "one string", "text.split()"))
        return True, [texts]
    if _is_pair(texts, split):
        return True, [texts]
    if not isinstance(texts, Iterable):
        raise ArgumentError(message("encode", "a text, a pair (text, pair) or a list of them", type(texts).__name__))
    rows = list(texts)
    if split and rows and all(isinstance(word, str) for word in rows):
        return True, [rows]
    for index, row in enumerate(rows):
        plain = isinstance(row, (list, tuple)) if split else isinstance(row, (str, bytes)) or _is_pair(row, split)
        if not plain:
            expected = "lists of words" if split else "texts or pairs (text, pair)"
            raise ArgumentError(message("encode", expected, f"{type(row).__name__} at {index}"))
    return False, rows
