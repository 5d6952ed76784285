import { bilingual } from "../../lib/language.svelte";

export const words = bilingual({
  en: { title: "Train", lead: "Train a tokenizer or word vectors on your own text." },
  zh: { title: "训练", lead: "用自己的文本训练分词器或词向量。" },
});
