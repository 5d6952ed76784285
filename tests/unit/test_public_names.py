"""The public names, as they are promised, and what importing the package may cost."""

from __future__ import annotations

import subprocess
import sys

import tokenspace

NAMES = [
    "AddedToken",
    "Batch",
    "BatchEncoding",
    "Chunk",
    "Comparison",
    "ContextualEncoder",
    "Doc2Vec",
    "Encoding",
    "FastText",
    "FastTextClassifier",
    "FrozenPhrases",
    "GloVe",
    "InputEmbeddings",
    "KeyedVectors",
    "LearningNews",
    "LineSentence",
    "NeighbourWatch",
    "PathLineSentences",
    "Phrases",
    "Recommender",
    "ReportCard",
    "RunSwitch",
    "StaticModel",
    "TaggedDocument",
    "TaggedLineDocument",
    "Text8Corpus",
    "TextEncoder",
    "TokenEmbeddings",
    "Tokenizer",
    "TokenizerAdvice",
    "TrainingAdvice",
    "TrainingStory",
    "Word2Vec",
    "WordCutter",
    "__version__",
    "advise_tokenizer",
    "advise_training",
    "chunk",
    "compare",
    "compat",
    "components",
    "distill",
    "errors",
    "explain_training",
    "explain_word2vec",
    "learn_word_cutter",
    "load_vectors",
    "pictures",
    "recommend",
    "rejoin",
    "report",
    "sample_chunks",
    "simple_preprocess",
    "truncate",
]
TOKENIZER_METHODS = [
    "add_special_tokens",
    "add_tokens",
    "apply_chat_template",
    "batch_decode",
    "clear_cache",
    "convert_ids_to_tokens",
    "convert_tokens_to_ids",
    "convert_tokens_to_string",
    "count",
    "count_batch",
    "decode",
    "decode_batch",
    "decode_bytes",
    "decode_stream",
    "enable_padding",
    "enable_truncation",
    "encode",
    "encode_batch",
    "encode_batch_encodings",
    "encode_batch_to_lists",
    "encode_file",
    "encode_stream",
    "encode_to_list",
    "encodings",
    "from_bytes",
    "from_file",
    "from_pretrained",
    "from_str",
    "train",
    "get_added_vocab",
    "get_chat_template",
    "get_vocab",
    "get_vocab_size",
    "id_to_bytes",
    "id_to_token",
    "no_padding",
    "no_truncation",
    "num_special_tokens_to_add",
    "sample",
    "save",
    "save_pretrained",
    "set_cache_budget",
    "set_padding",
    "set_truncation",
    "to_json",
    "to_str",
    "token_to_id",
    "tokenize",
]
TOKENIZER_PROPERTIES = [
    "added_tokens",
    "added_tokens_decoder",
    "added_tokens_encoder",
    "all_special_ids",
    "all_special_tokens",
    "bos_token",
    "bos_token_id",
    "cls_token",
    "cls_token_id",
    "engine",
    "eos_token",
    "eos_token_id",
    "format",
    "kind",
    "mask_token",
    "mask_token_id",
    "model_input_names",
    "pad_token",
    "pad_token_id",
    "padding",
    "sep_token",
    "sep_token_id",
    "special_tokens",
    "special_tokens_map",
    "truncation",
    "unk_token",
    "unk_token_id",
    "vocab",
    "vocab_size",
]


def test_names() -> None:
    assert sorted(tokenspace.__all__) == sorted(NAMES)
    for name in NAMES:
        assert getattr(tokenspace, name) is not None
    assert set(NAMES) <= set(dir(tokenspace))


def test_tokenizer_names() -> None:
    public = {name for name in dir(tokenspace.Tokenizer) if not name.startswith("_")}
    assert public == {*TOKENIZER_METHODS, *TOKENIZER_PROPERTIES}
    for name in public:
        assert getattr(tokenspace.Tokenizer, name).__doc__, name


def _run(program: str) -> str:
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return run.stdout.strip()


def test_import_is_light() -> None:
    heavy = ["numpy", "huggingface_hub", "jinja2", "rich", "click", "platformdirs", "torch", "transformers"]
    assert _run(f"import sys, tokenspace; print([m for m in {heavy} if m in sys.modules])") == "[]"


def test_encoding_is_light() -> None:
    heavy = [
        "huggingface_hub",
        "jinja2",
        "rich",
        "click",
        "torch",
        "transformers",
        "pandas",
        "pyarrow",
        "scipy",
        "sklearn",
    ]
    program = "import sys, tokenspace; tokenspace.Tokenizer.from_pretrained('byte').encode('a').ids;"
    assert _run(program + f"print([m for m in {heavy} if m in sys.modules])") == "[]"
