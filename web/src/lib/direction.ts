// Words that run from right to left amid those of the page.

const RIGHT_TO_LEFT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]/u;

/** A word for the middle of a sentence: Arabic or Hebrew is kept apart, so that it does not turn the words around it. */
export function amid(text: string): string {
  return RIGHT_TO_LEFT.test(text) ? `\u2068${text}\u2069` : text;
}
