"""Random SentencePiece models and random .tiktoken files, for the formats that are not tokenizer.json."""

from __future__ import annotations

import base64
import random
from base64 import b64decode
from dataclasses import dataclass

from tests.parity.configs import ALPHABETS, charsmap
from tests.parity.oracles import CL100K, QWEN2, R50K
from tests.parity.protobuf import integer, message, single

NORMAL, UNKNOWN, CONTROL, USER_DEFINED, UNUSED, BYTE = 1, 2, 3, 4, 5, 6
UNIGRAM, BPE, WORD, CHAR = 1, 2, 3, 4


def sentencepiece_model(rng: random.Random) -> bytes:
    """A ModelProto: pieces of every type, either algorithm, every normalizer flag."""
    alphabet = sorted(set(rng.choice(ALPHABETS) + rng.choice(ALPHABETS) + "▁") - {" ", "\n"})
    kind = rng.choice([UNIGRAM, UNIGRAM, UNIGRAM, BPE, BPE, BPE, WORD, CHAR])
    fallback = rng.random() < 0.4
    pieces: dict[str, tuple[float, int]] = {"<unk>": (0.0, UNKNOWN), "<s>": (0.0, CONTROL), "</s>": (0.0, CONTROL)}
    if fallback:
        for byte in range(256):
            pieces[f"<0x{byte:02X}>"] = (0.0, BYTE)
    known = [c for c in alphabet if rng.random() < 0.9] or alphabet[:1]
    if kind == BPE:
        for _ in range(rng.randint(0, 60)):
            known.append(rng.choice(known) + rng.choice(known))
        for _ in range(rng.randint(0, 5)):
            known.append("".join(rng.choice(alphabet) for _ in range(rng.randint(2, 5))))
    else:
        known += ["".join(rng.choice(alphabet) for _ in range(rng.randint(1, 5))) for _ in range(50)]
        known += ["▁" + "".join(rng.choice(alphabet) for _ in range(rng.randint(1, 3))) for _ in range(15)]
    for index, piece in enumerate(dict.fromkeys(known)):
        if not piece or len(piece) > 40:
            continue
        score = (
            float(-index) if kind == BPE and rng.random() < 0.95 else round(-rng.random() * 12, rng.choice([0, 1, 6]))
        )
        draw = rng.random()
        pieces.setdefault(
            piece, (score, USER_DEFINED if draw < 0.04 else UNUSED if draw < 0.09 and len(piece) > 1 else NORMAL)
        )
    if rng.random() < 0.3:
        pieces.setdefault(rng.choice(["<sep>", "a a", "@@", "é", "<0x41>x"]), (0.0, USER_DEFINED))
    model = b"".join(
        message(1, message(1, piece.encode()) + single(2, score) + integer(3, type_))
        for piece, (score, type_) in pieces.items()
    )
    trainer = integer(3, kind) + integer(4, len(pieces)) + integer(35, int(fallback))
    trainer += integer(24, int(rng.random() < 0.2))  # treat_whitespace_as_suffix
    if rng.random() < 0.2:
        trainer += message(44, rng.choice([" <U> ", "?", ""]).encode())  # unk_surface
    normalizer = message(1, b"random")
    if rng.random() < 0.6:
        normalizer += message(2, b64decode(charsmap()))
    normalizer += (
        integer(3, int(rng.random() < 0.7)) + integer(4, int(rng.random() < 0.6)) + integer(5, int(rng.random() < 0.85))
    )
    return model + message(2, trainer) + message(3, normalizer)


@dataclass
class RankFile:
    ranks: dict[bytes, int]
    pattern: str
    specials: dict[str, int]

    def content(self) -> bytes:
        return b"".join(base64.b64encode(token) + b" %d\n" % rank for token, rank in self.ranks.items())


def rank_file(rng: random.Random) -> RankFile:
    """All 256 bytes in random order, then merges that any order of ranks allows, some of them unreachable."""
    tokens = [bytes([byte]) for byte in rng.sample(range(256), 256)]
    favourites = [c.encode() for c in "abcde ena中é\n 1'"]
    known = [byte for c in favourites for byte in (c[i : i + 1] for i in range(len(c)))] * 3 + favourites
    seen = set(tokens)
    for _ in range(rng.randint(0, 200)):
        token = rng.choice(known) + rng.choice(known)
        if token not in seen and len(token) < 40:
            seen.add(token)
            tokens.append(token)
            known.append(token)
    pattern = rng.choice([R50K, CL100K, QWEN2, r"\w+|\W", r"\s+|\S+", r"[\s\S]+", r".|\n"])
    size = len(tokens)
    names = ["<|endoftext|>", "<|im_start|>", "<s>", "ab", "[X]", "é中"]
    chosen = rng.sample(names, rng.randint(0, 4))
    return RankFile(
        {token: rank for rank, token in enumerate(tokens)}, pattern, {name: size + i for i, name in enumerate(chosen)}
    )
