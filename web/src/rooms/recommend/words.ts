import { bilingual } from "../../lib/language.svelte";

export const words = bilingual({
  en: { title: "Recommend", lead: "From sessions to recommendations." },
  zh: { title: "推荐", lead: "从会话到推荐。" },
});
