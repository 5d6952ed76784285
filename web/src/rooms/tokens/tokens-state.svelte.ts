// What every panel of the room works on: the text, the tokenizers, the options. All of it is in the link.

import { given } from "../../lib/given";
import { models } from "../../lib/models.svelte";
import { router } from "../../lib/router.svelte";
import { isPanel, type PanelId } from "./panels";

/** What a special token written in the text means: the three words of the API and the command line. */
export type SpecialPolicy = "allow" | "as_text" | "error";
export type Colouring = "position" | "id";
/** The text as requests name it: typed here, or a file of the shelf. */
export type Source = { text: string } | { file: string };

export const MOST_TOKENIZERS = 6;
const MOST_AT_FIRST = 3; // columns before anyone has chosen
/** Above this a text is put on the shelf as a file: a text area does not hold it well, and a request would carry it each time. */
export const MOST_TYPED = 200_000;
export const FIRST = ["tokenspace/bpe", "tokenspace/unigram"];

interface Kept {
  text?: string;
  file?: string;
  fileName?: string;
  tokenizers?: string[];
  chosen?: number;
  special?: SpecialPolicy;
  added?: boolean;
  colouring?: Colouring;
  glyphs?: boolean;
  marks?: boolean;
  panel?: PanelId;
  panels?: Record<string, unknown>;
}

class TokensState {
  /** The typed text, well-formed UTF-16. Kept while a file is shown. */
  text = $state("");
  /** Id of the shelf's file that is shown instead of the typed text, or "". */
  file = $state("");
  fileName = $state("");
  /** Names of one to six tokenizers (a name may stand twice). */
  tokenizers = $state<string[]>([...FIRST]);
  /** Which of them panels with one tokenizer use. */
  chosen = $state(0);
  special = $state<SpecialPolicy>("allow");
  /** Whether the tokens of the tokenizer's template ([CLS], <s>) are added. */
  added = $state(true);
  colouring = $state<Colouring>("position");
  glyphs = $state(true);
  /** Whether places where the tokenizers disagree are marked. */
  marks = $state(true);
  panel = $state<PanelId>("text");
  /** State of each panel for the link, by its id: small JSON objects, written and read by the panel alone. */
  panels = $state<Record<string, unknown>>({});

  /** A line (from 1) that another panel asks the text to show; the text takes it once it is there. */
  line = $state(0);

  /** For the `source` of requests. */
  source = $derived<Source>(this.file ? { file: this.file } : { text: this.text });
  /** Name of the chosen tokenizer. */
  tokenizer = $derived(this.tokenizers[Math.min(this.chosen, this.tokenizers.length - 1)] ?? FIRST[0]!);
  /** The options of an encoding, as requests have them. */
  options = $derived({ special_tokens: this.special, add_special_tokens: this.added });

  /** Takes typed text; half a pair of surrogates becomes U+FFFD, as everywhere else. */
  type(text: string): void {
    this.text = text.replace(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, "\ufffd");
    this.file = "";
    this.fileName = "";
  }

  /** Shows a file of the shelf. */
  open(id: string, name: string): void {
    this.file = id;
    this.fileName = name;
  }

  /** Begins from the state of a link; what is not of the expected shape is left out. Without a link: `text`. */
  restore(state: unknown, text: string): void {
    const kept: Kept = typeof state === "object" && state !== null ? state : {};
    const names = Array.isArray(kept.tokenizers) ? kept.tokenizers.filter((name) => typeof name === "string" && name !== "" && name.length <= 200) : [];
    this.type(typeof kept.text === "string" ? kept.text : text);
    if (typeof kept.file === "string" && kept.file) this.open(kept.file, typeof kept.fileName === "string" ? kept.fileName : "");
    this.tokenizers = names.length ? names.slice(0, MOST_TOKENIZERS) : [...FIRST];
    this.chosen = Number.isInteger(kept.chosen) ? Math.min(Math.max(0, kept.chosen ?? 0), this.tokenizers.length - 1) : 0;
    this.special = kept.special === "as_text" || kept.special === "error" ? kept.special : "allow";
    this.added = kept.added !== false;
    this.colouring = kept.colouring === "id" ? "id" : "position";
    this.glyphs = kept.glyphs !== false;
    this.marks = kept.marks !== false;
    this.panel = isPanel(kept.panel) ? kept.panel : "text";
    this.panels = typeof kept.panels === "object" && kept.panels !== null && !Array.isArray(kept.panels) ? kept.panels : {};
  }

  /** Begins with a person's own files: the first text, and their tokenizers beside ours. */
  async begin(): Promise<void> {
    const [text] = await given("text");
    if (text) this.open(text.id, text.name);
    const files = await given("tokenizer");
    if (!files.length) return;
    await models.refresh("tokenizer").catch(() => undefined);
    const own = files.flatMap((file) => {
      // A file that can be read in several ways is not read in one of them unasked.
      const ways = models.of("tokenizer").filter((model) => model.name.split("?")[0] === `file:${file.id}`);
      return ways.length === 1 ? ways.map((way) => way.name) : [];
    });
    if (own.length) this.tokenizers = [FIRST[0]!, ...own.slice(0, MOST_AT_FIRST - 1)];
  }

  /** Puts the state into the address; call it in an effect. */
  remember(): void {
    const light: Kept = {
      tokenizers: [...this.tokenizers],
      chosen: this.chosen,
      special: this.special,
      added: this.added,
      colouring: this.colouring,
      glyphs: this.glyphs,
      marks: this.marks,
      panel: this.panel,
      panels: $state.snapshot(this.panels),
      ...(this.file ? { file: this.file, fileName: this.fileName } : {}),
    };
    router.remember("tokens", this.file ? light : { ...light, text: this.text }, light);
  }
}

export const tokens = new TokensState();
