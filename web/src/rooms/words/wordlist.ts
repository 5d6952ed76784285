// Words as people type them: separated by white space or commas; "in quotes" where a space belongs to a token; #123 means row 123.

export type Ref = string | number;

const ROW = /^#(\d{1,9})$/;
const WORD = /"((?:[^"\\]|\\.)*)"|[^\s,，、;；"]+/g;

/** The words of a text, in order; at most `most`. */
export function parse(text: string, most = 200): Ref[] {
  const out: Ref[] = [];
  for (const match of text.matchAll(WORD)) {
    if (out.length >= most) break;
    const quoted = match[1];
    if (quoted !== undefined) {
      const word = quoted.replace(/\\(.)/g, "$1");
      if (word) out.push(word.slice(0, 200));
      continue;
    }
    const row = ROW.exec(match[0]);
    out.push(row ? Number(row[1]) : match[0].slice(0, 200));
  }
  return out;
}

/** One word as it has to be typed for `parse` to give it back. */
export function typed(ref: Ref): string {
  if (typeof ref === "number") return `#${ref}`;
  return /[\s,，、;；"\\]|^#\d+$/.test(ref) || !ref ? `"${ref.replace(/["\\]/g, "\\$&")}"` : ref;
}

/** Words as text that `parse` gives back. */
export function write(refs: readonly Ref[]): string {
  return refs.map(typed).join(" ");
}

/** A text of words in which one is replaced (or left out, for undefined). */
export function replace(text: string, old: Ref, by: Ref | undefined): string {
  return write(parse(text).flatMap((ref) => (ref === old ? (by === undefined ? [] : [by]) : [ref])));
}
