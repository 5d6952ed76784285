// The arithmetic of the ruler: what is drawn where, and how many chunks become fewer columns.

export interface Chunks {
  n: number;
  starts: Uint32Array;
  ends: Uint32Array;
  first: Uint32Array;
  end: Uint32Array;
  tokens: Uint32Array;
}

/** Tokens the ruler shows: the text, and the window as far as it does not dwarf the text. */
export function extent(textTokens: number, size: number): number {
  if (textTokens === 0) return Math.max(1, size);
  return size <= 3 * textTokens ? Math.max(textTokens, size) : textTokens + Math.ceil(textTokens / 8);
}

/** The last chunk that begins at or before a token; -1 when there are none. */
export function chunkAt(first: ArrayLike<number>, token: number): number {
  let [low, high] = [0, first.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((first[middle] ?? 0) <= token) low = middle + 1;
    else high = middle;
  }
  return low - 1 >= 0 ? low - 1 : first.length ? 0 : -1;
}

export interface Bar {
  /** The chunks from `chunk` to before `until`. */
  chunk: number;
  until: number;
  first: number;
  end: number;
  /** The fullest of them, in tokens. */
  most: number;
  lane: number;
}

/** Chunks as bars: one each while there is room, else neighbours together, `columns` at most. */
export function bars(chunks: Chunks, columns: number): Bar[] {
  const each = Math.max(1, Math.ceil(chunks.n / Math.max(1, columns)));
  const out: Bar[] = [];
  for (let chunk = 0; chunk < chunks.n; chunk += each) {
    const until = Math.min(chunks.n, chunk + each);
    let most = 0;
    for (let i = chunk; i < until; i++) most = Math.max(most, chunks.tokens[i] ?? 0);
    out.push({ chunk, until, first: chunks.first[chunk] ?? 0, end: chunks.end[until - 1] ?? 0, most, lane: each === 1 ? chunk % 2 : 0 });
  }
  return out;
}

export interface Overlap {
  first: number;
  end: number;
}

/** The stretches of tokens that a chunk shares with the one before it. */
export function overlaps(chunks: Chunks): Overlap[] {
  const out: Overlap[] = [];
  for (let i = 1; i < chunks.n; i++) {
    const [first, end] = [chunks.first[i] ?? 0, chunks.end[i - 1] ?? 0];
    if (first < end) out.push({ first, end });
  }
  return out;
}

export interface Shares {
  /** UTF-16 units at the chunk's beginning that the one before it has as well. */
  head: number;
  tail: number;
}

/** How much of chunk `i` is repeated from its neighbours. */
export function shared(chunks: Chunks, i: number): Shares {
  const [start, end] = [chunks.starts[i] ?? 0, chunks.ends[i] ?? 0];
  const before = i > 0 ? (chunks.ends[i - 1] ?? 0) : start;
  const after = i + 1 < chunks.n ? (chunks.starts[i + 1] ?? end) : end;
  return { head: Math.max(0, Math.min(before, end) - start), tail: Math.max(0, end - Math.max(after, start)) };
}

/** Summary of the sizes of chunks. */
export function sizes(tokens: ArrayLike<number>): { least: number; most: number; mean: number; sum: number } {
  let [least, most, sum] = [Infinity, 0, 0];
  for (let i = 0; i < tokens.length; i++) {
    const one = tokens[i] ?? 0;
    [least, most, sum] = [Math.min(least, one), Math.max(most, one), sum + one];
  }
  return { least: tokens.length ? least : 0, most, mean: tokens.length ? sum / tokens.length : 0, sum };
}

/** `8k` or `12500` as a number of tokens; null for what is none. */
export function tokensOf(text: string): number | null {
  const match = /^\s*(\d{1,9}(?:[.,]\d{1,3})?)\s*([kKmM]?)\s*$/.exec(text.replace(/(\d)[\s_,](?=\d{3}(\D|$))/g, "$1"));
  if (!match) return null;
  const unit = { k: 1024, m: 1024 * 1024 }[(match[2] ?? "").toLowerCase()] ?? 1;
  const value = Math.round(Number((match[1] ?? "").replace(",", ".")) * unit);
  return value >= 1 && value <= 100_000_000 ? value : null;
}
