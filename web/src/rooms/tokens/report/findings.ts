// What each finding of the report card says, in the page's language, from its numbers.

import { bilingual, number } from "../../../lib/language.svelte";
import type { Finding } from "./card";

const count = (value: unknown): number => (typeof value === "number" ? value : 0);
const list = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : []);
const percent = (value: number, digits = 1): string => `${number(value * 100, value > 0 && value < 0.001 ? 3 : digits)}%`;
const kinds = (f: Finding): [string, number][] => Object.entries(f.details["kinds"] ?? {}).map(([kind, n]) => [kind, count(n)]);
/** The number of a unit such as "of 31". */
const total = (f: Finding): string => f.unit.replace(/\D/g, "");

const LOST_ZH: Record<string, string> = {
  "runs of spaces": "连续空格", tab: "制表符", newline: "换行", "blank line": "空行", "leading space": "开头空格", "trailing space": "结尾空格", CRLF: "CRLF 换行",
};
const LOSS_ZH: Record<string, string> = { unknown: "未知词元", "white space": "空白", "case or form": "大小写或字形", other: "其他" };

/** Titles of the findings, and the result of each in one line. */
export const findingWords = bilingual({
  en: {
    titles: {
      case: "Case", digits: "Digits", trailing_space: "Trailing space", whitespace: "White space lost", unknown: "Unknown characters", indentation: "Indentation",
      languages: "Cost by language", bytes_per_token: "Compression", unknown_rate: "Unknown rate", byte_rate: "Byte pieces", round_trip: "Round trip",
      unused: "Unused entries", unreachable: "Unreachable entries", longest: "Longest entry",
    },
    case: (f: Finding) => (f.details["uncased"] ? "Capitals are folded away" : `HELLO costs ${number(count(f.value), 2)} × hello`),
    digits: (f: Finding) => `${number(count(f.value))} of 0–999 are one token; ${digitsEn(f)}`,
    trailing_space: (f: Finding) => (f.value ? `${number(f.value)} of ${total(f)} prompts do not begin their own continuation` : "Does no harm"),
    whitespace: (f: Finding) => (f.value ? `Not given back: ${list(f.details["lost"]).join(", ")}` : "Every kind comes back"),
    unknown: (f: Finding) => (f.value ? `In ${number(f.value)} of ${total(f)} samples of emoji and languages` : "None: all samples can be spelled"),
    indentation: (f: Finding) => (f.grade === "bad" && !f.value ? "Dropped: Python code does not survive" : `Adds ${percent(count(f.value), 0)} to the tokens of sample code`),
    languages: (f: Finding) => `The dearest readable one costs ${number(count(f.value), 2)} × English`,
    bytes_per_token: (f: Finding) => `${number(count(f.value), 2)} bytes per token`,
    unknown_rate: (f: Finding) => `${percent(count(f.value), 2)} of the tokens`,
    byte_rate: (f: Finding) => `${percent(count(f.value), 2)} of the tokens are parts of a character`,
    round_trip: (f: Finding) =>
      f.value ? `${percent(f.value)} of ${number(count(f.details["checked"]))} rows change (${kinds(f).map(([kind, n]) => `${kind}: ${number(n)}`).join(", ")})` : `All ${number(count(f.details["checked"]))} rows come back exactly`,
    unused: (f: Finding) => `${number(count(f.value))} (${percent(count(f.details["share"]))}) do not appear in the corpus`,
    unreachable: (f: Finding) => `${number(count(f.value))} of ${number(count(f.details["checked"]))} entries never come out`,
    longest: (f: Finding) => `${number(count(f.value))} characters`,
  },
  zh: {
    titles: {
      case: "大小写", digits: "数字", trailing_space: "结尾空格", whitespace: "丢失的空白", unknown: "未知字符", indentation: "缩进",
      languages: "各语言开销", bytes_per_token: "压缩率", unknown_rate: "未知率", byte_rate: "字节片段", round_trip: "往返一致",
      unused: "未用条目", unreachable: "不可达条目", longest: "最长条目",
    },
    case: (f: Finding) => (f.details["uncased"] ? "不区分大小写" : `HELLO 的词元数是 hello 的 ${number(count(f.value), 2)} 倍`),
    digits: (f: Finding) => `0–999 中有 ${number(count(f.value))} 个是单个词元；${digitsZh(f)}`,
    trailing_space: (f: Finding) => (f.value ? `${total(f)} 个提示中有 ${number(f.value)} 个不是其续写的开头` : "没有影响"),
    whitespace: (f: Finding) => (f.value ? `无法还原：${list(f.details["lost"]).map((one) => LOST_ZH[one] ?? one).join("、")}` : "各种空白都能还原"),
    unknown: (f: Finding) => (f.value ? `${total(f)} 个表情和语言样本中有 ${number(f.value)} 个含未知词元` : "没有：所有样本都能表示"),
    indentation: (f: Finding) => (f.grade === "bad" && !f.value ? "缩进丢失，Python 代码无法保留" : `使示例代码的词元增加 ${percent(count(f.value), 0)}`),
    languages: (f: Finding) => `可读语言中最贵的是英语的 ${number(count(f.value), 2)} 倍`,
    bytes_per_token: (f: Finding) => `每词元 ${number(count(f.value), 2)} 字节`,
    unknown_rate: (f: Finding) => `占词元的 ${percent(count(f.value), 2)}`,
    byte_rate: (f: Finding) => `${percent(count(f.value), 2)} 的词元只是字符的一部分`,
    round_trip: (f: Finding) =>
      f.value ? `${number(count(f.details["checked"]))} 条中有 ${percent(f.value)} 发生改变（${kinds(f).map(([kind, n]) => `${LOSS_ZH[kind] ?? kind} ${number(n)}`).join("，")}）` : `${number(count(f.details["checked"]))} 条全部原样还原`,
    unused: (f: Finding) => `${number(count(f.value))} 条（${percent(count(f.details["share"]))}）未在语料中出现`,
    unreachable: (f: Finding) => `${number(count(f.details["checked"]))} 条中有 ${number(count(f.value))} 条永远不会产生`,
    longest: (f: Finding) => `${number(count(f.value))} 个字符`,
  },
});

function digitsEn(f: Finding): string {
  const longest = number(count(f.details["longest"]));
  switch (f.details["policy"]) {
    case "single": return "cut one by one";
    case "groups from the left": return `groups of ${longest} from the left`;
    case "groups from the right": return `groups of ${longest} from the right`;
    case "learned": return `uneven pieces of 1 to ${longest}`;
    case "whole": return "a number is one token or unknown";
    default: return "digits are unknown";
  }
}

function digitsZh(f: Finding): string {
  const longest = number(count(f.details["longest"]));
  switch (f.details["policy"]) {
    case "single": return "逐位切分";
    case "groups from the left": return `从左起每 ${longest} 位一组`;
    case "groups from the right": return `从右起每 ${longest} 位一组`;
    case "learned": return `切成 1 到 ${longest} 位不等的片段`;
    case "whole": return "整个数要么是一个词元，要么未知";
    default: return "数字未知";
  }
}

/** An example of a finding: its text, and the rows of tokens or the text it becomes. */
export function exampleOf(example: Record<string, unknown>): { text: string; rows: string[][] } {
  const tokens = example["tokens"];
  const rows = Array.isArray(tokens) ? (tokens.every((row) => Array.isArray(row)) ? (tokens as unknown[][]).map((row) => row.map(String)) : [tokens.map(String)]) : [];
  if (Array.isArray(example["continued"])) rows.push((example["continued"] as unknown[]).map(String));
  if (typeof example["decoded"] === "string") rows.push([example["decoded"]]);
  return { text: String(example["text"] ?? example["token"] ?? ""), rows };
}
