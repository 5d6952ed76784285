// What the panels of the room share; all of it is in the link.

import { get, type Schema } from "../../lib/api/client";
import { models } from "../../lib/models.svelte";
import { router } from "../../lib/router.svelte";
import { checked, EMPTY, whole, type Kept } from "./kept";

export type Examples = Schema<"ExamplesView">;

class ContextState {
  kept = $state<Kept>({ ...EMPTY });
  examples = $state.raw<Examples | null>(null);
  /** Whether the list of models has been asked for. */
  ready = $state(false);
  error = $state.raw<unknown>(null);

  /** The contextual model of requests; "" where there is none. */
  model = $derived.by(() => {
    const list = models.of("contextual");
    return list.some((one) => one.name === this.kept.model) ? this.kept.model : (list[0]?.name ?? "");
  });

  /** Begins from the state of a link, and fills what it does not say from the examples in the language of the page. */
  async restore(state: unknown, language: "en" | "zh"): Promise<void> {
    this.kept = checked(state, EMPTY);
    try {
      const [examples] = await Promise.all([this.examples ?? get("/api/context/examples"), models.refresh("contextual")]);
      this.examples = examples;
      this.#fill(language);
    } catch (error) {
      this.error = error;
    }
    this.ready = true;
  }

  #fill(language: "en" | "zh"): void {
    const { kept, examples } = this;
    if (!examples) return;
    const word = examples.words.find((one) => one.language === language) ?? examples.words[0];
    if (!kept.word && word) [kept.word, kept.sentences] = [word.word, word.sentences.join("\n")];
    const pair = examples.pairs.find((one) => one.language === language) ?? examples.pairs[0];
    if (!kept.first && pair) [kept.first, kept.second] = [pair.first, pair.second];
    if (!kept.attended) kept.attended = word?.sentences[0] ?? "";
    const texts = examples.texts.find((one) => one.language === language) ?? examples.texts[0];
    if (!kept.texts && texts) [kept.texts, kept.query] = [texts.texts.join("\n"), texts.query];
    if (!kept.corpus) kept.corpus = examples.words.filter((one) => one.language === language).flatMap((one) => one.sentences).join("\n");
  }

  /** Labels of the sentences where they are those of an example, else null. */
  labels(): string[] | null {
    const text = this.kept.sentences.trim();
    const found = this.examples?.words.find((one) => one.word === this.kept.word && one.sentences.join("\n") === text);
    return found ? found.labels : null;
  }

  /** Puts the state into the address; call it in an effect. */
  remember(): void {
    const state = Object.fromEntries(Object.entries($state.snapshot(this.kept)).map(([name, value]) => [name, typeof value === "string" ? whole(value) : value]));
    const { sentences: _, texts: __, corpus: ___, ...light } = state;
    router.remember("context", state, light);
  }
}

export const context = new ContextState();
