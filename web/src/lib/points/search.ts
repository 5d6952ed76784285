// Points whose label says what is looked for.

export interface Search {
  /** Ascending. */
  matches: Uint32Array;
  /** Why there is no answer, or not a whole one. */
  fault: "pattern" | "slow" | null;
}

const LONGEST = 500; // letters of a label that a pattern sees
const PATIENCE = 400; // milliseconds

/** Labels with `text` in them, letter case aside; or, with `pattern`, those that match it as a regular expression. */
export function search(labels: readonly string[], text: string, pattern = false, now = () => performance.now()): Search {
  if (!text) return { matches: new Uint32Array(), fault: null };
  let test: (label: string) => boolean;
  if (pattern) {
    let expression: RegExp;
    try {
      expression = new RegExp(text, "iu");
    } catch {
      return { matches: new Uint32Array(), fault: "pattern" };
    }
    test = (label) => expression.test(label.length > LONGEST ? label.slice(0, LONGEST) : label);
  } else {
    const wanted = text.toLowerCase();
    test = (label) => label.toLowerCase().includes(wanted);
  }
  const found: number[] = [], start = now();
  for (let i = 0; i < labels.length; i++) {
    if (pattern && (i & 255) === 255 && now() - start > PATIENCE) return { matches: Uint32Array.from(found), fault: "slow" };
    if (test(labels[i]!)) found.push(i);
  }
  return { matches: Uint32Array.from(found), fault: null };
}
