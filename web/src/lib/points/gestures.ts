// Pointer, wheel, fingers and keys on the map.

import { boxed, enclosed, simplified, type Join } from "./lasso";
import type { Scene } from "./scene";

export type Tool = "move" | "lasso" | "box";

export interface Hands {
  tool: Tool;
  /** How a new selection joins the one before; Shift adds and Alt subtracts whatever this is. */
  join: Join;
}

const CLICK = 5; // pixels a click may wander
const FINGER = 18; // reach of a finger, in pixels
const STEP = 60; // pixels an arrow key moves

/** Listens on the scene's surface until the returned function is called; `hands()` is asked at each beginning. */
export function gestures(scene: Scene, hands: () => Hands): () => void {
  const surface = scene.surface;
  const held = new Map<number, { x: number; y: number }>();
  let press: { x: number; y: number; moved: boolean; tool: Tool; join: Join } | null = null;
  let path: number[] = [];
  const place = (event: MouseEvent) => {
    const box = surface.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  };
  const joinOf = (event: MouseEvent): Join => (event.shiftKey ? "add" : event.altKey ? "subtract" : hands().join);

  const down = (event: PointerEvent) => {
    if (event.button > 1) return;
    surface.setPointerCapture(event.pointerId);
    const at = place(event);
    held.set(event.pointerId, at);
    if (held.size > 1) {
      press = null; // a second finger: pinch
      path = [];
      scene.setDrawn([]);
      return;
    }
    const { tool } = hands();
    press = { ...at, moved: false, tool: event.button === 1 ? "move" : tool === "move" && event.shiftKey ? "box" : tool, join: joinOf(event) };
    path = [at.x, at.y];
  };

  const move = (event: PointerEvent) => {
    const at = place(event), before = held.get(event.pointerId);
    if (!before) {
      if (event.pointerType !== "touch") scene.hover(scene.at(at.x, at.y));
      return;
    }
    if (held.size === 2) {
      const other = [...held].find(([id]) => id !== event.pointerId)![1];
      const was = Math.hypot(before.x - other.x, before.y - other.y), is = Math.hypot(at.x - other.x, at.y - other.y);
      scene.pan((at.x - before.x) / 2, (at.y - before.y) / 2);
      if (was > 0 && is > 0) scene.zoomAt((at.x + other.x) / 2, (at.y + other.y) / 2, is / was);
    } else if (press) {
      if (!press.moved && Math.hypot(at.x - press.x, at.y - press.y) <= CLICK) return;
      press.moved = true;
      scene.hover(-1);
      if (press.tool === "move") scene.pan(at.x - before.x, at.y - before.y);
      else if (press.tool === "box") path = [press.x, press.y, at.x, press.y, at.x, at.y, press.x, at.y];
      else path.push(at.x, at.y);
      if (press.tool !== "move") scene.setDrawn(path);
    }
    held.set(event.pointerId, at);
  };

  const up = (event: PointerEvent) => {
    const at = place(event);
    held.delete(event.pointerId);
    const done = press;
    if (!done || held.size) return;
    press = null;
    if (!done.moved) scene.pick(scene.at(at.x, at.y, event.pointerType === "touch" ? FINGER : undefined));
    else if (done.tool !== "move") scene.select(found(done.tool), done.join);
    scene.setDrawn([]);
  };

  const found = (tool: Tool): Uint32Array => {
    const { camera, points } = scene;
    const plane = (x: number, y: number) => camera.toPlane(x, y);
    if (tool === "box") return boxed(...plane(path[0]!, path[1]!), ...plane(path[4]!, path[5]!), points.grid);
    const corners = simplified(path, 2), onPlane: number[] = [];
    for (let i = 0; i < corners.length; i += 2) onPlane.push(...plane(corners[i]!, corners[i + 1]!));
    return enclosed(onPlane, points.xy, points.grid);
  };

  const cancel = (event: PointerEvent) => {
    held.delete(event.pointerId);
    press = null;
    scene.setDrawn([]);
  };

  const leave = () => scene.hover(-1);

  const wheel = (event: WheelEvent) => {
    event.preventDefault();
    const at = place(event);
    const lines = event.deltaMode === 1 ? 16 : event.deltaMode === 2 ? 400 : 1;
    const turn = Math.max(-240, Math.min(240, event.deltaY * lines));
    scene.zoomAt(at.x, at.y, Math.exp(-turn * (event.ctrlKey ? 0.01 : 0.0022))); // with Ctrl: a pinch on a touchpad
  };

  const twice = (event: MouseEvent) => {
    if (hands().tool !== "move") return;
    const at = place(event);
    scene.zoomAt(at.x, at.y, event.shiftKey ? 0.5 : 2);
  };

  const key = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey) return;
    const { width, height } = scene.camera, far = event.shiftKey ? 3 : 1;
    const keys: Record<string, () => void> = {
      "+": () => scene.zoom(1.6), "=": () => scene.zoom(1.6), "-": () => scene.zoom(1 / 1.6), _: () => scene.zoom(1 / 1.6),
      "0": () => scene.reset(),
      ArrowLeft: () => scene.pan(STEP * far, 0), ArrowRight: () => scene.pan(-STEP * far, 0),
      ArrowUp: () => scene.pan(0, STEP * far), ArrowDown: () => scene.pan(0, -STEP * far),
      Enter: () => scene.pick(scene.at(width / 2, height / 2, Math.max(width, height))),
      Escape: () => {
        if (scene.selection.length) scene.select(new Uint32Array());
        scene.pick(-1);
      },
    };
    const act = keys[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  };

  const listeners: [string, EventListener, AddEventListenerOptions?][] = [
    ["pointerdown", down as EventListener], ["pointermove", move as EventListener], ["pointerup", up as EventListener],
    ["pointercancel", cancel as EventListener], ["pointerleave", leave], ["wheel", wheel as EventListener, { passive: false }],
    ["dblclick", twice as EventListener],
  ];
  surface.style.touchAction = "none";
  for (const [name, listener, options] of listeners) surface.addEventListener(name, listener, options);
  scene.host.addEventListener("keydown", key);
  return () => {
    for (const [name, listener, options] of listeners) surface.removeEventListener(name, listener, options);
    scene.host.removeEventListener("keydown", key);
  };
}
