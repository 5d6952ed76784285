"""How fast is Unigram, from a SentencePiece model (ALBERT) and from a tokenizer.json (BARThez), on one core?"""

from harness import ALBERT, BARTHEZ, corpus, race, report


def main() -> None:
    def races():
        for vocabulary, languages in ((ALBERT, ("en-prose", "fr")), (BARTHEZ, ("fr", "en-prose"))):
            for language in languages:
                for mode in ("array", "offsets"):
                    yield f"{vocabulary.name}, {language}, {mode}", race(vocabulary, corpus(language, 4_000_000), mode)

    report("unigram", races())


if __name__ == "__main__":
    main()
