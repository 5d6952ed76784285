// Which labels stand on the map and where: none covers another, those with the greater claim come first, and the closer one
// looks, the more there is room for.

export interface Candidate {
  index: number;
  /** Where its point is, in pixels, and how large it is drawn. */
  x: number;
  y: number;
  radius: number;
  text: string;
  width: number;
  /** Placed even when it must cover points or the border (a hovered point); never when it would cover a label. */
  urgent?: boolean;
}

export interface Placed {
  index: number;
  text: string;
  /** Left end and base line. */
  x: number;
  y: number;
  urgent: boolean;
}

const CELL = 48;

/** The taken places of a screen. */
class Taken {
  private readonly cells = new Map<number, number[]>();

  *near(left: number, top: number, right: number, bottom: number): Generator<number> {
    for (let row = Math.floor(top / CELL); row <= Math.floor(bottom / CELL); row++) {
      for (let column = Math.floor(left / CELL); column <= Math.floor(right / CELL); column++) yield row * 4096 + column;
    }
  }

  free(left: number, top: number, right: number, bottom: number): boolean {
    for (const key of this.near(left, top, right, bottom)) {
      const areas = this.cells.get(key);
      if (!areas) continue;
      for (let i = 0; i < areas.length; i += 4) {
        if (left < areas[i + 2]! && areas[i]! < right && top < areas[i + 3]! && areas[i + 1]! < bottom) return false;
      }
    }
    return true;
  }

  take(left: number, top: number, right: number, bottom: number): void {
    for (const key of this.near(left, top, right, bottom)) {
      const areas = this.cells.get(key);
      if (areas) areas.push(left, top, right, bottom);
      else this.cells.set(key, [left, top, right, bottom]);
    }
  }
}

/** Places the labels of `candidates`, in their order, at one of eight places around their points; at most `most`. */
export function placed(
  candidates: Iterable<Candidate>, width: number, height: number, font: number, most: number,
): Placed[] {
  const taken = new Taken(), out: Placed[] = [];
  for (const one of candidates) {
    if (out.length >= most) break;
    if (!one.text) continue;
    const gap = one.radius + 3, w = one.width;
    const spots: [number, number][] = [
      [one.x + gap, one.y + font * 0.35], [one.x - gap - w, one.y + font * 0.35], [one.x - w / 2, one.y - gap - 1],
      [one.x - w / 2, one.y + gap + font * 0.8], [one.x + gap * 0.7, one.y - gap * 0.7], [one.x + gap * 0.7, one.y + gap * 0.7 + font * 0.7],
      [one.x - gap * 0.7 - w, one.y - gap * 0.7], [one.x - gap * 0.7 - w, one.y + gap * 0.7 + font * 0.7],
    ];
    for (let spot = 0; spot < spots.length; spot++) {
      let x = spots[spot]![0];
      let y = spots[spot]![1];
      if (one.urgent) {
        x = Math.min(Math.max(x, 3), Math.max(3, width - w - 3));
        y = Math.min(Math.max(y, font), height - 4);
      }
      const left = x - 3, top = y - font * 0.95, right = x + w + 3, bottom = y + font * 0.35;
      const within = left >= 0 && top >= 0 && right <= width && bottom <= height;
      if ((!within && !one.urgent) || !taken.free(left, top, right, bottom)) continue;
      taken.take(left, top, right, bottom);
      out.push({ index: one.index, text: one.text, x, y, urgent: one.urgent ?? false });
      break;
    }
  }
  return out;
}

/** How many labels a screen of this size holds without being crowded. */
export function room(width: number, height: number): number {
  return Math.max(8, Math.min(140, Math.round((width * height) / 9000)));
}

/** The first line of a label in at most `letters`, with an ellipsis where something is left out. */
export function short(text: string, letters = 28): string {
  const line = text.replace(/\s+/gu, " ").trim() || (text ? "␠" : "");
  const signs = [...line.slice(0, 4 * letters)];
  return signs.length > letters ? signs.slice(0, letters - 1).join("").trimEnd() + "…" : line;
}
