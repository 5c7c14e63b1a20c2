/** The editor's pictograms, drawn by attributes alone: the page's policy allows no inline style. */

const SVG = "http://www.w3.org/2000/svg";

const PATHS = {
  reshape: "M4 15 7 5l9 3-3 8zM4 15h.01M7 5h.01M16 8h.01M13 16h.01",
  move: "M10 2v16M2 10h16M10 2 7.5 4.5M10 2l2.5 2.5M10 18l-2.5-2.5M10 18l2.5-2.5M2 10l2.5-2.5M2 10l2.5 2.5M18 10l-2.5-2.5M18 10l-2.5 2.5",
  snap: "M5 3v7a5 5 0 0 0 10 0V3M5 6h3M12 6h3M8 3v7a2 2 0 0 0 4 0V3M5 3h3M12 3h3",
  undo: "M7 5 3 9l4 4M3 9h8a5 5 0 0 1 0 10H8",
  redo: "m13 5 4 4-4 4M17 9H9a5 5 0 0 0 0 10h3",
  remove: "M4 6h12M8 6V3h4v3M6 6l1 11h6l1-11M9 9v5M11 9v5",
  history: "M3 10a7 7 0 1 0 2-5L3 7M3 3v4h4M10 6v4l3 2",
  draw: "M4 16l1-4 8-8 3 3-8 8zM11 6l3 3",
  close: "M5 5l10 10M15 5 5 15",
  back: "M12 4 6 10l6 6",
  place: "M10 18s-6-6-6-10a6 6 0 0 1 12 0c0 4-6 10-6 10zM10 10a2 2 0 1 0 0-4 2 2 0 0 0 0 4z",
  add: "M10 4v12M4 10h12",
} as const;

export type Icon = keyof typeof PATHS;

export function svgElement(tag: string, attributes: Record<string, string> = {}, ...children: Node[]): SVGElement {
  const made = document.createElementNS(SVG, tag) as SVGElement;
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

export function icon(name: Icon): SVGElement {
  const line = { d: PATHS[name], fill: "none", stroke: "currentColor", "stroke-width": "1.7", "stroke-linecap": "round", "stroke-linejoin": "round" };
  return svgElement("svg", { class: `icon icon-${name}`, viewBox: "0 0 20 20", width: "20", height: "20", "aria-hidden": "true" }, svgElement("path", line));
}
