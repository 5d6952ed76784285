import { bilingual } from "../../../lib/language.svelte";

export const words = bilingual({
  en: {
    odd: { lead: "Which word does not belong?", result: "does not match", caption: "Cosine of each word with the mean of all", need: "At least three known words are needed.", mean: "to the mean", how: "The mean of all vectors (each of length 1) is taken; the word farthest from it is the odd one." },
    table: { lead: "How alike is each pair?", ordered: "Put alike words beside each other", caption: "Cosine similarity of each pair", need: "At least two known words are needed.", highest: "Most alike", lowest: "Least alike", pair: (a: string, b: string, value: string) => `${a} – ${b}: ${value}` },
  },
  zh: {
    odd: { lead: "哪个词与众不同？", result: "与其余不同", caption: "每个词与全体均值的余弦相似度", need: "至少需要三个已知的词。", mean: "与均值", how: "取所有向量（先缩放为单位长度）的均值，离它最远的词就是异类。" },
    table: { lead: "每一对词有多相似？", ordered: "把相似的词排在一起", caption: "每一对词的余弦相似度", need: "至少需要两个已知的词。", highest: "最相似", lowest: "最不相似", pair: (a: string, b: string, value: string) => `${a} – ${b}：${value}` },
  },
});
