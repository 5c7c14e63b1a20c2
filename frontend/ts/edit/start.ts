/** The editor's code, loaded by the map page when somebody who may edit asks for it. */

import type { Editor, EditorHost } from "../edit_door.ts";
import { EditorPanel } from "./editor.ts";

export function startEditor(host: EditorHost): Editor {
  return new EditorPanel(host);
}
