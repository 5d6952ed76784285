// Trainings as the page follows them: everything is rebuilt from the job's events, so that a reload or a second tab shows the same.

import { get } from "../../lib/api/client";
import { watch, type Job, type JobEvent } from "../../lib/jobs.svelte";
import { models } from "../../lib/models.svelte";
import { withMoment, type Moment } from "./neighbours";
import type { Story, StoryWord } from "./story";

export type Kind = "tokenizer" | "vectors";
/** What the link keeps of a training. */
export interface KeptRun {
  id: string;
  kind: Kind;
}
export type Merge = [number: number, left: string, right: string, token: string, count: number];
export interface Stage {
  stage: string;
  start: number;
  points: [entries: number, tokens: number][];
}
export interface HeldOut {
  texts: number;
  bytes: number;
  tokens: number;
  unknown: number;
  bytes_per_token: number;
}
export interface TokenizerResult {
  name: string;
  title: string;
  formats: string[];
  seen: boolean;
  story: Story | null;
  curves: Stage[];
  rounds: [number, number][];
  report: { model: string; vocab_size: number; asked: number; texts: number; bytes: number; seconds: Record<string, number>; held_out: HeldOut | null };
}
export interface VectorsResult {
  name: string;
  title: string;
  vocabulary: number;
  vector_size: number;
  words: number;
  sentences: number;
  settings: Record<string, unknown>;
  losses: number[];
  watched: string[];
  documents: number;
  formats: string[];
}

const MERGES_KEPT = 120;

class Followed {
  readonly id: string;
  readonly job: Job;
  /** Some events went before this page read them. */
  skipped = $state(false);

  constructor(id: string) {
    this.id = id;
    this.job = watch(id, (event) => this.take(event));
    // Events do not say what the job is called.
    get("/api/jobs/{id}", { path: { id } }).then(({ job }) => (this.job.title ||= job.title), () => undefined);
  }

  protected take(event: JobEvent): void {
    if (event.kind === "skipped") this.skipped = true;
  }

  close(): void {
    this.job.close();
  }
}

export class TokenizerRun extends Followed {
  readonly kind = "tokenizer";
  learnt = $state(0);
  merges = $state.raw<Merge[]>([]);
  #story = $state.raw<Story | null>(null);
  #stages = $state.raw<Stage[]>([]);
  #rounds = $state.raw<[number, number][]>([]);
  roundWords = $state.raw<StoryWord[]>([]);
  result = $derived(this.job.state === "done" ? (this.job.result as TokenizerResult) : null);
  story = $derived(this.#story ?? this.result?.story ?? null);
  // What the result kept is whole where events went.
  stages = $derived(this.skipped && this.result ? this.result.curves : this.#stages);
  rounds = $derived(this.skipped && this.result ? this.result.rounds : this.#rounds);

  protected override take(event: JobEvent): void {
    super.take(event);
    if (event.kind === "story") this.#story = event as unknown as Story;
    else if (event.kind === "round") {
      this.#rounds = [...this.#rounds, [event["number"] as number, event["pieces"] as number]];
      this.roundWords = event["words"] as StoryWord[];
    } else if (event.kind === "learning") this.#learn(event);
    else if (event.kind === "state" && event["state"] === "done") void models.refresh("tokenizer").catch(() => undefined);
  }

  #learn(event: JobEvent): void {
    const { stage, start, merges, curve, learnt } = event as unknown as { stage: string; start: number; merges: Merge[]; curve: [number, number][]; learnt: number };
    this.learnt = learnt;
    this.merges = [...this.merges, ...merges].slice(-MERGES_KEPT);
    const last = this.#stages.at(-1);
    if (last?.stage === stage) this.#stages = [...this.#stages.slice(0, -1), { ...last, points: [...last.points, ...curve] }];
    else this.#stages = [...this.#stages, { stage, start, points: curve }];
  }
}

export class VectorsRun extends Followed {
  readonly kind = "vectors";
  corpus = $state.raw<{ words: number; sentences: number; size: string; settings: Record<string, unknown>; segmenter: string; spaceless: number } | null>(null);
  moments = $state.raw<Moment[]>([]);
  result = $derived(this.job.state === "done" ? (this.job.result as VectorsResult) : null);

  protected override take(event: JobEvent): void {
    super.take(event);
    if (event.kind === "corpus") this.corpus = event as unknown as NonNullable<VectorsRun["corpus"]>;
    else if (event.kind === "neighbours") this.moments = withMoment(this.moments, event as unknown as Moment);
    else if (event.kind === "state" && event["state"] === "done") void models.refresh("vectors").catch(() => undefined);
  }
}

export type Run = TokenizerRun | VectorsRun;

export function follow(kept: KeptRun): Run {
  return kept.kind === "tokenizer" ? new TokenizerRun(kept.id) : new VectorsRun(kept.id);
}
