"""How fast is BPE training, and how much memory does it take? GPT-2's pre-tokenization, line by line; then by characters.

    python benchmarks/train_bpe.py [--sizes 8 100 1000] [--languages en-prose zh multilingual] [--threads 1 2]
        [--vocab-sizes 16000 32000] [--libraries tokenspace gigatoken]

Byte-level trainers differ in how they break ties: tokenizers' rule (gigatoken has it too) and by token ids in byte order
(rustbpe, gigatoken's raw_token_ids). Ours is trained with both, and must give the same tokens in the same order.
SentencePiece's BPE is by characters and approximate: what it shares with ours and how many tokens each makes of 1 MB (for English
of documentation, else of the text's own beginning) is stated instead.
"""

from __future__ import annotations

import argparse

from make_corpus import make_corpus
from training import Contest, Contestant, report

BYTES = {"tie_breaking": "bytes"}
CONTESTANTS = [
    Contestant("tokenspace", "tokenspace"),
    Contestant("gigatoken", "gigatoken"),
    Contestant("tokenizers", "tokenizers"),
    Contestant("tokenspace", "tokenspace, ties by bytes", "bytes", BYTES),
    Contestant("rustbpe", "rustbpe", "bytes"),
    Contestant("gigatoken", "gigatoken, raw_token_ids", "bytes", {"tie_breaking": "raw_token_ids"}),
]
SPILLING = Contestant("tokenspace", "tokenspace, 256 MB budget", options={"memory_budget": 256 << 20})
BY_CHARACTERS = [
    Contestant("tokenspace", "tokenspace", "sentencepiece", {"pre_tokenizer": "sentencepiece"}),
    Contestant("sentencepiece", "sentencepiece", "sentencepiece"),
]
SMALL = 8  # MB up to which both vocabulary sizes are run
BIG = 1000  # MB from which one run does and the lesser variants stay out


def contests(sizes: list[int], languages: list[str], threads: list[int], vocabularies: list[int]) -> list[Contest]:
    out = []
    for megabytes in sizes:
        for language in languages:
            for number in threads:
                for vocab_size in vocabularies if megabytes <= SMALL else vocabularies[-1:]:
                    contestants, passes = CONTESTANTS, 3 if megabytes <= SMALL else 1
                    if megabytes >= BIG:
                        contestants = [CONTESTANTS[0], SPILLING, *CONTESTANTS[1:5]]
                    out.append(Contest(language, megabytes, vocab_size, number, "bpe", contestants, passes))
            if megabytes < BIG:
                held_out = make_corpus("en-docs" if language == "en-prose" else language, 1)
                passes = 3 if megabytes <= SMALL else 1
                out.append(
                    Contest(language, megabytes, 16_000, 2, "sentencepiece-bpe", BY_CHARACTERS, passes, held_out)
                )
    return out


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[8, 100, BIG], metavar="MB")
    parser.add_argument("--languages", nargs="+", default=["en-prose", "zh", "multilingual"])
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--vocab-sizes", type=int, nargs="+", default=[16_000, 32_000], help="above 8 MB only the last")
    parser.add_argument("--libraries", nargs="+", help="only these")
    arguments = parser.parse_args()
    asked = contests(arguments.sizes, arguments.languages, arguments.threads, arguments.vocab_sizes)
    for contest in asked:
        contest.contestants = [
            one for one in contest.contestants if not arguments.libraries or one.library in arguments.libraries
        ]
    report("train_bpe", asked)


if __name__ == "__main__":
    main()
