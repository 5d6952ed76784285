// A map of points on two canvases: what is shown, what is selected, and the loop that draws when something changed and rests
// otherwise. Knows no framework: the page and the exported document use the same.

import { Budget } from "./budget";
import { between, Camera, type View } from "./camera";
import { CanvasRenderer } from "./canvas2d";
import { coloured, rgb, sized, type Colouring, type Theme } from "./colours";
import { Points, type Bounds, type PointData } from "./data";
import { Density, lookAt, type Look } from "./density";
import { joined, type Join } from "./lasso";
import { Overlay, type Ink, type Link, type Overlaid } from "./overlay";
import type { Renderer } from "./renderer";
import { WebGlRenderer } from "./webgl";

export interface SceneEvents {
  /** The point under the pointer, -1 for none. */
  hover: number;
  /** The point that was clicked, -1 when that was beside all points. */
  pick: number;
  /** The selected points, ascending. */
  select: Uint32Array;
  /** What is looked at has changed and stands still again. */
  view: View;
  /** Drawn with this; again after a fallback. */
  renderer: Renderer["kind"];
  /** After each frame: points drawn, and whether the picture is whole. */
  frame: { drawn: number; whole: boolean };
}

export interface SceneOptions {
  /** Draw without WebGL2 even where it is. */
  plain?: boolean;
  /** Jump instead of flying. */
  still?: boolean;
}

const STILL = 140; // milliseconds without a change until the whole picture is drawn
const FLIGHT = 420;
const MOST_RATIO = 3;
const PATIENCE = 4000; // milliseconds a lost graphics context may take to come back

type Listeners = { [Name in keyof SceneEvents]: Set<(value: SceneEvents[Name]) => void> };

export class Scene {
  readonly camera = new Camera();
  readonly budget = new Budget();
  points: Points = new Points({ positions: new Float32Array() });
  selection: Uint32Array = new Uint32Array();
  colouring: Colouring = { rgb: new Uint8Array(), legend: null };
  /** Frames drawn since the beginning. */
  frames = 0;
  private renderer!: Renderer;
  private canvas!: HTMLCanvasElement;
  private readonly overlay: Overlay;
  private readonly listeners: Listeners = {
    hover: new Set(), pick: new Set(), select: new Set(), view: new Set(), renderer: new Set(), frame: new Set(),
  };
  private density = new Density(new Float32Array(), { left: 0, right: 1, bottom: 0, top: 1 });
  private theme: Theme = "light";
  private ink: Ink = { paper: "#ffffff", ink: "#1c2027", accent: "#1f66a8" };
  private colourBy: string | null = null;
  private sizeBy: string | null = null;
  private matches: Uint32Array = new Uint32Array();
  /** Selected, found, and at the ends of links: ascending. */
  private emphasised: Uint32Array = new Uint32Array();
  private links: readonly Link[] = [];
  private hovered = -1;
  private picked = -1;
  private drawn: readonly number[] = [];
  private labels = true;
  private ratio = 1;
  private asked = 0; // the pending animation frame
  private drewAt = 0; // when the last frame of a movement was drawn, 0 at rest
  private movedAt = -Infinity;
  private moving = false;
  private dirty = true;
  private arranged = false;
  private flight: { from: View; to: View; start: number } | null = null;
  private lossTimer = 0;
  private readonly watcher: ResizeObserver;
  private gone = false;

  /** Fills `host`, an element with a size and a position of its own. */
  constructor(readonly host: HTMLElement, private readonly options: SceneOptions = {}) {
    const over = this.layer();
    this.overlay = new Overlay(over);
    this.begin(options.plain ?? false);
    this.watcher = new ResizeObserver(() => this.resize());
    this.watcher.observe(host);
    this.resize();
  }

  get surface(): HTMLCanvasElement {
    return this.overlay.canvas;
  }

  get kind(): Renderer["kind"] {
    return this.renderer.kind;
  }

  on<Name extends keyof SceneEvents>(name: Name, listener: (value: SceneEvents[Name]) => void): () => void {
    this.listeners[name].add(listener);
    return () => this.listeners[name].delete(listener);
  }

  private tell<Name extends keyof SceneEvents>(name: Name, value: SceneEvents[Name]): void {
    for (const listener of [...this.listeners[name]]) listener(value);
  }

  private layer(): HTMLCanvasElement {
    const canvas = document.createElement("canvas");
    Object.assign(canvas.style, { position: "absolute", inset: "0", width: "100%", height: "100%", display: "block" });
    this.host.append(canvas);
    return canvas;
  }

  private begin(plain: boolean): void {
    this.renderer?.dispose();
    this.canvas?.remove();
    this.canvas = this.layer();
    this.host.prepend(this.canvas);
    const renderer = plain ? null : WebGlRenderer.on(this.canvas);
    this.renderer = renderer ?? new CanvasRenderer(this.canvas);
    if (renderer) {
      this.canvas.addEventListener("webglcontextlost", (event) => {
        event.preventDefault(); // else the browser never gives it back
        this.lossTimer = window.setTimeout(() => this.fallBack(), PATIENCE);
      });
      this.canvas.addEventListener("webglcontextrestored", () => {
        clearTimeout(this.lossTimer);
        renderer.restore();
        this.refresh();
      });
    }
  }

  /** Draws with Canvas 2D from now on. */
  fallBack(): void {
    if (this.gone || this.renderer.kind === "canvas2d") return;
    this.begin(true);
    this.resize(true);
    this.upload();
    this.tell("renderer", this.renderer.kind);
  }

  // ---- what is shown

  setPoints(data: PointData): void {
    this.points = new Points(data);
    this.density = new Density(this.points.xy, this.points.bounds);
    this.selection = this.matches = new Uint32Array();
    this.links = [];
    this.hovered = this.picked = -1;
    this.flight = null;
    this.camera.frame(this.points.bounds);
    this.upload();
  }

  private upload(): void {
    const { xy, order, count } = this.points, places = new Float32Array(2 * count);
    for (let slot = 0; slot < count; slot++) {
      places[2 * slot] = xy[2 * order[slot]!]!;
      places[2 * slot + 1] = xy[2 * order[slot]! + 1]!;
    }
    this.renderer.setPositions(places);
    this.paint();
    this.emphasise();
  }

  private paint(): void {
    const { points } = this, { order, count } = points;
    this.colouring = coloured(points.column(this.colourBy), count, this.theme);
    const sizes = sized(points.column(this.sizeBy), count), looks = new Uint8Array(4 * count), colours = this.colouring.rgb;
    for (let slot = 0; slot < count; slot++) {
      const index = order[slot]!;
      looks[4 * slot] = colours[3 * index]!;
      looks[4 * slot + 1] = colours[3 * index + 1]!;
      looks[4 * slot + 2] = colours[3 * index + 2]!;
      looks[4 * slot + 3] = Math.min(255, Math.round(sizes[index]! * 100));
    }
    this.renderer.setLooks(looks);
    this.refresh();
  }

  /** Colour and size by the columns of these names; null: all alike. */
  setColumns(colourBy: string | null, sizeBy: string | null): void {
    this.colourBy = colourBy;
    this.sizeBy = sizeBy;
    this.paint();
  }

  setTheme(theme: Theme, ink: Ink): void {
    this.theme = theme;
    this.ink = ink;
    this.paint();
  }

  setLabels(on: boolean): void {
    this.labels = on;
    this.refresh();
  }

  /** Lines between points, such as to the true neighbours of the picked one. */
  setLinks(links: readonly Link[]): void {
    const count = this.points.count;
    this.links = links.filter(({ from, to }) => from >= 0 && to >= 0 && from < count && to < count);
    this.emphasise();
  }

  /** What a search found: emphasised beside the selection. */
  setMatches(matches: Uint32Array): void {
    this.matches = matches;
    this.emphasise();
  }

  /** The line of a lasso or a rectangle while it is drawn, in pixels. */
  setDrawn(path: readonly number[]): void {
    this.drawn = path;
    this.invalidate();
  }

  // ---- what is chosen

  select(points: Uint32Array, how: Join = "replace"): void {
    this.selection = joined(this.selection, points, how);
    this.emphasise();
    this.tell("select", this.selection);
  }

  hover(index: number): void {
    if (index === this.hovered) return;
    this.hovered = index;
    this.invalidate();
    this.tell("hover", index);
  }

  pick(index: number): void {
    if (index === this.picked) return;
    this.picked = index;
    this.links = [];
    this.emphasise();
    this.tell("pick", index);
  }

  /** The point at a pixel, -1 for none; larger points are found from farther. */
  at(px: number, py: number, reach = 8): number {
    const [x, y] = this.camera.toPlane(px, py);
    return this.points.grid.nearest(x, y, (reach + this.look().radius) / this.camera.scale);
  }

  private emphasise(): void {
    const { selection, matches, links } = this;
    const chosen = matches.length ? joined(matches, selection, "add") : selection;
    const linked = Uint32Array.from(links.flatMap(({ from, to }) => [from, to]));
    const emphasised = linked.length ? joined(chosen, linked, "add") : chosen;
    const slots = new Uint32Array(emphasised.length);
    this.emphasised = emphasised;
    emphasised.forEach((index, at) => (slots[at] = this.points.slot[index]!));
    this.renderer.setEmphasis(slots);
    this.refresh();
  }

  // ---- where one looks from

  pan(dx: number, dy: number): void {
    this.flight = null;
    this.camera.pan(dx, dy);
    this.moved();
  }

  zoomAt(px: number, py: number, factor: number): void {
    this.flight = null;
    this.camera.zoomAt(px, py, factor);
    this.moved();
  }

  /** Towards the middle, as the buttons and keys do. */
  zoom(factor: number): void {
    const { width, height, view } = this.camera;
    this.camera.zoomAt(width / 2, height / 2, factor);
    const to = this.camera.view;
    this.camera.view = view;
    this.fly(to);
  }

  reset(): void {
    this.fly(this.camera.framing(this.points.bounds));
  }

  /** Shows these points and what is around them. */
  frame(points: ArrayLike<number>): void {
    const bounds: Bounds = { left: Infinity, right: -Infinity, bottom: Infinity, top: -Infinity };
    for (let i = 0; i < points.length; i++) {
      const x = this.points.xy[2 * points[i]!]!, y = this.points.xy[2 * points[i]! + 1]!;
      if (!Number.isFinite(x) || !Number.isFinite(y)) continue;
      bounds.left = Math.min(bounds.left, x);
      bounds.right = Math.max(bounds.right, x);
      bounds.bottom = Math.min(bounds.bottom, y);
      bounds.top = Math.max(bounds.top, y);
    }
    if (bounds.left <= bounds.right) this.fly(this.camera.framing(bounds, Math.max(8, this.camera.zoom)));
  }

  fly(to: View): void {
    const still = this.options.still ?? matchMedia("(prefers-reduced-motion: reduce)").matches;
    if (still) {
      this.camera.view = to;
      this.flight = null;
    } else this.flight = { from: this.camera.view, to, start: performance.now() };
    this.moved();
  }

  private moved(): void {
    this.moving = true;
    this.movedAt = performance.now();
    this.invalidate();
  }

  // ---- drawing

  private look(): Look {
    return lookAt(this.density.around(this.camera.seen) / (this.camera.scale * this.camera.scale));
  }

  private resize(again = false): void {
    const { clientWidth: width, clientHeight: height } = this.host;
    const ratio = Math.min(MOST_RATIO, window.devicePixelRatio || 1);
    if (!width || !height) return;
    if (!again && width === this.camera.width && height === this.camera.height && ratio === this.ratio) return;
    this.ratio = ratio;
    for (const canvas of [this.canvas, this.overlay.canvas]) {
      canvas.width = Math.round(width * ratio);
      canvas.height = Math.round(height * ratio);
    }
    this.camera.resize(width, height);
    this.refresh();
  }

  /** Something other than the view changed: draw all, and choose labels anew. */
  private refresh(): void {
    this.arranged = false;
    this.invalidate();
  }

  private invalidate(): void {
    this.dirty = true;
    if (!this.asked && !this.gone) this.asked = requestAnimationFrame((now) => this.tick(now));
  }

  private tick(now: number): void {
    this.asked = 0;
    if (this.drewAt) this.budget.note(now - this.drewAt);
    this.drewAt = 0;
    const flight = this.flight;
    if (flight) {
      const share = Math.min(1, Math.max(0, (now - flight.start) / FLIGHT));
      this.camera.view = share >= 1 ? flight.to : between(flight.from, flight.to, share);
      if (share >= 1) this.flight = null;
      this.movedAt = performance.now();
      this.dirty = true;
    }
    const settled = this.moving && !this.flight && performance.now() - this.movedAt > STILL;
    if (settled) {
      this.moving = false;
      this.arranged = false;
      this.dirty = true;
    }
    if (this.dirty) this.render(now);
    if (settled) this.tell("view", this.camera.view);
    // While it moves the loop goes on, to notice the standstill; then it ends.
    if (this.moving && !this.asked) this.asked = requestAnimationFrame((next) => this.tick(next));
  }

  private render(now: number): void {
    this.dirty = false;
    const { points, camera, ratio } = this, look = this.look();
    const count = this.moving ? this.budget.points(points.count) : points.count;
    // Fewer points are drawn a little larger, so that the picture keeps its weight.
    const radius = look.radius * Math.min(1.6, (points.count / Math.max(1, count)) ** 0.25);
    this.renderer.draw({
      x: camera.x, y: camera.y, scale: camera.scale, width: camera.width, height: camera.height, ratio,
      radius, opacity: look.opacity, count, moving: this.moving, paper: rgb(this.ink.paper),
    });
    const what = this.overlaid();
    if (!this.arranged && !this.moving) {
      this.overlay.arrange(points, camera, look.radius, what);
      this.arranged = true;
    }
    this.overlay.draw(points, camera, ratio, look.radius, this.ink, what);
    this.frames++;
    if (this.moving) this.drewAt = now;
    this.tell("frame", { drawn: count, whole: count === points.count });
  }

  private overlaid(): Overlaid {
    const ringed = [this.picked, this.hovered].filter((index, at, all) => index >= 0 && all.indexOf(index) === at);
    const linked = this.links.flatMap(({ from, to }) => [from, to]);
    return {
      urgent: [...new Set([...(this.picked >= 0 ? [this.picked] : []), ...linked])],
      emphasised: this.emphasised,
      ringed, links: this.links, drawn: this.drawn, labels: this.labels,
    };
  }

  /** The whole picture as it stands, for a file: pixels of the points, and what lies over them. */
  snapshot(over = true): HTMLCanvasElement {
    const out = document.createElement("canvas");
    out.width = this.canvas.width;
    out.height = this.canvas.height;
    const context = out.getContext("2d");
    this.moving = false;
    this.arranged = false;
    this.render(performance.now()); // in the same task: the pixels of WebGL are still there
    if (context) {
      context.fillStyle = this.ink.paper;
      context.fillRect(0, 0, out.width, out.height);
      context.drawImage(this.canvas, 0, 0);
      if (over) context.drawImage(this.overlay.canvas, 0, 0);
    }
    return out;
  }

  /** The same picture as shapes: what is seen, with radius and colours. */
  shapes(): { radius: number; opacity: number; ink: Ink; labels: { text: string; x: number; y: number }[] } {
    const look = this.look();
    return { ...look, ink: this.ink, labels: this.overlay.standing(this.points, this.camera) };
  }

  dispose(): void {
    this.gone = true;
    this.watcher.disconnect();
    cancelAnimationFrame(this.asked);
    clearTimeout(this.lossTimer);
    this.renderer.dispose();
    this.canvas.remove();
    this.overlay.canvas.remove();
  }
}
