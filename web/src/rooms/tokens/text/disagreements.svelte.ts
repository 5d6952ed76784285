// Where the columns cut the text differently, for what is in sight and for jumping from one place to the next.

import { SvelteMap } from "svelte/reactivity";
import { isAbort, post, type Schema } from "../../../lib/api/client";
import { unpack } from "../../../lib/arrays";
import type { Source } from "../tokens-state.svelte";
import type { Options } from "./reading.svelte";
import { BLOCK } from "./windows";

export type Stretch = Schema<"Stretch">;
type Answer = Schema<"DisagreementAnswer">;

export class Disagreements {
  readonly names: readonly string[];
  readonly source: Source;
  readonly options: Options;
  /** Counts of the whole text, once something was asked for. */
  total = $state<number | null>(null);
  /** Share of the cuts that all tokenizers have. */
  shared = $state(1);
  error = $state.raw<unknown>(null);
  #blocks = new SvelteMap<number, { starts: Uint32Array; ends: Uint32Array }>();
  #asked = new Set<number>();
  #controller = new AbortController();

  constructor(names: readonly string[], source: Source, options: Options) {
    this.names = names;
    this.source = source;
    this.options = options;
  }

  stop(): void {
    this.#controller.abort();
  }

  async #post(more: { utf16_start: number; utf16_end: number; count: number; last?: boolean; detailed?: number }): Promise<Answer> {
    const body = { source: this.source, tokenizers: [...this.names], ...this.options, ...more };
    const answer = await post("/api/tokens/disagreements", { body, signal: this.#controller.signal });
    this.total = answer.total;
    this.shared = answer.cuts ? answer.shared / answer.cuts : 1;
    return answer;
  }

  /** Asks for the stretches of [start, end) that are not there yet. */
  want(start: number, end: number): void {
    if (this.names.length < 2) return;
    for (let number = Math.floor(start / BLOCK); number <= Math.floor(Math.max(start, end - 1) / BLOCK); number++) {
      if (this.#asked.has(number)) continue;
      this.#asked.add(number);
      this.#post({ utf16_start: number * BLOCK, utf16_end: (number + 1) * BLOCK, count: 20_000 })
        .then((answer) => this.#blocks.set(number, { starts: unpack(answer.utf16_starts, "u4"), ends: unpack(answer.utf16_ends, "u4") }))
        .catch((error: unknown) => {
          this.#asked.delete(number);
          if (!isAbort(error)) this.error = error;
        });
    }
  }

  /** Starts and ends, in turn, of the stretches that touch [start, end), as far as they are there. */
  within(start: number, end: number): number[] {
    const found: number[] = [];
    for (let number = Math.floor(start / BLOCK); number <= Math.floor(Math.max(start, end - 1) / BLOCK); number++) {
      const one = this.#blocks.get(number);
      if (!one) continue;
      let low = 0;
      let high = one.starts.length;
      while (low < high) {
        const middle = (low + high) >> 1;
        if ((one.ends[middle] ?? 0) <= start) low = middle + 1;
        else high = middle;
      }
      for (; low < one.starts.length && (one.starts[low] ?? 0) < end; low++) found.push(one.starts[low] ?? 0, one.ends[low] ?? 0);
    }
    return found;
  }

  /** Up to `count` stretches that lie after a place, or the last before it; with the number of the first. */
  async list(place: number, count: number, before = false): Promise<{ first: number; list: Stretch[] }> {
    const part = before ? { utf16_start: 0, utf16_end: place, last: true } : { utf16_start: place, utf16_end: 2 ** 31 };
    const answer = await this.#post({ ...part, count, detailed: count });
    return { first: answer.first, list: answer.detailed };
  }
}
