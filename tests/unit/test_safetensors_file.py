"""The safetensors reader: what it gives, and that every false claim of a header is refused by name."""

from __future__ import annotations

import contextlib
import json
import random
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tokenspace.errors import (
    ArgumentError,
    FormatError,
    NotFoundError,
    TokenspaceError,
    TruncatedFileError,
    UnsupportedError,
)
from tokenspace.io.safetensors_file import SafetensorsFile, parse_header, read_tensors, write_tensors

from .checkpoints import bfloat16
from .damage import changed_bytes

GOOD: dict[str, Any] = {
    "a": {"dtype": "F32", "shape": [2, 3], "data_offsets": [0, 24]},
    "b": {"dtype": "U8", "shape": [4], "data_offsets": [24, 28]},
}


def store(path: Path, header: Any, data: bytes = bytes(28)) -> Path:
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    path.write_bytes(len(text).to_bytes(8, "little") + text + data)
    return path


def test_reads_what_the_reference_writes_and_the_other_way_round(tmp_path: Path) -> None:
    theirs = pytest.importorskip("safetensors.numpy")
    rng = np.random.default_rng(0)
    kinds = "?", "u1", "i1", "u2", "i2", "u4", "i4", "u8", "i8", "f2", "f4", "f8"
    arrays = {f"t{kind}": rng.integers(0, 2, (3, i)).astype(kind) for i, kind in enumerate(kinds)}
    arrays["scalar"] = np.array(2.5, np.float32)
    theirs.save_file(arrays, tmp_path / "theirs", {"format": "np"})
    file = SafetensorsFile(tmp_path / "theirs")
    assert file.metadata == {"format": "np"}
    for name, array in arrays.items():
        assert file.array(name).dtype == array.dtype
        assert np.array_equal(file.array(name), array)
        assert file.tensors[name].nbytes == array.nbytes
    write_tensors(tmp_path / "ours", arrays, {"x": "y"})
    again = theirs.load_file(tmp_path / "ours")
    assert all(np.array_equal(again[name], array) for name, array in arrays.items())


def test_bfloat16_is_listed_by_its_name_and_read_as_its_bits(tmp_path: Path) -> None:
    bits = bfloat16((5, 4))
    write_tensors(tmp_path / "m", {"w": bits}, {}, dtypes={"w": "BF16"})
    file = SafetensorsFile(tmp_path / "m")
    assert (file.tensors["w"].dtype, file.tensors["w"].shape, file.tensors["w"].size) == ("BF16", (5, 4), 20)
    assert file.array("w").dtype == np.uint16
    assert np.array_equal(file.array("w"), bits)
    with pytest.raises(UnsupportedError, match="BF16"):
        read_tensors(tmp_path / "m")
    with pytest.raises(ArgumentError, match="BF16"):
        write_tensors(tmp_path / "m", {"w": bits.astype(np.float32)}, {}, dtypes={"w": "BF16"})


@pytest.mark.parametrize("dtype", ["F8_E4M3", "F8_E5M2", "F4", "C64", "POSIT16"])
def test_types_without_numpy_are_listed_and_refused_when_read(dtype: str, tmp_path: Path) -> None:
    size = {"C64": 32, "F4": 2, "POSIT16": 8}.get(dtype, 4)
    header = {"w": {"dtype": dtype, "shape": [2, 2], "data_offsets": [0, size]}}
    file = SafetensorsFile(store(tmp_path / "m", header, bytes(size)))
    assert file.tensors["w"].dtype == dtype
    with pytest.raises(UnsupportedError, match=dtype):
        file.array("w")


def changed(name: str, **fields: Any) -> dict[str, Any]:
    return {**GOOD, name: {**GOOD[name], **fields}}


FALSE_CLAIMS = {
    "overlap": changed("b", data_offsets=[20, 24]),
    "hole": changed("b", data_offsets=[25, 29]),
    "out of range": changed("b", data_offsets=[24, 1 << 40]),
    "backwards": changed("b", data_offsets=[28, 24]),
    "negative": changed("a", data_offsets=[-4, 20]),
    "wrong size": changed("a", shape=[2, 4]),
    "huge shape": changed("a", shape=[1 << 40, 1 << 40]),
    "huge empty shape": changed("a", shape=[0, 1 << 59, 1 << 59], data_offsets=[0, 0]),
    "product that wraps to 24": changed("a", shape=[1 << 32, (1 << 32) + 6]),
    "many axes": changed("a", shape=[1] * 100 + [2, 3]),
    "float shape": changed("a", shape=[2.0, 3]),
    "true as size": changed("a", shape=[True, 6]),
    "shape is text": changed("a", shape="23"),
    "three offsets": changed("a", data_offsets=[0, 12, 24]),
    "dtype is a number": changed("a", dtype=4),
    "no fields": {**GOOD, "a": []},
    "metadata of numbers": {**GOOD, "__metadata__": {"x": 1}},
    "name that is no text": {**GOOD, "\ud800": {"dtype": "U8", "shape": [0], "data_offsets": [28, 28]}},
    "list": [1, 2],
    "not json": b"{" + b"x" * 20,
    "not utf-8": b'{"\xff": 1}',
    "utf-16": json.dumps(GOOD).encode("utf-16-le"),
    "tensor twice": json.dumps(GOOD)[:-1].encode() + b', "a": ' + json.dumps(GOOD["a"]).encode() + b"}",
    "field twice": json.dumps(GOOD).replace('"shape": [4]', '"shape": [5], "shape": [4]').encode(),
    "deep": b'{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
}


@pytest.mark.parametrize("claim", FALSE_CLAIMS)
def test_false_claims_are_refused(claim: str, tmp_path: Path) -> None:
    with pytest.raises(FormatError) as caught:
        SafetensorsFile(store(tmp_path / "m", FALSE_CLAIMS[claim]))
    assert len(str(caught.value)) < 500


def test_a_file_that_was_cut_off_names_the_first_tensor_that_is_lost(tmp_path: Path) -> None:
    whole = store(tmp_path / "m", GOOD).read_bytes()
    SafetensorsFile(tmp_path / "m")
    for size in (0, 5, 8, 20, len(whole) - 28, len(whole) - 1):
        (tmp_path / "cut").write_bytes(whole[:size])
        with pytest.raises(TruncatedFileError, match="cut"):
            SafetensorsFile(tmp_path / "cut")
    (tmp_path / "cut").write_bytes(whole[:-2])
    with pytest.raises(TruncatedFileError, match="'b'"):
        SafetensorsFile(tmp_path / "cut")
    (tmp_path / "long").write_bytes(whole + b"x")
    with pytest.raises(FormatError, match="received"):
        SafetensorsFile(tmp_path / "long")


def test_other_files(tmp_path: Path) -> None:
    (tmp_path / "lfs").write_text("version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n")
    with pytest.raises(FormatError, match="git lfs pull"):
        SafetensorsFile(tmp_path / "lfs")
    (tmp_path / "zeros").write_bytes(bytes(100))
    with pytest.raises(FormatError):
        SafetensorsFile(tmp_path / "zeros")
    (tmp_path / "text").write_text("<html>" * 10)
    with pytest.raises(FormatError):
        SafetensorsFile(tmp_path / "text")
    with pytest.raises(NotFoundError):
        SafetensorsFile(tmp_path / "nothing")
    with pytest.raises(TokenspaceError):
        SafetensorsFile(tmp_path)


def test_a_header_without_its_file() -> None:
    header = parse_header("load x", json.dumps(GOOD).encode(), None)
    assert header.file_bytes == 8 + len(json.dumps(GOOD)) + 28
    assert list(header.tensors) == ["a", "b"]


@pytest.mark.parametrize("seed", range(20))
def test_random_damage_ends_in_an_error_or_in_arrays_within_the_file(seed: int, tmp_path: Path) -> None:
    """Bytes changed, removed, repeated, numbers of the header exchanged: it loads or it raises our error."""
    rng = random.Random(seed)
    header = {
        f"t{i}": {"dtype": "F16", "shape": [i, 3], "data_offsets": [3 * i * (i - 1), 3 * i * (i + 1)]} for i in range(6)
    }
    good = store(tmp_path / "m", header, bytes(90)).read_bytes()
    for _ in range(60):
        data = bytearray(changed_bytes(good, rng, 3))
        if rng.random() < 0.7:  # the length of the header made right again, so that its text is looked at
            end = data.rfind(b"}") + 1
            data[:8] = max(0, end - 8).to_bytes(8, "little")
        (tmp_path / "damaged").write_bytes(data)
        with contextlib.suppress(TokenspaceError):
            file = SafetensorsFile(tmp_path / "damaged")
            assert sum(tensor.nbytes for tensor in file.tensors.values()) <= len(data)
            for name in file.tensors:
                file.array(name).tobytes()
