"""Getting tiktoken's files the way tiktoken does: same URLs, same hashes, same cache folder and file names."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import tempfile
from pathlib import Path

from ..errors import FileError, FormatError, NotFoundError, message
from .files import store_bytes
from .tiktoken_names import ENCODINGS, EncodingFile

__all__ = ["cache_folder", "cache_path", "is_cached", "read_encoding", "to_tiktoken_lines"]

_TIMEOUT_SECONDS = 60
_MAX_BYTES = 64 << 20


def cache_folder() -> tuple[str, bool]:
    """(folder, chosen by the user); an empty folder means no caching."""
    for variable in ("TIKTOKEN_CACHE_DIR", "DATA_GYM_CACHE_DIR"):
        if variable in os.environ:
            return os.environ[variable], True
    return os.path.join(tempfile.gettempdir(), "data-gym-cache"), False


def cache_path(url: str) -> Path | None:
    """The file of a URL in the cache, whether it is there or not."""
    folder, _ = cache_folder()
    # sha1 names the file, it protects nothing.
    return Path(folder) / hashlib.sha1(url.encode(), usedforsecurity=False).hexdigest() if folder else None


def is_cached(encoding: EncodingFile) -> bool:
    """True when every file of the encoding is in the cache."""
    return all((path := cache_path(url)) is not None and path.is_file() for url, _ in encoding.files)


def _download(url: str) -> bytes:
    from urllib.error import URLError
    from urllib.request import urlopen

    try:
        with urlopen(url, timeout=_TIMEOUT_SECONDS) as response:
            data: bytes = response.read(_MAX_BYTES + 1)
    except (URLError, OSError) as error:
        path = cache_path(url)
        where = (
            f"putting the file of {url} at {path}" if path else "setting TIKTOKEN_CACHE_DIR to a folder with the file"
        )
        raise NotFoundError(
            message(f"download {url}", "an answer", f"{type(error).__name__}: {error}", where)
        ) from error
    if len(data) > _MAX_BYTES:
        raise FormatError(message(f"download {url}", f"at most {_MAX_BYTES} bytes", "more"))
    return data


def _offline() -> bool:
    return os.environ.get("HF_HUB_OFFLINE", "").upper() in ("1", "ON", "YES", "TRUE")


def read_cached(url: str, sha256: str | None, local_files_only: bool = False) -> bytes:
    """The bytes of a URL: from the cache when they match, else downloaded, checked and cached.

    Raises:
        NotFoundError: not cached and not reachable; names the file to put in place.
        FormatError: what was downloaded does not have the expected sha256.
    """
    path = cache_path(url)
    if path is not None and path.is_file():
        data = path.read_bytes()
        if sha256 is None or hashlib.sha256(data).hexdigest() == sha256:
            return data
    if local_files_only or _offline():
        raise NotFoundError(
            message(
                "tiktoken file",
                f"{url} in the cache",
                "offline mode and no matching file",
                f"putting the file at {path}" if path else "setting TIKTOKEN_CACHE_DIR",
            )
        )
    data = _download(url)
    found = hashlib.sha256(data).hexdigest()
    if sha256 is not None and found != sha256:
        raise FormatError(message(f"download {url}", f"sha256 {sha256}", found, "again: the download may be damaged"))
    if path is not None:
        try:
            store_bytes(path, data)
        except FileError:
            # As tiktoken: only a folder the user named must be writable.
            if cache_folder()[1]:
                raise
    return data


def _data_gym_bytes() -> dict[str, int]:
    printable = [b for b in range(256) if chr(b).isprintable() and chr(b) != " "]
    table = {chr(b): b for b in printable}
    others = (b for b in range(256) if b not in printable)
    table |= {chr(256 + n): b for n, b in enumerate(others)}
    return table


def _from_data_gym(vocab_bpe: bytes, encoder_json: bytes) -> bytes:
    """vocab.bpe -> the lines of a .tiktoken file; encoder.json must agree."""
    table = _data_gym_bytes()
    tokens = [bytes([b]) for b in table.values()]
    try:
        for line in vocab_bpe.decode("utf-8").split("\n")[1:-1]:
            first, second = line.split()
            tokens.append(bytes(table[c] for c in first + second))
        expected = {bytes(table[c] for c in k): v for k, v in json.loads(encoder_json).items() if k != "<|endoftext|>"}
    except (KeyError, ValueError) as error:
        raise FormatError(message("read vocab.bpe", "merges in the data-gym alphabet", repr(error))) from error
    ranks = {token: rank for rank, token in enumerate(tokens)}
    if ranks != expected:
        raise FormatError(message("read encoder.json", "the ranks of vocab.bpe", "others"))
    return to_tiktoken_lines(ranks)


def to_tiktoken_lines(ranks: dict[bytes, int]) -> bytes:
    """Ranks as the text of a .tiktoken file."""
    encode = base64.b64encode
    return b"".join(b"%s %d\n" % (encode(token), rank) for token, rank in sorted(ranks.items(), key=lambda x: x[1]))


def read_encoding(name: str, local_files_only: bool = False) -> bytes:
    """The mergeable ranks of an encoding, as the text of a .tiktoken file."""
    encoding = ENCODINGS[name]
    # gpt2's two files hold the ranks of r50k_base: use whichever is here.
    if encoding.is_data_gym and not is_cached(encoding) and is_cached(ENCODINGS["r50k_base"]):
        encoding = ENCODINGS["r50k_base"]
    parts = [read_cached(url, sha256, local_files_only) for url, sha256 in encoding.files]
    return _from_data_gym(parts[0], parts[1]) if encoding.is_data_gym else parts[0]
