// The panels of the room: one line each. A panel is loaded when it is first opened.

import type { Component } from "svelte";

const list = [
  { id: "senses", title: { en: "Senses of a word", zh: "词的义项" }, load: () => import("./senses/Panel.svelte") },
  { id: "texts", title: { en: "Whole sentences", zh: "整句相似度" }, load: () => import("./texts/Panel.svelte") },
  { id: "pair", title: { en: "Two sentences", zh: "两句对照" }, load: () => import("./pair/Panel.svelte") },
  { id: "attention", title: { en: "Attention", zh: "注意力" }, load: () => import("./attention/Panel.svelte") },
  { id: "change", title: { en: "What context changes", zh: "语境的影响" }, load: () => import("./change/Panel.svelte") },
] as const satisfies readonly { id: string; title: { en: string; zh: string }; load: () => Promise<{ default: Component }> }[];

export type PanelId = (typeof list)[number]["id"];
export const panels: readonly { id: PanelId; title: { en: string; zh: string }; load: () => Promise<{ default: Component }> }[] = list;

export function isPanel(id: unknown): id is PanelId {
  return panels.some((panel) => panel.id === id);
}
