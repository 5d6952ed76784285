// The settings of trainings as the forms show them. Names, ranges and defaults are the API's.

import type { Schema } from "../../lib/api/client";

export type TokenizerSettings = Schema<"TokenizerSettings">;
export type VectorsSettings = Schema<"VectorsSettings">;
export type Method = NonNullable<TokenizerSettings["model"]>;
export type VectorModel = NonNullable<Schema<"TrainVectors">["model"]>;

export interface Setting {
  name: string;
  kind: "number" | "choice" | "switch" | "list" | "text";
  /** Methods or models that have it; all without it. */
  of?: readonly string[];
  /** Shown before "all settings" is opened. */
  first?: boolean;
  min?: number;
  max?: number;
  step?: number;
  choices?: readonly (string | number)[];
}

export const METHODS: readonly Method[] = ["bpe", "unigram", "wordpiece", "superbpe", "word", "char"];
export const MODELS: readonly VectorModel[] = ["word2vec", "fasttext", "glove", "doc2vec"];

const LEARNT = ["bpe", "wordpiece", "superbpe"];
const PRE_TOKENIZERS = ["gpt2", "cl100k", "o200k", "llama3", "qwen2", "deepseek", "bert", "sentencepiece", "whitespace", "whitespace_split", "metaspace", "none"];
const NORMALIZERS = ["none", "nfc", "nfkc", "nfd", "nfkd", "nmt_nfkc", "lowercase", "bert"];

export const TOKENIZER: readonly Setting[] = [
  { name: "vocab_size", kind: "number", first: true, min: 1, max: 1_000_000 },
  { name: "pre_tokenizer", kind: "choice", first: true, choices: PRE_TOKENIZERS },
  { name: "normalizer", kind: "choice", first: true, choices: NORMALIZERS },
  { name: "min_frequency", kind: "number", of: [...LEARNT, "word", "char"], min: 0, max: 1_000_000_000 },
  { name: "special_tokens", kind: "list" },
  { name: "lowercase", kind: "switch" },
  { name: "strip_accents", kind: "switch" },
  { name: "digits", kind: "choice", choices: ["individual", "groups"] },
  { name: "max_token_length", kind: "number", of: [...LEARNT, "unigram"], min: 1, max: 1000 },
  { name: "limit_alphabet", kind: "number", of: LEARNT, min: 1, max: 1_000_000 },
  { name: "character_coverage", kind: "number", min: 0.5, max: 1, step: 0.0001 },
  { name: "transition", kind: "number", of: ["superbpe"], min: 0.05, max: 1, step: 0.05 },
  { name: "max_token_words", kind: "number", of: ["superbpe"], min: 1, max: 1000 },
  { name: "held_out", kind: "number", min: 0, max: 0.5, step: 0.01 },
];

const WINDOWED = ["word2vec", "fasttext", "doc2vec"];
export const VECTORS: readonly Setting[] = [
  { name: "vector_size", kind: "number", first: true, min: 1, max: 4096 },
  { name: "epochs", kind: "number", first: true, min: 1, max: 10_000 },
  { name: "min_count", kind: "number", first: true, min: 1, max: 1_000_000 },
  { name: "sg", kind: "choice", of: ["word2vec", "fasttext"], first: true, choices: [1, 0] },
  { name: "window", kind: "number", min: 1, max: 1000 },
  { name: "negative", kind: "number", of: WINDOWED, min: 0, max: 100 },
  { name: "hs", kind: "choice", of: WINDOWED, choices: [0, 1] },
  { name: "ns_exponent", kind: "number", of: WINDOWED, min: -10, max: 10, step: 0.05 },
  { name: "sample", kind: "number", of: WINDOWED, min: 0, max: 1, step: 0.0001 },
  { name: "alpha", kind: "number", of: WINDOWED, min: 0.00001, max: 10, step: 0.005 },
  { name: "min_alpha", kind: "number", of: WINDOWED, min: 0, max: 10, step: 0.0001 },
  { name: "cbow_mean", kind: "choice", of: ["word2vec", "fasttext"], choices: [1, 0] },
  { name: "min_n", kind: "number", of: ["fasttext"], min: 0, max: 100 },
  { name: "max_n", kind: "number", of: ["fasttext"], min: 0, max: 100 },
  { name: "bucket", kind: "number", of: ["fasttext"], min: 1, max: 10_000_000 },
  { name: "x_max", kind: "number", of: ["glove"], min: 0.1, max: 1e9, step: 0.1 },
  { name: "eta", kind: "number", of: ["glove"], min: 0.001, max: 10, step: 0.01 },
  { name: "dm", kind: "choice", of: ["doc2vec"], choices: [0, 1] },
  { name: "dbow_words", kind: "choice", of: ["doc2vec"], choices: [1, 0] },
  { name: "segmenter", kind: "choice", choices: ["learnt", "jieba", "characters"] },
  { name: "seed", kind: "number", min: 0, max: 4294967295 },
];

/** What the API does when a setting is left to it, where that is one fixed value. */
const USUAL: Record<string, string | number> = {
  min_frequency: 0, transition: 0.75, max_token_words: 4, held_out: 0.1, character_coverage: 1,
  segmenter: "auto", hs: 0, ns_exponent: 0.75, min_alpha: 0.0001, cbow_mean: 1, min_n: 3, max_n: 6, eta: 0.05, seed: 1,
};
const USUAL_PRE_TOKENIZER: Record<Method, string> = { bpe: "gpt2", superbpe: "o200k", wordpiece: "bert", unigram: "sentencepiece", word: "whitespace", char: "none" };

const USUAL_NORMALIZER: Record<string, string> = { bert: "bert", sentencepiece: "nmt_nfkc", qwen2: "nfc" };

export type Values = Record<string, string | number | boolean | string[] | null | undefined>;

/** The settings a method or model has. */
export function settingsOf(list: readonly Setting[], model: string): Setting[] {
  return list.filter((setting) => !setting.of || setting.of.includes(model));
}

/** What a setting will be when it is left empty: the advice for the text, else the API's default. */
export function automatic(setting: Setting, model: string, advised: Record<string, unknown>, values: Values = {}): string | number | null {
  const found = advised[setting.name];
  if (typeof found === "number" || typeof found === "string") return found;
  if (setting.name === "pre_tokenizer") return USUAL_PRE_TOKENIZER[model as Method] ?? null;
  if (setting.name === "normalizer") {
    const cut = values["pre_tokenizer"] || USUAL_PRE_TOKENIZER[model as Method];
    return USUAL_NORMALIZER[String(cut)] ?? "none";
  }
  return USUAL[setting.name] ?? null;
}

/** Why a value cannot be sent, or "" when it can: the bounds of the API. */
export function trouble(setting: Setting, value: Values[string]): "" | "number" | "range" {
  if (value === null || value === undefined || value === "" || setting.kind !== "number") return "";
  const asNumber = Number(value);
  if (!Number.isFinite(asNumber)) return "number";
  return (setting.min !== undefined && asNumber < setting.min) || (setting.max !== undefined && asNumber > setting.max) ? "range" : "";
}

/** The values of a form for a request: what is empty, or belongs to another method, is left to the API. */
export function given(list: readonly Setting[], model: string, values: Values): Record<string, unknown> {
  const out: Record<string, unknown> = {};
  for (const setting of settingsOf(list, model)) {
    const value = values[setting.name];
    if (value === null || value === undefined || value === "") continue;
    if (setting.kind === "number") out[setting.name] = Number(value);
    else if (setting.kind === "list") out[setting.name] = listed(value);
    else out[setting.name] = value;
  }
  return out;
}

/** "<s>, </s>" or a token a line as a list. */
export function listed(value: unknown): string[] {
  if (Array.isArray(value)) return value.map(String);
  return [...new Set(String(value).split(/[\n,]/).map((one) => one.trim()).filter(Boolean))];
}
