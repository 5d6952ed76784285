// Words to begin with. Shown are those that the open vectors know.

import { parse, type Ref } from "./wordlist";

export type Triple = readonly [string, string, string];

export const NEIGHBOURS: readonly string[] = [
  "river", "music", "king", "science", "coffee", "happy",
  "音乐", "国王", "科学", "北京", "老师", "医生", "水", "学",
]; // prettier-ignore

/** a - b + c. */
export const ANALOGIES: readonly Triple[] = [
  ["walked", "walk", "swim"],
  ["tokyo", "japan", "china"],
  ["better", "good", "bad"],
  ["uncle", "man", "woman"],
  ["biggest", "big", "small"],
  ["slowly", "slow", "quick"],
  ["king", "man", "woman"],
  ["paris", "france", "germany"],
  ["brother", "boy", "girl"],
  ["国王", "男人", "女人"],
  ["国王", "男", "女"],
  ["东京", "日本", "中国"],
  ["北京", "中国", "日本"],
  ["巴黎", "法国", "英国"],
  ["爸爸", "男人", "女人"],
  ["叔叔", "男人", "女人"],
  ["哥哥", "男", "女"],
];

export const ODD: readonly (readonly string[])[] = [
  ["breakfast", "lunch", "dinner", "car"],
  ["red", "green", "blue", "monday"],
  ["paris", "london", "tokyo", "banana"],
  ["violin", "guitar", "piano", "doctor"],
  ["早饭", "午饭", "晚饭", "汽车"],
  ["红色", "绿色", "蓝色", "星期一"],
  ["北京", "上海", "东京", "香蕉"],
  ["北京", "东京", "巴黎", "苹果"],
  ["春天", "夏天", "秋天", "老师"],
  ["水", "江", "河", "金"],
];

export const TABLE: readonly (readonly string[])[] = [
  ["river", "lake", "ocean", "coffee", "tea", "wine", "music", "dance", "song", "doctor", "nurse", "hospital"],
  ["monday", "tuesday", "sunday", "winter", "summer", "spring", "morning", "evening", "night"],
  ["北京", "上海", "东京", "音乐", "舞蹈", "歌曲", "医生", "护士", "医院"],
  ["北京", "东京", "巴黎", "柏林", "春天", "夏天", "冬天", "老师", "医生", "音乐家", "国王", "王后", "公主"],
  ["水", "江", "河", "木", "林", "森", "男", "女", "金", "银"],
];

export interface Direction {
  id: "gender" | "sentiment" | "size" | "time" | "temperature" | "age";
  start: readonly string[];
  end: readonly string[];
  words: readonly string[];
  others: readonly string[];
}

const JOBS = ["doctor", "nurse", "engineer", "teacher", "lawyer", "cook", "pilot", "dancer", "carpenter", "librarian", "programmer", "secretary", "scientist", "artist"];
const JOBS_ZH = ["医生", "护士", "工程师", "老师", "律师", "厨师", "飞行员", "舞蹈家", "木匠", "程序员", "秘书", "科学家", "艺术家", "警察"];

export const DIRECTIONS: readonly Direction[] = [
  { id: "gender", start: ["he", "man", "father", "son"], end: ["she", "woman", "mother", "daughter"], words: JOBS, others: [] },
  { id: "sentiment", start: ["bad", "terrible", "awful"], end: ["good", "wonderful", "excellent"], words: ["sunshine", "disaster", "gift", "war", "holiday", "tax", "friend", "rain", "music", "monday", "spider", "flower"], others: [] },
  { id: "size", start: ["small", "tiny", "little"], end: ["large", "huge", "big"], words: ["mouse", "elephant", "whale", "ant", "village", "city", "planet", "galaxy", "grain", "mountain", "house", "atom"], others: [] },
  { id: "temperature", start: ["cold", "winter", "ice"], end: ["hot", "summer", "fire"], words: ["snow", "desert", "coffee", "glacier", "beach", "oven", "penguin", "camel", "tropical", "arctic"], others: [] },
  { id: "time", start: ["ancient", "old"], end: ["modern", "new"], words: ["castle", "computer", "internet", "sword", "temple", "robot", "telephone", "cathedral", "software", "knight"], others: [] },
  { id: "gender", start: ["他", "男人", "父亲", "儿子"], end: ["她", "女人", "母亲", "女儿"], words: JOBS_ZH, others: [] },
  { id: "gender", start: ["他", "男人", "哥哥", "爸爸"], end: ["她", "女人", "姐姐", "妈妈"], words: ["老师", "医生", "音乐家", "国王", "王后", "王子", "公主", "厨房", "裙子", "领子", "孩子"], others: [] },
  { id: "gender", start: ["男", "王", "父"], end: ["女", "后", "母"], words: ["医", "師", "學", "軍", "花", "家", "美", "力", "愛", "戦", "子"], others: [] },
  { id: "sentiment", start: ["坏", "糟糕", "可怕"], end: ["好", "美好", "优秀"], words: ["阳光", "灾难", "礼物", "战争", "假期", "朋友", "下雨", "音乐"], others: [] },
]; // prettier-ignore

/** Two groups for the association test: things that hardly anyone minds, after Greenwald, McGhee and Schwartz (1998). */
export const GROUPS: readonly { words: readonly string[]; others: readonly string[] }[] = [
  { words: ["rose", "daisy", "lily", "tulip", "orchid", "violet"], others: ["ant", "spider", "flea", "moth", "wasp", "beetle"] },
  { words: ["玫瑰", "百合", "牡丹", "兰花"], others: ["蚂蚁", "蜘蛛", "蚊子", "苍蝇"] },
];

export const SENTENCES = {
  en: "the quick brown fox jumps over the lazy dog\nthe dog sleeps while the fox runs over the hill",
  zh: "我们 在 学校 学习 自然 语言\n学生 在 学校 学习 数学\n老师 在 学校 教 我们 语言",
} as const;

/** Examples all of whose words are known, the first words of each being asked for in one request. */
export function wanted(): string[] {
  const lists: (readonly string[])[] = [NEIGHBOURS, ...ANALOGIES, ...ODD, ...TABLE, ...DIRECTIONS.flatMap((d) => [d.start, d.end, d.words])];
  return [...new Set([...lists.flat(), ...GROUPS.flatMap((group) => [...group.words, ...group.others])])];
}

/** Whether a text holds nothing but words of our examples, of which these vectors miss some: it gives way to what they know. */
export function stale(text: string, known: Known): boolean {
  const words = parse(text);
  const ours = new Set<Ref>([...wanted(), ...known.offered]);
  return words.length > 0 && words.every((word) => ours.has(word)) && words.some((word) => !known.has(String(word)));
}

/** Which examples the vectors know; a list may miss some words as long as enough are left. */
export class Known {
  readonly #known: ReadonlySet<string>;

  /** `offered`: first words of the vectors opened so far, which the page chose where none of its examples were known. */
  constructor(
    known: Iterable<string> = [],
    readonly offered: readonly Ref[] = [],
  ) {
    this.#known = new Set(known);
  }

  has(word: string): boolean {
    return this.#known.has(word);
  }

  all(words: readonly string[]): boolean {
    return words.every((word) => this.#known.has(word));
  }

  of(words: readonly string[]): string[] {
    return words.filter((word) => this.#known.has(word));
  }

  neighbours(): string[] {
    return this.of(NEIGHBOURS);
  }

  analogies(): Triple[] {
    return ANALOGIES.filter((triple) => this.all(triple));
  }

  odd(): string[][] {
    return ODD.map((list) => this.of(list)).filter((list, place) => list.length === ODD[place]?.length);
  }

  table(): string[][] {
    return TABLE.map((list) => this.of(list)).filter((list) => list.length >= 5);
  }

  /** Directions with the pairs that are known on both sides and at least three words to put on them. */
  directions(): Direction[] {
    return DIRECTIONS.map((one) => {
      const pairs = one.start.map((word, place) => [word, one.end[place] ?? ""] as const).filter((pair) => this.all(pair));
      return { ...one, start: pairs.map((pair) => pair[0]), end: pairs.map((pair) => pair[1]), words: this.of(one.words) };
    }).filter((one) => one.start.length && one.words.length >= 3);
  }

  groups(): { words: string[]; others: string[] }[] {
    return GROUPS.map((group) => ({ words: this.of(group.words), others: this.of(group.others) })).filter((group) => group.words.length > 1 && group.others.length > 1);
  }
}

/** What a tab begins with where it is empty: an example that is known, else the vectors' own words. */
export function begin(known: Known, first: readonly Ref[], need: number): Ref[] {
  const own = known.table()[0];
  return own && own.length >= need ? own : first.slice(0, Math.max(need, 8));
}
