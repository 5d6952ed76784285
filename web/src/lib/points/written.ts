// Points as JSON: the answers of `tokenspace.pictures.map_data`, and what lies in a document of `export_map`.

import { pack, unpack, type Packed } from "../arrays";
import type { Column, PointData } from "./data";

export interface WrittenColumn {
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

/** The points of an answer or a document. Throws TypeError where it is not what was written. */
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

/** The same points as `read` takes them. */
export function write(data: PointData, shown: { title: string; note: string; colourBy: string | null; sizeBy: string | null }): Written {
  const { labels, priority, trust, neighbours } = data;
  return {
    ...shown,
    positions: pack(data.positions),
    columns: (data.columns ?? []).map((column) =>
      column.kind === "text"
        ? { ...column, values: [...column.values] }
        : column.kind === "number"
          ? { ...column, values: pack(column.values) }
          : { ...column, codes: pack(Int32Array.from(column.codes)), names: [...column.names] },
    ),
    ...(labels ? { labels: [...labels] } : {}),
    ...(priority ? { priority } : {}),
    ...(trust ? { trust: { k: trust.k, kept: pack(trust.kept) } } : {}),
    ...(neighbours ? { neighbours: { k: neighbours.k, indices: pack(neighbours.indices) } } : {}),
  };
}

/** A document with these points: `page` is the built one with its places. No text ends the element it lies in. */
export function filled(page: string, written: Written): string {
  const data = JSON.stringify(written).replaceAll("<", "\\u003c");
  const title = written.title.replace(/[&<>]/gu, (sign) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;" })[sign]!);
  const [before = "", rest = ""] = split(page, "%TITLE%");
  const [middle = "", after = ""] = split(rest, "%MAP%");
  return before + title + middle + data + after;
}

function split(text: string, at: string): [string, string] {
  const place = text.indexOf(at);
  if (place < 0) throw new Error(`[points] expected a page with a place ${at}, received another; try \`make page\``);
  return [text.slice(0, place), text.slice(place + at.length)];
}
