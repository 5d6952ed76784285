// How many points are drawn while the map moves: as many as leave 30 frames a second. When it stands still, all are.

const SLOW = 31; // milliseconds between frames above which fewer are drawn
const FAST = 20;
const LEAST = 4000;

export class Budget {
  private share = 1;
  private mean = 0;
  private seen = 0;

  /** Milliseconds that passed from one frame to the next while nothing but drawing was waited for. */
  note(milliseconds: number): void {
    if (milliseconds > 400) return; // a tab in the background, not a slow picture
    this.mean = this.seen ? this.mean * 0.6 + milliseconds * 0.4 : milliseconds;
    if (++this.seen < 3) return;
    if (this.mean > SLOW) this.share = Math.max(this.share * Math.max(0.4, 24 / this.mean), 0.001);
    else if (this.mean < FAST && this.share < 1) this.share = Math.min(1, this.share * 1.12);
    else return;
    this.seen = 0;
  }

  /** Of `count` points. */
  points(count: number): number {
    return Math.min(count, Math.max(LEAST, Math.round(count * this.share)));
  }
}
