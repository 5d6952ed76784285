// One piece of work of a panel: the job that is under way and the last result, kept while another room is shown and found
// again after a reload.

import { Job, watch, type JobEvent } from "./jobs.svelte";

const KEPT = "tokenspace.work.";

/** A short name of a request: the same for the same text (FNV-1a, twice 32 bits). */
export function digest(text: string): string {
  let one = 0x811c9dc5;
  let other = 0xcbf29ce4;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    one = Math.imul(one ^ code, 0x01000193);
    other = Math.imul(other ^ (code + i), 0x01000193);
  }
  return (one >>> 0).toString(36) + (other >>> 0).toString(36);
}

export class Work<T> {
  job = $state.raw<Job | null>(null);
  /** The last result; it stays while the next one is computed. */
  result = $state.raw<T | null>(null);
  error = $state.raw<unknown>(null);
  /** The request that `result` answers. */
  key = $state("");
  busy = $state(false);
  readonly #slot: string;
  #asked = "";

  constructor(slot: string) {
    this.#slot = slot;
  }

  /** Whether `key` is the request that is answered or under way. */
  has(key: string): boolean {
    return this.#asked === digest(key);
  }

  /**
   * Does the work of `key` unless it is done or under way; work of another key is cancelled. After a reload the job of
   * before is followed again instead of a second one being started.
   */
  async run(key: string, start: () => Promise<{ job: { id: string } }>, onEvent?: (event: JobEvent) => void): Promise<void> {
    const name = digest(key);
    if (this.#asked === name && (this.busy || this.result !== null)) return;
    const first = this.#asked === "";
    this.#asked = name;
    this.busy = true;
    this.error = null;
    if (this.job && !this.job.ended) await this.job.cancel().catch(() => {});
    const known = first ? this.#before(name) : null;
    try {
      if (known && (await this.#follow(name, key, watch(known, onEvent)))) return;
      const { job } = await start();
      if (this.#asked !== name) return;
      this.#keep(name, job.id);
      await this.#follow(name, key, watch(job.id, onEvent));
    } catch (error) {
      if (this.#asked === name) [this.error, this.busy] = [error, false];
    }
  }

  /** The result is worth nothing any more: asked again, it is made anew. It stays until then. */
  forget(): void {
    this.#asked = "";
    sessionStorage.removeItem(KEPT + this.#slot);
  }

  /** Follows a job to its end; false where it is not known any more. */
  async #follow(name: string, key: string, job: Job): Promise<boolean> {
    this.job = job;
    await job.finished();
    if (this.#asked !== name) return true;
    if (job.error?.status === 404 && job.result === undefined && !job.title) return false;
    this.busy = false;
    if (job.state === "done") [this.result, this.key] = [job.result as T, key];
    else {
      // Asked again, it is done anew: what was cancelled or failed is no answer.
      this.forget();
    }
    this.error = job.error;
    return true;
  }

  #before(name: string): string | null {
    try {
      const kept = JSON.parse(sessionStorage.getItem(KEPT + this.#slot) ?? "null") as { name: string; id: string } | null;
      return kept?.name === name ? kept.id : null;
    } catch {
      return null;
    }
  }

  #keep(name: string, id: string): void {
    sessionStorage.setItem(KEPT + this.#slot, JSON.stringify({ name, id }));
  }
}
