// Which room is shown and the state it began with. Rooms call `remember` when their state changes.

import { fragment, parseFragment, read, write, type Loss } from "./link";

interface Pending {
  room: string;
  state: unknown;
  light: unknown;
}

/** Where a page that goes leaves what it had no time to write into its address. */
const UNWRITTEN = "tokenspace.unwritten";

class Router {
  room = $state("");
  /** State decoded from the fragment, for the room that is being opened; undefined when there is none. */
  restored = $state.raw<unknown>(undefined);
  /** Grows when a room has to start anew (another room, a link pasted): the shell uses it as a key. */
  visit = $state(0);
  /** False when the state is too long for the link; the page says so beside "copy link". */
  whole = $state(true);
  /** What the link that was opened has lost; the page says so. */
  loss = $state<Loss>("");
  #written = "";
  #last: Record<string, string> = {};
  #timer: ReturnType<typeof setTimeout> | undefined;
  #pending: Pending | undefined;
  #writing: Pending | undefined;
  #late: Pending | undefined;
  #fallback = "";

  /** Begins: reads the fragment now and when it changes. */
  async start(rooms: readonly string[]): Promise<void> {
    this.#fallback = rooms[0] ?? "";
    window.addEventListener("hashchange", () => {
      if (location.hash !== this.#written) void this.#open(rooms);
    });
    window.addEventListener("pagehide", () => this.#leave());
    this.#comeBack();
    await this.#open(rooms);
  }

  /** A page that goes waits for nothing, and a link is written in some time: what it lacks is left in the session. */
  #leave(): void {
    const late = this.#pending ?? this.#writing;
    sessionStorage.removeItem(UNWRITTEN); // of an earlier leave, where the browser kept this page and came back to it
    if (!late) return;
    try {
      sessionStorage.setItem(UNWRITTEN, JSON.stringify(late));
    } catch {
      // No room for it: the state of the last link is what comes back.
    }
  }

  /** After a reload, what the page before it had not written. */
  #comeBack(): void {
    const late = sessionStorage.getItem(UNWRITTEN);
    sessionStorage.removeItem(UNWRITTEN);
    const [visit] = performance.getEntriesByType("navigation") as PerformanceNavigationTiming[];
    if (late && visit?.type === "reload") this.#late = JSON.parse(late) as Pending;
  }

  async #open(rooms: readonly string[]): Promise<void> {
    await this.flush();
    this.#written = location.hash;
    const asked = parseFragment(this.#written);
    const room = rooms.includes(asked.room) ? asked.room : this.#fallback;
    const late = this.#late;
    this.#late = undefined;
    const { state, loss } = await read(room, asked.word || (this.#last[room] ?? ""), sessionStorage);
    this.restored = late?.room === room ? late.state : state;
    this.loss = late?.room === room ? "" : loss;
    this.whole = true;
    this.room = room;
    this.visit += 1;
  }

  /** The address of a room, with the state it had when it was last open. */
  address(room: string): string {
    return fragment(room, "");
  }

  /**
   * Puts a room's state into the address bar, soon: calls within 250 ms become one. `light` is the state without its
   * text, for when the whole is too long for a link.
   */
  remember(room: string, state: unknown, light: unknown = state): void {
    this.#pending = { room, state, light };
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.flush(), 250);
  }

  /** Writes what `remember` still holds, and says whether the link has the whole state. */
  async flush(): Promise<boolean> {
    clearTimeout(this.#timer);
    const pending = this.#pending;
    this.#pending = undefined;
    if (pending) {
      this.#writing = pending;
      const { word, whole } = await write(pending.room, pending.state, pending.light, sessionStorage);
      if (this.#writing === pending) this.#writing = undefined;
      this.#last[pending.room] = word;
      // An address that has changed meanwhile leads somewhere else: it is not overwritten, it is being opened.
      if (pending.room === this.room && this.#pending === undefined && location.hash === this.#written) {
        this.whole = whole;
        this.#written = fragment(pending.room, word);
        history.replaceState(null, "", this.#written);
      }
    }
    return this.whole;
  }
}

export const router = new Router();
