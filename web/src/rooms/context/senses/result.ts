// What the job of the senses answers, layer by layer.

import { unpack, type Packed } from "../../../lib/arrays";

export interface Occurrence {
  sentence: number;
  text: string;
  utf16_start: number;
  utf16_end: number;
  tokens: string[];
  label: string | null;
}
export interface LayerRow {
  layer: number;
  similarity: number | null;
  random: number | null;
  to_static: number;
  clusters: number;
  separation: number | null;
  same: number | null;
  other: number | null;
  label_separation: number | null;
  agreement: number | null;
  labels: number[];
  members: number[][];
  words_around: string[][];
  explained: number;
}
export interface SensesAnswer {
  word: string;
  model: string;
  found: number;
  best_layer: number;
  unknown: boolean;
  occurrences: Occurrence[];
  layers: LayerRow[];
  tables: Packed;
  planes: Packed;
  to_static: Packed;
}

/** The parts of one answer, unpacked once. */
export class SensesResult {
  readonly answer: SensesAnswer;
  readonly numbers: number[];
  readonly #tables: Float32Array;
  readonly #planes: Float32Array;
  readonly #static: Float32Array;

  constructor(answer: SensesAnswer) {
    this.answer = answer;
    this.numbers = answer.layers.map((row) => row.layer);
    this.#tables = unpack(answer.tables, "f4");
    this.#planes = unpack(answer.planes, "f4");
    this.#static = unpack(answer.to_static, "f4");
  }

  get count(): number {
    return this.answer.occurrences.length;
  }

  /** The layer of that number, the best one where there is none. */
  layer(number: number): LayerRow {
    const { layers, best_layer } = this.answer;
    return layers.find((row) => row.layer === number) ?? layers.find((row) => row.layer === best_layer) ?? layers[0]!;
  }

  #index(row: LayerRow): number {
    return this.answer.layers.indexOf(row);
  }

  /** Cosines of the occurrences at a layer, row after row. */
  table(row: LayerRow): Float32Array {
    const n = this.count;
    return this.#tables.subarray(this.#index(row) * n * n, (this.#index(row) + 1) * n * n);
  }

  /** x and y of each occurrence at a layer. */
  plane(row: LayerRow): Float32Array {
    const n = this.count;
    return this.#planes.subarray(this.#index(row) * n * 2, (this.#index(row) + 1) * n * 2);
  }

  /** Cosines of one occurrence with its own layer 0, a number a layer. */
  toStatic(occurrence: number): number[] {
    return this.numbers.map((_, index) => this.#static[index * this.count + occurrence]!);
  }

  /** Occurrences of a group side by side, as the best layer divides them: the order stays while layers are looked through. */
  order(): number[] {
    return this.layer(this.answer.best_layer).members.flat();
  }
}

/** A text cut around the word, so that it fits a line: before, the word, after. */
export function window(one: Occurrence, columns: number): [string, string, string] {
  const before = [...one.text.slice(0, one.utf16_start)];
  const after = [...one.text.slice(one.utf16_end)];
  const left = before.length > columns ? "…" + before.slice(-columns).join("") : before.join("");
  const right = after.length > columns ? after.slice(0, columns).join("") + "…" : after.join("");
  return [left, one.text.slice(one.utf16_start, one.utf16_end), right];
}

/** The colour of a group by its number. */
export function colour(group: number): string {
  return `--series-${(group % 8) + 1}`;
}

/** The scale at which points around the middle stay inside half a width and half a height. */
export function fit(plane: Float32Array, wide: number, tall: number): number {
  let across = 1e-9;
  let along = 1e-9;
  for (let i = 0; i + 1 < plane.length; i += 2) {
    across = Math.max(across, Math.abs(plane[i]!));
    along = Math.max(along, Math.abs(plane[i + 1]!));
  }
  return Math.min(wide / across, tall / along);
}
