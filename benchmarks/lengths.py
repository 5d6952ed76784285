"""How does speed depend on the length of a text, from 10 characters to a million? (GPT-2, arrays, one core)"""

from harness import GPT2, corpus, race, report


def main() -> None:
    whole = "\n".join(corpus("en-prose", 4_000_000))

    def races():
        for length in (10, 100, 1_000, 10_000, 100_000, 1_000_000):
            count = min(len(whole) // length, 100_000)
            texts = [whole[i * length : (i + 1) * length] for i in range(count)]
            yield f"GPT-2, texts of {length} characters", race(GPT2, texts, "array")

    report("lengths", races())


if __name__ == "__main__":
    main()
