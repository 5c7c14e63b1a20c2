/** Buttons that copy the text of a field: data-copy names it, data-copied is said afterwards. */

export function offerCopying(button: HTMLButtonElement): void {
  const field = document.getElementById(button.dataset.copy ?? "") as HTMLInputElement | null;
  if (!field) return;
  field.addEventListener("focus", () => field.select());
  button.hidden = false;
  button.addEventListener("click", () => void copy(field, button));
}

/** Over plain HTTP there is no clipboard: the text is then selected, for Ctrl-C. */
async function copy(field: HTMLInputElement, button: HTMLButtonElement): Promise<void> {
  field.select();
  try {
    await navigator.clipboard.writeText(field.value);
  } catch {
    return;
  }
  button.textContent = button.dataset.copied ?? "";
  const announcer = document.getElementById("announcer");
  if (announcer) announcer.textContent = button.textContent;
}
