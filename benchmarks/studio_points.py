"""Frames a second of the map of points while it is dragged and zoomed, in Chromium with software rendering.

    python benchmarks/studio_points.py [--points 10000,50000,200000,1000000] [--seconds 4]

Opens an exported map (`pictures.export_map`; `make page` builds what it needs) from a file at 1280x800 and moves it with real
mouse events and one turn of the wheel a frame. A frame counts when the graphics process has finished it (a fence behind its draw call was seen signalled), not when
it was asked for; an image put on a canvas counts when the canvas has it. While the map moves it may draw fewer points than there are, so that frames keep coming: both numbers are
written down, with the time of the whole picture at rest, and the frames of a second and a half at rest. Three ways to draw:

    mixed    as the map does it by itself where WebGL2 is software: moving pictures mixed by its own code, on a canvas above
    points   WebGL2 points only, as on a graphics card: the software's name is hidden from the map
    canvas   without WebGL2

Writes benchmarks/results/studio_points.json, with the load of the machine before each row.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
from harness import save
from playwright.sync_api import Browser, Page, sync_playwright

from tokenspace.pictures import export_map

CHROMIUM = os.environ.get("TOKENSPACE_CHROMIUM", "/usr/bin/chromium")
SOFTWARE = ["--no-sandbox", "--enable-unsafe-swiftshader"]
SIZE = {"width": 1280, "height": 800}
# Behind every frame a fence: what is seen signalled is a frame that exists. An image put on a canvas is there at once.
WATCH = """
(() => {
  const frames = (window.mapFrames = []), waiting = [];
  const note = (asked, count) => frames.push({ asked, count, done: performance.now() });
  const drawn = () => Number(document.querySelector(".map")?.dataset.drawn ?? 0);
  const draw = WebGL2RenderingContext.prototype.drawArrays;
  WebGL2RenderingContext.prototype.drawArrays = function (...given) {
    const asked = performance.now();
    draw.apply(this, given);
    waiting.push({ gl: this, sync: this.fenceSync(this.SYNC_GPU_COMMANDS_COMPLETE, 0), asked });
    this.flush();
  };
  const put = CanvasRenderingContext2D.prototype.putImageData;
  CanvasRenderingContext2D.prototype.putImageData = function (...given) {
    const asked = performance.now();
    put.apply(this, given);
    queueMicrotask(() => note(asked, drawn()));
  };
  window.mapPoll = () => {
    while (waiting.length && waiting[0].gl.getSyncParameter(waiting[0].sync, waiting[0].gl.SYNC_STATUS) === waiting[0].gl.SIGNALED) {
      const { gl, sync, asked } = waiting.shift();
      gl.deleteSync(sync);
      note(asked, drawn());
    }
  };
  setInterval(window.mapPoll, 4);
})();
"""
NAMELESS = """
(() => {
  const ask = WebGL2RenderingContext.prototype.getParameter;
  WebGL2RenderingContext.prototype.getParameter = function (name) {
    const found = ask.call(this, name);
    return typeof found === "string" && /swiftshader|llvmpipe|software/i.test(found) ? "not told" : found;
  };
})();
"""
WAYS = {"mixed": ("", ""), "points": (NAMELESS, ""), "canvas": ("", "#plain")}


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
    """One turn of the wheel for each frame: sent from here, they would come at half the rate of the frames."""
    page.evaluate(
        """(seconds) => new Promise((done) => {
          const surface = document.querySelector(".map canvas:last-of-type"), box = surface.getBoundingClientRect();
          const end = performance.now() + 1000 * seconds;
          let turn = 0;
          const step = () => {
            const deltaY = Math.floor(turn++ / 25) % 2 ? 60 : -60;
            surface.dispatchEvent(new WheelEvent("wheel", { deltaY, clientX: box.left + 540, clientY: box.top + 280, cancelable: true }));
            performance.now() < end ? requestAnimationFrame(step) : done();
          };
          step();
        })""",
        seconds,
    )


def measure(browser: Browser, path: Path, way: str, seconds: float) -> dict[str, Any]:
    script, fragment = WAYS[way]
    page = browser.new_page(viewport=SIZE, bypass_csp=True)  # the measuring code is ours
    page.add_init_script(script + WATCH)
    page.goto(path.as_uri() + fragment)
    page.wait_for_function("mapFrames.length > 0", timeout=120_000)
    page.wait_for_timeout(800)
    row: dict[str, Any] = {"way": way, "load": round(os.getloadavg()[0], 2)}
    for name, move in (("pan", pan), ("zoom", zoom)):
        page.keyboard.press("0")
        row[name] = frames_of(page, seconds, move)
        page.wait_for_timeout(1200)
    whole = page.evaluate("(mapPoll(), mapFrames.at(-1))")
    row["at_rest"] = {"points_drawn": whole["count"], "milliseconds": round(whole["done"] - whole["asked"], 1)}
    page.evaluate("mapFrames.length = 0")
    page.wait_for_timeout(1500)
    row["idle_frames"] = page.evaluate("(mapPoll(), mapFrames.length)")
    page.close()
    return row


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--points", default="10000,50000,200000,1000000")
    parser.add_argument("--seconds", type=float, default=4.0)
    given = parser.parse_args()
    rows = []
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        for count in map(int, given.points.split(",")):
            path = make_points(Path(folder), count)
            for way in WAYS:
                # A browser each: what one picture left behind slows down no other.
                browser = playwright.chromium.launch(executable_path=CHROMIUM, args=SOFTWARE)
                row = {
                    "points": count,
                    **measure(browser, path, way, given.seconds),
                    "browser": f"Chromium {browser.version}",
                }
                browser.close()
                print(row, flush=True)
                rows.append(row)
            path.unlink()
    print(f"saved {save('studio_points', rows).name}")


if __name__ == "__main__":
    main()
