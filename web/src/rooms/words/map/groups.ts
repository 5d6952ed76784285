// Groups of words as they are typed: a line each, with or without a name before a colon.

import { parse, type Ref } from "../wordlist";

export interface Group {
  name: string;
  words: Ref[];
}

const MOST_GROUPS = 20;
const MOST_WORDS = 2000;

/** The groups of a text; a line without a name is named by its first word, and a single nameless line has no name. */
export function groupsOf(text: string): Group[] {
  const lines = text.split("\n").map((line) => line.trim()).filter(Boolean).slice(0, MOST_GROUPS);
  const groups = lines.map((line) => {
    const named = /^([^"：:]{1,40})[：:](.*)$/u.exec(line);
    const words = parse(named?.[2] ?? line, MOST_WORDS);
    return { name: (named?.[1] ?? "").trim(), words };
  }).filter((group) => group.words.length);
  if (groups.length === 1) return groups;
  return groups.map((group) => (group.name ? group : { ...group, name: String(group.words[0]).slice(0, 40) }));
}

/** Words for a question, of those that are selected: the first few in the order of their rows. */
export function refsOf<T>(selection: ArrayLike<number>, refs: readonly T[], most: number): T[] {
  const out: T[] = [];
  for (let i = 0; i < selection.length && out.length < most; i++) {
    const ref = refs[selection[i] ?? -1];
    if (ref !== undefined) out.push(ref);
  }
  return out;
}
