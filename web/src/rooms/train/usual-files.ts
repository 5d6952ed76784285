// What is trained on before anyone has chosen: the person's own text, else the samples that suit what is trained.

import type { Language } from "../../lib/language.svelte";

interface Candidate {
  id: string;
  name: string;
  kind: string;
  origin: string;
}

/** Ids of the files: the latest text added here, else the first given at the start, else samples. */
export function usualFiles(files: readonly Candidate[], what: "tokenizer" | "vectors", language: Language): string[] {
  const texts = files.filter((file) => file.kind === "text");
  const own = texts.findLast((file) => file.origin === "uploaded") ?? texts.find((file) => file.origin === "given");
  if (own) return [own.id];
  const samples = texts.filter((file) => file.origin === "sample");
  // Word vectors want words: Chinese with spaces between them, and one language at a time.
  const wanted = what === "tokenizer" ? ["english.txt", "chinese.txt"] : language === "zh" ? ["chinese-words.txt"] : ["english.txt"];
  const found = samples.filter((file) => wanted.includes(file.name));
  return (found.length ? found : samples.slice(0, 1)).map((file) => file.id);
}
