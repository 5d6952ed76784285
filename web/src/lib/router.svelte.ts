// Which room is shown and the state it began with. Rooms call `remember` when their state changes.

import { fragment, parseFragment, read, write, type Loss } from "./link";

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
  #pending: { room: string; state: unknown; light: unknown } | undefined;
  #fallback = "";

  /** Begins: reads the fragment now and when it changes. */
  async start(rooms: readonly string[]): Promise<void> {
    this.#fallback = rooms[0] ?? "";
    window.addEventListener("hashchange", () => {
      if (location.hash !== this.#written) void this.#open(rooms);
    });
    window.addEventListener("pagehide", () => void this.flush());
    await this.#open(rooms);
  }

  async #open(rooms: readonly string[]): Promise<void> {
    await this.flush();
    this.#written = location.hash;
    const asked = parseFragment(this.#written);
    const room = rooms.includes(asked.room) ? asked.room : this.#fallback;
    const { state, loss } = await read(room, asked.word || (this.#last[room] ?? ""), sessionStorage);
    this.restored = state;
    this.loss = loss;
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
      const { word, whole } = await write(pending.room, pending.state, pending.light, sessionStorage);
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
