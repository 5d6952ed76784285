import { bilingual } from "../../lib/language.svelte";

export const words = bilingual({
  en: { title: "Words", lead: "Explore word vectors." },
  zh: { title: "词向量", lead: "探索词向量。" },
});
