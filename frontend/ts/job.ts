/** A job's page while it runs: asks once a second, shows progress, cancels; reloads when the job has ended. */

import { fetchJson } from "./catalogue.ts";
import { csrfToken } from "./process_form.ts";
import { formatNumber, say } from "./words.ts";

interface StatusInfo {
  jobID: string;
  status: "accepted" | "running" | "successful" | "failed" | "dismissed";
  progress?: number;
  message?: string;
}

const EVERY_MS = 1000;
const ENDED = new Set(["successful", "failed", "dismissed"]);

export function followJob(box: HTMLElement): void {
  const address = box.dataset.job as string;
  const cancel = box.querySelector<HTMLButtonElement>("[data-cancel]");
  cancel?.addEventListener("click", () => void dismiss(address, cancel, box));
  if (!ENDED.has(box.dataset.status ?? "")) setTimeout(() => void ask(address, box), EVERY_MS);
}

async function ask(address: string, box: HTMLElement): Promise<void> {
  try {
    const info = await fetchJson<StatusInfo>(address);
    showStatus(box, info);
    if (ENDED.has(info.status)) return location.reload();
  } catch (error) {
    showMessage(box, say("jobUnreachable", { reason: (error as Error).message }));
  }
  setTimeout(() => void ask(address, box), EVERY_MS);
}

function showStatus(box: HTMLElement, info: StatusInfo): void {
  const progress = box.querySelector("progress");
  const percent = Math.round(info.progress ?? 0);
  if (progress) progress.value = percent;
  const number = box.querySelector("[data-percent]");
  if (number) number.textContent = `${formatNumber(percent)} %`;
  const status = box.querySelector("[data-status-text]");
  if (status) status.textContent = say(`status.${info.status}`);
  if (info.message) showMessage(box, info.message);
}

function showMessage(box: HTMLElement, text: string): void {
  const message = box.querySelector("[data-message]");
  if (message && message.textContent !== text) message.textContent = text;
}

async function dismiss(address: string, button: HTMLButtonElement, box: HTMLElement): Promise<void> {
  button.disabled = true;
  try {
    await fetchJson<StatusInfo>(address, { method: "DELETE", headers: { "X-CSRFToken": csrfToken() } });
    showMessage(box, say("cancelling"));
  } catch (error) {
    button.disabled = false;
    showMessage(box, say("cancelFailed", { reason: (error as Error).message }));
  }
}
