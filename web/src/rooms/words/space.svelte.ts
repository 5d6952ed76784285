// The open vectors: what they are, which examples they know, the job that opens large ones.

import { post, type Schema } from "../../lib/api/client";
import { watch, type Job } from "../../lib/jobs.svelte";
import { Known, wanted } from "./examples";

export type SpaceView = Schema<"SpaceView">;
export type WordView = Schema<"WordView">;
export type UnknownWord = Schema<"UnknownWord">;

const MOST_OFFERED = 100;

export class OpenSpace {
  view = $state.raw<SpaceView | undefined>(undefined);
  known = $state.raw(new Known());
  job = $state.raw<Job | undefined>(undefined);
  error = $state.raw<unknown>(null);
  busy = $state(false);
  #asked = 0;
  #answered = false;

  /** Opens vectors by name; `view` and `known` follow. */
  async open(name: string): Promise<void> {
    const asked = ++this.#asked;
    if (this.job && !this.job.ended) void this.job.cancel().catch(() => undefined);
    this.close();
    this.busy = true;
    this.error = null;
    this.view = undefined;
    try {
      let answer = await post("/api/words/open", { body: { vectors: name } });
      if ("job" in answer) {
        if (asked !== this.#asked) return;
        const job = watch(answer.job);
        this.job = job;
        await job.finished();
        if (asked !== this.#asked) return;
        if (job.state !== "done") {
          if (job.error) this.error = job.error;
          return;
        }
        this.job = undefined;
        answer = await post("/api/words/open", { body: { vectors: name } });
      }
      if (asked !== this.#asked || !("space" in answer)) return;
      const offered = this.known.offered;
      const words = [...new Set([...wanted(), ...offered.filter((ref) => typeof ref === "string")])];
      const known = await post("/api/words/known", { body: { vectors: name, words } });
      if (asked !== this.#asked) return;
      const first = answer.space.first.map((word) => word.ref);
      const found = words.filter((_, place) => known.known[place]);
      this.known = new Known([...found, ...first.map(String)], [...new Set([...first, ...offered])].slice(0, MOST_OFFERED));
      this.view = answer.space;
      this.#answered = false;
    } catch (error) {
      if (asked === this.#asked) this.error = error;
    } finally {
      if (asked === this.#asked) this.busy = false;
    }
  }

  /** They have answered a question. */
  answered(): void {
    this.#answered = true;
  }

  /** Opens vectors that the server has closed, for others or with its end; false where they never answered: no room for them. */
  again(name: string): boolean {
    if (!this.#answered && !this.busy) return false;
    if (!this.busy) void this.open(name);
    return true;
  }

  close(): void {
    this.job?.close();
    this.job = undefined;
  }
}
