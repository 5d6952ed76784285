"""Trains the small tokenizers that ship in the wheel, with the reference trainers.

    .venv/bin/python scripts/make_embedded_tokenizers.py [--data ../shared/data]

Needs the `parity` extra (tokenizers 0.23.3, sentencepiece 0.2.3). Only parts of the corpus in the public domain or under
CC0, MIT, Apache-2.0, PSF-2.0 or CC-BY-4.0 are read; src/tokenspace/assets/README.md lists them. The byte-level BPE, word and
character tokenizers come out the same every time; the WordPiece trainer breaks ties by hash order, so its file differs a
little from run to run.
"""

from __future__ import annotations

import argparse
import gzip
import io
import json
import os
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ASSETS = ROOT / "src" / "tokenspace" / "assets"
ALLOWED = re.compile(r"public domain|public-domain|CC0|MIT|Apache-2\.0|PSF-2\.0|CC-BY-4\.0", re.IGNORECASE)
# Bytes read of each language: enough for the vocabulary sizes here, and no language drowns the others.
BUDGET = {"en-prose": 2_500_000, "en-docs": 2_500_000, "zh": 3_500_000}
OTHER_BUDGET = 900_000

# The shape of GPT-4's split: contractions, letters with one leading mark, up to three digits, punctuation runs, newlines.
SPLIT = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"


def parts(readme: str) -> list[tuple[str, str, int, str]]:
    """(file stem, description, lines, licence) for each row of the table "Text sources, part by part"."""
    rows = []
    for line in readme.split("### Text sources, part by part", 1)[1].splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if len(cells) == 5 and cells[0].startswith("text/"):
            rows.append((cells[0].removeprefix("text/").removesuffix(".txt.gz"), cells[1], int(cells[3]), cells[4]))
    return rows


def corpus(data: Path) -> tuple[list[str], list[tuple[str, str, int]]]:
    """Lines to train on and (description, licence, bytes used) of every part they come from."""
    lines: list[str] = []
    used: list[tuple[str, str, int]] = []
    spent: dict[str, int] = {}
    texts: dict[str, list[str]] = {}
    position: dict[str, int] = {}
    for stem, description, count, licence in parts((data / "README.md").read_text(encoding="utf-8")):
        if stem not in texts:
            with gzip.open(data / "text" / f"{stem}.txt.gz", "rt", encoding="utf-8", newline="\n") as file:
                texts[stem] = file.read().split("\n")
        start = position.get(stem, 0)
        position[stem] = start + count
        if not ALLOWED.search(licence):
            continue
        language = description.split(":", 1)[0] if stem == "multilingual" else stem
        left = BUDGET.get(language, OTHER_BUDGET) - spent.get(language, 0)
        part = texts[stem][start : start + count]
        # Spread over the part: every k-th line, so that a long book does not crowd out the books behind it.
        size = sum(len(line.encode()) + 1 for line in part)
        wanted = min(left, size, max(left // 3, 200_000) if language in BUDGET else left)
        step = max(1, round(size / wanted)) if wanted > 0 else 0
        chosen = part[::step] if step else []
        taken = sum(len(line.encode()) + 1 for line in chosen)
        spent[language] = spent.get(language, 0) + taken
        if chosen:
            lines.extend(chosen)
            used.append((description, licence, taken))
    return lines, used


def write(name: str, content: bytes) -> None:
    """Deterministic gzip: no time stamp, no file name."""
    buffer = io.BytesIO()
    with gzip.GzipFile(filename="", mode="wb", fileobj=buffer, mtime=0, compresslevel=9) as file:
        file.write(content)
    (ASSETS / name).write_bytes(buffer.getvalue())
    print(f"{name}: {len(content)} bytes, {len(buffer.getvalue())} compressed")


def train_bpe(lines: list[str]) -> bytes:
    from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers, trainers

    tokenizer = Tokenizer(models.BPE(ignore_merges=False))
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(SPLIT), "isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=32_000,
        min_frequency=2,
        special_tokens=["<|endoftext|>", "<|im_start|>", "<|im_end|>"],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(lines, trainer)
    return tokenizer.to_str(pretty=False).encode()


def train_wordpiece(lines: list[str]) -> bytes:
    from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers

    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer()
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.decoder = decoders.WordPiece()
    trainer = trainers.WordPieceTrainer(
        vocab_size=16_000,
        min_frequency=2,
        limit_alphabet=5_000,
        special_tokens=["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"],
        show_progress=False,
    )
    tokenizer.train_from_iterator(lines, trainer)
    tokenizer.post_processor = processors.BertProcessing(
        ("[SEP]", tokenizer.token_to_id("[SEP]")), ("[CLS]", tokenizer.token_to_id("[CLS]"))
    )
    return tokenizer.to_str(pretty=False).encode()


def train_unigram(lines: list[str]) -> bytes:
    import sentencepiece

    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(lines),
        model_writer=model,
        model_type="unigram",
        vocab_size=16_000,
        character_coverage=0.9995,
        byte_fallback=True,
        max_sentence_length=100_000,
        num_threads=1,  # sums of floats depend on the number of threads
        input_sentence_size=0,
        minloglevel=2,
    )
    return model.getvalue()


def word_level(entries: list[str], split: dict[str, object], decoder: dict[str, object] | None) -> bytes:
    """A tokenizer.json with a WordLevel model over `entries`, <unk> first."""
    document = {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": [
            {
                "id": 0,
                "content": "<unk>",
                "single_word": False,
                "lstrip": False,
                "rstrip": False,
                "normalized": False,
                "special": True,
            }
        ],
        "normalizer": None,
        "pre_tokenizer": split,
        "post_processor": None,
        "decoder": decoder,
        "model": {
            "type": "WordLevel",
            "vocab": {entry: index for index, entry in enumerate(["<unk>", *entries])},
            "unk_token": "<unk>",
        },
    }
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()


def train_word(lines: list[str]) -> bytes:
    from tokenizers import Tokenizer, models, pre_tokenizers, trainers

    tokenizer = Tokenizer(models.WordLevel(unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    trainer = trainers.WordLevelTrainer(vocab_size=24_001, special_tokens=["<unk>"], show_progress=False)
    tokenizer.train_from_iterator(lines, trainer)
    vocabulary = tokenizer.get_vocab()
    return word_level(sorted(vocabulary, key=vocabulary.__getitem__)[1:], {"type": "Whitespace"}, None)


def train_char(lines: list[str]) -> bytes:
    counts: dict[str, int] = {}
    for line in lines:
        for character in line:
            counts[character] = counts.get(character, 0) + 1
    counts.setdefault("\n", 1)
    counts.setdefault("\t", 1)
    characters = sorted((c for c in counts if counts[c] >= 5 or c in "\n\t"), key=lambda c: (-counts[c], c))
    split = {"type": "Split", "pattern": {"Regex": r"[\s\S]"}, "behavior": "Isolated", "invert": False}
    return word_level(characters, split, {"type": "Fuse"})


def source_table(used: list[tuple[str, str, int]]) -> Iterator[str]:
    yield "| part | licence | bytes read |"
    yield "|---|---|---|"
    for description, licence, size in used:
        yield f"| {description} | {licence} | {size} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--data", type=Path, default=Path(os.environ.get("TOKENSPACE_DATA", ROOT.parent / "shared" / "data"))
    )
    parser.add_argument("--only", choices=["bpe", "wordpiece", "unigram", "word", "char"])
    arguments = parser.parse_args()
    lines, used = corpus(arguments.data)
    print(f"{len(lines)} lines, {sum(size for _, _, size in used)} bytes")
    ASSETS.mkdir(parents=True, exist_ok=True)
    makers = {
        "bpe": ("bpe.json.gz", train_bpe),
        "wordpiece": ("wordpiece.json.gz", train_wordpiece),
        "unigram": ("unigram.model.gz", train_unigram),
        "word": ("word.json.gz", train_word),
        "char": ("char.json.gz", train_char),
    }
    for kind, (name, make) in makers.items():
        if arguments.only in (None, kind):
            write(name, make(lines))
    readme = ASSETS / "README.md"
    head = readme.read_text(encoding="utf-8").split("## Sources")[0] if readme.exists() else "# Embedded tokenizers\n\n"
    readme.write_text(head + "## Sources\n\n" + "\n".join(source_table(used)) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
