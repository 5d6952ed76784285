// Backgrounds of tokens: a hue each, at a lightness and chroma the style sheet sets for the theme, so that the text on it
// keeps its contrast.

/** Six hues (OKLCH degrees) in an order in which neighbours are far apart. */
export const HUES = [262, 60, 155, 330, 105, 215] as const;

/** By position: neighbours always differ. */
export function hueOfPosition(index: number): number {
  return HUES[index % HUES.length] ?? 0;
}

/** By what the token stands for: the same bytes have the same hue in every text and every tokenizer. */
export function hueOfToken(bytes: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < bytes.length; i++) hash = Math.imul(hash ^ bytes.charCodeAt(i), 0x01000193) >>> 0;
  hash ^= hash >>> 15;
  return (Math.imul(hash, 0x2c1b3c6d) >>> 8) % 360;
}

/** Lightness and chroma of backgrounds: the numbers of the style sheet (`--token-l`, `--token-c`). */
export const BACKGROUND = { light: { l: 0.895, c: 0.075 }, dark: { l: 0.38, c: 0.075 } } as const;

/** The background of a hue, by the theme's properties. */
export function background(hue: number): string {
  return `oklch(var(--token-l) var(--token-c) ${hue})`;
}

/** Stripes for a character that several tokens share: one a token, in order. */
export function stripes(hues: readonly number[]): string {
  const step = 100 / hues.length;
  const stops = hues.map((hue, i) => `${background(hue)} ${(i * step).toFixed(2)}% ${((i + 1) * step).toFixed(2)}%`);
  return `linear-gradient(90deg, ${stops.join(", ")})`;
}
