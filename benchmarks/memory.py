"""How much memory does a loaded tokenizer hold, and how far does it grow while 20 MB of varied text pass through it?"""

from harness import ALL, BERT, GPT2, LLAMA2, Missing, Worker, corpus, load, save, store


def main() -> None:
    texts = corpus("en-prose", 6_000_000) + corpus("en-docs", 8_000_000) + corpus("zh", 6_000_000)
    path = str(store(texts))
    results = []
    for vocabulary in (GPT2, BERT, LLAMA2):
        print(
            f"### {vocabulary.name}\n\n| library | loaded MB | after one pass MB | after three MB | peak MB |\n|---|---|---|---|---|"
        )
        for library in ALL:
            try:
                worker = Worker(library)
                facts = load(worker, vocabulary, 1)
                worker.ask("texts", path=path)
                start = worker.ask("memory")["rss_mb"]
                worker.ask("pass", mode="array")
                once = worker.ask("memory")["rss_mb"]
                worker.ask("pass", mode="array", repeat=2)
                end = worker.ask("memory")
                worker.close()
            except Missing:
                continue
            row = {
                "vocabulary": vocabulary.name,
                "library": library,
                "loaded_mb": facts["rss_mb"],
                "grown_once_mb": once - start,
            }
            row |= {"grown_mb": end["rss_mb"] - start, "peak_mb": end["peak_mb"]}
            results.append(row)
            print(
                f"| {library} {facts['version']} | {facts['rss_mb']:.0f} | +{once - start:.0f} | +{end['rss_mb'] - start:.0f} | {end['peak_mb']:.0f} |",
                flush=True,
            )
        print()
    save("memory", results)


if __name__ == "__main__":
    main()
