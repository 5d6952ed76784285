// The panels of the room: one line each. A panel is loaded when it is first opened.

import type { Component } from "svelte";

const list = [
  { id: "ask", title: { en: "Recommend", zh: "推荐" }, load: () => import("./ask/Panel.svelte") },
  { id: "map", title: { en: "Map of items", zh: "物品地图" }, load: () => import("./map/Panel.svelte") },
  { id: "measure", title: { en: "Is it any good?", zh: "效果评估" }, load: () => import("./measure/Panel.svelte") },
  { id: "grid", title: { en: "Which setting matters", zh: "哪些设置重要" }, load: () => import("./grid/Panel.svelte") },
] as const satisfies readonly { id: string; title: { en: string; zh: string }; load: () => Promise<{ default: Component }> }[];

export type PanelId = (typeof list)[number]["id"];
export const panels: readonly { id: PanelId; title: { en: string; zh: string }; load: () => Promise<{ default: Component }> }[] = list;

export function isPanel(id: unknown): id is PanelId {
  return panels.some((panel) => panel.id === id);
}
