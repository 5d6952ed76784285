// Names of languages and writing systems, as the page's language has them.

import type { Language } from "../../../lib/language.svelte";

const SCRIPTS: Record<string, string> = {
  Latin: "拉丁文", Greek: "希腊文", Cyrillic: "西里尔文", Armenian: "亚美尼亚文", Hebrew: "希伯来文", Arabic: "阿拉伯文", Syriac: "叙利亚文",
  Thaana: "塔纳文", Nko: "西非书面文", Devanagari: "天城文", Bengali: "孟加拉文", Gurmukhi: "古木基文", Gujarati: "古吉拉特文", Odia: "奥里亚文",
  Tamil: "泰米尔文", Telugu: "泰卢固文", Kannada: "卡纳达文", Malayalam: "马拉雅拉姆文", Sinhala: "僧伽罗文", Thai: "泰文", Lao: "老挝文",
  Tibetan: "藏文", Myanmar: "缅甸文", Georgian: "格鲁吉亚文", Hangul: "谚文", Ethiopic: "埃塞俄比亚文", Khmer: "高棉文", Mongolian: "蒙古文",
  Han: "汉字", Kana: "假名", Japanese: "日文", Bopomofo: "注音符号", Emoji: "表情符号", other: "其他",
};
const CODES: Record<string, string> = {
  English: "en", French: "fr", German: "de", Spanish: "es", Portuguese: "pt", Italian: "it", Vietnamese: "vi", Turkish: "tr", Russian: "ru",
  Ukrainian: "uk", Greek: "el", Arabic: "ar", Persian: "fa", Hebrew: "he", Hindi: "hi", Bengali: "bn", Tamil: "ta", Thai: "th",
  Chinese: "zh", Japanese: "ja", Korean: "ko",
};

function ofCode(code: string, language: Language): string {
  try {
    return new Intl.DisplayNames([language === "zh" ? "zh-CN" : "en"], { type: "language" }).of(code) ?? code;
  } catch {
    return code; // not a code of a language after all
  }
}

/** A group of a report: a language's code, a writing system, a file or a column's value. */
export function groupName(name: string, by: string, language: Language): string {
  if (by !== "language" && by !== "script") return name;
  if (by === "language" && /^[a-z]{2}$/.test(name)) return ofCode(name, language);
  return language === "zh" ? (SCRIPTS[name] ?? name) : name;
}

/** A language of the parallel sentences, whose names are English. */
export function languageName(name: string, language: Language): string {
  const code = CODES[name];
  return language === "en" || !code ? name : ofCode(code, language);
}
