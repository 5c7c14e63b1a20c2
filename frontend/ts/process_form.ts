/** Sends a process's form as the API wants it and goes to the job; what was typed stays when it is refused. */

import { ServiceError } from "./catalogue.ts";

export function csrfToken(): string {
  return document.querySelector<HTMLInputElement>("input[name=csrfmiddlewaretoken]")?.value ?? "";
}

type Input = string | number | boolean | string[] | Record<string, unknown>;

/** Empty fields are left out: the process then takes its own default. */
export function typedInputs(form: HTMLFormElement): Record<string, Input> {
  const inputs: Record<string, Input> = {};
  for (const field of form.querySelectorAll<HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement>("[data-type]")) {
    if (field instanceof HTMLInputElement && field.type === "checkbox") inputs[field.name] = field.checked;
    else if (field.value !== "") inputs[field.name] = typedValue(field.value, field.dataset.type ?? "string");
  }
  return inputs;
}

export function typedValue(text: string, type: string): Input {
  if (type === "integer" || type === "number") return Number(text);
  if (type === "boolean") return text === "true";
  if (type === "object" && text.trim().startsWith("{")) return JSON.parse(text) as Record<string, unknown>;
  if (type === "array") return text.split(",").map((part) => part.trim()).filter(Boolean);
  return text;
}

/** JSON, or multipart when a file goes along. */
function bodyOf(form: HTMLFormElement): { body: BodyInit; headers: Record<string, string> } {
  const files = [...form.querySelectorAll<HTMLInputElement>("input[type=file]")].filter((field) => field.files?.length);
  const inputs = typedInputs(form);
  if (!files.length) return { body: JSON.stringify({ inputs }), headers: { "Content-Type": "application/json" } };
  const body = new FormData();
  for (const [name, value] of Object.entries(inputs)) body.set(name, typeof value === "string" ? value : JSON.stringify(value));
  for (const field of files) body.set(field.name, field.files?.[0] as File);
  return { body, headers: {} };
}

export function sendByFetch(form: HTMLFormElement): void {
  const alert = form.querySelector<HTMLElement>("[role=alert]");
  const button = form.querySelector<HTMLButtonElement>("button[type=submit]");
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (button) button.disabled = true;
    send(form)
      .then((address) => location.assign(address))
      .catch((error: Error) => {
        if (button) button.disabled = false;
        if (!alert) return;
        alert.hidden = false;
        alert.textContent = error.message;
        alert.focus();
      });
  });
}

/** The address of the new job's page. Throws ServiceError with the reason of a refusal. */
async function send(form: HTMLFormElement): Promise<string> {
  const { body, headers } = bodyOf(form);
  const response = await fetch(form.action, {
    method: "POST",
    body,
    credentials: "same-origin",
    headers: { ...headers, Accept: "application/json", Prefer: "respond-async", "X-CSRFToken": csrfToken() },
  });
  const answer = (await response.json().catch(() => ({}))) as { jobID?: string; detail?: string };
  if (!response.ok) throw new ServiceError(answer.detail ?? `${response.status} ${response.statusText}`);
  return answer.jobID ? `/jobs/${answer.jobID}` : (response.headers.get("Location") ?? "/jobs");
}
