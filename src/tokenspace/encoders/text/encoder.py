"""TextEncoder: one vector a text."""

from __future__ import annotations

import os
import threading
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import numpy.typing as npt

from ...errors import ArgumentError, FormatError, message
from ...progress import ProgressLike, Reporter
from ...types import PathLike
from ..engines.choose import load_engine
from ..engines.protocol import FloatArray
from ..model_files import model_tokenizer, open_model
from .description import longest
from .facts import TextEncoderFacts
from .options import checked_policy, checked_prompts, whole_number
from .overrides import overridden, prompt_named
from .pipeline import BLOCK_TEXTS, Pipeline, Plan, as_texts, blocks_of, checked
from .quantize import Precision, check_precision, quantize_embeddings
from .recipe import Stated, read_recipe, static_length
from .report import EncodeReport, TruncationWarning, joined
from .rows import OnTruncate, RowMaker, lowered
from .similarity import as_vectors, pairwise_similarity, similarity_matrix
from .theirs import CALL, CONSTRUCTOR, translated

if TYPE_CHECKING:
    from ..contextual import ContextualEncoder
    from .streaming import WrittenFile

__all__ = ["TextEncoder"]

_DOCUMENT_PROMPTS = ("document", "passage", "corpus")


class TextEncoder(TextEncoderFacts):
    """A model that turns texts into vectors: a transformer with its pooling, or a table of token rows.

    >>> import tokenspace as ts
    >>> encoder = ts.TextEncoder()  # the embedded model: no download
    >>> encoder.encode(["a cat", "a dog"]).shape[0]
    2

    Models are folders, hub ids or the name of an embedded model, with safetensors weights, and the modules of
    sentence-transformers beside them (modules.json). What a model does not state is not guessed: without modules.json
    ``pooling`` has to be given. ``describe()`` tells what was found, and where.

    Args:
        model: "tokenspace/static" (embedded), a folder, or a hub id.
        engine: "native" (the core, BERT-like models), "torch" (every architecture of transformers), "static", or "auto".
        precision: what the engine computes in: "fp32", "bf16", "int8" or "auto", see `engines.choose.load_engine`.
        pooling: "mean", "cls", "max", "last", "mean_sqrt_len" or "weighted_mean", or several whose vectors are put side by
            side; None: as the model states.
        normalize: True: vectors of length 1; False: without the normalisation the model ends with; None: as it states.
        prompts: name -> text put before each text; beside those of the model, and before them where a name is the same.
        default_prompt_name: the prompt of `encode` when none is named.
        max_length: longest text in tokens, special ones included; None: as the model states.
        dimensions: leading numbers of each vector that are kept (Matryoshka); None: all.
        on_truncate: what happens to texts that are longer: "warn" cuts them and warns once a call, "ignore" cuts them,
            "error" raises LimitError, "chunk" makes windows of the whole text and takes the mean of their vectors, each
            weighing as many tokens of text as it adds.
        chunk_overlap: tokens that neighbouring windows of "chunk" share.
        similarity: "cosine", "dot", "euclidean" or "manhattan"; None: as the model states, else cosine.
        threads: None or 0: all cores. Vectors of the native and static engines do not depend on it.
        device: of torch; naming one asks for the torch engine.
        trust_remote_code: let torch run Python code that came with the model.
        revision, token, cache_dir, local_files_only: of the hub, as for `Tokenizer.from_pretrained`.
        theirs: arguments of sentence-transformers by their names (truncate_dim, similarity_fn_name, cache_folder).

    Raises:
        ArgumentError: nothing states the pooling, or arguments that contradict the model. NotFoundError: no such model, or
            a file of it is missing. FormatError: damaged files. UnsupportedError: an architecture, module or weights that
            cannot be run here, by name.
    """

    def __init__(
        self,
        model: PathLike = "tokenspace/static",
        *,
        engine: str = "auto",
        precision: str = "auto",
        pooling: str | Sequence[str] | None = None,
        normalize: bool | None = None,
        prompts: Mapping[str, str] | None = None,
        default_prompt_name: str | None = None,
        max_length: int | None = None,
        dimensions: int | None = None,
        on_truncate: OnTruncate = "warn",
        chunk_overlap: int = 0,
        similarity: str | None = None,
        threads: int | None = None,
        device: str | None = None,
        trust_remote_code: bool = False,
        revision: str | None = None,
        token: str | bool | None = None,
        cache_dir: PathLike | None = None,
        local_files_only: bool | None = None,
        **theirs: Any,
    ) -> None:
        self._arguments: dict[str, Any] = {
            "engine": engine, "precision": precision, "pooling": pooling, "normalize": normalize,
            "prompts": None if prompts is None else checked_prompts("TextEncoder", prompts),
            "default_prompt_name": default_prompt_name, "dimensions": dimensions, "similarity": similarity,
            "device": device, "trust_remote_code": trust_remote_code, "revision": revision, "cache_dir": cache_dir,
            "local_files_only": local_files_only, **theirs,
        }  # fmt: skip
        own: dict[str, Any] = {"dimensions": dimensions, "similarity": similarity, "cache_dir": cache_dir}
        own = translated("TextEncoder", own, theirs, CONSTRUCTOR)
        hub: dict[str, Any] = {"revision": revision, "token": token, "local_files_only": local_files_only}
        files = open_model(model, cache_dir=own["cache_dir"], **hub)
        self.name, self._what = files.name, f"load {files.name}"
        self._files = files
        recipe = overridden(
            read_recipe(files), self._what, pooling=pooling, normalize=normalize, prompts=prompts,
            default_prompt_name=default_prompt_name, similarity=own["similarity"], dimensions=own["dimensions"],
        )  # fmt: skip
        tokenizer = model_tokenizer(recipe.files)
        limit = tokenizer.model_max_length
        if recipe.static:
            recipe = replace(recipe, max_length=static_length(recipe.files, tokenizer.truncation))
        if recipe.lower_case:
            tokenizer = lowered(tokenizer)
        rows = RowMaker(tokenizer, not recipe.static, tokenizer.truncation_side)
        if recipe.static and engine == "auto":
            engine = "static"
        run = load_engine(
            recipe.files,
            engine=cast(Any, engine),
            precision=cast(Any, precision),
            device=device,
            trust_remote_code=trust_remote_code,
        )
        if recipe.static and tokenizer._core.id_bound > run.vocab_size:
            expected = f"a row for each of the tokenizer's {tokenizer._core.id_bound} ids"
            raise FormatError(message(self._what, expected, f"{run.vocab_size} rows", "the tokenizer of this model"))
        self._pipeline = Pipeline(recipe, rows, run)
        self._length = longest(recipe, limit)
        if run.max_tokens is not None and (self._length.value is None or self._length.value > run.max_tokens):
            self._length = Stated(run.max_tokens, "the model's positions")
        if max_length is not None:
            self.max_length = max_length
        self.on_truncate, self.chunk_overlap, self.threads = on_truncate, chunk_overlap, threads
        self._plan(prompt="")  # wrong options are refused now rather than with the first text
        self._checked_dimensions(recipe.dimensions.value)
        self._last = threading.local()

    @classmethod
    def from_pretrained(cls, model: PathLike, /, **options: Any) -> TextEncoder:
        """The same as ``TextEncoder(model, **options)``."""
        return cls(model, **options)

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickled (for processes that share the work) as its arguments: the model is opened again where it is unpickled, its
        weights mapped. The hub's token is left out."""
        folder = self._files.folder
        model = self.name if folder is None or self.name.startswith("tokenspace/") else os.path.abspath(folder)
        state = {name: getattr(self, name) for name in ("on_truncate", "chunk_overlap", "threads", "_length", "name")}
        return partial(type(self), model, **self._arguments), (), state

    # ---- encoding ----
    def encode(
        self,
        texts: str | Iterable[str],
        *,
        prompt: str | None = None,
        prompt_name: str | None = None,
        batch_size: int | None = None,
        normalize: bool | None = None,
        dimensions: int | None = None,
        precision: Precision = "float32",
        ranges: FloatArray | None = None,
        max_length: int | None = None,
        on_truncate: OnTruncate | None = None,
        progress: ProgressLike = None,
        threads: int | None = None,
        return_report: bool = False,
        **theirs: Any,
    ) -> Any:
        """Vectors of texts.

        Args:
            texts: n texts, or one. An empty text is encoded as such: the special tokens alone, or a row of zeros where a
                model has none.
            prompt: put before each text; prompt_name: one of ``prompts`` by name. Without both the default prompt.
            batch_size: rows the engine is given at a time; None: some thousand tokens. Vectors of the native and static
                engines do not depend on it, those of torch in the last digits.
            normalize: True: length 1; False: without the normalisation the model ends with; None: as the encoder.
            dimensions: leading numbers to keep. As in sentence-transformers they are cut from the finished vector, which is
                normalised again only with ``normalize=True``.
            precision: of the result: "float32", "float16", "int8", "uint8", "binary" or "ubinary", see
                `quantize_embeddings`.
            ranges: float32 (2, d), smallest and largest value of each dimension, for int8 and uint8; None: those of
                ``texts``, which have to be two at least.
            max_length, on_truncate: None: as the encoder.
            progress: a style or callback of `tokenspace.progress`; counts texts.
            return_report: give (vectors, `EncodeReport`) with the lengths and cuts of each text.
            theirs: arguments of sentence-transformers by their names (normalize_embeddings, truncate_dim,
                show_progress_bar).

        Returns:
            (n, dimension) of float32 (or of ``precision``); (dimension,) for one text; (0, dimension) for none.

        Raises:
            ArgumentError: something that is no str among the texts (with its row), an unknown prompt, wrong options.
            LimitError: a text is too long and ``on_truncate`` is "error".
        """
        given: dict[str, Any] = {"progress": progress, "dimensions": dimensions, "normalize": normalize}
        given = translated("encode", given, theirs, CALL)
        plan = self._plan(
            prompt=prompt, prompt_name=prompt_name, batch_size=batch_size, normalize=given["normalize"],
            dimensions=given["dimensions"], max_length=max_length, on_truncate=on_truncate, threads=threads,
        )  # fmt: skip
        check_precision(precision, ranges)
        single = isinstance(texts, str)
        block = as_texts(texts)
        if plan.on_truncate == "error":
            self._refuse_long(block, plan)
        with Reporter("embed", len(block), "texts", given["progress"]) as reporter:
            vectors, report = self._pipeline.many(block, plan, 0, reporter.update)
        self._finish(report, plan)
        out: npt.NDArray[Any] = vectors
        if precision != "float32":
            out = quantize_embeddings(vectors, precision, ranges)
        if single:
            out = out[0]
        return (out, report) if return_report else out

    def encode_tokens(
        self, ids: Sequence[int] | npt.NDArray[Any], *, progress: ProgressLike = None, threads: int | None = None
    ) -> FloatArray:
        """Vectors of texts that are one token each, as distillation takes them.

        Args:
            ids: n tokens; the special tokens of the model are put around each, prompts are not.

        Returns:
            float32 (n, dimension), without the normalisation the model may end with.

        Raises:
            ArgumentError: an id outside the vocabulary.
        """
        given = np.asarray(ids)
        if given.ndim != 1 or (given.size and given.dtype.kind not in "iu"):
            raise ArgumentError(message("embed", "a list of token ids", f"{given.dtype} of shape {given.shape}"))
        bound = self._pipeline.engine.vocab_size
        if given.size and not 0 <= int(given.min()) <= int(given.max()) < bound:
            raise ArgumentError(message("embed", f"token ids of 0 to {bound - 1}", f"{given.min()} to {given.max()}"))
        plan = self._plan(prompt="", normalize=False, threads=threads)
        with Reporter("embed tokens", len(given), "tokens", progress) as reporter:
            return self._pipeline.tokens(given.astype(np.uint32), plan, reporter.update)

    def encode_query(self, texts: str | Iterable[str], **options: Any) -> Any:
        """As `encode`, with the prompt "query" where the model has one, and without the default prompt elsewhere."""
        return self._encode_as("query", ("query",), texts, options)

    def encode_document(self, texts: str | Iterable[str], **options: Any) -> Any:
        """As `encode`, with the first prompt the model has of "document", "passage" and "corpus", else with none."""
        return self._encode_as("document", _DOCUMENT_PROMPTS, texts, options)

    def _encode_as(self, task: str, names: Sequence[str], texts: str | Iterable[str], options: dict[str, Any]) -> Any:
        if options.get("prompt") is None and options.get("prompt_name") is None:
            prompts = self._pipeline.recipe.prompts.value
            options["prompt"] = next((prompts[name] for name in names if prompts.get(name)), "")
        options.setdefault("max_length", self._pipeline.recipe.task_lengths.get(task))
        return self.encode(texts, **options)

    def encode_stream(
        self,
        texts: Iterable[str],
        *,
        rows: int = 1024,
        precision: Precision = "float32",
        ranges: FloatArray | None = None,
        **options: Any,
    ) -> Iterator[npt.NDArray[Any]]:
        """Vectors of an endless or large iterable, in order, as arrays of at most ``rows`` rows; one such block of texts is
        held at a time. int8 and uint8 need ``ranges``; truncated texts are warned of at the end.

        options: prompt, prompt_name, batch_size, normalize, dimensions, max_length, on_truncate, threads of `encode`.
        """
        check_precision(precision, ranges)
        if precision in ("int8", "uint8") and ranges is None:
            raise ArgumentError(message("encode_stream", f"ranges of each dimension for {precision}", "none"))
        if isinstance(texts, (str, bytes, Mapping)) or not isinstance(texts, Iterable):
            raise ArgumentError(message("encode_stream", "an iterable of texts", type(texts).__name__, "[text]"))
        rows = whole_number("encode_stream", "rows", rows, 1)
        return self._streamed(texts, rows, self._plan_of("encode_stream", options), precision, ranges)

    def _streamed(
        self, texts: Iterable[str], rows: int, plan: Plan, precision: Precision, ranges: FloatArray | None
    ) -> Iterator[npt.NDArray[Any]]:
        reports: list[EncodeReport] = []
        begin = 0
        for block in blocks_of(checked(texts), min(rows, BLOCK_TEXTS)):
            found, report = self._pipeline.vectors(block, plan, begin, lambda _: None)
            begin += len(block)
            reports.append(report)
            yield quantize_embeddings(found, precision, ranges)
        self._finish(joined(reports, plan.max_length), plan)

    def encode_to_file(self, source: Any, path: PathLike, **options: Any) -> WrittenFile:
        """Vectors of a large input, written as they come, see `streaming.encode_to_file`."""
        from .streaming import encode_to_file

        return encode_to_file(self, source, path, **options)

    def token_encoder(self, on_truncate: OnTruncate | None = None) -> ContextualEncoder:
        """The same model as a giver of token vectors, with the same bound on lengths."""
        from ..contextual import ContextualEncoder

        return ContextualEncoder.from_parts(
            self.tokenizer, self._pipeline.engine, name=self.name, max_tokens=self.max_length,
            on_truncate=on_truncate or self.on_truncate, threads=self.threads or 0,
        )  # fmt: skip

    @property
    def truncated(self) -> int:
        """How many texts the last call of this thread cut; `encode` with ``return_report=True`` says which."""
        report: EncodeReport | None = getattr(self._last, "report", None)
        return 0 if report is None else report.truncated_count

    # ---- likeness ----
    def similarity(self, a: Any, b: Any = None) -> FloatArray:
        """Similarity of every one of ``a`` with every one of ``b`` (of ``a``, when None): float32 (n, m).

        a, b: texts, or vectors of shape (n, d) or (d,). Larger is nearer; euclidean and manhattan are negative distances.
        """
        left = as_vectors(a, self.encode)
        return similarity_matrix(left, left if b is None else as_vectors(b, self.encode), self.similarity_name)

    def similarity_pairwise(self, a: Any, b: Any) -> FloatArray:
        """Similarity of the i-th of ``a`` with the i-th of ``b``: float32 (n)."""
        return pairwise_similarity(as_vectors(a, self.encode), as_vectors(b, self.encode), self.similarity_name)

    # ---- inside ----
    def _plan_of(self, operation: str, options: Mapping[str, Any]) -> Plan:
        """The same for options by name, ours or those of sentence-transformers."""
        names = (
            "prompt", "prompt_name", "batch_size", "normalize", "dimensions", "max_length", "on_truncate", "threads",
        )  # fmt: skip
        ours = {name: options.get(name) for name in names}
        theirs = {name: value for name, value in options.items() if name not in ours}
        return self._plan(**translated(operation, ours, theirs, {"truncate_dim": "dimensions"}))

    def _plan(
        self,
        *,
        prompt: str | None = None,
        prompt_name: str | None = None,
        batch_size: int | None = None,
        normalize: bool | None = None,
        dimensions: int | None = None,
        max_length: int | None = None,
        on_truncate: OnTruncate | None = None,
        threads: int | None = None,
    ) -> Plan:
        """The options of a call with the encoder's own in place of those not given, checked."""
        recipe = self._pipeline.recipe
        if prompt is None:
            name = prompt_name if prompt_name is not None else recipe.default_prompt_name.value
            prompt = "" if name is None else prompt_named(name, recipe.prompts.value)
        if not isinstance(prompt, str):
            raise ArgumentError(message("encode", "a str as prompt", type(prompt).__name__))
        policy = checked_policy("encode", self.on_truncate if on_truncate is None else on_truncate)
        count = threads if threads is not None else self.threads
        count = 0 if count is None else whole_number("encode", "threads", count, 0)
        overlap = whole_number("encode", "chunk_overlap", self.chunk_overlap, 0)
        batch_size = None if batch_size is None else whole_number("encode", "batch_size", batch_size, 1, 1 << 62)
        kept = self._checked_dimensions(dimensions if dimensions is not None else recipe.dimensions.value)
        # The caller's wish for vectors of length 1 holds for shortened vectors as well; a model's own does not.
        if normalize is None and recipe.normalize == Stated(True, "argument"):
            normalize = True
        length = self.max_length if max_length is None else self._checked_length(max_length)
        return Plan(prompt, batch_size, normalize, kept, length, policy, overlap, count)

    def _refuse_long(self, texts: Sequence[str], plan: Plan) -> None:
        """Before any work is done: what is too long is found by counting alone."""
        if plan.max_length is None:
            return
        begin = 0
        for block in blocks_of(texts):
            self._pipeline.rows.refuse_long(block, plan.prompt, plan.max_length, plan.threads or None, begin)
            begin += len(block)

    def _finish(self, report: EncodeReport, plan: Plan) -> None:
        """Keeps the report for `truncated`, and warns when the plan says so."""
        self._last.report = report
        if plan.on_truncate == "warn" and report.truncated_count:
            text = f"[encode] {report}; try on_truncate='chunk' (nothing is lost), 'ignore' or 'error'"
            warnings.warn(text, TruncationWarning, stacklevel=3)
