"""How fast is SentencePiece BPE with byte fallback (Llama 2) on one core?"""

from harness import LLAMA2, corpus, race, report


def main() -> None:
    report(
        "sentencepiece_bpe",
        (
            (f"Llama 2, {language}, {mode}", race(LLAMA2, corpus(language, 4_000_000), mode))
            for language in ("en-prose", "zh")
            for mode in ("array", "list", "offsets")
        ),
    )


if __name__ == "__main__":
    main()
