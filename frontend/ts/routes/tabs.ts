/** A row of tabs over one panel, as WAI-ARIA has them: arrows change the tab, Tab goes into the panel. */

import { element } from "../dom.ts";

export interface Tab {
  id: string;
  label: string;
  content(): Node;
}

const panelId = "routes-tab-panel";

/** `onShow` is told which tab was chosen, so that another plan opens with the same. */
export function tabbed(tabs: readonly Tab[], chosen: string, label: string, onShow: (id: string) => void): HTMLElement {
  const panel = element("div", { id: panelId, role: "tabpanel", tabindex: "0", class: "tab-panel" });
  const buttons = tabs.map((tab) => element("button", { type: "button", role: "tab", id: `routes-tab-${tab.id}`, "aria-controls": panelId }, tab.label));
  const list = element("div", { role: "tablist", class: "tabs", "aria-label": label }, ...buttons);

  function show(number: number): void {
    buttons.forEach((button, other) => {
      button.setAttribute("aria-selected", String(other === number));
      button.tabIndex = other === number ? 0 : -1;
    });
    const tab = tabs[number] as Tab;
    panel.setAttribute("aria-labelledby", `routes-tab-${tab.id}`);
    panel.replaceChildren(tab.content());
    onShow(tab.id);
  }

  buttons.forEach((button, number) => button.addEventListener("click", () => show(number)));
  list.addEventListener("keydown", ({ key }) => {
    const forward = document.dir === "rtl" ? "ArrowLeft" : "ArrowRight";
    const step = key === forward ? 1 : key === "ArrowLeft" || key === "ArrowRight" ? -1 : 0;
    if (!step) return;
    const next = (buttons.indexOf(document.activeElement as HTMLButtonElement) + step + buttons.length) % buttons.length;
    show(next);
    buttons[next]?.focus();
  });
  show(Math.max(0, tabs.findIndex((tab) => tab.id === chosen)));
  return element("div", { class: "tabbed" }, list, panel);
}
