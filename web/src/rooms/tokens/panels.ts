// The panels of the room: one line each. A panel is loaded when it is first opened.

import type { Component } from "svelte";

const list = [
  { id: "text", title: { en: "Text", zh: "文本" }, load: () => import("./text/Panel.svelte") },
  { id: "report", title: { en: "Report card", zh: "体检报告" }, load: () => import("./report/Panel.svelte") },
  { id: "ruler", title: { en: "Context window", zh: "上下文窗口" }, load: () => import("./ruler/Panel.svelte") },
  { id: "chat", title: { en: "Chat template", zh: "对话模板" }, load: () => import("./chat/Panel.svelte") },
  { id: "decode", title: { en: "Ids to text", zh: "编号还原" }, load: () => import("./decode/Panel.svelte") },
  { id: "alternatives", title: { en: "Alternatives", zh: "其他切法" }, load: () => import("./alternatives/Panel.svelte") },
] as const satisfies readonly { id: string; title: { en: string; zh: string }; load: () => Promise<{ default: Component }> }[];

export type PanelId = (typeof list)[number]["id"];
export const panels: readonly { id: PanelId; title: { en: string; zh: string }; load: () => Promise<{ default: Component }> }[] = list;

export function isPanel(id: unknown): id is PanelId {
  return panels.some((panel) => panel.id === id);
}
