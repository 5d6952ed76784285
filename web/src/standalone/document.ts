// A map that was written into a document: what `tokenspace.pictures.export_map` and the page put there, read back.

import { unpack, type Packed } from "../lib/arrays";
import type { Column, PointData } from "../lib/points/data";

interface WrittenColumn {
  kind: "category" | "number" | "text";
  name: string;
  title?: string;
  codes?: Packed;
  names?: string[];
  values?: Packed | string[];
  low?: number;
  high?: number;
}

export interface Written {
  title: string;
  note: string;
  colourBy: string | null;
  sizeBy: string | null;
  priority?: string;
  positions: Packed;
  labels?: string[];
  columns: WrittenColumn[];
  trust?: { k: number; kept: Packed };
  neighbours?: { k: number; indices: Packed };
}

/** The points of a document. Throws TypeError where it is not what was written. */
export function read(written: Written): PointData {
  const data: PointData = { positions: unpack(written.positions, "f4"), columns: written.columns.map(column) };
  if (written.labels) data.labels = written.labels;
  if (written.priority) data.priority = written.priority;
  if (written.trust) data.trust = { k: written.trust.k, kept: unpack(written.trust.kept, "f4") };
  if (written.neighbours) data.neighbours = { k: written.neighbours.k, indices: unpack(written.neighbours.indices, "i4") };
  return data;
}

function column(written: WrittenColumn): Column {
  const { kind, name } = written, title = written.title === undefined ? {} : { title: written.title };
  if (kind === "category" && written.codes && written.names) {
    return { kind, name, ...title, codes: unpack(written.codes, "i4"), names: written.names };
  }
  if (kind === "number" && written.values && !Array.isArray(written.values)) {
    const ends = { ...(written.low === undefined ? {} : { low: written.low }), ...(written.high === undefined ? {} : { high: written.high }) };
    return { kind, name, ...title, values: unpack(written.values, "f4"), ...ends };
  }
  if (kind === "text" && Array.isArray(written.values)) return { kind, name, ...title, values: written.values };
  throw new TypeError(`column ${name}: expected a category, number or text column`);
}
