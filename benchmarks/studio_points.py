"""Frames a second of the map of points while it is dragged and zoomed, in Chromium with software rendering.

    python benchmarks/studio_points.py [--points 10000,50000,200000,1000000] [--seconds 4]

Opens an exported map (`pictures.export_map`; `make page` builds what it needs) from a file at 1280x800 and moves it with real
mouse events. A frame counts when the graphics process has finished it (a fence behind its draw call was seen signalled), not when
it was asked for. While the map moves it may draw fewer points than there are, so that frames keep coming; both numbers are
written down, with the time of the whole picture at rest. Writes benchmarks/results/studio_points.json.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
from playwright.sync_api import Page, sync_playwright

from tokenspace.pictures import export_map

CHROMIUM = "/usr/bin/chromium"
SOFTWARE = ["--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--no-sandbox"]
SIZE = {"width": 1280, "height": 800}
# Every draw call of the map is followed by a fence; what is seen signalled is a frame that exists.
WATCH = """
(() => {
  const frames = (window.mapFrames = []), waiting = [];
  const draw = WebGL2RenderingContext.prototype.drawArrays;
  WebGL2RenderingContext.prototype.drawArrays = function (mode, first, count) {
    draw.call(this, mode, first, count);
    waiting.push({ gl: this, sync: this.fenceSync(this.SYNC_GPU_COMMANDS_COMPLETE, 0), count, asked: performance.now() });
    this.flush();
  };
  const poll = () => {
    while (waiting.length && waiting[0].gl.getSyncParameter(waiting[0].sync, waiting[0].gl.SYNC_STATUS) === waiting[0].gl.SIGNALED) {
      const { gl, sync, count, asked } = waiting.shift();
      gl.deleteSync(sync);
      frames.push({ count, asked, done: performance.now() });
    }
  };
  const channel = new MessageChannel();
  window.mapPoll = poll;
  setInterval(poll, 4);
})();
"""


def make_points(folder: Path, count: int) -> Path:
    """A plane with clusters of unlike size, as projections of words have."""
    random = np.random.default_rng(7)
    middles, spread = random.normal(0, 1, (40, 2)), random.uniform(0.03, 0.35, 40)
    group = random.choice(40, count, p=random.dirichlet(np.ones(40)))
    plane = middles[group] + random.normal(0, 1, (count, 2)) * spread[group, None]
    path = folder / f"{count}.html"
    labels = [f"word{index}" for index in range(count)]
    export_map(path, plane, labels, {"group": [f"group {number}" for number in group]}, colour_by="group")
    return path


def frames_of(page: Page, seconds: float, move: Any) -> dict[str, Any]:
    """Moves for some seconds after a first one that is not counted: the map finds out then what this machine can draw."""
    move(page, 1.5)
    page.evaluate("mapFrames.length = 0")
    began = time.monotonic()
    move(page, seconds)
    took = time.monotonic() - began
    frames = page.evaluate("(mapPoll(), mapFrames)")
    gaps = np.diff([frame["done"] for frame in frames]) if len(frames) > 2 else np.array([np.inf])
    return {
        "frames_per_second": round(len(frames) / took, 1),
        "p95_gap_ms": round(float(np.percentile(gaps, 95)), 1),
        "points_drawn": round(statistics.median(frame["count"] for frame in frames)) if frames else 0,
    }


def pan(page: Page, seconds: float) -> None:
    end, turn = time.monotonic() + seconds, 0
    page.mouse.move(640, 400)
    page.mouse.down()
    while time.monotonic() < end:
        turn += 1
        page.mouse.move(640 + 220 * np.sin(turn / 23), 400 + 120 * np.sin(turn / 17))
    page.mouse.up()


def zoom(page: Page, seconds: float) -> None:
    end, turn = time.monotonic() + seconds, 0
    page.mouse.move(560, 380)
    while time.monotonic() < end:
        turn += 1
        page.mouse.wheel(0, -60 if turn // 25 % 2 == 0 else 60)


def measure(page: Page, path: Path, seconds: float) -> dict[str, Any]:
    page.goto(path.as_uri())
    page.wait_for_function("mapFrames.length > 0", timeout=120_000)
    page.wait_for_timeout(800)
    row: dict[str, Any] = {}
    for name, move in (("pan", pan), ("zoom", zoom)):
        page.keyboard.press("0")
        row[name] = frames_of(page, seconds, move)
        page.wait_for_timeout(900)
    whole = page.evaluate("(mapPoll(), mapFrames.at(-1))")
    row["at_rest"] = {"points_drawn": whole["count"], "milliseconds": round(whole["done"] - whole["asked"], 1)}
    page.evaluate("mapFrames.length = 0")
    page.wait_for_timeout(1500)
    row["idle_frames"] = page.evaluate("(mapPoll(), mapFrames.length)")
    return row


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--points", default="10000,50000,200000,1000000")
    parser.add_argument("--seconds", type=float, default=4.0)
    parser.add_argument("--out", type=Path, default=Path("x.json"))
    given = parser.parse_args()
    rows = []
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=SOFTWARE)
        for count in map(int, given.points.split(",")):
            page = browser.new_page(viewport=SIZE, bypass_csp=True)  # the measuring code is ours
            page.add_init_script(WATCH)
            row = {"points": count} | measure(page, make_points(Path(folder), count), given.seconds)
            row["renderer"] = page.evaluate(
                "(() => { const gl = document.createElement('canvas').getContext('webgl2'),"
                " name = gl.getExtension('WEBGL_debug_renderer_info');"
                " return gl.getParameter(name ? name.UNMASKED_RENDERER_WEBGL : gl.RENDERER); })()"
            )
            print(row, flush=True)
            rows.append(row)
            page.close()
        version = browser.version
        browser.close()
    print(version)


if __name__ == "__main__":
    main()
