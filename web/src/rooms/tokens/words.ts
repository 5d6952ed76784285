import { bilingual } from "../../lib/language.svelte";

export const words = bilingual({
  en: { title: "Tokens", lead: "See how text becomes tokens." },
  zh: { title: "词元", lead: "看文本如何变成词元。" },
});
