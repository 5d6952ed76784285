// The state of the room as a link has it. Links come from anyone: what is not of the expected shape is left out.

import { isPanel, type PanelId } from "./panels";

export interface Kept {
  panel: PanelId;
  /** Name of the contextual model; "" takes the first there is. */
  model: string;
  /** Name of the text encoder. */
  encoder: string;
  /** The senses: word, sentences one a line, or a file; the layer (-1: the one that parts best). */
  word: string;
  sentences: string;
  file: string;
  layer: number;
  first: string;
  second: string;
  pairLayer: number;
  attended: string;
  attentionLayer: number;
  /** 0 the mean of all, n head n - 1; -1 the flow up to the layer. */
  head: number;
  arcs: boolean;
  texts: string;
  query: string;
  corpus: string;
  corpusFile: string;
  changeLayer: number;
}

export const EMPTY: Kept = {
  panel: "senses", model: "", encoder: "tokenspace/static", word: "", sentences: "", file: "", layer: -1, first: "", second: "",
  pairLayer: -1, attended: "", attentionLayer: 1, head: 0, arcs: true, texts: "", query: "", corpus: "", corpusFile: "", changeLayer: -1,
};

/** A link's state over `base`. */
export function checked(state: unknown, base: Kept): Kept {
  const given = (typeof state === "object" && state !== null ? state : {}) as Record<string, unknown>;
  const out: Record<string, unknown> = { ...base };
  for (const [name, usual] of Object.entries(base)) {
    const value = given[name];
    if (typeof value !== typeof usual || (typeof value === "number" && !Number.isInteger(value))) continue;
    out[name] = typeof value === "string" ? whole(value) : value;
  }
  if (!isPanel(out["panel"])) out["panel"] = base.panel;
  return out as unknown as Kept;
}

/** Half a pair of surrogates becomes U+FFFD, as everywhere else. */
export function whole(text: string): string {
  return text.replace(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, "\ufffd");
}

/** The lines of a text that are not empty. */
export function lines(text: string): string[] {
  return text.split(/\r?\n/).map((line) => line.trim()).filter(Boolean);
}
