import { describe, expect, it } from "vitest";
import { csv, csvValue, fileName } from "./export";

describe("csv", () => {
  it("quotes what has to be quoted", () => {
    expect(['a"b', "a,b", "a\nb", "plain", ""].map(csvValue)).toEqual(['"a""b"', '"a,b"', '"a\nb"', "plain", ""]);
    expect([1.5, null, undefined, -2].map(csvValue)).toEqual(["1.5", "", "", "-2"]);
  });

  it("hands spreadsheets no formulas", () => {
    for (const text of ["=1+1", "+1", "-1", "@x", "\tx"]) expect(csvValue(text).replace(/^"/, "")[0]).toBe("'");
  });

  it("has a line a row", () => {
    expect(csv(["a", "b"], [["词元", 1], ["x", null]])).toBe("\ufeffa,b\r\n词元,1\r\nx,\r\n");
  });
});

describe("names of files", () => {
  it("have letters, digits and dashes", () => {
    expect(fileName("Bytes per token", "tokenspace/bpe-32k")).toBe("bytes-per-token-tokenspace-bpe-32k");
    expect(fileName("每种语言")).toBe("每种语言");
    expect(fileName("../..")).toBe("chart");
  });
});
