/** Unsaved edits, kept in this browser by person, feature and version, until they are saved or discarded. */

import type { State } from "./state.ts";

export interface Draft {
  collection: string;
  /** null: a feature that was never saved. */
  id: number | null;
  version: number;
  /** What the edit began with; null for a new feature. */
  base: State | null;
  state: State;
  comment: string;
  title: string;
  saved_at: string;
}

type Store = Pick<Storage, "getItem" | "setItem" | "removeItem" | "key" | "length">;

export class Drafts {
  private readonly prefix: string;

  /** `store` is null in a browser that keeps nothing: then nothing is kept, and `keep` says so. */
  constructor(private readonly store: Store | null, user: string) {
    this.prefix = `casagis.draft/${encodeURIComponent(user)}/`;
  }

  /** Whether it is kept now. A full store is told, not thrown: the edit itself goes on. */
  keep(draft: Draft): boolean {
    try {
      this.store?.setItem(this.keyOf(draft), JSON.stringify(draft));
      return this.store !== null;
    } catch {
      return false;
    }
  }

  discard(draft: Pick<Draft, "collection" | "id" | "version">): void {
    this.store?.removeItem(this.keyOf(draft));
  }

  /** The newest first; what cannot be read is passed over, not removed. */
  list(collection: string): Draft[] {
    const found = this.keys()
      .filter((key) => key.startsWith(`${this.prefix}${collection}/`))
      .flatMap((key) => parse(this.store?.getItem(key) ?? null));
    return found.sort((a, b) => b.saved_at.localeCompare(a.saved_at));
  }

  /** The newest draft of a feature, of whichever version. */
  of(collection: string, id: number): Draft | undefined {
    return this.list(collection).find((draft) => draft.id === id);
  }

  private keys(): string[] {
    const store = this.store;
    return store ? Array.from({ length: store.length }, (_, index) => store.key(index) ?? "") : [];
  }

  private keyOf({ collection, id, version }: Pick<Draft, "collection" | "id" | "version">): string {
    return `${this.prefix}${collection}/${id ?? "new"}/${version}`;
  }
}

function parse(text: string | null): Draft[] {
  try {
    const draft = JSON.parse(text ?? "null") as Draft | null;
    return draft?.state?.values && draft.collection ? [draft] : [];
  } catch {
    return [];
  }
}

/** localStorage, or null where the browser refuses it. */
export function browserStore(): Store | null {
  try {
    const probe = "casagis.probe";
    localStorage.setItem(probe, "1");
    localStorage.removeItem(probe);
    return localStorage;
  } catch {
    return null;
  }
}
