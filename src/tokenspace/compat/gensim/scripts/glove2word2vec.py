"""``gensim.scripts.glove2word2vec``: GloVe's text with a header put before it. `load_word2vec_format` reads files without
(``no_header=True``), so that this is hardly ever needed."""

from __future__ import annotations

from ....types import PathLike
from ....vectors.formats.word2vec_text import read_glove

__all__ = ["glove2word2vec"]


def glove2word2vec(glove_input_file: PathLike, word2vec_output_file: PathLike) -> tuple[int, int]:
    """Write a GloVe file as word2vec text; (rows, columns). Rows keep their order.

    Raises:
        Errors of `read_glove` and of `KeyedVectors.save_word2vec_format`.
    """
    vectors = read_glove(glove_input_file)
    vectors.save_word2vec_format(word2vec_output_file)
    return len(vectors), vectors.vector_size
