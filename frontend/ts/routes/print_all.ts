/** All roadbooks of a plan in one file: a button, how far the printing is, then the link to the file. */

import { announce, element } from "../dom.ts";
import { formatNumber, language, say } from "../words.ts";
import { cancelJob, fetchJob, fetchOutputs, hasEnded, startProcess, waited, type JobStatus } from "./service.ts";

const EVERY_MS = 1000;
const ID = "print-roadbooks"; // of the one control that there is at a time: the keyboard stays on it

interface Printed {
  file: { href: string; title: string; length: number };
  without: string[];
}

export class PrintAll {
  readonly root = element("div", { class: "print-all" });
  private readonly progress = element("progress", { max: "100", value: "0", "aria-label": say("routes.print.progress") });
  private readonly message = element("p", { role: "status", dir: "auto" });

  constructor(private readonly plan: string) {
    this.offer();
  }

  private offer(alert: Node | null = null): void {
    const print = button("button quiet", say("routes.print.do"));
    print.addEventListener("click", () => void this.print());
    this.show(print, ...(alert ? [alert] : []));
  }

  private async print(): Promise<void> {
    this.message.textContent = say("routes.run.waiting");
    this.progress.value = 0;
    try {
      const { jobID } = await startProcess("print-roadbooks", { plan: this.plan, language, site: location.origin });
      const cancel = button("button quiet", say("routes.print.cancel"));
      cancel.addEventListener("click", () => void this.cancel(jobID), { once: true });
      this.show(this.progress, this.message, cancel);
      const ended = await this.ended(jobID);
      if (ended.status === "dismissed") this.offer();
      else this.give(await fetchOutputs<Printed>(ended));
    } catch (error) {
      this.offer(element("p", { class: "alert", role: "alert", dir: "auto" }, (error as Error).message));
    }
  }

  private async ended(job: string): Promise<JobStatus> {
    for (;;) {
      const status = await fetchJob(job).catch((error: Error) => this.unreachable(error));
      if (status && hasEnded(status)) return status;
      if (status) this.progress.value = Math.round(status.progress ?? 0);
      if (status?.message) this.tell(status.message);
      await waited(EVERY_MS);
    }
  }

  private unreachable({ message }: Error): null {
    this.tell(say("jobUnreachable", { reason: message }));
    return null;
  }

  private tell(text: string): void {
    if (this.message.textContent !== text) this.message.textContent = text;
  }

  private async cancel(job: string): Promise<void> {
    this.tell(say("routes.run.cancelling"));
    await cancelJob(job).catch(() => undefined); // it ended meanwhile, and shows how
  }

  private give({ file, without }: Printed): void {
    const size = formatNumber(Math.max(0.1, Math.round(file.length / 1e5) / 10));
    const link = element("a", { id: ID, class: "button", href: file.href, download: file.title, type: "application/pdf" }, say("routes.print.file", { size }));
    this.message.textContent = without.length ? say("routes.print.without", { vehicles: without.join(", ") }) : say("routes.print.done");
    this.show(link, this.message);
    announce(this.message.textContent ?? "");
  }

  private show(...parts: Node[]): void {
    const held = this.root.contains(document.activeElement);
    this.root.replaceChildren(...parts);
    if (held) this.root.querySelector<HTMLElement>(`#${ID}`)?.focus();
  }
}

const button = (look: string, label: string): HTMLButtonElement => element("button", { id: ID, type: "button", class: look }, label);
