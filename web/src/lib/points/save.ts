// The map as files: a drawing of shapes, and points as tables. Pixels come from `Scene.snapshot`.

import { hex } from "./colours";
import { shown, type Points } from "./data";
import type { Scene } from "./scene";

const escaped = (text: string) =>
  text.replace(/[&<>"]/gu, (sign) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[sign]!)
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/gu, "\ufffd");

const MOST_DISCS = 50_000; // more shapes are slow to open anywhere

/** What is seen, as SVG: a disc a point, and the labels; of very many points their pixels in the place of discs. */
export function svgOf(scene: Scene, title: string): string {
  const { camera, points, colouring } = scene, { radius, opacity, ink, labels } = scene.shapes();
  const seen = camera.seen, margin = radius / camera.scale;
  let discs: string[] = [];
  points.grid.inside(seen.left - margin, seen.bottom - margin, seen.right + margin, seen.top + margin, (index) => {
    if (discs.length > MOST_DISCS) return false;
    const [x, y] = camera.toScreen(points.xy[2 * index]!, points.xy[2 * index + 1]!);
    const [red, green, blue] = colouring.rgb.subarray(3 * index, 3 * index + 3);
    discs.push(`<circle cx="${x.toFixed(2)}" cy="${y.toFixed(2)}" r="${radius.toFixed(2)}" fill="${hex([red!, green!, blue!])}"/>`);
    return true;
  });
  const many = discs.length > MOST_DISCS;
  if (many) discs = [`<image width="${camera.width}" height="${camera.height}" href="${scene.snapshot(false).toDataURL("image/png")}"/>`];
  const words = labels.map(({ text, x, y }) => `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}">${escaped(text)}</text>`);
  const { width, height } = camera;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">`,
    `<title>${escaped(title)}</title><rect width="100%" height="100%" fill="${ink.paper}"/>`,
    `<g fill-opacity="${many ? 1 : opacity.toFixed(2)}">${discs.join("")}</g>`,
    `<g font-family="system-ui, sans-serif" font-size="12" fill="${ink.ink}" stroke="${ink.paper}" stroke-width="3" paint-order="stroke">${words.join("")}</g>`,
    "</svg>\n",
  ].join("\n");
}

/** One row a point: number, label, x, y and every column. A cell that a spreadsheet would run is kept a text. */
export function csvOf(points: Points, indices: Iterable<number>): string {
  const columns = points.columns;
  const cell = (text: string) => {
    const safe = /^[=+\-@\t\r]/u.test(text) && Number.isNaN(Number(text)) ? `'${text}` : text;
    return /[",\r\n]/u.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  };
  const lines = [["index", "label", "x", "y", ...columns.map((column) => column.name)].map(cell).join(",")];
  for (const index of indices) {
    const { positions } = points.data;
    const numbers = [String(index), points.label(index), String(positions[2 * index]!), String(positions[2 * index + 1]!)];
    lines.push([...numbers, ...columns.map((column) => value(column, index))].map(cell).join(","));
  }
  return lines.join("\r\n") + "\r\n";
}

/** A list of objects, one a point. */
export function jsonOf(points: Points, indices: Iterable<number>): string {
  const rows = [...indices].map((index) => {
    const columns = points.columns.map((column) => [
      column.name,
      column.kind === "number" ? (Number.isFinite(column.values[index]) ? column.values[index] : null) : shown(column, index),
    ]);
    const [x, y] = points.data.positions.subarray(2 * index, 2 * index + 2);
    const place = Number.isFinite(x) && Number.isFinite(y) ? { x, y } : { x: null, y: null };
    return { index, label: points.label(index), ...place, columns: Object.fromEntries(columns) };
  });
  return JSON.stringify(rows, null, 1) + "\n";
}

function value(column: Points["columns"][number], index: number): string {
  if (column.kind !== "number") return shown(column, index);
  const number = column.values[index]!;
  return Number.isNaN(number) ? "" : String(number);
}

/** Hands a file to the person. */
export function hand(name: string, content: Blob): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
