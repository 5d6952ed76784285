// What lies over the points: lines to neighbours, rings, labels and the line being drawn, on a canvas of its own.

import type { Camera } from "./camera";
import { placed, room, short, type Candidate, type Placed } from "./labels";
import type { Points } from "./data";

export interface Ink {
  paper: string;
  ink: string;
  accent: string;
}

export interface Link {
  from: number;
  to: number;
}

export interface Overlaid {
  /** Points whose labels come first, in this order. */
  urgent: readonly number[];
  emphasised: Uint32Array;
  ringed: readonly number[];
  links: readonly Link[];
  /** Corners of the line being drawn, in pixels. */
  drawn: readonly number[];
  labels: boolean;
}

const FONT = 12;
const FACE = `${FONT}px system-ui, -apple-system, "Segoe UI", "Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", sans-serif`;
const TRIES = 4000; // candidates looked at for one screen

export class Overlay {
  private readonly context: CanvasRenderingContext2D | null;
  private widths = new Map<string, number>();
  private layout: { index: number; text: string; dx: number; dy: number; urgent: boolean }[] = [];

  constructor(readonly canvas: HTMLCanvasElement) {
    this.context = canvas.getContext("2d");
  }

  /** Chooses labels and their places for what is seen now. */
  arrange(points: Points, camera: Camera, radius: number, what: Overlaid): void {
    const places = what.labels ? this.places(points, camera, radius, what) : [];
    this.layout = places.map((place) => {
      const [x, y] = camera.toScreen(points.xy[2 * place.index]!, points.xy[2 * place.index + 1]!);
      return { index: place.index, text: place.text, dx: place.x - x, dy: place.y - y, urgent: place.urgent };
    });
  }

  private places(points: Points, camera: Camera, radius: number, what: Overlaid): Placed[] {
    const { width, height } = camera;
    const most = room(width, height);
    return placed(this.candidates(points, camera, radius, what, most), width, height, FONT, most);
  }

  private *candidates(points: Points, camera: Camera, radius: number, what: Overlaid, most: number): Generator<Candidate> {
    const given = new Set<number>();
    const one = (index: number, urgent: boolean): Candidate | null => {
      if (given.has(index)) return null;
      const [x, y] = camera.toScreen(points.xy[2 * index]!, points.xy[2 * index + 1]!);
      if (!(x > -2 && y > -2 && x < camera.width + 2 && y < camera.height + 2)) return null;
      given.add(index);
      const text = short(points.label(index));
      return { index, x, y, radius, text, width: this.width(text), urgent };
    };
    for (const index of what.urgent) {
      const candidate = one(index, true);
      if (candidate) yield candidate;
    }
    // While some are emphasised only they are named: labels of others would hide what was asked for.
    if (what.emphasised.length) {
      for (const index of what.emphasised.subarray(0, TRIES)) {
        const candidate = one(index, false);
        if (candidate) yield candidate;
      }
      return;
    }
    if (!points.data.labels) return;
    const seen = camera.seen, few: number[] = [];
    points.grid.inside(seen.left, seen.bottom, seen.right, seen.top, (index) => few.push(index) <= TRIES);
    const ranks = few.length <= TRIES ? this.byRank(points, few) : points.ranked;
    let tries = 0;
    for (const index of ranks) {
      if (++tries > TRIES * (most / 40)) return;
      const candidate = one(index, false);
      if (candidate) yield candidate;
    }
  }

  private rank: { of: Points; ranks: Uint32Array } | null = null;

  private byRank(points: Points, few: number[]): number[] {
    if (this.rank?.of !== points) {
      const ranks = new Uint32Array(points.count);
      points.ranked.forEach((index, rank) => (ranks[index] = rank));
      this.rank = { of: points, ranks };
    }
    const ranks = this.rank.ranks;
    return few.sort((a, b) => ranks[a]! - ranks[b]!);
  }

  private width(text: string): number {
    let width = this.widths.get(text);
    if (width === undefined) {
      if (this.widths.size > 20_000) this.widths = new Map();
      if (this.context) this.context.font = FACE;
      width = this.context?.measureText(text).width ?? text.length * FONT * 0.6;
      this.widths.set(text, width);
    }
    return width;
  }

  /** The labels as they stand, for a picture outside the page. */
  standing(points: Points, camera: Camera): { text: string; x: number; y: number }[] {
    return this.layout.map((label) => {
      const [x, y] = camera.toScreen(points.xy[2 * label.index]!, points.xy[2 * label.index + 1]!);
      return { text: label.text, x: x + label.dx, y: y + label.dy };
    });
  }

  draw(points: Points, camera: Camera, ratio: number, radius: number, ink: Ink, what: Overlaid): void {
    const context = this.context;
    if (!context) return;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, camera.width, camera.height);
    const at = (index: number) => camera.toScreen(points.xy[2 * index]!, points.xy[2 * index + 1]!);
    context.strokeStyle = ink.accent;
    context.lineWidth = 1.25;
    context.globalAlpha = 0.75;
    context.beginPath();
    for (const { from, to } of what.links) {
      context.moveTo(...at(from));
      context.lineTo(...at(to));
    }
    context.stroke();
    context.globalAlpha = 1;
    for (const index of what.ringed) {
      context.beginPath();
      context.arc(...at(index), radius + 4, 0, 2 * Math.PI);
      context.strokeStyle = ink.paper;
      context.lineWidth = 4;
      context.stroke();
      context.strokeStyle = ink.accent;
      context.lineWidth = 2;
      context.stroke();
    }
    this.words(points, camera, ink);
    if (what.drawn.length >= 4) this.line(what.drawn, ink);
  }

  private words(points: Points, camera: Camera, ink: Ink): void {
    const context = this.context!;
    context.font = FACE;
    context.lineJoin = "round";
    context.lineWidth = 3.5;
    context.strokeStyle = ink.paper;
    context.fillStyle = ink.ink;
    for (const { text, x, y } of this.standing(points, camera)) {
      if (x < -300 || y < -20 || x > camera.width || y > camera.height + 20) continue;
      context.strokeText(text, x, y);
      context.fillText(text, x, y);
    }
  }

  private line(path: readonly number[], ink: Ink): void {
    const context = this.context!;
    context.beginPath();
    context.moveTo(path[0]!, path[1]!);
    for (let i = 2; i + 1 < path.length; i += 2) context.lineTo(path[i]!, path[i + 1]!);
    context.closePath();
    context.fillStyle = ink.accent;
    context.globalAlpha = 0.12;
    context.fill("evenodd");
    context.globalAlpha = 1;
    context.strokeStyle = ink.accent;
    context.lineWidth = 1.5;
    context.setLineDash([5, 4]);
    context.stroke();
    context.setLineDash([]);
  }
}
