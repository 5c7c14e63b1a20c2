/** Chooses the moment that a raster layer shows. */

import { debounce, element } from "./dom.ts";
import { formatMoment, say } from "./words.ts";

const SETTLING_MS = 200;

export class TimeSlider {
  readonly element: HTMLElement;
  private readonly input: HTMLInputElement;
  private readonly output = element("span", { "aria-hidden": "true" }); // the slider itself says it
  private times: readonly string[] = [];

  constructor(title: string, times: readonly string[], onChoose: (time: string) => void) {
    this.input = element("input", { type: "range", min: "0", step: "1", "aria-label": say("momentOf", { title }) });
    const choose = debounce(SETTLING_MS, () => onChoose(this.times[this.input.valueAsNumber] as string));
    this.input.addEventListener("input", () => (this.tell(), choose()));
    this.element = element("div", { class: "time-slider" }, this.output, this.input);
    this.offer(times);
  }

  /** The newest is chosen, unless an older one was that is still there; one moment alone is no choice. */
  offer(times: readonly string[]): void {
    const chosen = this.times[this.input.valueAsNumber];
    const kept = chosen === undefined || chosen === this.times.at(-1) ? -1 : times.indexOf(chosen);
    this.times = times;
    this.input.max = String(times.length - 1);
    this.input.value = String(kept < 0 ? times.length - 1 : kept);
    this.element.hidden = times.length < 2;
    this.tell();
  }

  private tell(): void {
    const time = this.times[this.input.valueAsNumber];
    const text = time ? formatMoment(new Date(time), "both") : "";
    this.output.textContent = text;
    this.input.setAttribute("aria-valuetext", text);
  }
}
