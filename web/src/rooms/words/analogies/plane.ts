// Where the points of an analogy are in the picture, and where their labels find room.

export interface Point {
  x: number;
  y: number;
}
export interface Box {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

/** A map from the plane to the picture: one scale for both axes, so that distances can be compared; y grows upwards. */
export function fit(points: readonly Point[], width: number, height: number, margin: { x: number; y: number }): (point: Point) => Point {
  const xs = points.map((point) => point.x);
  const ys = points.map((point) => point.y);
  const [left, right] = [Math.min(...xs), Math.max(...xs)];
  const [low, high] = [Math.min(...ys), Math.max(...ys)];
  const wide = Math.max(1, width - 2 * margin.x);
  const tall = Math.max(1, height - 2 * margin.y);
  const scale = Math.min(right > left ? wide / (right - left) : Infinity, high > low ? tall / (high - low) : Infinity);
  const per = Number.isFinite(scale) ? scale : 0;
  return (point) => ({
    x: width / 2 + (point.x - (left + right) / 2) * per,
    y: height / 2 - (point.y - (low + high) / 2) * per,
  });
}

/** The end of an arrow that stops `gap` before its point, so that its head does not cover it. */
export function shortened(from: Point, to: Point, gap: number): Point {
  const length = Math.hypot(to.x - from.x, to.y - from.y);
  if (length <= gap) return from;
  return { x: to.x + ((from.x - to.x) * gap) / length, y: to.y + ((from.y - to.y) * gap) / length };
}

/** About how wide a text is; East Asian letters are square. */
export function textWidth(text: string, size: number): number {
  let ems = 0;
  for (const letter of text) ems += (letter.codePointAt(0) ?? 0) > 0x2e80 ? 1 : 0.58;
  return ems * size;
}

function overlap(a: Box, b: Box): number {
  return Math.max(0, Math.min(a.right, b.right) - Math.max(a.left, b.left)) * Math.max(0, Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top));
}

export interface Label {
  x: number;
  y: number;
  anchor: "start" | "middle" | "end";
  /** Whether it lies on another label or point. */
  crowded: boolean;
}

/** A place for each label, in the order of importance: of eight places about its point the one that covers least. */
export function labels(points: readonly Point[], texts: readonly string[], size: number, width: number, height: number): Label[] {
  const taken: Box[] = points.map(({ x, y }) => ({ left: x - 5, top: y - 5, right: x + 5, bottom: y + 5 }));
  return points.map((point, place) => {
    const text = texts[place] ?? "";
    const wide = textWidth(text, size);
    let best: { label: Label; box: Box; cost: number } | undefined;
    for (const [dx, dy] of [[10, 0], [-10, 0], [0, -14], [0, 16], [9, -12], [-9, -12], [9, 14], [-9, 14]] as const) {
      const anchor = dx > 0 ? "start" : dx < 0 ? "end" : "middle";
      const x = point.x + dx;
      const left = anchor === "start" ? x : anchor === "end" ? x - wide : x - wide / 2;
      const y = point.y + dy + size * 0.35;
      const box = { left, right: left + wide, top: y - size * 0.85, bottom: y + size * 0.25 };
      const own = taken[place];
      const outside = Math.max(0, -box.left) + Math.max(0, box.right - width) + Math.max(0, -box.top) + Math.max(0, box.bottom - height);
      const cost = outside * size * 4 + taken.reduce((sum, other) => sum + (other === own ? 0 : overlap(box, other)), 0);
      if (!best || cost < best.cost - 1e-9) best = { label: { x, y, anchor, crowded: cost > size }, box, cost };
    }
    if (!best) return { x: point.x, y: point.y, anchor: "start", crowded: true };
    taken.push(best.box);
    return best.label;
  });
}

/** How dark a point is drawn that is `height` off the plane: 1 in the plane, 0.35 at a distance of 1.4 and beyond. */
export function depth(height: number): number {
  return Math.max(0.35, 1 - (0.65 * Math.max(0, height)) / 1.4);
}
