"""How fast is byte-level BPE (GPT-2), by language and by what is returned, on one core?"""

from harness import GPT2, corpus, race, report


def main() -> None:
    def races():
        for language in ("en-prose", "en-docs", "zh", "ja", "ru"):
            texts = corpus(language)
            for mode in ("array", "list", "offsets"):
                if mode == "offsets" and language not in ("en-prose", "zh"):
                    continue
                yield f"GPT-2, {language}, {mode}", race(GPT2, texts, mode)

    report("byte_level", races())


if __name__ == "__main__":
    main()
