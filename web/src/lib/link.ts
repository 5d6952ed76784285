// State of a room in the fragment of the address: JSON, deflated, base64url. The fragment never leaves the browser.

const LIMIT = 12_000; // characters of a fragment that every browser, chat program and terminal keeps whole
const KEPT = "tokenspace.state.";

function toBase64url(bytes: Uint8Array): string {
  let text = "";
  for (let i = 0; i < bytes.length; i += 0x8000) text += String.fromCharCode(...bytes.subarray(i, i + 0x8000));
  return btoa(text).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

function fromBase64url(text: string): Uint8Array<ArrayBuffer> {
  const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; i++) bytes[i] = binary.charCodeAt(i);
  return bytes;
}

async function through(bytes: Uint8Array<ArrayBuffer>, stream: CompressionStream | DecompressionStream, most = Infinity): Promise<Uint8Array<ArrayBuffer>> {
  const reader = new Blob([bytes]).stream().pipeThrough(stream).getReader();
  const parts: Uint8Array<ArrayBuffer>[] = [];
  let length = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    parts.push(value);
    length += value.length;
    if (length > most) {
      await reader.cancel();
      throw new RangeError("the state in the link is too large");
    }
  }
  return new Uint8Array(await new Blob(parts).arrayBuffer());
}

/** JSON to one word for a fragment: `z` + deflated base64url, or `j` + plain where the browser cannot deflate. */
export async function encode(state: unknown): Promise<string> {
  const bytes = new TextEncoder().encode(JSON.stringify(state));
  if (typeof CompressionStream === "undefined") return "j" + toBase64url(bytes);
  return "z" + toBase64url(await through(bytes, new CompressionStream("deflate-raw")));
}

/** The word of a state whose text was left out: the same with a capital. */
const cut = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);

/** What `encode` made, or undefined when the word is not one of ours (a link cut short, an old one). At most 32 MB are inflated. */
export async function decode(word: string): Promise<unknown> {
  try {
    const bytes = fromBase64url(word.slice(1));
    const form = word.charAt(0).toLowerCase();
    if (form === "j") return JSON.parse(new TextDecoder().decode(bytes));
    if (form === "z") {
      const inflated = await through(bytes, new DecompressionStream("deflate-raw"), 32e6);
      return JSON.parse(new TextDecoder().decode(inflated));
    }
  } catch {
    return undefined;
  }
  return undefined;
}

export interface Fragment {
  room: string;
  word: string;
}

/** `#/tokens?zAbc` to its room and state word; a bare or foreign fragment has room "". */
export function parseFragment(hash: string): Fragment {
  const match = /^#\/([a-z-]+)(?:\?(.*))?$/.exec(hash);
  return match ? { room: match[1] ?? "", word: match[2] ?? "" } : { room: "", word: "" };
}

/** The fragment of a room and a state word. */
export function fragment(room: string, word: string): string {
  return `#/${room}${word ? `?${word}` : ""}`;
}

export interface Written {
  word: string;
  /** False when the state is too long for a link: it is kept in this tab, and the link has the state without its text. */
  whole: boolean;
}

type Storage = Pick<globalThis.Storage, "getItem" | "setItem">;

/**
 * Writes a room's state for the fragment. When it is too long, `light` (the state without its text) goes into the link and
 * the whole state into sessionStorage, where a reload of this tab finds it.
 */
export async function write(room: string, state: unknown, light: unknown, storage: Storage): Promise<Written> {
  const json = JSON.stringify(state);
  if (json.length < 200_000) {
    const word = await encode(state);
    if (word.length <= LIMIT) return { word, whole: true };
  }
  const word = light === state ? await encode(state) : cut(await encode(light));
  try {
    storage.setItem(KEPT + room, JSON.stringify({ word, state: json }));
  } catch {
    // The store is full: a reload begins with the state without its text.
  }
  return { word, whole: false };
}

/** What a link has lost: everything, or the text that was too long for it. */
export type Loss = "" | "damaged" | "cut";

export interface Restored {
  state: unknown;
  loss: Loss;
}

/** The state of a fragment: the whole one when this tab keeps it, what the link says otherwise. */
export async function read(room: string, word: string, storage: Storage): Promise<Restored> {
  if (!word) return { state: undefined, loss: "" };
  try {
    const kept = JSON.parse(storage.getItem(KEPT + room) ?? "null") as { word: string; state: string } | null;
    if (kept?.word === word) return { state: JSON.parse(kept.state), loss: "" };
  } catch {
    // What the tab kept is no JSON: the link says what there is.
  }
  const state = await decode(word);
  return { state, loss: state === undefined ? "damaged" : word === cut(word) ? "cut" : "" };
}
