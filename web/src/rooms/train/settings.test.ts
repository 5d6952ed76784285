import { describe, expect, it } from "vitest";
import { automatic, given, listed, METHODS, MODELS, settingsOf, TOKENIZER, trouble, VECTORS } from "./settings";
import { words } from "./setting-words";

const setting = (name: string) => [...TOKENIZER, ...VECTORS].find((one) => one.name === name)!;

describe("what is sent", () => {
  it("leaves out what is empty and what the method does not have", () => {
    const values = { vocab_size: "8000", min_frequency: "", transition: "0.5", lowercase: true, special_tokens: "<s>, </s>\n<pad>" };
    expect(given(TOKENIZER, "bpe", values)).toEqual({ vocab_size: 8000, lowercase: true, special_tokens: ["<s>", "</s>", "<pad>"] });
    expect(given(TOKENIZER, "superbpe", values)).toHaveProperty("transition", 0.5);
    expect(given(VECTORS, "glove", { negative: "5", x_max: "10", sg: 0 })).toEqual({ x_max: 10 });
  });
  it("takes of the advice for one method only what another one has", () => {
    expect(given(TOKENIZER, "unigram", { vocab_size: 4000, min_frequency: 2 })).toEqual({ vocab_size: 4000 });
  });
  it("keeps a zero", () => {
    expect(given(VECTORS, "word2vec", { negative: "0", sg: 0 })).toEqual({ negative: 0, sg: 0 });
  });
});

it("numbers out of the API's bounds are told before they are sent", () => {
  expect(trouble(setting("vocab_size"), "0")).toBe("range");
  expect(trouble(setting("vocab_size"), "many")).toBe("number");
  expect(trouble(setting("vocab_size"), "4000")).toBe("");
  expect(trouble(setting("vocab_size"), "")).toBe("");
  expect(trouble(setting("held_out"), "0.6")).toBe("range");
});

it("what is left empty is the advice, else the API's own default", () => {
  expect(automatic(setting("vocab_size"), "bpe", { vocab_size: 4000 })).toBe(4000);
  expect(automatic(setting("pre_tokenizer"), "wordpiece", {})).toBe("bert");
  expect(automatic(setting("normalizer"), "bpe", {}, { pre_tokenizer: "qwen2" })).toBe("nfc");
  expect(automatic(setting("normalizer"), "wordpiece", {})).toBe("bert");
  expect(automatic(setting("max_token_length"), "bpe", {})).toBeNull();
});

it("a list of tokens has each once", () => {
  expect(listed("a, b\n a ,,c")).toEqual(["a", "b", "c"]);
});

it("every setting, method and model has a name and a line in both languages", () => {
  for (const language of [words.en, words.zh]) {
    const names = language.settings as unknown as Record<string, { name: string; help: string }>;
    for (const one of [...TOKENIZER, ...VECTORS]) expect(names[one.name]?.help, one.name).toBeTruthy();
    for (const method of METHODS) expect(settingsOf(TOKENIZER, method).length).toBeGreaterThan(4);
    for (const model of MODELS) expect((language.models as unknown as Record<string, { name: string }>)[model]?.name).toBeTruthy();
    const choices = language.choices as unknown as Record<string, string>;
    const numbered = language.numbered as unknown as Record<string, Record<string, string>>;
    for (const one of [...TOKENIZER, ...VECTORS]) for (const choice of one.choices ?? []) expect(choices[String(choice)] ?? numbered[one.name]?.[String(choice)], `${one.name}: ${choice}`).toBeTruthy();
  }
});
