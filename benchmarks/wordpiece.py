"""How fast is WordPiece (BERT base uncased) on one core?"""

from harness import BERT, corpus, race, report


def main() -> None:
    report(
        "wordpiece",
        (
            (f"BERT uncased, {language}, {mode}", race(BERT, corpus(language), mode))
            for language in ("en-prose", "zh", "fr")
            for mode in ("array", "offsets")
        ),
    )


if __name__ == "__main__":
    main()
