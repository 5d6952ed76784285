import { bilingual } from "../../lib/language.svelte";

/** Words of the room itself; each panel has its own. */
export const words = bilingual({
  en: {
    title: "Tokens",
    panels: "Views of the text",
    loading: "Loading…",
    tokenizer: "Tokenizer",
    more: (count: string) => `Show more (${count} left)`,
  },
  zh: {
    title: "词元",
    panels: "文本的各种视图",
    loading: "加载中…",
    tokenizer: "分词器",
    more: (count: string) => `显示更多（还有 ${count} 个）`,
  },
});
