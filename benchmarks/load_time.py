"""How long until a tokenizer file is ready? First load in a fresh process, and again in the same process (best of five)."""

from harness import ALBERT, ALL, BERT, DATA, GPT2, LLAMA2, Missing, Worker, save


def main() -> None:
    results = []
    for vocabulary in (GPT2, BERT, LLAMA2, ALBERT):
        print(
            f"### {vocabulary.name}\n\n| library | file | import ms | first load ms | again ms | memory MB |\n|---|---|---|---|---|---|"
        )
        for kind, path in vocabulary.files:
            for library in ALL:
                job = {"library": library, "kind": kind, "path": str(DATA / "tokenizers" / path), "threads": 1}
                if kind == "tiktoken":
                    job |= vocabulary.extra
                try:
                    # The best of three fresh processes: the first may read the file from disk.
                    first = []
                    for _ in range(3):
                        worker = Worker(library)
                        first.append(worker.ask("load", **job))
                        again = min(worker.ask("reload", **job)["load_s"] for _ in range(5))
                        worker.close()
                except Missing:
                    continue
                best = min(first, key=lambda facts: facts["load_s"])
                row = {"vocabulary": vocabulary.name, "file": path, "library": library, **best, "again_s": again}
                results.append(row)
                print(
                    f"| {library} {best['version']} | {path} | {best['import_s'] * 1e3:.0f} | {best['load_s'] * 1e3:.1f} | {again * 1e3:.1f} | {best['rss_mb']:.0f} |",
                    flush=True,
                )
        print()
    save("load_time", results)


if __name__ == "__main__":
    main()
