"""Small valid files for the fuzz targets to start from, written to build/fuzz/seeds/<target>/; all invented here."""

from __future__ import annotations

import base64
import json
import random
import struct
import sys
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import cast

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))


def main() -> None:
    from tests.parity.configs import Configs, dump
    from tests.parity.models import rank_file, sentencepiece_model
    from tokenspace import _core
    from tokenspace.errors import TokenspaceError

    target = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "build" / "fuzz" / "seeds"

    def write(name: str, index: int, content: bytes) -> None:
        folder = target / name
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"seed{index}").write_bytes(content)

    for index in range(40):
        rng = random.Random(index)
        kind = ["bpe", "wordpiece", "unigram", "wordlevel"][index % 4]
        text = dump(Configs(index, kind).one(), rng)
        if len(text) < 30_000:
            write("fuzz_tokenizer_json", index, text.encode())
            with suppress(TokenspaceError):  # a few random documents are refused by every reader
                tokenizer = cast(_core.Tokenizer, _core.read_tokenizer_json(text.encode(), "seed"))
                compiled = cast(bytes, _core.write_compiled(tokenizer, b"seed"))
                if len(compiled) < 16_384:
                    write("fuzz_compiled", index, compiled)
        model = sentencepiece_model(rng)
        # Models with a full character map are 200 kB: too long to mutate well.
        if len(model) < 30_000:
            write("fuzz_sentencepiece", index, model)
        write("fuzz_tiktoken", index, bytes([index % 3]) + rank_file(rng).content())
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "a", "##b", "ab", "\u4e2d", "##\u00e9"]
    write("fuzz_vocab_txt", 0, b"\x03" + "\n".join(words).encode())
    vocabulary = {"a": 0, "b": 1, "ab": 2, "\u0120": 3, "\u0120ab": 4}
    write("fuzz_vocab_merges", 0, json.dumps(vocabulary).encode() + b"\0#version: 0.2\na b\n\xc4\xa0 ab\n")
    write("fuzz_clip", 0, b'"bpe_simple_vocab_16e6.txt#version: 0.2\ni n\nt h\na n</w>\nth e</w>\n')
    tekken = {
        "config": {
            "pattern": r"\w+|\W",
            "num_vocab_tokens": 3,
            "default_vocab_size": 5,
            "default_num_special_tokens": 2,
            "version": "v3",
        },
        "vocab": [
            {"rank": i, "token_bytes": base64.b64encode(b).decode(), "token_str": None}
            for i, b in enumerate([b"a", b"b", b"ab"])
        ],
        "special_tokens": [
            {"rank": 0, "token_str": "<unk>", "is_control": True},
            {"rank": 1, "token_str": "<s>", "is_control": True},
        ],
    }
    write("fuzz_tekken", 0, json.dumps(tekken).encode())
    for index, pattern in enumerate(
        [rb"\w+|\W", rb"(?i:'s|'t)| ?\p{L}++|\s+(?!\S)", rb"[\p{Lu}&&[^A-C]]{1,3}?", rb"(?<=a)b|(?>a+)b|(.)\1"]
    ):
        write("fuzz_regex", index, bytes([index & 1]) + pattern + b"\0ab aab's 12 \xc3\xa9")
    # As deep as may be opened, and never closed.
    write("fuzz_json", 0, b"[" * 126 + b'{"a"')
    normalizers: list[dict[str, object]] = [
        {"type": "NFKC"},
        {"type": "Prepend", "prepend": "_"},
        {"type": "Lowercase"},
    ]
    write("fuzz_json", 1, json.dumps({"type": "Sequence", "normalizers": normalizers}).encode())
    steps: list[dict[str, object]] = [
        {"type": "Split", "pattern": {"Regex": r"\s+(?!\S)|\s+"}, "behavior": "MergedWithNext", "invert": False},
        {"type": "Metaspace", "replacement": "_", "prepend_scheme": "first", "split": True},
    ]
    write("fuzz_json", 2, json.dumps({"type": "Sequence", "pretokenizers": steps}).encode())
    for index in range(32):
        # Tokenizer, options, then text; all sorts of it by the fuzzer itself.
        write(
            "fuzz_engines",
            index,
            bytes([index * 2, 0xF1 if index % 8 == 7 else index]) + b" ab <s> caf\xc3\xa9 \x05\x29\x36\x36",
        )
    write("fuzz_splitters", 0, b"\x00I'LL pay 1234,5 \xc3\xa9 \xe4\xb8\xad\xe3\x81\x82\r\n\n  x/y")
    write("fuzz_splitters", 1, b"\x01" + bytes(range(80)))
    # Columns less one, then rows: as text (1e-45 is the smallest float), then as binary.
    rows = b"the 0.25 -1e-45\nnew york .5 7\n1 2 3 nan\n\n +inf 3.4028236e38 1e-400\n"
    for flags in (1, 1 | 64, 1 | 128, 2):
        write("fuzz_vectors", flags, bytes([flags]) + rows)
    binary = b"".join(b"\nword%d " % row + struct.pack("<2f", row, -0.5) for row in range(3))
    write("fuzz_vectors", 256, bytes([1 | 32]) + binary)
    from tests.unit.test_fasttext_bin import SUPERVISED, UNSUPERVISED, quantized

    with tempfile.TemporaryDirectory() as folder:
        for index, model in enumerate((SUPERVISED, UNSUPERVISED, quantized(Path(folder)).read_bytes())):
            write("fuzz_fasttext", index, model)
    write("fuzz_encode", 0, "ab <s> Ab\u00e9\u4e2d  cc".encode())


if __name__ == "__main__":
    main()
