import { describe, expect, it } from "vitest";
import { usualFiles } from "./usual-files";

const sample = (name: string) => ({ id: name, name, kind: "text", origin: "sample" });
const samples = ["english.txt", "chinese.txt", "chinese-words.txt", "english-analogies.txt"].map(sample);

describe("usualFiles", () => {
  it("takes what suits the training", () => {
    expect(usualFiles(samples, "tokenizer", "en")).toEqual(["english.txt", "chinese.txt"]);
    expect(usualFiles(samples, "vectors", "en")).toEqual(["english.txt"]);
    expect(usualFiles(samples, "vectors", "zh")).toEqual(["chinese-words.txt"]);
  });
  it("prefers the person's own text, the latest added first", () => {
    const given = { id: "g", name: "a.txt", kind: "text", origin: "given" };
    const added = ["u1", "u2"].map((id) => ({ id, name: id, kind: "text", origin: "uploaded" }));
    expect(usualFiles([...samples, given], "vectors", "en")).toEqual(["g"]);
    expect(usualFiles([given, ...samples, ...added], "tokenizer", "zh")).toEqual(["u2"]);
    expect(usualFiles([{ ...given, kind: "vectors" }, ...samples], "vectors", "en")).toEqual(["english.txt"]);
  });
  it("copes with other samples and with none", () => {
    expect(usualFiles([sample("other.txt"), sample("more.txt")], "vectors", "en")).toEqual(["other.txt"]);
    expect(usualFiles([], "vectors", "en")).toEqual([]);
  });
});
