// Playing the first merges of a training: which words look how at which step, and what moved.

export interface StoryWord {
  text: string;
  count: number;
  tokens: string[];
}
export type Pair = [left: string, right: string, count: number];
export interface StoryStep {
  left: string;
  right: string;
  count: number;
  ties: number;
  token: string;
  id: number;
  size: number;
  new: boolean;
  pairs: Pair[];
  changed: [index: number, tokens: string[]][];
}
export interface Story {
  words: StoryWord[];
  steps: StoryStep[];
  finished: boolean;
}
/** A token of a word at a step. `fresh`: the step made it; `key` stays the same while the token is untouched. */
export interface Placed {
  key: string;
  token: string;
  fresh: boolean;
}

/** The words after `step` merges (0: none), each as its tokens. */
export function wordsAt(story: Story, step: number): string[][] {
  const words = story.words.map((word) => word.tokens);
  for (const { changed } of story.steps.slice(0, step)) for (const [index, tokens] of changed) words[index] = tokens;
  return words;
}

/** The tokens of one word after `step` merges. Keys are the places of first characters, so untouched tokens keep theirs. */
export function placed(story: Story, word: number, step: number): Placed[] {
  const now = wordsAt(story, step)[word] ?? [];
  const before = step > 0 ? new Map(starts(wordsAt(story, step - 1)[word] ?? [])) : null;
  return starts(now).map(([start, token]) => ({
    key: `${start}`,
    token,
    fresh: before !== null && before.get(start) !== token,
  }));
}

function starts(tokens: readonly string[]): [number, string][] {
  let at = 0;
  return tokens.map((token) => {
    const entry: [number, string] = [at, token];
    // WordPiece's mark inside a word is no character of it.
    at += [...(at > 0 && token.length > 2 && token.startsWith("##") ? token.slice(2) : token)].length;
    return entry;
  });
}

/** Words the step changes first, then the others in their order: what happens is seen without looking for it. */
export function shownOrder(story: Story, step: number): number[] {
  const changed = step > 0 ? (story.steps[step - 1]?.changed.map(([index]) => index) ?? []) : [];
  return [...changed, ...story.words.map((_, index) => index).filter((index) => !changed.includes(index))];
}

/** The table of pairs beside a step: at step n the pairs that stood for choice for merge n + 1 (the last shown one's at the end). */
export function pairsAt(story: Story, step: number): Pair[] {
  return story.steps[Math.min(step, story.steps.length - 1)]?.pairs ?? [];
}

export const SPEEDS = { slow: 2200, normal: 1100, fast: 450 } as const;
export type Speed = keyof typeof SPEEDS;

/** Where a press of a key leads, or null when the key has no meaning here. */
export function stepFor(key: string, step: number, last: number): number | null {
  switch (key) {
    case "ArrowRight":
      return Math.min(step + 1, last);
    case "ArrowLeft":
      return Math.max(step - 1, 0);
    case "Home":
      return 0;
    case "End":
      return last;
    default:
      return null;
  }
}

const BYTES = byteCharacters();

/** A token as people read it: byte-level spellings as text, spaces as ␣ (shown by the room), line ends as ⏎. */
export function readable(token: string, byteLevel: boolean): string {
  let text = token;
  if (byteLevel && [...token].every((character) => BYTES.has(character))) {
    const bytes = Uint8Array.from([...token].map((character) => BYTES.get(character) ?? 0));
    text = decoded(bytes);
  }
  return text.replaceAll("\u2581", "␣").replaceAll(" ", "␣").replaceAll("\n", "⏎").replaceAll("\t", "→").replaceAll("\r", "␍");
}

/** Bytes as UTF-8; those that are no character by themselves as their numbers. */
function decoded(bytes: Uint8Array<ArrayBuffer>): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return [...bytes].map((byte) => (byte < 0x80 ? String.fromCharCode(byte) : `⟨${byte.toString(16).toUpperCase().padStart(2, "0")}⟩`)).join("");
  }
}

/** GPT-2's table: printable bytes are themselves, the others follow from U+0100 on. */
function byteCharacters(): Map<string, number> {
  const table = new Map<string, number>();
  let next = 0x100;
  for (let byte = 0; byte < 256; byte++) {
    const printable = (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || byte >= 174;
    table.set(String.fromCodePoint(printable ? byte : next++), byte);
  }
  return table;
}

/** Whether the words of a story are spelled in bytes: a space is Ġ, and nothing outside the table occurs. */
export function isByteLevel(story: Story): boolean {
  const characters = story.words.flatMap((word) => [...word.text]);
  return characters.every((character) => BYTES.has(character)) && characters.some((character) => (BYTES.get(character) ?? 0) < 33 || (BYTES.get(character) ?? 0) > 126);
}
