/** What every page's frame does by script: language links that keep the place, and the panel that opens over a phone's map. */

/** The part after # is never sent to the server: the links must carry it. */
export function keepHashInLinks(): void {
  for (const link of document.querySelectorAll<HTMLAnchorElement>("a[data-keep-hash]")) link.hash = location.hash;
}

/** What a script has put after ? since the page was made, the links must carry too. */
export function keepQueryInLinks(): void {
  for (const link of document.querySelectorAll<HTMLAnchorElement>("a[data-keep-hash]")) {
    const query = new URLSearchParams(location.search);
    query.set("lang", link.hreflang);
    link.search = query.toString();
  }
}

/** Folds and unfolds the panel; its "fold" event folds it where it covers the map. */
export function sideSheet(panel: HTMLElement, toggle: HTMLElement): void {
  const narrow = window.matchMedia("(max-width: 720px)");
  const set = (open: boolean): void => {
    panel.classList.toggle("open", open);
    toggle.setAttribute("aria-expanded", String(open));
  };
  toggle.addEventListener("click", () => set(!panel.classList.contains("open")));
  panel.addEventListener("fold", () => narrow.matches && set(false));
  panel.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && narrow.matches) {
      set(false);
      toggle.focus();
    }
  });
  set(!narrow.matches);
}
