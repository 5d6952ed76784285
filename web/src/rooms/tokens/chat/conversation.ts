// A conversation as the page keeps it: what a link says of it, tools as JSON, stretches of the string.

import { dictionary } from "../kept";

export interface Message {
  role: string;
  content: string;
}
export const ROLES = ["system", "user", "assistant", "tool"] as const;
export const MOST_MESSAGES = 200;

/** Messages of a link; undefined when there are none in the expected shape. */
export function keptMessages(value: unknown): Message[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const found = value.slice(0, MOST_MESSAGES).flatMap((one: unknown) => {
    const { role, content } = dictionary(one);
    return typeof role === "string" && role !== "" && role.length <= 64 && typeof content === "string" ? [{ role, content }] : [];
  });
  return found.length ? found : undefined;
}

/** The list with the message at `from` moved by `by` places; the same list where that leads out of it. */
export function moved<T>(list: readonly T[], from: number, by: number): T[] {
  const to = from + by;
  const out = [...list];
  const one = out[from];
  if (one === undefined || to < 0 || to >= out.length) return out;
  out.splice(from, 1);
  out.splice(to, 0, one);
  return out;
}

export type Tools = { tools: Record<string, unknown>[] | null; error: "" } | { tools: null; error: string };

/** Tools of a text area: nothing, or a JSON list of objects. */
export function parseTools(text: string): Tools {
  if (!text.trim()) return { tools: null, error: "" };
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return { tools: null, error: error instanceof Error ? error.message : String(error) };
  }
  if (!Array.isArray(value)) return { tools: null, error: typeof value };
  const wrong = value.findIndex((one) => typeof one !== "object" || one === null || Array.isArray(one));
  if (wrong >= 0) return { tools: null, error: `[${wrong}] ${JSON.stringify(value[wrong])}`.slice(0, 80) };
  return { tools: value as Record<string, unknown>[], error: "" };
}

export interface Stretch {
  text: string;
  special: boolean;
  marked: boolean;
}
interface Chat {
  text: string;
  utf16_starts: number[];
  utf16_ends: number[];
  special: boolean[];
  generation: readonly (readonly number[])[] | null;
}

/** The string as stretches that are special or not, written by the assistant or not: together they are the string. */
export function stretches(chat: Chat): Stretch[] {
  const out: Stretch[] = [];
  const cuts = new Set([0, chat.text.length]);
  const specials: [number, number][] = [];
  chat.special.forEach((special, i) => {
    const [start, end] = [chat.utf16_starts[i] ?? 0, chat.utf16_ends[i] ?? 0];
    if (!special || end <= start) return;
    specials.push([start, end]);
    cuts.add(start).add(end);
  });
  const written = (chat.generation ?? []).map(([start, end]) => [start ?? 0, end ?? 0] as const).filter(([start, end]) => end > start);
  for (const [start, end] of written) cuts.add(start).add(end);
  const places = [...cuts].sort((a, b) => a - b);
  let [s, g] = [0, 0];
  for (let i = 0; i + 1 < places.length; i++) {
    const [start, end] = [places[i]!, places[i + 1]!];
    while (s < specials.length && specials[s]![1] <= start) s++;
    while (g < written.length && written[g]![1] <= start) g++;
    const inside = (span: readonly [number, number] | undefined): boolean => span !== undefined && span[0] <= start && end <= span[1];
    out.push({ text: chat.text.slice(start, end), special: inside(specials[s]), marked: inside(written[g]) });
  }
  return out;
}
