// What the panels of the room share: where the sessions come from, the settings, the trained recommender, the history.

import { ApiError, post, type Schema } from "../../lib/api/client";
import { shelf } from "../../lib/files.svelte";
import { given } from "../../lib/given";
import { router } from "../../lib/router.svelte";
import { Work } from "../../lib/work.svelte";
import { checked, COLUMNS, EMPTY, names, type Kept } from "./kept";

export interface Summary {
  sessions: number;
  events: number;
  items: number;
  timed: boolean;
  weighted: boolean;
  keyed: boolean;
  known_items: number;
  rows: number;
  fields: string[];
  lengths: [number, number][];
  median_length: number;
  longest: number;
  top: { item: string; title: string; count: number }[];
}
export interface Trained {
  recommender: string;
  items: number;
  dimension: number;
  placed: number;
  fields: string[];
}
export type Item = Schema<"ItemView">;
type Formats = NonNullable<Schema<"SessionSource">["format"]>;
const FORMATS: readonly string[] = ["txt", "csv", "tsv", "jsonl", "json", "parquet"] satisfies Formats[];

export const ENCODINGS = ["utf-8", "latin-1", "gb18030", "utf-16"] as const satisfies Schema<"LookRequest">["encoding"][];

export function encodingOf(kept: Kept): (typeof ENCODINGS)[number] {
  return ENCODINGS.find((one) => one === kept.encoding) ?? "utf-8";
}

class RecommendState {
  kept = $state<Kept>(structuredClone(EMPTY));
  reading = new Work<Summary>("recommend.read");
  training = new Work<Trained>("recommend.train");
  /** What is known of items by id: filled by every answer. */
  titles = $state<Record<string, string>>({});
  error = $state.raw<unknown>(null);

  /** The source of requests; null without a file. */
  source = $derived.by((): Schema<"SessionSource"> | null => {
    const kept = this.kept;
    if (!kept.sessions) return null;
    const columns = Object.fromEntries(COLUMNS.map((role) => [role, kept.columns[role] || null]));
    return {
      sessions: kept.sessions,
      items: kept.items || null,
      form: kept.playlists ? "playlists" : "auto",
      format: FORMATS.includes(kept.format) && !kept.playlists ? (kept.format as Formats) : null,
      header: kept.header,
      encoding: encodingOf(kept),
      item_fields: names(kept.fields),
      columns: columns as Schema<"ColumnNames">,
      event_weights: Object.keys(kept.weights).length ? { ...kept.weights } : null,
      min_length: 1,
      gap: null,
    };
  });
  settings = $derived.by((): Schema<"ItemSettings"> => {
    const kept = this.kept;
    return {
      vector_size: kept.vectorSize, window: kept.window || null, negative: kept.negative, ns_exponent: kept.exponent,
      epochs: kept.epochs, sample: kept.sample, min_count: kept.minCount, half_life: kept.halfLife || null, scoring: null, seed: 1,
    };
  });
  /** The key of what is to be trained now. */
  wanted = $derived(JSON.stringify([this.source, this.settings]));
  /** The recommender of the answers, also while another one is trained. */
  recommender = $derived(this.training.result?.recommender ?? "");
  /** Whether the recommender is that of the files and settings shown. */
  fresh = $derived(this.training.key === this.wanted);

  /** Begins from the state of a link; without one with a person's own sessions, else with the sample, where it is on the shelf. */
  async restore(state: unknown): Promise<void> {
    this.kept = checked(state);
    try {
      await shelf.load();
      if (!this.kept.sessions) {
        const [own] = await given("sessions");
        if (own) this.kept.sessions = own.id;
        else this.useSample();
      }
      this.train();
    } catch (error) {
      this.error = error;
    }
  }

  /** The files of the sample, by their names. */
  useSample(): void {
    const named = (name: string) => shelf.files.find((file) => file.origin === "sample" && file.name === name)?.id ?? "";
    Object.assign(this.kept, structuredClone({ ...EMPTY, panel: this.kept.panel }), {
      sessions: named("listening-sessions.csv"),
      items: named("listening-songs.csv"),
    });
  }

  /** Reads the files and learns from them, unless that is done. */
  train(): void {
    const { source, settings, wanted } = this;
    if (!source) return;
    void this.reading.run(JSON.stringify(source), () => post("/api/recommend/read", { body: source }));
    void this.training.run(wanted, () => post("/api/recommend/train", { body: { source, settings } })).then(() => this.begin());
  }

  /** Learns again where an error says that the server does not know the recommender any more: it has been restarted. */
  lost(failure: unknown): boolean {
    if (!(failure instanceof ApiError) || failure.status !== 404 || failure.class !== "StudioError") return false;
    if (!this.training.busy) {
      this.training.forget();
      this.train();
    }
    return true;
  }

  /** A first history from the sessions themselves, where there is none yet or its items are unknown. */
  async begin(): Promise<void> {
    const { recommender, kept } = this;
    if (!recommender) return;
    try {
      if (kept.history.length) {
        const known = await post("/api/recommend/items", { body: { recommender, items: [...kept.history], text: "", first: 0, count: 200 } });
        this.know(known.items);
        if (known.items.length) return;
      }
      const first = await post("/api/recommend/sessions", { body: { recommender, text: "", first: 0, count: 1 } });
      const items = first.sessions[0]?.items ?? [];
      this.know(items);
      kept.history = items.slice(0, 4).map((one) => one.item);
    } catch (error) {
      this.error = error;
    }
  }

  know(items: readonly { item: string; title: string }[]): void {
    for (const one of items) this.titles[one.item] = one.title;
  }

  title(item: string): string {
    return this.titles[item] ?? item;
  }

  add(item: string): void {
    if (this.kept.history.length < 200) this.kept.history = [...this.kept.history, item];
  }

  /** Puts the state into the address; call it in an effect. */
  remember(): void {
    router.remember("recommend", $state.snapshot(this.kept));
  }
}

export const recommend = new RecommendState();
