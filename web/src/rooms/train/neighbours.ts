// Neighbours of the watched words from moment to moment: which are new, which rose, which fell.

export type Found = [word: string, cosine: number][];
export interface Moment {
  epoch: number;
  during: boolean;
  loss: number | null;
  seconds: number;
  words: Record<string, Found>;
}
export interface Row {
  word: string;
  cosine: number;
  /** Places risen since the moment before (negative: fallen), or null when it was not among the nearest. */
  moved: number | null;
}

/** The neighbours of a word at a moment, with how they moved since the moment before. */
export function rowsAt(moments: readonly Moment[], at: number, word: string): Row[] {
  const now = moments[at]?.words[word] ?? [];
  const before = at > 0 ? (moments[at - 1]?.words[word] ?? []) : null;
  return now.map(([neighbour, cosine], place) => {
    const was = before?.findIndex(([one]) => one === neighbour) ?? place;
    return { word: neighbour, cosine, moved: was < 0 ? null : was - place };
  });
}

/** The losses of finished epochs: [epoch, loss]. */
export function losses(moments: readonly Moment[]): [number, number][] {
  return moments.flatMap((moment) => (!moment.during && moment.loss !== null ? [[moment.epoch, moment.loss] as [number, number]] : []));
}

const MOST = 400;

/** Adds a moment; when there are very many, every second of the older ones inside epochs goes. */
export function withMoment(moments: readonly Moment[], moment: Moment): Moment[] {
  const all = [...moments, moment];
  return all.length <= MOST ? all : all.filter((_, index) => index % 2 === 0 || index > all.length - 20);
}
