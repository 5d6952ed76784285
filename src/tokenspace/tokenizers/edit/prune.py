"""Fewer entries: what a corpus does not use goes, ids close up, and the map from old to new ids comes back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ...errors import ArgumentError, UnsupportedError, message
from ...types import Text
from ..export.sentencepiece import extended_file
from .closure import Makers, makers_of_merges, makers_of_pieces
from .remake import document_of, remade
from .sentencepiece_pieces import FilePiece, join_pieces, split_pieces

if TYPE_CHECKING:
    from ...types import IntArray
    from ..tokenizer import Tokenizer

__all__ = ["Pruned", "prune"]

_OPERATION = "prune"


@dataclass
class Pruned:
    """What ``prune`` gives.

    tokenizer: the smaller one. id_map: int64 of the old ``id_bound``: old id -> new id, -1 for what was dropped (and for
    ids without a token); ``cut_embeddings`` takes it. dropped: how many entries went. unseen: entries of the corpus that
    ``vocab_size`` left no room for; 0 means that the corpus is encoded as before, id_map applied.
    """

    tokenizer: Tokenizer
    id_map: IntArray
    dropped: int
    unseen: int = 0


def prune(
    tokenizer: Tokenizer,
    corpus: Iterable[Text] | None = None,
    keep: Iterable[str | int] = (),
    vocab_size: int | None = None,
    min_count: int = 1,
) -> Pruned:
    """A tokenizer without the entries that neither a corpus nor you need.

    corpus: texts of the kind it will see. An entry stays when it occurs ``min_count`` times. keep: entries (or ids) that
        stay in any case. At least one of both is needed.
    vocab_size: at most so many entries stay, the most frequent ones first.

    Always kept: added and special tokens, the unknown token, bytes, and entries of one symbol, so that any text can still
    be spelled; and what the merges of a kept entry pass through. Unigram keeps its lowest and its highest score too, which
    set those of unknown characters and of user-defined symbols.

    Where every used entry is kept, the corpus is encoded as before (with the new ids): merges that never happened, paths
    that were never best and entries that never matched do not matter. .tiktoken and other formats come back as a
    tokenizer.json, SentencePiece models as such.

    Raises UnsupportedError for models it cannot cut (SentencePiece char and word, formats without tokenizer.json form),
    ArgumentError when ``vocab_size`` is below what has to stay.
    """
    import numpy as np

    wanted = list(keep)
    if corpus is None and not wanted:
        raise ArgumentError(message(_OPERATION, "a corpus, or entries to keep", "neither"))
    bound = tokenizer._core.id_bound
    counts = np.zeros(bound, np.int64)
    cut = _Unknowns(tokenizer) if tokenizer._core.model_kind == "WordPiece" else None
    if corpus is not None:
        for batch in tokenizer.encode_stream(_seen(corpus, cut), add_special_tokens=False):
            counts += np.bincount(batch.ids, minlength=bound)[:bound]
    fixed = {_id_of(tokenizer, entry) for entry in wanted} | (cut.matched if cut is not None else set())
    substance = _Pieces(tokenizer) if tokenizer.format == "sentencepiece" else _Document(tokenizer)
    fixed |= set(tokenizer.added_tokens) | substance.always()
    kept = substance.closed(fixed)
    if vocab_size is not None and len(kept) > vocab_size:
        raise ArgumentError(
            message(_OPERATION, f"vocab_size of at least {len(kept)}, which have to stay", str(vocab_size))
        )
    used = np.flatnonzero(counts >= max(1, min_count))
    unseen = int(np.count_nonzero((counts > 0) & (counts < max(1, min_count))))
    for id in sorted(used.tolist(), key=lambda id: (-counts[id], id)):
        if id in kept:
            continue
        more = substance.closed({id}) - kept
        if vocab_size is not None and len(kept) + len(more) > vocab_size:
            unseen += 1
            continue
        kept |= more
    ids = {old: new for new, old in enumerate(sorted(kept))}
    id_map = np.full(bound, -1, np.int64)
    id_map[list(ids)] = list(ids.values())
    smaller = substance.cut(ids)
    present = set(tokenizer.get_vocab().values())
    return Pruned(smaller, id_map, len(present - kept), unseen)


def _id_of(tokenizer: Tokenizer, entry: str | int) -> int:
    id = tokenizer.token_to_id(entry) if isinstance(entry, str) else int(entry)
    if id is None or tokenizer.id_to_token(id) is None:
        raise ArgumentError(message(_OPERATION, "entries to keep that are there", repr(entry)))
    return id


def _seen(corpus: Iterable[Text], cut: _Unknowns | None) -> Iterable[Text]:
    for text in corpus:
        if cut is not None:
            cut.look(text)
        yield text


class _Unknowns:
    """Entries that WordPiece matched in words it then gave up: without them a word could become known."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        self.tokenizer = tokenizer
        self.document = document_of(tokenizer, _OPERATION)
        self.model = self.document["model"]
        self.unk = self.model["vocab"].get(self.model["unk_token"])
        self.matched: set[int] = set()
        self.words: set[str] = set()

    def look(self, text: Text) -> None:
        from ..components import Normalizer
        from ..encoding import Encoding

        # Truncation and padding aside.
        options = self.tokenizer._options(False, None, plain=True)
        encoding = Encoding(self.tokenizer._core, full=self.tokenizer._core.encode(text, None, options, False))
        if self.unk not in encoding.ids:
            return
        given = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
        for id, (begin, end) in zip(encoding.ids, encoding.offsets, strict=True):
            word = given[begin:end]
            if id == self.unk and word not in self.words and len(self.words) < 1 << 20:
                self.words.add(word)
                self._match(Normalizer(self.document["normalizer"]).normalize_str(word))

    def _match(self, word: str) -> None:
        vocab, prefix = self.model["vocab"], self.model.get("continuing_subword_prefix", "##")
        at = 0
        while at < len(word):
            head = prefix if at else ""
            end = next((end for end in range(len(word), at, -1) if head + word[at:end] in vocab), None)
            if end is None:
                return
            self.matched.add(vocab[head + word[at:end]])
            at = end


class _Document:
    """A tokenizer.json being cut."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        self.tokenizer = tokenizer
        self.document = document_of(tokenizer, _OPERATION)
        self.model = self.document["model"]
        self.kind = self.model["type"]
        vocab = self.model["vocab"]
        self.ids = {entry[0]: id for id, entry in enumerate(vocab)} if isinstance(vocab, list) else dict(vocab)
        self.texts = {id: text for text, id in self.ids.items()}
        self.makers: Makers | None = makers_of_merges(self.model) if self.kind == "BPE" else None

    def always(self) -> set[int]:
        """Ids that stay whatever is used."""
        unk = self.model.get("unk_token")
        out = {self.ids[unk]} if unk in self.ids else set()
        if self.kind == "WordLevel":
            return out
        prefix = self.model.get("continuing_subword_prefix") or ""
        suffix = self.model.get("end_of_word_suffix") or ""
        for text, id in self.ids.items():
            symbol = text.removeprefix(prefix).removesuffix(suffix) if len(text) > 1 else text
            if len(symbol) <= 1 or (len(text) == 6 and text.startswith("<0x") and text.endswith(">")):
                out.add(id)
        if self.kind == "Unigram":
            scores = [score for _, score in self.model["vocab"]]
            out |= {scores.index(min(scores)), scores.index(max(scores))}
            if self.model.get("unk_id") is not None:
                out.add(self.model["unk_id"])
        return out

    def closed(self, ids: set[int]) -> set[int]:
        """With what the merges of these ids pass through."""
        if self.makers is None:
            return set(ids)
        return ids | {self.ids[text] for id in ids if id in self.texts for text in self.makers.needed(self.texts[id])}

    def cut(self, ids: dict[int, int]) -> Tokenizer:
        """The tokenizer of these ids."""
        model = dict(self.model)
        if self.kind == "Unigram":
            model["vocab"] = [entry for id, entry in enumerate(self.model["vocab"]) if id in ids]
            if model.get("unk_id") is not None:
                model["unk_id"] = ids[model["unk_id"]]
        else:
            model["vocab"] = {text: ids[id] for text, id in self.ids.items() if id in ids}
        if self.kind == "BPE":
            prefix = self.model.get("continuing_subword_prefix") or ""
            vocab = model["vocab"]
            model["merges"] = [
                [left, right]
                for left, right in self.model["merges"]
                if left in vocab and right in vocab and left + right.removeprefix(prefix) in vocab
            ]
        added = [{**token, "id": ids[token["id"]]} for token in self.document["added_tokens"]]
        return remade(self.tokenizer, {**self.document, "model": model, "added_tokens": added}, ids)


class _Pieces:
    """A SentencePiece model being cut."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        kind = tokenizer._core.model_kind
        if kind not in ("BPE", "Unigram"):
            raise UnsupportedError(message(_OPERATION, "a BPE or Unigram model", f"a SentencePiece {kind} model"))
        self.tokenizer = tokenizer
        self.pieces, self.rest = split_pieces(extended_file(tokenizer))
        self.ids = {piece.text: id for id, piece in enumerate(self.pieces)}
        self.makers: Makers | None = makers_of_pieces(self.pieces) if kind == "BPE" else None

    def always(self) -> set[int]:
        """Ids that stay whatever is used."""
        out = {id for id, piece in enumerate(self.pieces) if piece.kind != "normal" or len(piece.text) == 1}
        if self.makers is None:
            normal = [(piece.score, id) for id, piece in enumerate(self.pieces) if piece.kind == "normal"]
            out |= {min(normal)[1], max(normal)[1]} if normal else set()
        return out

    def closed(self, ids: set[int]) -> set[int]:
        """With what the merges of these ids pass through."""
        if self.makers is None:
            return set(ids)
        mergeable = (id for id in ids if self.pieces[id].kind in ("normal", "unused"))
        return ids | {
            self.ids[text] for id in mergeable for text in self.makers.needed(self.pieces[id].text) if text in self.ids
        }

    def cut(self, ids: dict[int, int]) -> Tokenizer:
        """The tokenizer of these ids."""
        kept: list[FilePiece] = [piece for id, piece in enumerate(self.pieces) if id in ids]
        data: Any = join_pieces(kept, self.rest)
        return remade(self.tokenizer, data, ids)
