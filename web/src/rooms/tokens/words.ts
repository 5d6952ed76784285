import { bilingual } from "../../lib/language.svelte";

/** Words of the room itself; each panel has its own. */
export const words = bilingual({
  en: {
    title: "Tokens",
    panels: "Views of the text",
    loading: "Loading…",
  },
  zh: {
    title: "词元",
    panels: "文本的各种视图",
    loading: "加载中…",
  },
});
