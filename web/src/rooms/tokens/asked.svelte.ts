// A question to the server that is asked anew while people type: the newest one counts.

import { isAbort, Latest } from "../../lib/api/client";

/** The last answer stays while a newer one is on its way, so that typing does not flicker. */
export class Asked<T> {
  answer = $state.raw<T | null>(null);
  error = $state.raw<unknown>(null);
  busy = $state(false);
  #latest = new Latest();
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** Asks after `wait` milliseconds without a newer question. */
  ask(question: (signal: AbortSignal) => Promise<T>, wait = 180): void {
    clearTimeout(this.#timer);
    const signal = this.#latest.next();
    this.busy = true;
    this.#timer = setTimeout(() => {
      question(signal).then(
        (answer) => {
          if (signal.aborted) return;
          [this.answer, this.error, this.busy] = [answer, null, false];
        },
        (error: unknown) => {
          if (signal.aborted || isAbort(error)) return;
          [this.answer, this.error, this.busy] = [null, error, false];
        },
      );
    }, wait);
  }

  /** Nothing to ask: no answer, no error. */
  clear(): void {
    this.stop();
    [this.answer, this.error, this.busy] = [null, null, false];
  }

  /** Gives up what is under way. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#latest.stop();
  }
}
