"""What do two threads bring? (GPT-2 and BERT, arrays)"""

from harness import BERT, GPT2, corpus, race, report


def main() -> None:
    texts = corpus("en-prose")
    report(
        "threads",
        (
            (f"{vocabulary.name}, en-prose, {threads} threads", race(vocabulary, texts, "array", threads))
            for vocabulary in (GPT2, BERT)
            for threads in (1, 2)
        ),
    )


if __name__ == "__main__":
    main()
