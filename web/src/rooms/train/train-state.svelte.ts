// What the room works on: the text, the settings of both kinds, the trainings. All of it is in the link.

import { router } from "../../lib/router.svelte";
import { follow, type Kind, type KeptRun, type Run } from "./runs.svelte";
import { METHODS, MODELS, type Method, type Values, type VectorModel } from "./settings";

interface Kept {
  kind?: Kind;
  files?: string[];
  chosen?: boolean;
  text?: string;
  pasted?: boolean;
  method?: Method;
  model?: VectorModel;
  tokenizer?: Values;
  vectors?: Values;
  watch?: string;
  runs?: KeptRun[];
  shown?: Partial<Record<Kind, string>>;
}

const MOST_RUNS = 12;

export class TrainState {
  kind = $state<Kind>("tokenizer");
  files = $state<string[]>([]);
  text = $state("");
  pasted = $state(false);
  method = $state<Method>("bpe");
  model = $state<VectorModel>("word2vec");
  tokenizer = $state<Values>({});
  vectors = $state<Values>({});
  /** Words to watch, as typed. */
  watch = $state("");
  runs = $state.raw<Run[]>([]);
  shown = $state<Partial<Record<Kind, string>>>({});
  /** Whether a file was ever chosen or a link gave one: else the sample is taken. */
  chosen = $state(false);

  corpus = $derived(this.pasted ? { files: [], text: this.text } : { files: this.files, text: "" });
  ready = $derived(this.pasted ? this.text.trim() !== "" : this.files.length > 0);
  ofKind = $derived(this.runs.filter((run) => run.kind === this.kind));
  run = $derived(this.ofKind.find((run) => run.id === this.shown[this.kind]) ?? this.ofKind.at(-1) ?? null);

  /** Begins from the state of a link; what is not of the expected shape is left out. */
  restore(state: unknown): void {
    const kept: Kept = typeof state === "object" && state !== null ? state : {};
    this.kind = kept.kind === "vectors" ? "vectors" : "tokenizer";
    this.files = Array.isArray(kept.files) ? kept.files.filter((id) => typeof id === "string" && id.length > 0 && id.length <= 64).slice(0, 1000) : [];
    this.text = typeof kept.text === "string" ? kept.text : "";
    this.pasted = kept.pasted === true;
    this.chosen = this.pasted || (kept.chosen !== false && this.files.length > 0);
    this.method = METHODS.find((method) => method === kept.method) ?? "bpe";
    this.model = MODELS.find((model) => model === kept.model) ?? "word2vec";
    this.tokenizer = simple(kept.tokenizer);
    this.vectors = simple(kept.vectors);
    this.watch = typeof kept.watch === "string" ? kept.watch : "";
    const runs = Array.isArray(kept.runs) ? kept.runs : [];
    this.runs = runs.filter((run) => /^[0-9a-f]{1,64}$/.test(run?.id) && (run.kind === "tokenizer" || run.kind === "vectors")).slice(-MOST_RUNS).map(follow);
    this.shown = typeof kept.shown === "object" && kept.shown !== null ? { ...kept.shown } : {};
  }

  /** Puts the state into the address; call it in an effect. */
  remember(): void {
    const light = {
      kind: this.kind, files: [...this.files], chosen: this.chosen, pasted: this.pasted, method: this.method, model: this.model,
      tokenizer: { ...this.tokenizer }, vectors: { ...this.vectors }, watch: this.watch,
      runs: this.runs.map(({ id, kind }) => ({ id, kind })), shown: { ...this.shown },
    };
    router.remember("train", { ...light, text: this.text }, light);
  }

  add(id: string, kind: Kind): void {
    this.runs = [...this.runs, follow({ id, kind })].slice(-MOST_RUNS);
    this.shown = { ...this.shown, [kind]: id };
  }

  show(run: Run): void {
    this.shown = { ...this.shown, [run.kind]: run.id };
  }

  forget(run: Run): void {
    run.close();
    this.runs = this.runs.filter((one) => one !== run);
  }

  close(): void {
    for (const run of this.runs) run.close();
  }
}

/** Values of a form from a link: plain ones alone. */
function simple(values: unknown): Values {
  if (typeof values !== "object" || values === null) return {};
  return Object.fromEntries(Object.entries(values).filter(([, value]) => ["string", "number", "boolean"].includes(typeof value)).slice(0, 60)) as Values;
}
