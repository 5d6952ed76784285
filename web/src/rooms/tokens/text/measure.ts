// Widths of characters as the view's font draws them, measured once each.

import type { WidthOf } from "./rows";
import { shown } from "./glyphs";

const EXTENDS = /^[\p{Mn}\p{Me}\p{Emoji_Modifier}\u200d\ufe00-\ufe0f]$/u;

/** A function that gives the width of a character in a CSS font. Marks, which are drawn on their base, have none. */
export function measurer(font: string, glyphs: boolean): WidthOf {
  const context = document.createElement("canvas").getContext("2d");
  const near = new Float32Array(0x10000).fill(-1);
  const far = new Map<number, number>();
  if (context) context.font = font;
  const measure = (code: number): number => {
    const char = shown(code, glyphs);
    if (!char || EXTENDS.test(char)) return 0;
    return context ? context.measureText(char).width : 8;
  };
  return (code) => {
    if (code < 0x10000) {
      let width = near[code] ?? -1;
      if (width < 0) near[code] = width = measure(code);
      return width;
    }
    let width = far.get(code);
    if (width === undefined) far.set(code, (width = measure(code)));
    return width;
  };
}
