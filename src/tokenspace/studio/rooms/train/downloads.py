"""What was trained as files for elsewhere."""

from __future__ import annotations

import io
import zipfile
from typing import Literal
from urllib.parse import quote

from fastapi import Response

from ....tokenizers.export.write import export_files
from ....vectors.formats.open import load_vectors
from ...state import Studio
from .results import TrainedFolder, trained_folder
from .vectors_job import VECTORS_FILE

__all__ = ["DownloadFormat", "download"]

TokenizerFormat = Literal["tokenizer.json", "tiktoken", "sentencepiece", "vocab.txt", "vocab.json"]
VectorsFormat = Literal["safetensors", "word2vec.bin", "word2vec.txt"]
DownloadFormat = Literal[
    "tokenizer.json",
    "tiktoken",
    "sentencepiece",
    "vocab.txt",
    "vocab.json",
    "safetensors",
    "word2vec.bin",
    "word2vec.txt",
]


def download(studio: Studio, job_id: str, format: DownloadFormat) -> Response:
    """The file of that format.

    Raises:
        StudioError: 404, an unknown job; 409, not trained. UnsupportedError: the format cannot say what was trained.
    """
    if format in ("safetensors", "word2vec.bin", "word2vec.txt"):
        return _vectors(trained_folder(studio, job_id, "train vectors"), format)
    trained_folder(studio, job_id, "train tokenizer")
    files = export_files(studio.tokenizer(f"job:{job_id}"), format)
    if len(files) == 1:
        [(name, data)] = files.items()
        return _attachment(name, data)
    return _attachment(f"{format.replace('.', '-')}.zip", _zipped(files))


def _vectors(folder: TrainedFolder, format: str) -> Response:
    if format == "safetensors":
        files = {path.name: path.read_bytes() for path in sorted(folder.path.iterdir()) if path.is_file()}
        return _attachment("vectors.zip", _zipped(files))
    binary = format == "word2vec.bin"
    path = folder.path / ("vectors.bin" if binary else "vectors.txt")
    kv = load_vectors(folder.path / VECTORS_FILE)
    try:
        kv.save_word2vec_format(path, binary=binary)
        return _attachment(path.name, path.read_bytes())
    finally:
        path.unlink(missing_ok=True)


def _zipped(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            # A fixed time: the same training gives the same archive.
            archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), data, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _attachment(name: str, data: bytes) -> Response:
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}"}
    return Response(data, media_type="application/octet-stream", headers=headers)
