// What is shown: a text and its tokens under each tokenizer. A new one is made when the text, a tokenizer or an option
// changes, and takes the old one's place when its answers are there, so that typing does not flicker.

import { SvelteMap } from "svelte/reactivity";
import { get, isAbort, page, post, type Schema } from "../../../lib/api/client";
import { address } from "../../../lib/api/client";
import { unpack } from "../../../lib/arrays";
import type { Source } from "../tokens-state.svelte";
import { BLOCK, block, joined, part, type Block, type Entry, type TokenWindow } from "./windows";

export type Options = Pick<Schema<"EncodeRequest">, "special_tokens" | "add_special_tokens">;
export type EncodeAnswer = Schema<"EncodeAnswer">;
const EMPTY: TokenWindow = { first: 0, ids: new Uint32Array(), starts: new Uint32Array(), ends: new Uint32Array(), chips: new Uint8Array() };

/** A text under one tokenizer, in blocks that are asked for when they come into sight. */
export class Column {
  readonly name: string;
  readonly source: Source;
  readonly options: Options;
  answer = $state.raw<EncodeAnswer | null>(null);
  error = $state.raw<unknown>(null);
  #blocks = new SvelteMap<number, Block>();
  #asked = new Set<number>();
  #controller = new AbortController();
  readonly ready: Promise<void>;

  constructor(name: string, source: Source, options: Options) {
    this.name = name;
    this.source = source;
    this.options = options;
    this.ready = this.#encode();
  }

  /** The body of requests about this column. */
  get question(): Schema<"EncodeRequest"> {
    return { source: this.source, tokenizer: this.name, ...this.options };
  }

  async #encode(): Promise<void> {
    try {
      const answer = await post("/api/tokens/encode", { body: this.question, signal: this.#controller.signal });
      this.#asked.add(0);
      this.#blocks.set(0, block(answer.window));
      this.answer = answer;
    } catch (error) {
      if (!isAbort(error)) this.error = error;
    }
  }

  /** Gives up what is under way: another text took the place of this one. */
  stop(): void {
    this.#controller.abort();
  }

  /** Asks for the blocks of [start, end) that are not there yet. */
  want(start: number, end: number): void {
    const answer = this.answer;
    if (!answer) return;
    const last = Math.floor(Math.max(0, Math.min(end, answer.utf16_length) - 1) / BLOCK);
    for (let number = Math.floor(start / BLOCK); number <= last; number++) {
      if (this.#asked.has(number)) continue;
      this.#asked.add(number);
      void this.#ask(number);
    }
  }

  async #ask(number: number): Promise<void> {
    const body = { ...this.question, utf16_start: number * BLOCK, utf16_end: (number + 1) * BLOCK };
    try {
      this.#blocks.set(number, block(await post("/api/tokens/window", { body, signal: this.#controller.signal })));
    } catch (error) {
      this.#asked.delete(number);
      if (!isAbort(error)) this.error = error;
    }
  }

  /** Tokens that touch [start, end), from the blocks that are there; null while one of them is missing. */
  tokens(start: number, end: number): TokenWindow | null {
    let found: TokenWindow | null = null;
    const last = Math.floor(Math.max(start, end - 1) / BLOCK);
    for (let number = Math.floor(start / BLOCK); number <= last; number++) {
      const one = this.#blocks.get(number);
      if (!one) return null;
      const mine = part(one, start, end);
      found = found ? joined(found, mine) : mine;
    }
    return found ?? EMPTY;
  }

  /** What an id is, from any block that holds it. */
  entry(id: number, near: number): Entry | undefined {
    const here = this.#blocks.get(Math.floor(near / BLOCK))?.entries.get(id);
    if (here) return here;
    for (const one of this.#blocks.values()) {
      const entry = one.entries.get(id);
      if (entry) return entry;
    }
    return undefined;
  }

  /** All ids, in as many requests as it takes. */
  async ids(): Promise<number[]> {
    const out: number[] = [];
    for (;;) {
      const answer = await post("/api/tokens/ids", { body: { ...this.question, first: out.length } });
      const some = unpack(answer.ids, "u4");
      for (const id of some) out.push(id);
      if (!some.length || out.length >= answer.tokens) return out;
    }
  }
}

/** A text with its columns. */
export class Reading {
  readonly text: string;
  readonly source: Source;
  readonly columns: readonly Column[];

  constructor(text: string, source: Source, columns: readonly Column[]) {
    this.text = text;
    this.source = source;
    this.columns = columns;
  }
}

async function textOf(source: Source, signal: AbortSignal): Promise<string> {
  if ("text" in source) return source.text;
  const response = await fetch(address("/api/tokens/text", {}, { file: source.file }), { headers: { "X-Page": page() }, signal });
  // An error has the server's JSON: the typed client reads it.
  if (!response.ok) return String(await get("/api/tokens/text", { query: { file: source.file }, signal }));
  // A byte order mark counts as a character: `response.text()` would take it away.
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(await response.arrayBuffer());
}

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Keeps the newest reading. */
export class Reader {
  shown = $state.raw<Reading>(new Reading("", { text: "" }, []));
  busy = $state(false);
  error = $state.raw<unknown>(null);
  #controller = new AbortController();
  #running: readonly Column[] = [];

  /** Whether what is shown is of this source. */
  reads(source: Source): boolean {
    return same(this.shown.source, source);
  }

  /** Reads a text under tokenizers; what was asked before is given up unless it is the same question. */
  async read(source: Source, names: readonly string[], options: Options): Promise<void> {
    this.#controller.abort();
    const controller = (this.#controller = new AbortController());
    const reusable = [...this.shown.columns, ...this.#running].filter((column) => same(column.source, source) && same(column.options, options) && !column.error);
    const columns = names.map((name) => reusable.find((column) => column.name === name) ?? new Column(name, source, options));
    for (const column of this.#running) if (!columns.includes(column)) column.stop();
    this.#running = columns;
    this.busy = true;
    this.error = null;
    try {
      const text = same(this.shown.source, source) && this.shown.columns.length ? this.shown.text : await textOf(source, controller.signal);
      // A slow tokenizer does not hold up the others: after a moment the text is shown with what is there.
      const answered = Promise.all(columns.map((column) => column.ready));
      await Promise.race([answered, pause(250)]);
      if (controller.signal.aborted) return;
      for (const column of this.shown.columns) if (!columns.includes(column)) column.stop();
      this.shown = new Reading(text, source, columns);
      await answered;
    } catch (error) {
      if (!controller.signal.aborted && !isAbort(error)) this.error = error;
    }
    if (!controller.signal.aborted) this.busy = false;
  }
}
