// The text a first visit begins with: several scripts, numbers, emoji, code.

import type { Language } from "../../lib/language.svelte";

export const sample: Record<Language, string> = {
  en: "Tokenization splits text into tokens: whole words, pieces of words, single characters or bytes.\nThe caf\u00e9’s menu costs €12.50; is it worth 3,141,592 steps?\n\u4eba\u5de5\u667a\u80fd\u6b63\u5728\u6539\u53d8\u6211\u4eec\u8bfb\u5199\u6587\u5b57\u7684\u65b9\u5f0f。\nПривет, мир · こんにちは世界 · مرحبا بالعالم\nEmoji 👩🏽‍🔬🚀 and code: for (let i = 0; i < n; i++) { sum += x[i]; }\n",
  zh: "分词器把文本切成词元：可以是整个词、词的一部分、单个字符或字节。\n人工智能正在改变我们读写文字的方式，大语言模型按词元计费。\nTokenization splits text into tokens; unbelievable, isn’t it?\n价格：¥12.50，共 3,141,592 步。\nこんにちは世界 · Привет, мир · مرحبا بالعالم\n表情 👩🏽‍🔬🚀 与代码：for (let i = 0; i < n; i++) { sum += x[i]; }\n",
};
