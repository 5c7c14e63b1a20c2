/** Why a stop or street is on its truck: what each other truck would cost, or what forbids it; and the way to move it. */

import { announce, byId, element } from "../dom.ts";
import { icon } from "../edit/icons.ts";
import { say } from "../words.ts";
import { signed } from "./figures.ts";
import { runProcess, type Alternative, type Explanation, type Visit } from "./service.ts";
import { visitTitle } from "./visits.ts";

export interface WhyHost {
  onMove(visit: Visit, vehicle: string): void;
  onClose(): void;
}

export class WhyPanel {
  private readonly box = byId("routes-why");
  private asked = 0;

  constructor(private readonly host: WhyHost) {
    this.box.addEventListener("keydown", ({ key }) => key === "Escape" && this.close());
  }

  get isOpen(): boolean {
    return !this.box.hidden;
  }

  async open(plan: string, vehicle: string, visit: Visit): Promise<void> {
    const question = ++this.asked;
    const told = element("div", { role: "status" }, say("loading"));
    const heading = element("h2", { tabindex: "-1" }, element("bdi", {}, visitTitle(visit)));
    const shut = element("button", { type: "button", class: "icon-button", "aria-label": say("close") }, icon("close"));
    shut.addEventListener("click", () => this.close());
    this.box.replaceChildren(element("div", { class: "why-heading" }, heading, shut), element("p", {}, say("routes.why.on", { vehicle })), told);
    this.box.hidden = false;
    heading.focus({ preventScroll: true });
    try {
      const explained = await runProcess<Explanation>("explain-task", { plan, task: visit.task });
      if (question === this.asked) told.replaceChildren(this.explained(visit, explained));
    } catch (error) {
      if (question === this.asked) told.replaceChildren(element("p", { class: "alert" }, (error as Error).message));
    }
  }

  /** Without a word to the host: something else is shown now. */
  hide(): void {
    this.asked++;
    this.box.hidden = true;
  }

  private close(): void {
    this.hide();
    this.host.onClose();
  }

  private explained(visit: Visit, { position, alternatives }: Explanation): HTMLElement {
    const cheapest = alternatives.find(({ forbidden, cost }) => !forbidden && cost !== null);
    const verdict = cheapest
      ? say((cheapest.cost as number) >= 0 ? "routes.why.cheapest" : "routes.why.cheaper", { vehicle: cheapest.vehicle, cost: signed(cheapest.cost as number) })
      : say(alternatives.length ? "routes.why.noOther" : "routes.why.alone");
    const rows = alternatives.map((alternative) => this.row(visit, alternative));
    const heads = [say("routes.crew"), say("routes.figure.cost"), say("routes.figure.distance"), ""].map((head) => element("th", { scope: "col" }, head || element("span", { class: "visually-hidden" }, say("routes.why.move"))));
    const table = element("table", {}, element("caption", {}, say("routes.why.elsewhere")), element("thead", {}, element("tr", {}, ...heads)), element("tbody", {}, ...rows));
    return element("div", {}, position !== null && element("p", { class: "about" }, say("routes.why.position", { position })), element("p", { class: "why-verdict" }, verdict), rows.length > 0 && table);
  }

  private row(visit: Visit, { vehicle, cost, distance_km, forbidden }: Alternative): HTMLElement {
    const head = element("th", { scope: "row" }, element("bdi", {}, vehicle));
    if (forbidden) return element("tr", { class: "forbidden" }, head, element("td", { colspan: "3", dir: "auto" }, forbidden.reason));
    const move = element("button", { type: "button", class: "button quiet small", "aria-label": say("routes.why.moveTo", { vehicle }) }, say("routes.why.move"));
    move.addEventListener("click", () => this.host.onMove(visit, vehicle));
    const cells = [[cost, undefined], [distance_km, "km"]] as const;
    return element("tr", {}, head, ...cells.map(([value, unit]) => element("td", { class: "number" }, element("bdi", {}, value === null ? "–" : signed(value, unit)))), element("td", {}, move));
  }
}

/** Says aloud what a screen reader would else miss while a price is asked for. */
export const tellAsking = (vehicle: string): void => announce(say("routes.move.asking", { vehicle }));
