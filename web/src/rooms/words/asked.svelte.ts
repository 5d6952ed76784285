// One question of a panel: the newest answer counts, an older one is given up.

import { Latest, isAbort } from "../../lib/api/client";

export class Asked<T> {
  value = $state.raw<T | undefined>(undefined);
  error = $state.raw<unknown>(null);
  busy = $state(false);
  readonly #latest = new Latest();
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
          this.value = value;
          this.error = null;
          this.busy = false;
        },
        (error: unknown) => {
          if (signal.aborted || isAbort(error)) return;
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
