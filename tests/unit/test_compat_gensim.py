"""Code written for gensim, with another import."""

from __future__ import annotations

import importlib
import pkgutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import tokenspace
from tokenspace.compat import gensim
from tokenspace.errors import ArgumentError, FormatError, NotFoundError


def run(code: str, cwd: Path) -> str:
    """The program with the import changed, as a user would."""
    changed = code.replace("from gensim", "from tokenspace.compat.gensim").replace(
        "import gensim.downloader", "import tokenspace.compat.gensim.downloader"
    )
    changed = changed.replace("import gensim\n", "import tokenspace.compat.gensim as gensim\n")
    done = subprocess.run([sys.executable, "-c", changed], capture_output=True, text=True, cwd=cwd, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_training_snippet(tmp_path: Path) -> None:
    out = run(
        """
from gensim.models import Word2Vec, KeyedVectors
from gensim.utils import simple_preprocess
texts = ["I love programming in Python.", "Python is a versatile language.", "Machine learning is fascinating."]
sentences = [simple_preprocess(text) for text in texts]
model = Word2Vec(sentences, vector_size=100, window=5, min_count=1, sg=1)
model.wv.save_word2vec_format("v.txt")
wv = KeyedVectors.load_word2vec_format("v.txt", binary=False)
print(len(wv), wv.vector_size, len(wv.most_similar("python", topn=5)))
model.wv.save("v.kv")
print(KeyedVectors.load("v.kv", mmap="r").similarity("python", "python") > 0.999)
""",
        tmp_path,
    )
    assert out.split() == ["10", "100", "5", "True"]


def test_module_access(tmp_path: Path) -> None:
    out = run(
        """
import gensim
from gensim.test.utils import common_texts, get_tmpfile
path = get_tmpfile("corpus.txt")
with open(path, "w") as file:
    file.writelines(" ".join(text) + "\\n" for text in common_texts)
sentences = gensim.models.word2vec.LineSentence(path)
model = gensim.models.Word2Vec(sentences, vector_size=10, min_count=1, workers=1)
print(sorted(model.wv.index_to_key)[:3], gensim.__version__)
print(isinstance(model.wv, gensim.models.keyedvectors.KeyedVectors), isinstance(model.wv, gensim.models.KeyedVectors))
""",
        tmp_path,
    )
    assert out == "['computer', 'eps', 'graph'] 4.4.0\nTrue True\n"


def test_phrases_snippet(tmp_path: Path) -> None:
    out = run(
        """
from gensim.models.phrases import Phrases, Phraser, ENGLISH_CONNECTOR_WORDS
sentences = [["new", "york", "is", "large"], ["new", "york", "never", "sleeps"]] * 5
bigram = Phraser(Phrases(sentences, min_count=1, threshold=0.1, connector_words=ENGLISH_CONNECTOR_WORDS))
print(bigram[["new", "york", "is"]])
""",
        tmp_path,
    )
    assert out == "['new_york', 'is']\n"


def test_glove_snippet(tmp_path: Path) -> None:
    (tmp_path / "glove.txt").write_text("king 1 0\nqueen 0.5 0.25\n")
    out = run(
        """
from gensim.scripts.glove2word2vec import glove2word2vec
from gensim.models import KeyedVectors
print(glove2word2vec("glove.txt", "out.txt"))
print(KeyedVectors.load_word2vec_format("out.txt")["queen"])
print(KeyedVectors.load_word2vec_format("glove.txt", binary=False, no_header=True).index_to_key)
""",
        tmp_path,
    )
    assert out == "(2, 2)\n[0.5  0.25]\n['king', 'queen']\n"


def test_every_name_resolves() -> None:
    modules = [gensim, *(
        importlib.import_module(found.name)
        for found in pkgutil.walk_packages(gensim.__path__, f"{gensim.__name__}.")
    )]  # fmt: skip
    checked = 0
    for module in modules:
        for name in module.__all__ if hasattr(module, "__all__") else ():
            assert getattr(module, name) is not None, f"{module.__name__}.{name}"
            checked += 1
        with pytest.raises(AttributeError, match="no attribute"):
            module.nothing_of_the_kind  # noqa: B018
    assert checked > 40


def test_importing_is_light() -> None:
    code = "import sys, tokenspace.compat.gensim; print([m for m in ('numpy', 'scipy') if m in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


def test_downloader(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    downloader = gensim.downloader
    facts = downloader.info("glove-wiki-gigaword-50")
    assert facts["num_records"] == 400_000
    assert facts["parameters"] == {"dimension": 50}
    assert "word2vec-google-news-300" in downloader.info(name_only=True)["models"]
    assert downloader.info()["models"]["glove-twitter-25"]["checksum"] == "50db0211d7e7a2dcd362c6b774762793"
    monkeypatch.setenv("GENSIM_DATA_DIR", str(tmp_path))
    assert downloader.base_dir == str(tmp_path)
    with pytest.raises(NotFoundError, match="offline"):
        downloader.load("glove-wiki-gigaword-50")
    with pytest.raises(ArgumentError):
        downloader.load("text8")


def test_test_utils(tmp_path: Path) -> None:
    utils = gensim.test.utils
    assert len(utils.common_texts) == 9
    with utils.temporary_file("x") as path:
        Path(path).write_text("a")
    assert not Path(path).exists()
    with pytest.raises(NotFoundError):
        utils.datapath("word2vec.bin")


class _Indexer:
    """gensim's protocol: anything with this method."""

    def __init__(self, answer: list[tuple[str, float]]) -> None:
        self.answer, self.asked = answer, 0

    def most_similar(self, vector: Any, num_neighbors: int) -> list[tuple[str, float]]:
        self.asked = num_neighbors
        return self.answer[:num_neighbors]


def test_indexer_protocol() -> None:
    kv = tokenspace.KeyedVectors(2)
    kv.add_vectors(["a", "b", "c"], np.array([[1, 0], [0.9, 0.1], [0, 1]]))
    indexer = _Indexer([("a", 1.0), ("b", 0.9), ("c", 0.5)])
    assert [key for key, _ in kv.most_similar("a", topn=2, indexer=indexer)] == ["a", "b"]


def test_annoy() -> None:
    pytest.importorskip("annoy")
    kv = tokenspace.KeyedVectors(8)
    kv.add_vectors([f"w{i}" for i in range(50)], np.random.default_rng(0).normal(size=(50, 8)))
    indexer = gensim.similarities.annoy.AnnoyIndexer(kv, 20)
    exact = ["w3", *(key for key, _ in kv.most_similar("w3", topn=2))]  # an indexer does not leave out the key itself
    assert [key for key, _ in kv.most_similar("w3", topn=3, indexer=indexer)] == exact


def test_annoy_files(tmp_path: Path) -> None:
    pytest.importorskip("annoy")
    kv = tokenspace.KeyedVectors(8)
    kv.add_vectors([f"w{i}" for i in range(50)], np.random.default_rng(0).normal(size=(50, 8)))
    indexer = gensim.similarities.annoy.AnnoyIndexer(kv, 20)
    indexer.save(tmp_path / "index")
    read = gensim.similarities.annoy.AnnoyIndexer()
    read.load(tmp_path / "index")
    assert read.most_similar(kv["w3"], 5) == indexer.most_similar(kv["w3"], 5)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["index", "index.dict"]
    (tmp_path / "index.dict").write_text('{"f": 8, "num_trees": 1, "labels": ["a"]}')
    with pytest.raises(FormatError, match="50 rows"):
        read.load(tmp_path / "index")


def test_an_indexer_that_cannot_be_saved_or_found(tmp_path: Path) -> None:
    indexer = gensim.similarities.annoy.AnnoyIndexer()
    with pytest.raises(ArgumentError, match="none yet"):
        indexer.save(tmp_path / "index")
    with pytest.raises(OSError, match="no file"):
        indexer.load(tmp_path / "index")


def test_names_of_modules() -> None:
    from tokenspace.compat.gensim.models import doc2vec, keyedvectors
    from tokenspace.compat.gensim.utils import save_as_line_sentence

    assert keyedvectors.Doc2VecKeyedVectors is tokenspace.KeyedVectors
    assert issubclass(keyedvectors.FastTextKeyedVectors, tokenspace.KeyedVectors)
    assert keyedvectors.load_word2vec_format == tokenspace.KeyedVectors.load_word2vec_format
    assert doc2vec.TaggedBrownCorpus.__name__ == "TaggedBrownCorpus"
    assert callable(save_as_line_sentence)
