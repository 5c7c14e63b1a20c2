/** How the cost of the best plan fell during a search: a line in steps, drawn as SVG, and the same in words. */

import { element } from "../dom.ts";
import { svgElement } from "../edit/icons.ts";
import { formatNumber, say } from "../words.ts";
import { changePct, writtenPct } from "./figures.ts";

/** Seconds since the search began, and the cost of the best plan by then. */
export type CostPoint = [number, number];

const WIDTH = 320;
const HEIGHT = 150;
const FRAME = { left: 52, right: 8, top: 10, bottom: 24 };

export interface ChartScale {
  x(seconds: number): number;
  y(cost: number): number;
  until_s: number;
  low: number;
  high: number;
}

/** The lowest cost lies a little above the axis: the scale does not begin at nought. */
export function chartScale(points: readonly CostPoint[], until_s: number): ChartScale {
  const costs = points.map(([, cost]) => cost);
  const [low, high] = [Math.min(...costs), Math.max(...costs)];
  const room = Math.max(high - low, Math.abs(high) / 100, 1e-9);
  const end = Math.max(until_s, points.at(-1)?.[0] ?? 0, 1);
  return {
    x: (seconds) => FRAME.left + (seconds / end) * (WIDTH - FRAME.left - FRAME.right),
    y: (cost) => FRAME.top + ((high - cost) / room) * (HEIGHT - FRAME.top - FRAME.bottom - 6),
    until_s: end,
    low,
    high,
  };
}

/** The best plan stays the best until a better one is found: a step, not a slope. */
export function stepPath(points: readonly CostPoint[], { x, y }: Pick<ChartScale, "x" | "y">): string {
  return points
    .map(([seconds, cost], number) => (number ? `H${x(seconds).toFixed(1)}V${y(cost).toFixed(1)}` : `M${x(seconds).toFixed(1)} ${y(cost).toFixed(1)}`))
    .join("");
}

export function chartSummary(points: readonly CostPoint[]): string {
  const [first, last] = [points[0], points.at(-1)];
  if (!first || !last) return say("routes.chart.none");
  const change = changePct(first[1], last[1]) ?? 0;
  return say("routes.chart.summary", {
    from: formatNumber(first[1]),
    to: formatNumber(last[1]),
    change: writtenPct(change),
    seconds: formatNumber(last[0]),
  });
}

/** A figure that shows what it was last told. */
export class CostChart {
  readonly root: HTMLElement;
  private readonly picture = svgElement("svg", { class: "cost-chart", viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img" });
  private readonly summary = element("figcaption", {});

  constructor(private readonly until_s: number) {
    this.root = element("figure", { class: "cost-figure", dir: "ltr" }, this.picture, this.summary);
    this.summary.dir = document.dir;
    this.show([]);
  }

  show(points: readonly CostPoint[]): void {
    const summary = chartSummary(points);
    this.summary.textContent = summary;
    this.picture.setAttribute("aria-label", summary);
    this.picture.replaceChildren(...(points.length ? this.drawn(points) : []));
  }

  private drawn(points: readonly CostPoint[]): SVGElement[] {
    const scale = chartScale(points, this.until_s);
    const [seconds, cost] = points.at(-1) as CostPoint;
    const line = stepPath(points, scale);
    const floor = HEIGHT - FRAME.bottom;
    return [
      svgElement("path", { class: "axis", d: `M${FRAME.left} ${FRAME.top}V${floor}H${WIDTH - FRAME.right}` }),
      svgElement("path", { class: "fallen", d: `${line}V${floor}H${scale.x(points[0]?.[0] ?? 0).toFixed(1)}Z` }),
      svgElement("path", { class: "line", d: line }),
      svgElement("circle", { class: "now", cx: String(scale.x(seconds)), cy: String(scale.y(cost)), r: "4" }),
      label(FRAME.left - 6, scale.y(scale.high) + 4, formatNumber(scale.high), "end"),
      ...(scale.high > scale.low ? [label(FRAME.left - 6, scale.y(scale.low) + 4, formatNumber(scale.low), "end")] : []),
      label(FRAME.left, HEIGHT - 6, "0", "start"),
      label(WIDTH - FRAME.right, HEIGHT - 6, say("routes.chart.seconds", { seconds: formatNumber(scale.until_s) }), "end"),
    ];
  }
}

function label(x: number, y: number, text: string, anchor: "start" | "end"): SVGElement {
  return svgElement("text", { x: String(x), y: String(y), "text-anchor": anchor }, document.createTextNode(text));
}
