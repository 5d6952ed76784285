import { describe, expect, it } from "vitest";
import style from "../../../lib/style.css?raw";
import { BACKGROUND, hueOfPosition, hueOfToken, stripes } from "./colours";

function luminance([r, g, b]: readonly [number, number, number]): number {
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/** Linear light of an OKLCH colour, clipped to sRGB (Björn Ottosson's matrices). */
function linear(l: number, c: number, hue: number): [number, number, number] {
  const [a, b] = [c * Math.cos((hue * Math.PI) / 180), c * Math.sin((hue * Math.PI) / 180)];
  const [x, y, z] = [(l + 0.3963377774 * a + 0.2158037573 * b) ** 3, (l - 0.1055613458 * a - 0.0638541728 * b) ** 3, (l - 0.0894841775 * a - 1.291485548 * b) ** 3];
  const clip = (v: number): number => Math.min(1, Math.max(0, v));
  return [
    clip(4.0767416621 * x - 3.3077115913 * y + 0.2309699292 * z),
    clip(-1.2684380046 * x + 2.6097574011 * y - 0.3413193965 * z),
    clip(-0.0041960863 * x - 0.7034186147 * y + 1.707614701 * z),
  ];
}

function ofHex(hex: string): [number, number, number] {
  const channel = (at: number): number => {
    const v = parseInt(hex.slice(at, at + 2), 16) / 255;
    return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
  };
  return [channel(1), channel(3), channel(5)];
}

/** What a property of the style sheet is in the light theme and in the dark one. */
function themes(name: string): [string, string] {
  const [, light = "", dark = ""] = new RegExp(`--${name}: var\\(--light, (.*?)\\) var\\(--dark, (.*?)\\);`).exec(style) ?? [];
  return [light, dark];
}

describe("backgrounds of tokens", () => {
  it("leave the text a contrast of 4.5 to 1 at every hue, in both themes", () => {
    const [light, dark] = themes("ink");
    for (const [ink, { l, c }] of [[light, BACKGROUND.light], [dark, BACKGROUND.dark]] as const) {
      for (let hue = 0; hue < 360; hue++) {
        const [a, b] = [luminance(ofHex(ink)), luminance(linear(l, c, hue))].sort((x, y) => y - x) as [number, number];
        expect((a + 0.05) / (b + 0.05)).toBeGreaterThan(4.5);
      }
    }
  });

  it("are those of the style sheet", () => {
    expect(themes("token-l").map(Number)).toEqual([BACKGROUND.light.l, BACKGROUND.dark.l]);
    expect(themes("token-c").map(Number)).toEqual([BACKGROUND.light.c, BACKGROUND.dark.c]);
  });

  it("differ between neighbours, by position", () => {
    for (let i = 0; i < 50; i++) {
      const turn = Math.abs(hueOfPosition(i) - hueOfPosition(i + 1));
      expect(Math.min(turn, 360 - turn)).toBeGreaterThan(40);
    }
  });

  it("are spread and steady, by token", () => {
    const hues = Array.from({ length: 2000 }, (_, i) => hueOfToken(i.toString(16)));
    expect(new Set(hues).size).toBeGreaterThan(340);
    expect(hueOfToken("20746865")).toBe(hueOfToken("20746865"));
  });

  it("stand side by side for tokens that share a character", () => expect(stripes([1, 2, 3]).match(/oklch/g)).toHaveLength(3));
});
