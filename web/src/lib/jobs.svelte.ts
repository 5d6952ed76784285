// A job of the server as the page sees it: its state, its events as they come, and the buttons' requests.

import { ApiError, address, get, post, type Schema } from "./api/client";
import { say } from "./language.svelte";
import { attend } from "./presence";
import { words } from "./words";

/** A job as the server describes it. */
export type JobInfo = Schema<"JobView">;
export type JobState = JobInfo["state"];
export interface Progress {
  stage?: string;
  done?: number;
  total?: number | null;
  unit?: string;
  /** Units a second, and seconds left; null while unknown. */
  rate?: number | null;
  eta?: number | null;
  [more: string]: unknown;
}
/** One event: `state`, `progress`, or a kind of the room's own with its data beside it. */
export interface JobEvent {
  kind: string;
  [more: string]: unknown;
}

const ENDED: readonly JobState[] = ["done", "failed", "cancelled"];

const WORDS = { cancel: "/api/jobs/{id}/cancel", pause: "/api/jobs/{id}/pause", resume: "/api/jobs/{id}/resume" } as const;

/**
 * Watches one job. Events come in order and once each: a broken connection continues after the last one (Last-Event-ID),
 * and a reload starts again from the first, so that a room can rebuild what it drew.
 */
export class Job {
  readonly id: string;
  title = $state("");
  state = $state<JobState>("waiting");
  progress = $state.raw<Progress | null>(null);
  result = $state.raw<unknown>(undefined);
  error = $state.raw<ApiError | null>(null);
  /** True while the stream of events is broken and the browser tries again. */
  lost = $state(false);
  ended = $derived(ENDED.includes(this.state));
  #source: EventSource | undefined;
  #last = 0;
  readonly #onEvent: ((event: JobEvent) => void) | undefined;
  readonly #finished: Promise<void>;
  #finish: () => void = () => {};

  constructor(id: string, onEvent?: (event: JobEvent) => void) {
    this.id = id;
    this.#onEvent = onEvent;
    this.#finished = new Promise((resolve) => (this.#finish = resolve));
    this.#listen();
  }

  #listen(): void {
    const source = new EventSource(address("/api/jobs/{id}/events", { id: this.id }, { after: this.#last }));
    this.#source = source;
    source.onopen = () => (this.lost = false);
    source.onmessage = (message: MessageEvent<string>) => {
      const id = Number(message.lastEventId);
      if (id && id <= this.#last) return;
      if (id) this.#last = id;
      this.lost = false;
      this.#take(JSON.parse(message.data) as JobEvent);
    };
    source.onerror = () => {
      if (this.ended) return this.close();
      this.lost = true;
      // The server refused (the job is gone) rather than broke off: ask once why.
      if (source.readyState === EventSource.CLOSED) void this.#refresh();
    };
  }

  #take(event: JobEvent): void {
    if (event.kind === "progress") this.progress = event as Progress;
    this.#onEvent?.(event);
    if (event.kind === "state") {
      const state = event["state"] as JobState;
      if (ENDED.includes(state)) {
        this.#source?.close();
        void this.#refresh();
      } else this.state = state;
    }
  }

  /** Takes over what the server says of the job now (title, result, error). */
  async #refresh(): Promise<void> {
    try {
      const { job } = await get("/api/jobs/{id}", { path: { id: this.id } });
      this.title = job.title;
      this.progress = job.progress ?? this.progress;
      this.result = job.result;
      this.error = job.error ? new ApiError(job.error.class, job.error.message, job.error.status, job.error.hint ?? null) : null;
      this.state = job.state;
    } catch (error) {
      const known = error instanceof ApiError ? error : new ApiError("ConnectionError", String(error), 0);
      // The server that had the job has ended: its id says nothing to a person.
      this.error = known.status === 404 ? new ApiError(known.class, say(words).job.gone, 404) : known;
      this.state = "failed";
    }
    if (this.ended) this.close();
  }

  /** Resolves when the job ended in any way; look at `state`, `result` and `error`. */
  finished(): Promise<void> {
    return this.#finished;
  }

  async #send(word: "cancel" | "pause" | "resume"): Promise<void> {
    try {
      const { job } = await post(WORDS[word], { path: { id: this.id } });
      if (!this.ended && !ENDED.includes(job.state)) this.state = job.state;
    } catch (error) {
      if (error instanceof ApiError && error.status === 409) return; // it ended in the meantime
      throw error;
    }
  }

  cancel = (): Promise<void> => this.#send("cancel");
  pause = (): Promise<void> => this.#send("pause");
  resume = (): Promise<void> => this.#send("resume");

  /** Stops listening; the job goes on while the page is open. */
  close(): void {
    this.#source?.close();
    this.lost = false;
    this.#finish();
  }
}

/** Watches the job of an answer `{"job": {...}}` or of an id a room kept (in its state, so that a reload finds it again). */
export function watch(job: string | { id: string }, onEvent?: (event: JobEvent) => void): Job {
  void attend();
  return new Job(typeof job === "string" ? job : job.id, onEvent);
}
