/** The rules that the service found broken: what, where and what to do; a repaired shape is one click away. */

import { element } from "../dom.ts";
import { say } from "../words.ts";
import { textButton } from "./controls.ts";
import type { Session } from "./session.ts";
import type { Position, Shape } from "./shapes.ts";
import { titleOfField } from "./target.ts";

interface ProblemActions {
  field(name: string): void;
  place(place: Position): void;
  repair(shape: Shape): void;
  known(name: string): boolean;
}

/** Null when there are none. */
export function problemList(session: Session, actions: ProblemActions): HTMLElement | null {
  if (!session.problems.length) return null;
  const items = session.problems.map((problem) => {
    const { location, proposal, field } = problem;
    const told = element("p", {}, element("strong", {}, titleOfField(session.target, field)), ` ${problem.rule}. ${problem.cure}`);
    const buttons = [
      proposal && textButton(say("edit.repair"), "button small", () => actions.repair(proposal)),
      location && textButton(say("edit.showPlace"), "button quiet small", () => actions.place(location.coordinates as Position)),
      actions.known(field) && textButton(say("edit.goToField"), "link", () => actions.field(field)),
    ];
    return element("li", {}, told, buttons.some(Boolean) ? element("p", { class: "problem-actions" }, ...buttons) : null);
  });
  return element("div", {}, element("h3", { tabindex: "-1" }, say("edit.refused")), element("ul", {}, ...items));
}
