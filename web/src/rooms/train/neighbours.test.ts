import { expect, it } from "vitest";
import { losses, rowsAt, withMoment, type Moment } from "./neighbours";

const moment = (epoch: number, during: boolean, loss: number | null, found: [string, number][]): Moment => ({ epoch, during, loss, seconds: epoch, words: { cat: found } });
const moments = [
  moment(1, false, 3.2, [["dog", 0.5], ["sun", 0.4], ["fish", 0.3]]),
  moment(1, true, null, [["fish", 0.6], ["dog", 0.5], ["bird", 0.4]]),
  moment(2, false, 2.5, [["fish", 0.7], ["dog", 0.6], ["bird", 0.5]]),
];

it("neighbours tell how far they rose or fell, and which are new", () => {
  expect(rowsAt(moments, 1, "cat")).toEqual([
    { word: "fish", cosine: 0.6, moved: 2 },
    { word: "dog", cosine: 0.5, moved: -1 },
    { word: "bird", cosine: 0.4, moved: null },
  ]);
});

it("at the first moment nothing has moved", () => {
  expect(rowsAt(moments, 0, "cat").map((row) => row.moved)).toEqual([0, 0, 0]);
});

it("a word that is not watched, and a moment that is not there, have no rows", () => {
  expect(rowsAt(moments, 1, "dog")).toEqual([]);
  expect(rowsAt(moments, 9, "cat")).toEqual([]);
});

it("losses are those of finished epochs", () => {
  expect(losses(moments)).toEqual([[1, 3.2], [2, 2.5]]);
});

it("very many moments are thinned, the newest stay whole", () => {
  let all: Moment[] = [];
  for (let epoch = 1; epoch <= 2000; epoch++) all = withMoment(all, moment(epoch, false, 1, []));
  expect(all.length).toBeLessThanOrEqual(400);
  expect(all.slice(-10).map((one) => one.epoch)).toEqual([1991, 1992, 1993, 1994, 1995, 1996, 1997, 1998, 1999, 2000]);
  expect(all[0]?.epoch).toBeLessThan(200);
});
