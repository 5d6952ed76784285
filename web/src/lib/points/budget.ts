// How many points are drawn while the map moves: as many as leave 30 frames a second. When it stands still, all are.

const SLOW = 31; // milliseconds between frames above which fewer are drawn
const VERY_SLOW = 150; // so late that one frame is enough to know
const FAST = 20;
const FRAMES = 3; // looked at for a decision
const LEAST = 4000;
const FIRST = 400_000; // points of the first moving frame: more are tried when there is time
const HOLD = 90; // frames without another try, when fewer points were no faster

export class Budget {
  private share = 1;
  private known = false;
  private mean = 0;
  private seen = 0;
  private hold = 0;
  /** Before the last cut, to see whether it helped. */
  private before: { share: number; mean: number } | null = null;

  /** Milliseconds that passed from one frame to the next while nothing but drawing was waited for. */
  note(milliseconds: number): void {
    const late = Math.min(milliseconds, 20_000);
    this.mean = this.seen ? this.mean * 0.6 + late * 0.4 : late;
    this.seen++;
    if (this.hold) this.hold--;
    if (this.seen < FRAMES && !(late > VERY_SLOW && !this.before)) return;
    this.seen = 0;
    const before = this.before;
    this.before = null;
    if (before && this.mean > before.mean * 0.88) {
      // The machine is busy with something else, or with what every frame costs: fewer points only look worse.
      this.share = before.share;
      this.hold = HOLD;
    } else if (this.mean > SLOW && !this.hold) {
      this.before = { share: this.share, mean: this.mean };
      this.share = Math.max(this.share * Math.max(0.4, 24 / this.mean), 0.001);
    } else if (this.mean < FAST && this.share < 1) this.share = Math.min(1, this.share * 1.12);
  }

  /** Of `count` points. */
  points(count: number): number {
    if (!this.known) {
      this.share = Math.min(1, FIRST / Math.max(1, count));
      this.known = true;
    }
    return Math.min(count, Math.max(LEAST, Math.round(count * this.share)));
  }
}
