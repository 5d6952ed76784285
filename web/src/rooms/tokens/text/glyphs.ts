// How characters without a picture are shown: the same glyphs as the command line's.

const NAMES: Record<number, string> = {
  0xad: "SHY",
  0x200b: "ZWSP",
  0x200c: "ZWNJ",
  0x200d: "ZWJ",
  0x200e: "LRM",
  0x200f: "RLM",
  0x202a: "LRE",
  0x202b: "RLE",
  0x202c: "PDF",
  0x202d: "LRO",
  0x202e: "RLO",
  0x2028: "LS",
  0x2029: "PS",
  0x2060: "WJ",
  0x2066: "LRI",
  0x2067: "RLI",
  0x2068: "FSI",
  0x2069: "PDI",
  0xfeff: "BOM",
};
const TAB = "\u00a0\u00a0\u00a0";
// Joiners and variation selectors are part of emoji and words: shown as glyphs only where they stand alone.
const JOINS = (code: number): boolean => code === 0x200c || code === 0x200d || code === 0xfe0e || code === 0xfe0f;

/** Whether a character moves the writing direction of what follows: it never reaches the page as itself. */
function isDirection(code: number): boolean {
  return (code >= 0x202a && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069);
}

/** One character as it is shown; `glyphs` draws white space and invisible characters. */
export function shown(code: number, glyphs: boolean, alone = false): string {
  if (code === 0x20) return glyphs ? "·" : " ";
  if (code === 0x09) return glyphs ? "⇥" + TAB : "\u00a0" + TAB;
  if (code === 0x0a) return glyphs ? "⏎" : "\u00a0";
  if (code < 0x20) return glyphs ? (code === 0x0d ? "␍" : String.fromCharCode(0x2400 + code)) : code === 0x0d ? "" : "\u2423";
  if (code < 0x7f) return String.fromCharCode(code);
  if (code === 0x7f) return "␡";
  if (code < 0xa0) return `‹${code.toString(16).toUpperCase()}›`;
  if (code === 0xa0) return glyphs ? "⍽" : "\u00a0";
  const name = NAMES[code];
  if (name !== undefined) {
    if (JOINS(code) && !alone) return String.fromCodePoint(code);
    if (glyphs) return `‹${name}›`;
    return isDirection(code) || code === 0x2028 || code === 0x2029 ? "" : String.fromCodePoint(code);
  }
  if (glyphs && ((code >= 0x2000 && code <= 0x200a) || code === 0x202f || code === 0x205f || code === 0x1680)) return "␣";
  if (glyphs && code === 0x3000) return "□";
  return String.fromCodePoint(code);
}

const PLAIN = /^[!-~\u00a1-\u00ac\u00ae-\u167f\u3001-\ud7ff\uf900-\ufdff]*$/;

/** A text as it is shown, character by character. */
export function display(text: string, glyphs: boolean): string {
  if (PLAIN.test(text)) return text;
  let out = "";
  const alone = [...text].length === 1;
  for (const char of text) out += shown(char.codePointAt(0) ?? 0, glyphs, alone);
  return out;
}
