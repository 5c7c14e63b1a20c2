/** A job's page until it ends: asks once a second, shows progress, pauses, resumes, cancels; then reloads. */

import { fetchJson } from "./catalogue.ts";
import { csrfToken } from "./process_form.ts";
import { formatNumber, say } from "./words.ts";

interface StatusInfo {
  jobID: string;
  status: "accepted" | "running" | "successful" | "failed" | "dismissed";
  paused?: boolean;
  progress?: number;
  message?: string;
}

const EVERY_MS = 1000;
const ENDED = new Set(["successful", "failed", "dismissed"]);

export function followJob(box: HTMLElement): void {
  const address = box.dataset.job as string;
  const cancel = box.querySelector<HTMLButtonElement>("[data-cancel]");
  cancel?.addEventListener("click", () => void dismiss(address, cancel, box));
  for (const button of box.querySelectorAll<HTMLButtonElement>("[data-verb]")) {
    button.addEventListener("click", () => void tell(address, button, box));
  }
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
  const told = info.paused ? "paused" : info.status;
  if (status) {
    status.textContent = say(`status.${told}`);
    status.className = `status ${told}`;
  }
  if (info.message) showMessage(box, info.message);
  offer(box, info.paused ? "resume" : "pause");
}

/** Only the button that can do something now is there; the keyboard stays where it was. */
function offer(box: HTMLElement, verb: "pause" | "resume"): void {
  const buttons = [...box.querySelectorAll<HTMLButtonElement>("[data-verb]")];
  const wanted = buttons.find((button) => button.dataset.verb === verb);
  if (!wanted?.hidden) return;
  const focused = buttons.some((button) => button === document.activeElement);
  for (const button of buttons) button.hidden = button !== wanted;
  if (focused) wanted.focus();
}

function showMessage(box: HTMLElement, text: string): void {
  const message = box.querySelector("[data-message]");
  if (message && message.textContent !== text) message.textContent = text;
}

async function tell(address: string, button: HTMLButtonElement, box: HTMLElement): Promise<void> {
  const verb = button.dataset.verb as "pause" | "resume" | "finish";
  try {
    button.setAttribute("aria-busy", "true");
    const headers = { "X-CSRFToken": csrfToken() };
    const info = await fetchJson<StatusInfo>(`${address}/${verb}`, { method: "POST", headers });
    showStatus(box, info);
    if (verb === "pause" && !info.paused) showMessage(box, say("pausing"));
    if (verb === "finish") showMessage(box, say("finishing"));
  } catch (error) {
    showMessage(box, say(`${verb}Failed`, { reason: (error as Error).message }));
  } finally {
    button.removeAttribute("aria-busy");
  }
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
