/** What every part of the editor works with: the map's tools, the drafts, the message line. Made once. */

import type { EditorHost } from "../edit_door.ts";
import { say } from "../words.ts";
import { browserStore, Drafts } from "./drafts.ts";
import { readyForEditing } from "./geoman.ts";
import { Neighbours } from "./neighbours.ts";
import { Overlay } from "./overlay.ts";
import { boxOf, type Shape } from "./shapes.ts";
import { Toast } from "./toast.ts";

export class Workbench {
  readonly drafts: Drafts;
  readonly overlay: Overlay;
  readonly neighbours: Neighbours;
  readonly toast: Toast;
  snapping = true;

  constructor(readonly host: EditorHost) {
    readyForEditing(host.map);
    this.drafts = new Drafts(browserStore(), host.mount.dataset.user ?? "");
    this.overlay = new Overlay(host.map);
    this.neighbours = new Neighbours(host.map);
    this.toast = new Toast(host.map.getContainer().parentElement as HTMLElement);
  }

  get map(): L.Map {
    return this.host.map;
  }

  toggleSnapping(): void {
    this.snapping = !this.snapping;
    const text = say(this.snapping ? "edit.snapOn" : "edit.snapOff");
    this.toast.show(text);
  }

  /** The tiles of what was there and of what is there now. */
  async redraw(collection: string, ...shapes: (GeoJSON.Geometry | null | undefined)[]): Promise<void> {
    const boxes = shapes.filter((shape): shape is Shape => Boolean(shape)).map(boxOf);
    if (boxes.length) await this.host.refresh(collection, boxes);
  }

  /** Moves the map only when the shape is out of the window, or too small in it to be worked on. */
  bringIntoView(shape: Shape | null): void {
    if (!shape) return;
    const [west, south, east, north] = boxOf(shape);
    const bounds = L.latLngBounds([south, west], [north, east]);
    const size = this.map.latLngToContainerPoint([south, east]).distanceTo(this.map.latLngToContainerPoint([north, west]));
    const isTiny = shape.type !== "Point" && size < 40;
    if (!this.map.getBounds().contains(bounds) || isTiny) this.map.fitBounds(bounds, { padding: [60, 60], maxZoom: 19, animate: false });
  }
}
