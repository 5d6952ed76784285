"""What text vectors are asked in `encoder_quality.py`: similarity of sentences, two classifications, one search.

The texts are found through TOKENSPACE_DATA; none of them is part of this repository.
"""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression

Encode = Callable[[list[str]], np.ndarray]


def units(vectors: np.ndarray) -> np.ndarray:
    """Rows of length 1; rows of zeros stay."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors / np.where(lengths > 0, lengths, 1)


class Sts:
    """Spearman correlation of cosines with human scores, STS benchmark, test split (1,379 pairs)."""

    name = "STS-B test, Spearman"

    def __init__(self, data: Path, split: str = "test") -> None:
        lines = (data / "stsbenchmark" / f"sts-{split}.csv").read_text(encoding="utf-8").split("\n")
        rows = [line.split("\t") for line in lines if line]  # 284 rows of the test split have two further columns
        self.left, self.right = [row[5] for row in rows], [row[6] for row in rows]
        self.scores = np.array([float(row[4]) for row in rows])
        self.texts = self.left + self.right

    def score(self, encode: Encode) -> float:
        from tokenspace.vectors.keyed_vectors.correlation import spearman

        cosines = np.einsum("ij,ij->i", units(encode(self.left)), units(encode(self.right)))
        return float(spearman(cosines, self.scores)[0])


class Classification:
    """Accuracy of a logistic regression on frozen vectors; the split is drawn once (seed 0), class by class."""

    def __init__(self, name: str, texts: list[str], labels: list[str], train_share: float) -> None:
        self.name, self.texts = name, texts
        self.labels = np.array(labels)
        random = np.random.default_rng(0)
        self.train = np.zeros(len(texts), bool)
        for label in sorted(set(labels)):
            rows = random.permutation(np.flatnonzero(self.labels == label))
            self.train[rows[: round(train_share * len(rows))]] = True

    def score(self, encode: Encode) -> float:
        vectors = units(encode(self.texts))
        model = LogisticRegression(C=10.0, max_iter=2000)
        model.fit(vectors[self.train], self.labels[self.train])
        return float((model.predict(vectors[~self.train]) == self.labels[~self.train]).mean())


def bbc(data: Path) -> Classification:
    """2,225 BBC articles, title and text, five subjects; half of them to learn from."""
    lines = gzip.decompress((data / "bbc-news" / "bbc.tsv.gz").read_bytes()).decode("utf-8").split("\n")[1:]
    rows = [line.split("\t") for line in lines if line]
    return Classification("BBC, accuracy", [f"{row[2]}. {row[3]}" for row in rows], [row[0] for row in rows], 0.5)


def rt_polarity(data: Path) -> Classification:
    """10,662 sentences of film reviews, good or bad; four fifths to learn from."""
    texts, labels = [], []
    for label in ("neg", "pos"):
        raw = (data / "rt-polarity" / f"rt-polarity.{label}").read_bytes()
        for line in raw.split(b"\n"):
            if line.strip():
                try:
                    texts.append(line.decode("utf-8").strip())
                except UnicodeDecodeError:
                    texts.append(line.decode("cp1252", "replace").strip())
                labels.append(label)
    return Classification("rt-polarity, accuracy", texts, labels, 0.8)


class Cranfield:
    """225 questions to 1,400 abstracts: nDCG of the first ten with the graded judgements as gains, and recall of ten.

    Judgements name queries by their place in the file, 1 to 225, not by the number behind .I.
    """

    name = "Cranfield, nDCG@10"

    def __init__(self, data: Path) -> None:
        folder = data / "cranfield"
        documents = _records((folder / "cran.all.1400").read_text(encoding="latin-1"))
        self.documents = [f"{record['T']} {record['W']}" for record in documents]
        self.queries = [record["W"] for record in _records((folder / "cran.qry").read_text(encoding="latin-1"))]
        self.gains = np.zeros((len(self.queries), len(self.documents)))
        for line in (folder / "QRelsCorrectedforTRECeval").read_text().split("\n"):
            if line.strip():
                query, _, document, relevance = line.split()
                self.gains[int(query) - 1, int(document) - 1] = max(0, int(relevance))
        self.texts = self.documents + self.queries

    def score(self, encode: Encode) -> tuple[float, float]:
        similarities = units(encode(self.queries)) @ units(encode(self.documents)).T
        best = np.argsort(-similarities, axis=1, kind="stable")[:, :10]
        discounts = 1 / np.log2(np.arange(2, 12))
        found = np.take_along_axis(self.gains, best, axis=1)
        ideal = -np.sort(-self.gains, axis=1)[:, :10]
        judged = ideal[:, 0] > 0
        ndcg = (found @ discounts)[judged] / (ideal @ discounts)[judged]
        recall = (found > 0).sum(axis=1)[judged] / (self.gains > 0).sum(axis=1)[judged]
        return float(ndcg.mean()), float(recall.mean())


def _records(text: str) -> list[dict[str, str]]:
    """Records of ".I number" with fields ".T", ".W", ..., white space made single."""
    records = []
    for block in text.split(".I ")[1:]:
        fields: dict[str, list[str]] = {"T": [], "W": []}
        field: list[str] = []
        for line in block.split("\n")[1:]:
            if len(line) == 2 and line[0] == ".":
                field = fields.setdefault(line[1], [])
            else:
                field.append(line)
        records.append({name: " ".join(" ".join(lines).split()) for name, lines in fields.items()})
    return records
