/** The form that makes a plan: what, where, with whom, by which rules, for how long to search. */

import { fetchSchema, type Feature } from "../catalogue.ts";
import { element } from "../dom.ts";
import { nameOf } from "../expression.ts";
import { formatNumber, language, say } from "../words.ts";
import type { AreaDrawing } from "./area_drawing.ts";
import { checkable, folded, group, input, labelled, numberIn, select, sideForm, textIn, today } from "./fields.ts";
import { planName } from "./plan_list.ts";
import { fetchAll, type Plan } from "./service.ts";
import { WeekFields } from "./week.ts";

/** How long a search lasts, so that its chart knows where it ends. */
export interface Order {
  process: string;
  inputs: Record<string, unknown>;
  seconds: number;
}

export interface Choices {
  districts: Feature[];
  vehicles: Feature[];
  fractions: { value: string; label: string }[];
  plans: readonly Plan[];
}

const DEFAULT_SECONDS = "20";

export async function fetchChoices(plans: readonly Plan[]): Promise<Choices> {
  const [districts, vehicles, schema] = await Promise.all([
    fetchAll("districts", { properties: "external_id,name_fr,name_ar,name_en" }),
    fetchAll("vehicles"),
    fetchSchema("waste-containers"),
  ]);
  const fractions = (schema.fraction?.oneOf ?? []).map((choice) => ({ value: String(choice.const), label: choice.title }));
  return { districts, vehicles, fractions, plans };
}

/** `from`: the plan that the new one begins with. `onOrder` may throw: its reason is shown, what was typed stays. */
export function planForm(choices: Choices, drawing: AreaDrawing, from: string | null, onOrder: (order: Order) => Promise<void>): HTMLElement {
  const fields = new Fields(choices, drawing, from);
  const leaveTo = from ? `#plan=${encodeURIComponent(from)}` : "#";
  return sideForm(say("routes.form.title"), fields.groups, say("routes.form.make"), leaveTo, () => onOrder(fields.order));
}

class Fields {
  readonly groups: HTMLElement[];
  private readonly title = input("text", { maxlength: "200", dir: "auto" });
  private readonly date = input("date", { value: today(), required: true });
  private readonly kinds = ["containers", "kerbside"].map((value, at) => input("radio", { name: "kind", value, checked: at === 0 }));
  private readonly fraction: HTMLSelectElement;
  private readonly week = new WeekFields(() => this.offerVehicles());
  private readonly dueOnly = input("checkbox", { checked: true });
  private readonly forecast = input("checkbox");
  private readonly horizon = input("number", { min: "1", max: "60", step: "1" });
  private readonly overflowCost = input("number", { min: "0", step: "any" });
  private readonly foreseen: HTMLElement;
  private readonly districts: HTMLInputElement[];
  private readonly vehicles: HTMLInputElement[];
  private readonly restMinutes = input("number", { min: "0", max: "120", step: "5" });
  private readonly restFrom = input("time", { value: "10:00" });
  private readonly restUntil = input("time", { value: "13:00" });
  private readonly overtime = input("number", { min: "0", max: "240", step: "15" });
  private readonly spread = input("number", { min: "0", max: "480", step: "15" });
  private readonly territories = input("checkbox");
  private readonly fromPlan: HTMLSelectElement;
  private readonly familiar = input("number", { min: "0", step: "any", value: "2" });
  private readonly seconds = input("number", { min: "1", max: "3600", value: DEFAULT_SECONDS, required: true });

  constructor(private readonly choices: Choices, private readonly drawing: AreaDrawing, from: string | null) {
    this.fraction = select(choices.fractions, choices.fractions.some(({ value }) => value === "mixed") ? "mixed" : choices.fractions[0]?.value);
    this.districts = choices.districts.map(({ properties }) => input("checkbox", { value: String(properties.external_id) }));
    this.vehicles = choices.vehicles.map(({ properties }) => input("checkbox", { value: String(properties.external_id), checked: true }));
    this.fromPlan = select([{ value: "", label: say("routes.form.fromNone") }, ...choices.plans.map(({ id, facts }) => ({ value: id, label: planName(facts) }))], from ?? "");
    this.foreseen = this.forecastFields();
    this.groups = [this.what(), this.where(), this.fleet(), this.rules(), this.search()];
    this.fraction.addEventListener("change", () => this.offerVehicles());
    for (const box of [...this.kinds, this.dueOnly, this.forecast]) box.addEventListener("change", () => this.offerVehicles());
    this.offerVehicles();
  }

  get order(): Order {
    const seconds = numberIn(this.seconds) ?? Number(DEFAULT_SECONDS);
    const districts = chosen(this.districts);
    const vehicles = chosen(this.vehicles);
    const inputs: Record<string, unknown> = {
      kind: this.kind,
      date: textIn(this.date),
      title: textIn(this.title),
      fraction: this.fraction.value,
      due_only: this.offersDue ? this.dueOnly.checked : undefined,
      ...(this.foresees && { forecast: true, horizon_days: numberIn(this.horizon), overflow_cost: numberIn(this.overflowCost) }),
      districts: districts.length ? districts : undefined,
      area: this.drawing.area ?? undefined,
      vehicles: vehicles.length < this.offered.length ? vehicles : undefined,
      rest_min: numberIn(this.restMinutes),
      ...(numberIn(this.restMinutes) && { rest_from: textIn(this.restFrom), rest_until: textIn(this.restUntil) }),
      overtime_min: numberIn(this.overtime),
      spread_min: numberIn(this.spread),
      territories: this.territories.checked || undefined,
      from_plan: textIn(this.fromPlan),
      familiar_price: this.fromPlan.value ? numberIn(this.familiar) : undefined,
      seconds,
      ...this.week.inputs,
    };
    return { process: this.week.process, inputs: Object.fromEntries(Object.entries(inputs).filter(([, value]) => value !== undefined)), seconds };
  }

  private get kind(): string {
    return this.kinds.find(({ checked }) => checked)?.value ?? "containers";
  }

  /** A week plans every container on its days. */
  private get offersDue(): boolean {
    return this.kind === "containers" && !this.week.isWeek;
  }

  private get offered(): HTMLInputElement[] {
    return this.vehicles.filter(({ disabled }) => !disabled);
  }

  private what(): HTMLElement {
    const kinds = this.kinds.map((kind) => checkable(say(`routes.form.kind.${kind.value}`), kind, say(`routes.form.kindHelp.${kind.value}`)));
    return group(
      say("routes.form.what"),
      labelled(say("routes.form.date"), this.date),
      this.week.root,
      ...kinds,
      labelled(say("routes.form.fraction"), this.fraction),
      checkable(say("routes.form.dueOnly"), this.dueOnly, say("routes.form.dueOnlyHelp")),
      checkable(say("routes.form.forecast"), this.forecast, say("routes.form.forecastHelp")),
      this.foreseen,
    );
  }

  private forecastFields(): HTMLElement {
    return element(
      "div",
      { class: "pair" },
      labelled(say("routes.form.horizon"), this.horizon, say("routes.form.horizonHelp")),
      labelled(say("routes.form.overflowCost"), this.overflowCost, say("routes.form.overflowCostHelp")),
    );
  }

  private get foresees(): boolean {
    return this.offersDue && this.dueOnly.checked && this.forecast.checked;
  }

  private where(): HTMLElement {
    const boxes = this.choices.districts.map(({ properties }, at) => checkable(element("bdi", {}, nameOf(properties, language) ?? String(properties.external_id)), this.districts[at] as HTMLInputElement));
    const list = boxes.length ? element("div", { class: "check-list" }, ...boxes) : null;
    return group(say("routes.form.where"), element("p", { class: "about" }, say("routes.form.whereHelp")), list, this.drawing.root);
  }

  private fleet(): HTMLElement {
    const boxes = this.choices.vehicles.map(({ properties }, at) => {
      const capacities = [properties.capacity_kg && `${formatNumber(Number(properties.capacity_kg) / 1000)}\u00a0${say("routes.unit.t")}`, properties.capacity_m3 && `${formatNumber(Number(properties.capacity_m3))}\u00a0m³`];
      return checkable(element("bdi", {}, String(properties.external_id)), this.vehicles[at] as HTMLInputElement, capacities.filter(Boolean).join(" · "));
    });
    return group(say("routes.form.fleet"), element("p", { class: "about" }, say("routes.form.fleetHelp")), element("div", { class: "check-list two" }, ...boxes));
  }

  private rules(): HTMLElement {
    return folded(
      say("routes.form.rules"),
      element("p", { class: "about" }, say("routes.form.rulesHelp")),
      labelled(say("routes.form.rest"), this.restMinutes, say("routes.form.restHelp")),
      element("div", { class: "pair" }, labelled(say("routes.form.restFrom"), this.restFrom), labelled(say("routes.form.restUntil"), this.restUntil)),
      labelled(say("routes.form.overtime"), this.overtime, say("routes.form.overtimeHelp")),
      labelled(say("routes.form.spread"), this.spread, say("routes.form.spreadHelp")),
      checkable(say("routes.form.territories"), this.territories, say("routes.form.territoriesHelp")),
      labelled(say("routes.form.fromPlan"), this.fromPlan, say("routes.form.fromPlanHelp")),
      labelled(say("routes.form.familiar"), this.familiar, say("routes.form.familiarHelp")),
    );
  }

  private search(): HTMLElement {
    return group(say("routes.form.search"), labelled(say("routes.form.seconds"), this.seconds, say("routes.form.secondsHelp")), labelled(say("routes.form.name"), this.title, say("routes.form.nameHelp")));
  }

  /** Only vehicles that take the fraction can be chosen; containers that are due are no matter of streets. */
  private offerVehicles(): void {
    this.choices.vehicles.forEach(({ properties }, at) => {
      const own = (properties.fractions ?? []) as string[];
      const box = this.vehicles[at] as HTMLInputElement;
      box.disabled = own.length > 0 && !own.includes(this.fraction.value);
      box.closest("label")?.classList.toggle("off", box.disabled);
    });
    const due = this.dueOnly.closest("label");
    if (due) due.hidden = !this.offersDue;
    const forecast = this.forecast.closest("label");
    if (forecast) forecast.hidden = !this.offersDue || !this.dueOnly.checked;
    this.foreseen.hidden = !this.foresees;
  }
}

const chosen = (boxes: readonly HTMLInputElement[]): string[] => boxes.filter(({ checked, disabled }) => checked && !disabled).map(({ value }) => value);
