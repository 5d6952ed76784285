// One question of a panel: the newest answer counts, an older one is given up.

import { getContext, setContext } from "svelte";
import { ApiError, Latest, isAbort } from "../../lib/api/client";

const VECTORS = "words.vectors";

/** The open vectors, as panels see them: told when they answer, asked to open again where the server has closed them. */
export interface Vectors {
  answered(): void;
  again(): boolean;
}

/** Tells the panels below which vectors they ask. */
export function provide(vectors: Vectors): void {
  setContext(VECTORS, vectors);
}

/** In a panel: the open vectors. */
export function vectors(): Vectors | undefined {
  return getContext<Vectors | undefined>(VECTORS);
}

/** Whether an error is that of large vectors that the server has closed, and they are being opened again. */
export function reopening(error: unknown, opened: Vectors | undefined): boolean {
  return error instanceof ApiError && error.status === 409 && opened !== undefined && opened.again();
}

export class Asked<T> {
  value = $state.raw<T | undefined>(undefined);
  error = $state.raw<unknown>(null);
  busy = $state(false);
  readonly #latest = new Latest();
  readonly #vectors = vectors();
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** Asks after `wait` milliseconds without another call. The old answer stays until the new one is there. */
  ask(run: (signal: AbortSignal) => Promise<T>, wait = 0): void {
    clearTimeout(this.#timer);
    this.busy = true;
    const signal = this.#latest.next();
    this.#timer = setTimeout(() => {
      run(signal).then(
        (value) => {
          if (signal.aborted) return;
          this.#vectors?.answered();
          this.value = value;
          this.error = null;
          this.busy = false;
        },
        (error: unknown) => {
          if (signal.aborted || isAbort(error) || reopening(error, this.#vectors)) return;
          this.error = error;
          this.busy = false;
        },
      );
    }, wait);
  }

  /** Forgets answer and question. */
  clear(): void {
    clearTimeout(this.#timer);
    this.#latest.stop();
    this.value = undefined;
    this.error = null;
    this.busy = false;
  }
}
