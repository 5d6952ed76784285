"""Native core of tokenspace (private; use the tokenspace package)."""

from collections.abc import Sequence
from typing import Annotated, Any, overload

import numpy
import numpy.typing
from numpy.typing import NDArray

class Options:
    def __init__(
        self,
        add_special_tokens: bool = True,
        special: str = "allow",
        dropout: float = 0.0,
        alpha: float = 0.0,
        nbest_size: int = 0,
        seed: int = 0,
        truncation: tuple[int, int, str, str] | None = None,
        padding: tuple[int | None, str, int | None, int, int, str] | None = None,
    ) -> None: ...

class FullEncoding:
    def __len__(self) -> int: ...
    @property
    def ids(self) -> object: ...
    @property
    def ids_array(self) -> object: ...
    @property
    def type_ids(self) -> object: ...
    @property
    def tokens(self) -> object: ...
    @property
    def byte_offsets(self) -> object: ...
    @property
    def offsets(self) -> object: ...
    @property
    def byte_spans(self) -> object: ...
    @property
    def spans(self) -> object: ...
    @property
    def word_ids(self) -> object: ...
    @property
    def sequence_ids(self) -> object: ...
    @property
    def special_tokens_mask(self) -> object: ...
    @property
    def attention_mask(self) -> object: ...
    @property
    def sequence_ranges(self) -> object: ...
    @property
    def overflowing(self) -> object: ...
    def truncated(self, max_length: int, stride: int, direction: str) -> object: ...
    def padded(self, length: int, direction: str, pad_id: int, pad_type_id: int, pad_token: str) -> object: ...

class Tokenizer:
    def encode_array(self, text: object | None, options: Options) -> object: ...
    def encode_list(self, text: object | None, options: Options) -> object: ...
    def encode(self, text: object | None, pair: object | None, options: Options, is_split: bool) -> object: ...
    def encode_many(self, inputs: object | None, options: Options, is_split: bool, threads: int) -> object: ...
    def encode_batch(self, texts: object | None, options: Options, offsets: str, threads: int) -> object: ...
    def encode_batch_lists(self, texts: object | None, options: Options, threads: int) -> object: ...
    def count(self, text: object | None, options: Options) -> int: ...
    def count_batch(self, texts: object | None, options: Options, threads: int) -> object: ...
    def alternatives(self, text: object | None, n: int) -> object: ...
    def id_list(self, ids: object | None) -> object:
        """A list of the ids of an array, from the table of integers."""

    def decode(self, ids: object | None, skip_special_tokens: bool) -> object: ...
    def decode_batch(self, rows: object | None, skip_special_tokens: bool) -> object: ...
    def decode_bytes(self, ids: object | None, skip_special_tokens: bool) -> object: ...
    def token_to_id(self, token: object | None) -> int | None: ...
    def id_to_token(self, id: int | None) -> object: ...
    def ids_to_tokens(self, ids: object | None) -> object: ...
    def id_to_bytes(self, id: int | None) -> object: ...
    def vocab_size(self, with_added: bool) -> int: ...
    @property
    def id_bound(self) -> int: ...
    def vocabulary(self, with_added: bool) -> object: ...
    def added_tokens(self) -> object: ...
    def with_added(self, tokens: object | None) -> object: ...
    def is_special_id(self, id: int | None) -> bool: ...
    def model_tokenize(self, piece: object | None) -> object:
        """[(id, begin, end)] of one piece given as the model receives it."""

    def part_json(self, part: str) -> str: ...
    def with_part(self, part: str, json: str) -> object: ...
    def to_json(self) -> object: ...
    @property
    def engine(self) -> object: ...
    @property
    def default_special(self) -> object: ...
    @property
    def format(self) -> object: ...
    @property
    def model_kind(self) -> object: ...
    def num_special_tokens(self, is_pair: bool) -> int: ...
    def set_cache_budget(self, bytes: int) -> None: ...
    def clear_cache(self) -> None: ...

class DecodeStream:
    def __init__(self, tokenizer: Tokenizer, skip_special_tokens: bool, prefill: object | None) -> None: ...
    def step(self, id: object | None) -> object: ...
    def finish(self) -> object: ...

def read_tokenizer_json(data: object, name: str) -> object: ...
def read_tiktoken(data: object, name: str, pattern: str, special: Sequence[tuple[str, int]]) -> object: ...
def read_sentencepiece(data: object, name: str) -> object: ...
def read_bert_vocab(
    data: object,
    name: str,
    lowercase: bool = True,
    tokenize_chinese_chars: bool = True,
    strip_accents: bool | None = None,
    unk: str = "[UNK]",
    sep: str = "[SEP]",
    cls: str = "[CLS]",
    pad: str = "[PAD]",
    mask: str = "[MASK]",
) -> object: ...
def read_vocab_merges(
    vocab: object,
    merges: object,
    name: str,
    add_prefix_space: bool = False,
    trim_offsets: bool = False,
    special: Sequence[str] = [],
) -> object: ...
def read_clip(data: object, name: str) -> object: ...
def read_tekken(data: object, name: str) -> object: ...
def make_byte_tokenizer() -> object: ...
def write_compiled(tokenizer: Tokenizer, digest: object) -> object: ...
def read_compiled(path: str, name: str) -> object: ...

class Normalizer:
    def __init__(self, json: str) -> None: ...
    def json(self) -> object: ...
    def normalize_str(self, text: object | None) -> object: ...

class PreTokenizer:
    def __init__(self, json: str) -> None: ...
    def json(self) -> object: ...
    def pre_tokenize_str(self, text: object | None) -> object: ...

class Decoder:
    def __init__(self, json: str) -> None: ...
    def json(self) -> object: ...
    def decode(self, tokens: Sequence[str] | None) -> object: ...

class PostProcessor:
    def __init__(self, json: str) -> None: ...
    def json(self) -> object: ...
    def num_special_tokens_to_add(self, is_pair: bool) -> int: ...

class TrainControl:
    def __init__(self) -> None: ...
    @property
    def stage(self) -> str: ...
    @property
    def done(self) -> int: ...
    @property
    def total(self) -> int: ...
    @property
    def cancelled(self) -> bool: ...
    @property
    def paused(self) -> bool: ...
    @property
    def sleeping(self) -> int: ...
    def begin(self, stage: str, total: int) -> None: ...
    def cancel(self) -> None: ...
    def pause(self) -> None: ...
    def resume(self) -> None: ...

class MergeLog:
    def __init__(self, steps: int = 0, pairs: int = 10) -> None: ...
    def take(self) -> list[dict[str, Any]]: ...
    @property
    def start_tokens(self) -> int: ...

class WordCounts:
    def __init__(self, items: object, raw_bytes: bool = False) -> None: ...
    def __len__(self) -> int: ...
    @property
    def raw_bytes(self) -> bool: ...
    def save(self, path: str) -> None: ...
    @staticmethod
    def load(path: str, raw_bytes: bool) -> WordCounts: ...
    def sorted_items(self) -> list[tuple[bytes, int]]: ...
    def most_frequent(
        self, most: int, least: int = 1, longest: int = 18446744073709551615
    ) -> list[tuple[bytes, int]]: ...

class PieceCounter:
    def __init__(self, pipeline: Tokenizer, threads: int, memory_budget: int, folder: str) -> None: ...
    def add_lines(self, block: bytes, weight: int, control: TrainControl) -> None: ...
    def add_texts(self, texts: object, weight: int, control: TrainControl) -> None: ...
    def finish(self, control: TrainControl) -> WordCounts: ...
    @property
    def stats(self) -> dict[str, int]: ...

def count_lines(block: bytes) -> tuple[int, int]: ...
def train_bpe(
    words: WordCounts,
    control: TrainControl,
    vocab_size: int,
    min_frequency: int = 0,
    special_tokens: Sequence[str] = [],
    limit_alphabet: int | None = None,
    character_coverage: float = 1.0,
    initial_alphabet: Sequence[str] = [],
    continuing_subword_prefix: str | None = None,
    end_of_word_suffix: str | None = None,
    max_token_length: int | None = None,
    byte_order: bool = False,
    log: MergeLog | None = None,
) -> object: ...
def extend_bpe(
    words: WordCounts,
    tokenizer: Tokenizer,
    control: TrainControl,
    vocab_size: int,
    min_frequency: int = 0,
    max_token_length: int | None = None,
    max_token_words: int | None = None,
    log: MergeLog | None = None,
) -> object: ...

class UnigramState:
    def __init__(self, round: int, pieces: Sequence[str], scores: Sequence[float]) -> None: ...
    @property
    def round(self) -> int: ...
    @property
    def pieces(self) -> list[str]: ...
    @property
    def scores(self) -> list[float]: ...

class TrainedUnigram:
    @property
    def pieces(self) -> list[str]: ...
    @property
    def scores(self) -> list[float]: ...
    @property
    def log_likelihood(self) -> float: ...
    @property
    def rounds(self) -> int: ...

def split_words(
    words: WordCounts, split_by_unicode_script: bool, split_by_number: bool, split_digits: bool
) -> WordCounts: ...
def train_unigram(
    words: WordCounts,
    control: TrainControl,
    vocab_size: int = 8000,
    seed_size: int = 1000000,
    shrinking_factor: float = 0.75,
    token_cost: float = 1.0,
    sub_iterations: int = 2,
    max_piece_length: int = 16,
    character_coverage: float = 1.0,
    required_characters: str = "",
    split_by_whitespace: bool = True,
    split_by_unicode_script: bool = True,
    split_by_number: bool = True,
    split_digits: bool = False,
    whitespace_as_suffix: bool = False,
    allow_whitespace_only: bool = False,
    threads: int = 0,
    resume: UnigramState | None = None,
    checkpoint: object | None = None,
) -> TrainedUnigram: ...
def builtin_charsmap(name: str) -> object: ...
def compile_charsmap(rules: Sequence[tuple[str, str]]) -> object: ...

class WordCounter:
    def __init__(
        self, threads: int = 0, memory_budget: int = 2147483648, folder: str = "", max_words: int = 0
    ) -> None: ...
    def add_lines(self, block: bytes, keep_empty: bool = False) -> None: ...
    def add_sentences(self, sentences: object) -> None: ...
    def finish(self, least: int = 1) -> tuple[list[str], numpy.typing.NDArray[numpy.uint64], int, int]: ...
    @property
    def words(self) -> int: ...
    @property
    def sentences(self) -> int: ...
    @property
    def forgotten(self) -> int: ...

class WordEncoder:
    def __init__(self, words: object) -> None: ...
    def __len__(self) -> int: ...
    def encode_lines(
        self, block: bytes, keep_empty: bool = False, threads: int = 0
    ) -> tuple[numpy.typing.NDArray[numpy.int32], numpy.typing.NDArray[numpy.int64], int]: ...
    def encode_sentences(
        self, sentences: object, threads: int = 0
    ) -> tuple[numpy.typing.NDArray[numpy.int32], numpy.typing.NDArray[numpy.int64], int]: ...

def huffman_codes(
    counts: numpy.typing.NDArray[numpy.uint64],
) -> tuple[numpy.typing.NDArray[numpy.uint8], numpy.typing.NDArray[numpy.int32], numpy.typing.NDArray[numpy.int64]]: ...

class Word2VecTrainer:
    def __init__(
        self,
        *,
        words: Annotated[NDArray[numpy.float32], dict(shape=(None, None), order="C", device="cpu")],
        skip_gram: bool,
        cbow_mean: bool = True,
        window: int = 5,
        shrink_windows: bool = True,
        negative: int = 0,
        negative_rows: Annotated[NDArray[numpy.float32], dict(shape=(None, None), order="C", device="cpu")]
        | None = None,
        noise: Annotated[NDArray[numpy.float64], dict(shape=(None,), order="C", device="cpu", writable=False)]
        | None = None,
        node_rows: Annotated[NDArray[numpy.float32], dict(shape=(None, None), order="C", device="cpu")] | None = None,
        path_offsets: Annotated[NDArray[numpy.int64], dict(shape=(None,), order="C", device="cpu", writable=False)]
        | None = None,
        points: Annotated[NDArray[numpy.int32], dict(shape=(None,), order="C", device="cpu", writable=False)]
        | None = None,
        codes: Annotated[NDArray[numpy.uint8], dict(shape=(None,), order="C", device="cpu", writable=False)]
        | None = None,
        sample_int: Annotated[NDArray[numpy.uint32], dict(shape=(None,), order="C", device="cpu", writable=False)]
        | None = None,
        lock_factors: Annotated[NDArray[numpy.float32], dict(shape=(None,), order="C", device="cpu", writable=False)]
        | None = None,
        bag_rows: Annotated[NDArray[numpy.float32], dict(shape=(None, None), order="C", device="cpu")] | None = None,
        bag_offsets: Annotated[NDArray[numpy.int64], dict(shape=(None,), order="C", device="cpu", writable=False)]
        | None = None,
        bag_parts: Annotated[NDArray[numpy.uint32], dict(shape=(None,), order="C", device="cpu", writable=False)]
        | None = None,
        bag_lock_factors: Annotated[
            NDArray[numpy.float32], dict(shape=(None,), order="C", device="cpu", writable=False)
        ]
        | None = None,
        tags: Annotated[NDArray[numpy.float32], dict(shape=(None, None), order="C", device="cpu")] | None = None,
        tag_lock_factors: Annotated[
            NDArray[numpy.float32], dict(shape=(None,), order="C", device="cpu", writable=False)
        ]
        | None = None,
        train_words: bool = True,
        concatenate: int = 0,
        padding: int = 0,
        freeze: bool = False,
        threads: int = 1,
        deterministic: bool = False,
        compute_loss: bool = False,
    ) -> None: ...
    def train(
        self,
        ids: Annotated[NDArray[numpy.int32], dict(shape=(None,), order="C", device="cpu", writable=False)],
        offsets: Annotated[NDArray[numpy.int64], dict(shape=(None,), order="C", device="cpu", writable=False)],
        *,
        seed: int = 1,
        epoch: int = 0,
        block: int = 0,
        alpha_begin: float,
        alpha_end: float,
        control: TrainControl,
        tags: Annotated[NDArray[numpy.int32], dict(shape=(None,), order="C", device="cpu", writable=False)]
        | None = None,
        tag_offsets: Annotated[NDArray[numpy.int64], dict(shape=(None,), order="C", device="cpu", writable=False)]
        | None = None,
    ) -> tuple[int, int, float]: ...
    def infer(
        self,
        ids: Annotated[NDArray[numpy.int32], dict(shape=(None,), order="C", device="cpu", writable=False)],
        offsets: Annotated[NDArray[numpy.int64], dict(shape=(None,), order="C", device="cpu", writable=False)],
        *,
        seed: int = 1,
        epochs: int,
        alpha_begin: float,
        alpha_end: float,
        control: TrainControl,
        tags: Annotated[NDArray[numpy.int32], dict(shape=(None,), order="C", device="cpu", writable=False)],
        tag_offsets: Annotated[NDArray[numpy.int64], dict(shape=(None,), order="C", device="cpu", writable=False)],
    ) -> None: ...

class PhraseCounter:
    def __init__(self, delimiter: str, connectors: object, max_words: int = 0, threads: int = 0) -> None: ...
    def add_lines(self, block: bytes) -> None: ...
    def add_sentences(self, sentences: object) -> None: ...
    def finish(self) -> dict[str, int]: ...
    @property
    def words(self) -> int: ...
    @property
    def sentences(self) -> int: ...
    @property
    def least_kept(self) -> int: ...

class Cooccurrences:
    def __init__(
        self,
        vocab_size: int,
        window: int = 15,
        symmetric: bool = True,
        weighted: bool = True,
        threads: int = 0,
        memory_budget: int = 1073741824,
        folder: str = "",
    ) -> None: ...
    def add(
        self, ids: numpy.typing.NDArray[numpy.int32], offsets: numpy.typing.NDArray[numpy.int64], control: TrainControl
    ) -> None: ...
    def to_arrays(
        self, control: TrainControl
    ) -> tuple[
        numpy.typing.NDArray[numpy.uint32], numpy.typing.NDArray[numpy.uint32], numpy.typing.NDArray[numpy.float64]
    ]: ...
    @property
    def spilled_bytes(self) -> int: ...

class GloveRecords:
    def __init__(
        self,
        counts: Cooccurrences,
        control: TrainControl,
        x_max: float = 100.0,
        alpha: float = 0.75,
        seed: int = 1,
        threads: int = 0,
        memory_budget: int = 1073741824,
        folder: str = "",
    ) -> None: ...
    def __len__(self) -> int: ...
    def train_epoch(
        self,
        words: numpy.typing.NDArray[numpy.float32],
        contexts: numpy.typing.NDArray[numpy.float32],
        word_biases: numpy.typing.NDArray[numpy.float32],
        context_biases: numpy.typing.NDArray[numpy.float32],
        word_squares: numpy.typing.NDArray[numpy.float32],
        context_squares: numpy.typing.NDArray[numpy.float32],
        word_bias_squares: numpy.typing.NDArray[numpy.float32],
        context_bias_squares: numpy.typing.NDArray[numpy.float32],
        eta: float,
        clip: float,
        epoch: int,
        control: TrainControl,
    ) -> float: ...

def ngram_buckets(words: object, min_n: int, max_n: int, bucket: int) -> object: ...
def mean_of_bags(
    words: Annotated[NDArray[numpy.float32], dict(shape=(None, None), order="C", device="cpu")],
    rows: Annotated[NDArray[numpy.float32], dict(shape=(None, None), order="C", device="cpu")],
    offsets: Annotated[NDArray[numpy.int64], dict(shape=(None,), order="C", device="cpu", writable=False)],
    parts: Annotated[NDArray[numpy.uint32], dict(shape=(None,), order="C", device="cpu", writable=False)],
    out: Annotated[NDArray[numpy.float32], dict(shape=(None, None), order="C", device="cpu")],
    threads: int = 0,
) -> None: ...

class FastTextLines:
    def __len__(self) -> int: ...
    @property
    def bytes(self) -> int: ...
    @property
    def tokens(self) -> int: ...
    @property
    def filled(self) -> object: ...
    @property
    def labels(self) -> object: ...
    @property
    def label_ends(self) -> object: ...

class FastTextDictionary:
    def __init__(self, minn: int, maxn: int, bucket: int, word_ngrams: int, label: str) -> None: ...
    def count(self, text: bytes) -> None: ...
    def finish(self, min_count: int, min_count_label: int) -> None: ...
    def add(self, word: bytes, count: int, is_label: bool) -> None: ...
    @property
    def words(self) -> list[bytes]: ...
    @property
    def labels(self) -> list[bytes]: ...
    @property
    def word_count(self) -> int: ...
    @property
    def label_count(self) -> int: ...
    @property
    def rows(self) -> int: ...
    @property
    def pruned(self) -> bool: ...
    @property
    def label(self) -> str: ...
    @property
    def tokens(self) -> int: ...
    @property
    def counts(self) -> object: ...
    def find(self, word: bytes) -> int: ...
    def word_rows(self, word: bytes) -> object: ...
    def read_lines(self, text: bytes) -> FastTextLines: ...
    def line_rows(self, lines: FastTextLines, line: int) -> object: ...

class FastTextBin:
    def __init__(
        self,
        bytes: Annotated[NDArray[numpy.uint8], dict(shape=(None,), order="C", device="cpu", writable=False)],
        name: str,
        label: str,
    ) -> None: ...
    @property
    def version(self) -> int: ...
    @property
    def arguments(self) -> dict[str, object]: ...
    @property
    def quantized(self) -> bool: ...
    @property
    def dictionary(self) -> FastTextDictionary: ...
    def shape(self, output: bool) -> tuple[int, int]: ...
    def copy_rows(
        self,
        output: bool,
        first: int,
        out: Annotated[NDArray[numpy.float32], dict(shape=(None, None), order="C", device="cpu")],
    ) -> None: ...

class FastTextClassifierCore:
    def __init__(
        self,
        dictionary: FastTextDictionary,
        input: Annotated[NDArray[numpy.float32], dict(shape=(None, None), order="C", device="cpu")],
        output: Annotated[NDArray[numpy.float32], dict(shape=(None, None), order="C", device="cpu")],
        loss: int,
        negatives: int,
        rate: float,
        epochs: int,
        seed: int,
        threads: int,
    ) -> None: ...
    def train(
        self, lines: FastTextLines, epoch: int, tokens_before: int, control: TrainControl
    ) -> tuple[float, int]: ...
    def predict_texts(self, texts: object, k: int, threshold: float, threads: int) -> object: ...
    def predict_lines(self, lines: FastTextLines, k: int, threshold: float, threads: int) -> object: ...

def knn_search(
    vectors: Any,
    queries: Any,
    k: int,
    *,
    metric: str = "dot",
    begin: int = 0,
    end: int = ...,
    norms: Any = None,
    scales: Any = None,
    allowed: Any = None,
    excluded: Any = None,
    excluded_offsets: Any = None,
    threads: int = 0,
) -> tuple[Any, Any]:
    """
    Rows (queries, k) int64 and scores (queries, k) float32, best first; -1 and NaN where rows run out.
    """

def knn_scores(
    vectors: Any, queries: Any, *, metric: str = "dot", norms: Any = None, scales: Any = None, threads: int = 0
) -> Any:
    """The score of every row, (queries, rows) float32."""

def knn_ranks(
    vectors: Any,
    queries: Any,
    candidates: Any,
    *,
    metric: str = "dot",
    left_out: Any = None,
    norms: Any = None,
    threads: int = 0,
) -> Any:
    """
    How many rows come before each of a query's candidates, (queries, candidates) int64, from 0.
    """

def knn_norms(vectors: Any, *, scales: Any = None, threads: int = 0) -> Any:
    """The lengths of the rows, float32."""

class TokenTable:
    """
    One row of numbers a token: token t stands for factors[t] * rows[mapping[t]]. The arrays are read where they lie.
    """

    def __init__(self, rows: Any, factors: Any = None, mapping: Any = None, *, dropped: int | None = None) -> None:
        """
        rows (n, dimension) float32, float16 or int8; factors float32, mapping uint32; `dropped` is left out.
        """

    def mean(self, ids: Any, row_offsets: Any, *, normalize: bool = False, threads: int = 0) -> Any:
        """
        The mean of the rows of each text's tokens, (texts, dimension) float32; zeros for a text without tokens.
        """

def token_table_step(
    rows: Any,
    first: Any,
    second: Any,
    ids: Any,
    row_offsets: Any,
    gradients: Any,
    *,
    step: int,
    rate: float,
    threads: int = 0,
) -> None:
    """
    A step of Adam on the rows of the texts' tokens, in place, from the gradients of the texts' means.
    """

def earth_mover(supply: Any, demand: Any, costs: Any) -> tuple[float, Any, Any, Any]:
    """The least cost, and the shipments: sources, targets, amounts."""

class Transformer:
    """A post-norm transformer encoder with packed weights."""

    def __init__(
        self,
        parts: dict[str, tuple[Any, str, int, int]],
        *,
        vocabulary: int,
        dimension: int,
        heads: int,
        inner: int,
        layers: int,
        max_tokens: int,
        types: int,
        activation: str,
        epsilon: float,
        first_position: int,
        padding: int,
        relative: bool,
        precision: str,
        threads: int = 0,
        kernels: str = "",
    ) -> None:
        """
        `parts`: name -> (uint8 bytes, F32, F16 or BF16, rows, columns); a vector has one row.
        """

    def token_vectors(
        self, ids: Any, offsets: Any, types: Any | None, layers: list[int], attentions: bool, threads: int
    ) -> tuple[Any, list[Any] | None]:
        """
        float32 (layers, tokens, dimension), and a list of (layers, heads, n, n) or None.
        """

    def pooled(self, ids: Any, offsets: Any, types: Any | None, pooling: str, normalize: bool, threads: int) -> Any:
        """float32 (rows, dimension)."""

    @property
    def precision(self) -> str:
        """What it computes in."""

    @property
    def probed_cosine(self) -> float:
        """Least cosine of the probe to float32; 1 where there was none."""

def transformer_kernels() -> list[tuple[str, tuple[str, ...]]]:
    """The kernel sets of this machine and their precisions, the best last."""

def count_vector_rows(
    block: Annotated[NDArray[numpy.uint8], dict(shape=(None,), order="C", device="cpu", writable=False)], limit: int
) -> tuple[int, int, int]:
    """(rows, lines, bytes) of the first `limit` lines that hold anything."""

def count_vector_values(
    line: Annotated[NDArray[numpy.uint8], dict(shape=(None,), order="C", device="cpu", writable=False)],
) -> int: ...
@overload
def parse_vector_text(
    block: Annotated[NDArray[numpy.uint8], dict(shape=(None,), order="C", device="cpu", writable=False)],
    rows: Annotated[NDArray[numpy.float32], dict(shape=(None, None), order="C", device="cpu")],
    first_line: int,
    encoding: str = "utf-8",
    errors: str = "strict",
    threads: int = 0,
) -> tuple[list[object], int, int, int]: ...
@overload
def parse_vector_text(
    block: Annotated[NDArray[numpy.uint8], dict(shape=(None,), order="C", device="cpu", writable=False)],
    rows: Annotated[NDArray[numpy.float64], dict(shape=(None, None), order="C", device="cpu")],
    first_line: int,
    encoding: str = "utf-8",
    errors: str = "strict",
    threads: int = 0,
) -> tuple[list[object], int, int, int]: ...
def parse_vector_binary(
    block: Annotated[NDArray[numpy.uint8], dict(shape=(None,), order="C", device="cpu", writable=False)],
    rows: Annotated[NDArray[numpy.float32], dict(shape=(None, None), order="C", device="cpu")],
    encoding: str = "utf-8",
    errors: str = "strict",
) -> tuple[list[object], int, int, int]: ...
def format_vector_rows(
    words: object,
    rows: Annotated[NDArray[numpy.float32], dict(shape=(None, None), order="C", device="cpu", writable=False)],
    prefix: object,
    binary: bool,
    threads: int = 0,
) -> object: ...
