/** A search while it runs: progress, the cost as it falls, a way to stop it. */

import { element } from "../dom.ts";
import { formatNumber, say } from "../words.ts";
import { CostChart } from "./cost_chart.ts";
import { cancelJob, fetchJob, fetchOutputs, finishJob, hasEnded, waited, type JobStatus } from "./service.ts";

const EVERY_MS = 1000;

export class RunView {
  readonly root: HTMLElement;
  private readonly chart: CostChart;
  private readonly progress = element("progress", { max: "100", value: "0", "aria-label": say("routes.run.progress") });
  private readonly percent = element("span", {}, "0 %");
  private readonly message = element("p", { role: "status", dir: "auto" }, say("routes.run.waiting"));
  private readonly finish = button("button quiet", say("routes.run.finish"));
  private readonly cancel = button("button danger", say("routes.run.cancel"));
  private left = false;

  constructor(private readonly job: string, seconds: number) {
    this.chart = new CostChart(seconds);
    this.root = element(
      "div",
      { class: "side-view run-view" },
      element("h2", { tabindex: "-1" }, say("routes.run.title")),
      element("p", { class: "progress-line" }, this.progress, this.percent),
      this.message,
      this.chart.root,
      element("p", { class: "about" }, say("routes.run.leave")),
      element("div", { class: "actions" }, this.finish, this.cancel),
    );
    this.finish.addEventListener("click", () => void this.tell(this.finish, finishJob, "routes.run.finishing"));
    this.cancel.addEventListener("click", () => void this.tell(this.cancel, cancelJob, "routes.run.cancelling"));
  }

  /** The id of the plan once the job is done; null when it was cancelled or left. Throws the reason of a failure. */
  async follow(): Promise<string | null> {
    for (;;) {
      const status = await fetchJob(this.job).catch((error: Error) => this.unreachable(error));
      if (this.left) return null;
      if (status) this.show(status);
      if (status?.status === "dismissed") return null;
      if (status && hasEnded(status)) return (await fetchOutputs<{ plan: string }>(status)).plan;
      await waited(EVERY_MS);
    }
  }

  /** The page shows something else now; the job goes on. */
  leave(): void {
    this.left = true;
  }

  /** Why there is no plan. */
  fail(reason: string): void {
    this.finish.hidden = this.cancel.hidden = true;
    const alert = element("p", { class: "alert", role: "alert", dir: "auto" }, reason);
    this.message.replaceWith(alert);
    this.root.append(element("a", { class: "button", href: "#new" }, say("routes.run.anew")));
  }

  private show({ status, progress, message, live }: JobStatus): void {
    const percent = Math.round(progress ?? 0);
    this.progress.value = percent;
    this.percent.textContent = `${formatNumber(percent)} %`;
    this.tellMessage(message || say(`status.${status}`));
    if (live?.cost?.length) this.chart.show(live.cost);
  }

  private unreachable({ message }: Error): null {
    this.tellMessage(say("jobUnreachable", { reason: message }));
    return null;
  }

  private tellMessage(text: string): void {
    if (this.message.textContent !== text) this.message.textContent = text;
  }

  private async tell(pressed: HTMLButtonElement, verb: (job: string) => Promise<JobStatus>, told: string): Promise<void> {
    pressed.disabled = true;
    try {
      await verb(this.job);
      this.tellMessage(say(told));
    } catch (error) {
      this.tellMessage((error as Error).message);
      pressed.disabled = false;
    }
  }
}

const button = (look: string, label: string): HTMLButtonElement => element("button", { type: "button", class: look }, label);
