/** A scenario on paper: the map has the size it has there and shows all changes, and what is folded is unfolded. */

const WAIT_MS = 50;
const LONGEST_MS = 3000;

interface Before {
  center: L.LatLng;
  zoom: number;
  folded: HTMLDetailsElement[];
}

export class OnPaper {
  private before: Before | null = null;

  constructor(private readonly map: L.Map, private readonly fit: () => void) {
    window.addEventListener("beforeprint", () => this.lay());
    window.addEventListener("afterprint", () => this.takeBack());
  }

  /** With all changes in the map, drawn anew. The browser's own menu does not wait for that: it prints what is drawn. */
  async print(): Promise<void> {
    this.lay();
    this.fit();
    for (let waited = 0; isDrawing(this.map) && waited < LONGEST_MS; waited += WAIT_MS) await new Promise((done) => setTimeout(done, WAIT_MS));
    window.print();
  }

  private lay(): void {
    if (this.before) return;
    const folded = [...document.querySelectorAll<HTMLDetailsElement>("main details:not([open])")];
    this.before = { center: this.map.getCenter(), zoom: this.map.getZoom(), folded };
    for (const details of folded) details.open = true;
    document.body.classList.add("printing");
    this.map.invalidateSize({ animate: false });
  }

  private takeBack(): void {
    if (!this.before) return;
    for (const details of this.before.folded) details.open = false;
    document.body.classList.remove("printing");
    this.map.invalidateSize({ animate: false });
    this.map.setView(this.before.center, this.before.zoom, { animate: false });
    this.before = null;
  }
}

function isDrawing(map: L.Map): boolean {
  let drawing = false;
  map.eachLayer((layer) => (drawing ||= "isLoading" in layer && (layer as L.Layer & { isLoading(): boolean }).isLoading()));
  return drawing;
}
