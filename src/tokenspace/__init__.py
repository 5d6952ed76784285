"""tokenspace: from text to tokens to vectors.

>>> import tokenspace as ts
>>> tok = ts.Tokenizer.from_pretrained("tokenspace/byte")
>>> tok.encode("Hi").ids
[72, 105]

Names are imported on first use, so that ``import tokenspace`` costs next to nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from . import compat, errors, pictures, recommend
    from .encoders.contextual import ContextualEncoder
    from .encoders.input_embeddings import InputEmbeddings
    from .encoders.static import StaticModel, distill
    from .encoders.text import TextEncoder
    from .encoders.token_embeddings import TokenEmbeddings
    from .recommend.recommender import Recommender
    from .run_switch import RunSwitch
    from .tokenizers import components
    from .tokenizers.batch import Batch
    from .tokenizers.batch_encoding import BatchEncoding
    from .tokenizers.chunk import Chunk, chunk, rejoin, sample_chunks, truncate
    from .tokenizers.compare import Comparison, compare
    from .tokenizers.encoding import Encoding
    from .tokenizers.report import ReportCard, report
    from .tokenizers.tokenizer import Tokenizer
    from .tokenizers.train.advice import TokenizerAdvice, advise_tokenizer
    from .tokenizers.train.explain import explain_training
    from .tokenizers.train.learning import LearningNews
    from .tokenizers.train.story import TrainingStory
    from .types import AddedToken
    from .vectors.corpora import LineSentence, PathLineSentences, Text8Corpus
    from .vectors.corpora.cut_words import WordCutter, learn_word_cutter
    from .vectors.corpora.preprocess import simple_preprocess
    from .vectors.doc2vec import Doc2Vec, TaggedDocument, TaggedLineDocument
    from .vectors.fasttext import FastText, FastTextClassifier
    from .vectors.formats.open import load_vectors
    from .vectors.glove import GloVe
    from .vectors.keyed_vectors import KeyedVectors
    from .vectors.phrases import FrozenPhrases, Phrases
    from .vectors.train import NeighbourWatch, TrainingAdvice, advise_training
    from .vectors.word2vec import Word2Vec
    from .vectors.word2vec.explain import explain_word2vec

__version__ = "0.1.0"

_HOMES = {
    "AddedToken": ".types",
    "Batch": ".tokenizers.batch",
    "BatchEncoding": ".tokenizers.batch_encoding",
    "Chunk": ".tokenizers.chunk",
    "Comparison": ".tokenizers.compare",
    "ContextualEncoder": ".encoders.contextual",
    "Doc2Vec": ".vectors.doc2vec",
    "Encoding": ".tokenizers.encoding",
    "FastText": ".vectors.fasttext",
    "FastTextClassifier": ".vectors.fasttext",
    "FrozenPhrases": ".vectors.phrases",
    "GloVe": ".vectors.glove",
    "InputEmbeddings": ".encoders.input_embeddings",
    "KeyedVectors": ".vectors.keyed_vectors",
    "LearningNews": ".tokenizers.train.learning",
    "LineSentence": ".vectors.corpora",
    "NeighbourWatch": ".vectors.train",
    "PathLineSentences": ".vectors.corpora",
    "Phrases": ".vectors.phrases",
    "Recommender": ".recommend.recommender",
    "ReportCard": ".tokenizers.report",
    "RunSwitch": ".run_switch",
    "StaticModel": ".encoders.static",
    "TaggedDocument": ".vectors.doc2vec",
    "TaggedLineDocument": ".vectors.doc2vec",
    "Text8Corpus": ".vectors.corpora",
    "TextEncoder": ".encoders.text",
    "TokenEmbeddings": ".encoders.token_embeddings",
    "Tokenizer": ".tokenizers.tokenizer",
    "TokenizerAdvice": ".tokenizers.train.advice",
    "TrainingAdvice": ".vectors.train",
    "TrainingStory": ".tokenizers.train.story",
    "Word2Vec": ".vectors.word2vec",
    "WordCutter": ".vectors.corpora.cut_words",
    "advise_tokenizer": ".tokenizers.train.advice",
    "advise_training": ".vectors.train",
    "chunk": ".tokenizers.chunk",
    "compare": ".tokenizers.compare",
    "distill": ".encoders.static",
    "explain_training": ".tokenizers.train.explain",
    "explain_word2vec": ".vectors.word2vec.explain",
    "learn_word_cutter": ".vectors.corpora.cut_words",
    "load_vectors": ".vectors.formats.open",
    "rejoin": ".tokenizers.chunk",
    "report": ".tokenizers.report",
    "sample_chunks": ".tokenizers.chunk",
    "simple_preprocess": ".vectors.corpora.preprocess",
    "truncate": ".tokenizers.chunk",
}
_MODULES = {
    "compat": ".compat",
    "components": ".tokenizers.components",
    "errors": ".errors",
    "pictures": ".pictures",
    "recommend": ".recommend",
}

__all__ = [
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


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        value = getattr(import_module(_HOMES[name], __name__), name)
    elif name in _MODULES:
        value = import_module(_MODULES[name], __name__)
    else:
        raise AttributeError(f"module 'tokenspace' has no attribute {name!r}")
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(set(__all__) | set(globals()))
