/** The way into the editor, for who may edit: its button, its part of a popup, and the code that is loaded on first use. */

import { fetchJson, type LayerInfo } from "./catalogue.ts";
import { element } from "./dom.ts";
import { inPanelOrder } from "./layer_panel.ts";
import type { Box } from "./tile_boxes.ts";
import type { Hit } from "./vector_map.ts";
import { say } from "./words.ts";

/** A layer that may be edited; `writable` names the fields that this person may set. */
export interface EditableLayer {
  collection: string;
  title: string;
  writable: string[];
  minZoom: number;
}

/** What the map page does for the editor. */
export interface EditorHost {
  map: L.Map;
  mount: HTMLElement;
  layers: EditableLayer[];
  turnOn(collection: string): void;
  closePopup(): void;
  hide(hidden: { collection: string; id: number } | null): void;
  refresh(collection: string, boxes: readonly Box[]): Promise<void>;
  opened(open: boolean): void;
}

export interface Editor {
  readonly isOpen: boolean;
  open(): void;
  edit(collection: string, id: number): Promise<void>;
  history(collection: string, id: number): Promise<void>;
  /** A click on the map while the editor is open. */
  clicked(hits: readonly Hit[]): void;
}

interface EditorModule {
  startEditor(host: EditorHost): Editor;
}

export class EditDoor {
  private editor: Editor | null = null;
  private loading: Promise<Editor> | null = null;

  constructor(
    private readonly host: EditorHost,
    private readonly button: HTMLButtonElement,
    private readonly onFailure: (reason: string) => void,
  ) {
    button.hidden = false;
    button.addEventListener("click", () => void this.enter((editor) => editor.open()));
  }

  /** "Edit" and "History" for a popup; null for what may not be edited. */
  actionsOf(collection: string, id: number): HTMLElement | null {
    if (!this.host.layers.some((layer) => layer.collection === collection)) return null;
    const edit = element("button", { type: "button", class: "button small" }, say("edit.edit"));
    const history = element("button", { type: "button", class: "button quiet small" }, say("edit.history"));
    edit.addEventListener("click", () => void this.enter((editor) => editor.edit(collection, id)));
    history.addEventListener("click", () => void this.enter((editor) => editor.history(collection, id)));
    return element("p", { class: "popup-actions" }, edit, history);
  }

  /** Whether the click was the editor's. */
  takesClick(hits: readonly Hit[]): boolean {
    if (!this.editor?.isOpen) return false;
    this.editor.clicked(hits);
    return true;
  }

  /** The list's or search's choice, while the editor is open and the layer may be edited. */
  takesChoice(collection: string, id: number): boolean {
    if (!this.editor?.isOpen || !this.host.layers.some((layer) => layer.collection === collection)) return false;
    void this.enter((editor) => editor.edit(collection, id));
    return true;
  }

  private async enter(action: (editor: Editor) => unknown): Promise<void> {
    if (this.button.getAttribute("aria-busy") === "true") return;
    this.button.setAttribute("aria-busy", "true");
    try {
      this.loading ??= load(this.host);
      this.editor = await this.loading;
      await action(this.editor);
    } catch (error) {
      this.loading = this.editor ? this.loading : null;
      this.onFailure(say("edit.notLoaded", { reason: (error as Error).message }));
    } finally {
      this.button.removeAttribute("aria-busy");
    }
  }
}

async function load(host: EditorHost): Promise<Editor> {
  const { script, style } = host.mount.dataset as { script: string; style: string };
  await new Promise((resolve, reject) => {
    const link = element("link", { rel: "stylesheet", href: style });
    link.addEventListener("load", resolve);
    link.addEventListener("error", () => reject(new Error(style)));
    document.head.append(link);
  });
  const { startEditor } = (await import(script)) as EditorModule;
  return startEditor(host);
}

/** Null for who may edit nothing; the page has no place for the editor then, or no layer to edit. */
export async function openDoor(
  layers: readonly LayerInfo[],
  host: Omit<EditorHost, "mount" | "layers">,
  onFailure: (reason: string) => void,
): Promise<EditDoor | null> {
  const [mount, button] = [document.getElementById("editor"), document.getElementById("edit-open")];
  const editable = mount && button ? await editableLayers(layers) : [];
  return mount && editable.length ? new EditDoor({ ...host, mount, layers: editable }, button as HTMLButtonElement, onFailure) : null;
}

/** The layers drawn from tiles whose collection this person may write, in the order of the layer switch. */
async function editableLayers(layers: readonly LayerInfo[]): Promise<EditableLayer[]> {
  const { collections } = await fetchJson<{ collections: CollectionRights[] }>("/collections", { headers: { Accept: "application/json" } });
  const rights = new Map(collections.map((collection) => [collection.id, collection]));
  const drawn = inPanelOrder(layers.filter((layer) => !layer.raster && layer.tiles && rights.get(layer.collection)?.access?.write));
  return [...new Set(drawn.map((layer) => layer.collection))].map((collection) => {
    const { title, access } = rights.get(collection) as CollectionRights;
    const minZoom = Math.min(...drawn.filter((layer) => layer.collection === collection).map(firstPickable));
    return { collection, title, writable: access?.fields_writable ?? [], minZoom };
  });
}

/** Below it points stand together in clusters, of which none can be taken. */
function firstPickable({ min_zoom, thinning }: LayerInfo): number {
  return thinning?.rule === "clusters" ? Math.max(min_zoom, (thinning.until_zoom ?? min_zoom - 1) + 1) : min_zoom;
}

interface CollectionRights {
  id: string;
  title: string;
  access?: { write: boolean; fields_writable: string[] };
}
