// The answer of the item map as the points of a map.

import { unpack, type Packed } from "../../../lib/arrays";
import type { Column, PointData } from "../../../lib/points/data";

export interface MapAnswer {
  items: string[];
  titles: string[];
  coordinates: Packed;
  explained: [number, number] | null;
  counts: Packed;
  k: number;
  kept: Packed;
  near: Packed;
  trust: number;
  columns: { name: string; values: string[]; codes: Packed }[];
  total: number;
}

/** Points with their titles, a column a field of the metadata, how often each item occurs, and the trust in its place. */
export function points(answer: MapAnswer, countTitle: string): PointData {
  const columns: Column[] = answer.columns.map((one) => ({ kind: "category", name: one.name, codes: unpack(one.codes, "i2"), names: one.values }));
  const count = { kind: "number", name: "\0count", title: countTitle, values: unpack(answer.counts, "f4") } as const;
  return {
    positions: unpack(answer.coordinates, "f4"),
    labels: answer.titles.map((title, place) => title.split(" · ")[0] || (answer.items[place] ?? "")),
    columns: [...columns, count],
    priority: count.name,
    ...(answer.k > 0 ? { trust: { k: answer.k, kept: unpack(answer.kept, "f4") }, neighbours: { k: answer.k, indices: unpack(answer.near, "i4") } } : {}),
  };
}

/** The field that colours best at first: the one with the fewest values, but more than one; "" without any. */
export function firstColour(answer: MapAnswer): string {
  const choices = answer.columns.filter((one) => one.values.length > 1 && one.values.length < 24);
  return choices.sort((a, b) => a.values.length - b.values.length)[0]?.name ?? "";
}
