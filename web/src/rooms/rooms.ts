// The rooms of the page: one line each. A room is loaded when it is first opened.

import type { Component } from "svelte";

/** What a room is given: the state of its link (from anyone: check it), or undefined. */
export interface RoomProps {
  restored: unknown;
}
export interface RoomEntry {
  name: string;
  title: { en: string; zh: string };
  load: () => Promise<{ default: Component<RoomProps> }>;
}

export const rooms: readonly RoomEntry[] = [
  { name: "tokens", title: { en: "Tokens", zh: "词元" }, load: () => import("./tokens/Room.svelte") },
  { name: "train", title: { en: "Train", zh: "训练" }, load: () => import("./train/Room.svelte") },
  { name: "words", title: { en: "Words", zh: "词向量" }, load: () => import("./words/Room.svelte") },
  { name: "context", title: { en: "Context", zh: "语境" }, load: () => import("./context/Room.svelte") },
  { name: "recommend", title: { en: "Recommend", zh: "推荐" }, load: () => import("./recommend/Room.svelte") },
];
