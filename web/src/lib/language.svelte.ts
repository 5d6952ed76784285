// The language of the page. Words live beside what says them, in pairs whose keys the compiler compares.

export type Language = "en" | "zh";
type Entry = string | ((...values: never[]) => string) | Dictionary;
export interface Dictionary {
  [name: string]: Entry;
}
/** The shape of a dictionary: texts become `string`, functions keep their parameters. */
export type Shape<T> = {
  [K in keyof T]: T[K] extends string ? string : T[K] extends (...values: infer V) => string ? (...values: V) => string : Shape<T[K]>;
};
export interface Words<T> {
  en: T;
  zh: T;
}

const KEPT = "tokenspace.language";

function first(): Language {
  if (typeof navigator === "undefined") return "en";
  const kept = typeof localStorage === "undefined" ? null : localStorage.getItem(KEPT);
  if (kept === "en" || kept === "zh") return kept;
  return navigator.language.toLowerCase().startsWith("zh") ? "zh" : "en";
}

class Current {
  language = $state<Language>(first());

  /** Changes the language of the page and keeps it for the next visit. */
  choose(language: Language): void {
    this.language = language;
    localStorage.setItem(KEPT, language);
  }
}

export const current = new Current();

/** Declares a room's words: both languages with the same keys, or it does not compile. */
export function bilingual<const T extends Dictionary>(words: { en: T; zh: Shape<T> }): Words<Shape<T>> {
  return words as unknown as Words<Shape<T>>;
}

/** The words in the language of the page. In a component: `const t = $derived(say(words))`. */
export function say<T>(words: Words<T>): T {
  return words[current.language];
}

/** A number as people of the page's language write it: `number(1234567)` is 1,234,567. */
export function number(value: number, digits = 0): string {
  return value.toLocaleString(current.language === "zh" ? "zh-CN" : "en-US", {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
}

/** A number of bytes with a unit people read: 1.4 MB. Powers of 1000. */
export function size(bytes: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  let unit = 0;
  let value = bytes;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${number(value, unit && value < 100 ? 1 : 0)} ${units[unit]}`;
}

/** Seconds as people read them: 640 µs, 12 ms, 4.2 s, 3 min 20 s. */
export function duration(seconds: number): string {
  if (seconds < 0.001) return `${number(seconds * 1e6)} µs`;
  if (seconds < 1) return `${number(seconds * 1000, seconds < 0.01 ? 1 : 0)} ms`;
  if (seconds < 60) return `${number(seconds, seconds < 10 ? 1 : 0)} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${Math.round(seconds % 60)} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
