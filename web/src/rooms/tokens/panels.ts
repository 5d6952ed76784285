// The panels of the room: one line each. A panel is loaded when it is first opened.

import type { Component } from "svelte";

const list = [
  { id: "text", title: { en: "Text", zh: "文本" }, load: () => import("./text/Panel.svelte") },
] as const satisfies readonly { id: string; title: { en: string; zh: string }; load: () => Promise<{ default: Component }> }[];

export type PanelId = (typeof list)[number]["id"];
export const panels: readonly { id: PanelId; title: { en: string; zh: string }; load: () => Promise<{ default: Component }> }[] = list;

export function isPanel(id: unknown): id is PanelId {
  return panels.some((panel) => panel.id === id);
}
