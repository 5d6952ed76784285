import { bilingual } from "../../lib/language.svelte";

export const words = bilingual({
  en: { title: "Context", lead: "One word in several sentences." },
  zh: { title: "语境", lead: "同一个词在不同句子里。" },
});
