/** The plan that is open, on the map and in the dock: which crew and task are chosen, what it is compared with. */

import { announce, byId } from "../dom.ts";
import { Toast } from "../edit/toast.ts";
import { say, sayCount } from "../words.ts";
import { NEAREST_NEIGHBOUR, usualOther, type Seen } from "./compare.ts";
import { offerDeletion } from "./deleting.ts";
import { asMissed, placesOf } from "./left_out.ts";
import { offerMove, offerPublication } from "./moving.ts";
import { planDock, type DockHost, type DockState } from "./plan_dock.ts";
import { planName } from "./plan_list.ts";
import { PrintAll } from "./print_all.ts";
import type { MapEvents, PlanMap } from "./plan_map.ts";
import { fetchWholePlan, leftOutOf, nameStreets, type CrewRoute, type Plan, type Visit, type WholePlan } from "./service.ts";
import { ticksAfter } from "./visits.ts";
import { offerWeek } from "./week.ts";
import { WhyPanel } from "./why_panel.ts";

export interface OpenPlanHost {
  map: PlanMap;
  /** A new draft stands: it is to be shown, with the crew that got the task. */
  onDraft(id: string): void;
  /** The plan or others changed their state. */
  onChanged(): void;
  /** It is no more. */
  onGone(): void;
}

export class OpenPlan implements DockHost, MapEvents {
  private readonly dock = byId("routes-dock");
  private readonly why = new WhyPanel({ onMove: (visit, vehicle) => void this.move([visit], vehicle), onClose: () => this.unchoose() });
  private readonly toast = new Toast(byId("routes-map-tools"));
  private plan: WholePlan | null = null;
  private plans: readonly Plan[] = [];
  private vehicle: string | null = null;
  private task: string | null = null;
  private ticked: ReadonlySet<string> = new Set();
  private lastTicked: string | null = null;
  private aim: string | null = null;
  private other: WholePlan | null = null;
  private seen: Seen = "this";
  private tab = "crews";
  private places: ReadonlyMap<string, GeoJSON.Geometry> = new Map();
  private busy = false;
  private readonly printing = new Map<string, PrintAll>();

  constructor(private readonly host: OpenPlanHost) {}

  get id(): string | null {
    return this.plan?.id ?? null;
  }

  /** Throws where the plan is gone or cannot be read. */
  async open(id: string, plans: readonly Plan[]): Promise<void> {
    const plan = await fetchWholePlan(id);
    const sameCrew = plan.routes.find(({ facts }) => facts.vehicle === this.vehicle);
    Object.assign(this, { plan, plans, task: null, ticked: new Set(), lastTicked: null, other: null, seen: "this", places: new Map(), vehicle: sameCrew ? this.vehicle : null });
    this.why.hide();
    this.host.map.show(plan);
    this.dock.hidden = false;
    this.render();
    if (sameCrew) this.chooseCrew(sameCrew);
    else this.host.map.fit();
    announce(say("routes.plan.opened", { plan: planName(plan.facts) }));
    void this.locateMissed(plan);
    const other = usualOther(plan, plans);
    if (other !== NEAREST_NEIGHBOUR) await this.onOther(other);
  }

  close(): void {
    this.plan = null;
    this.vehicle = null;
    this.why.hide();
    this.dock.hidden = true;
    this.host.map.clear();
  }

  readonly onTab = (id: string): void => {
    this.tab = id;
    if (id !== "compare" && this.seen !== "this") this.onSeen("this", false);
  };

  readonly onCrew = (route: CrewRoute): void => {
    this.chooseCrew(this.vehicle === route.facts.vehicle ? null : route);
    this.render();
  };

  onRoute(route: CrewRoute): void {
    this.tab = "crews";
    this.onCrew(route);
  }

  readonly onVisit = (route: CrewRoute, visit: Visit): void => {
    if (!this.plan) return;
    this.task = visit.task;
    if (this.vehicle !== route.facts.vehicle) this.chooseCrew(route);
    this.render();
    this.dock.querySelector(`[data-task="${CSS.escape(visit.task ?? "")}"]`)?.scrollIntoView({ block: "nearest" });
    this.host.map.choose(visit);
    void this.why.open(this.plan.id, route.facts.vehicle, visit);
  };

  readonly onDrop = (visit: Visit, vehicle: string): void => {
    const along = this.tickedVisits;
    void this.move(along.some(({ task }) => task === visit.task) ? along : [visit], vehicle);
  };

  readonly onTick = (route: CrewRoute, visit: Visit, through: boolean): void => {
    this.setTicked(ticksAfter(route.visits, this.ticked, visit, through ? this.lastTicked : null));
    this.lastTicked = visit.task;
  };

  readonly onTickNone = (): void => {
    this.setTicked(new Set());
    this.dock.querySelector<HTMLElement>("[data-tick]")?.focus();
  };

  readonly onAim = (vehicle: string): void => {
    this.aim = vehicle;
  };

  readonly onMoveTicked = (vehicle: string): void => {
    void this.move(this.tickedVisits, vehicle);
  };

  readonly onPlace = (place: GeoJSON.Geometry): void => {
    this.host.map.goTo(place);
  };

  readonly onPublish = (): void => {
    void this.doing(async (plan) => {
      if (!(await offerPublication(plan, this.plans))) return;
      this.toast.show(say("routes.publish.done", { plan: planName(plan.facts) }));
      this.host.onChanged();
    });
  };

  readonly onPublishWeek = (): void => {
    void this.doing(async (plan) => {
      if (!(await offerWeek(plan, this.plans))) return;
      this.toast.show(say("routes.week.done"));
      this.host.onChanged();
    });
  };

  readonly onDelete = (): void => {
    void this.doing(async (plan) => {
      if (!(await offerDeletion(plan))) return;
      this.host.onGone();
      this.toast.show(say("routes.delete.done", { plan: planName(plan.facts) }));
    });
  };

  /** Compares with another plan; NEAREST_NEIGHBOUR: with the plan's own baseline, which has no routes to show. */
  async onOther(id: string): Promise<void> {
    const { plan } = this;
    const other = id === NEAREST_NEIGHBOUR ? null : await fetchWholePlan(id).catch(() => null);
    if (plan !== this.plan) return;
    this.other = other;
    this.onSeen("this");
  }

  onSeen(seen: Seen, render = true): void {
    this.seen = seen;
    this.host.map.compare(this.other, seen);
    if (render) this.render();
  }

  /** The chosen crew's, in its order. */
  private get tickedVisits(): Visit[] {
    const own = this.plan?.routes.find(({ facts }) => facts.vehicle === this.vehicle)?.visits ?? [];
    return own.filter(({ task }) => task && this.ticked.has(task));
  }

  private setTicked(ticked: ReadonlySet<string>): void {
    this.ticked = ticked;
    this.why.hide();
    this.task = null;
    this.host.map.choose(...this.tickedVisits);
    this.render();
    announce(sayCount("routes.stops", ticked.size));
  }

  private async move(visits: readonly Visit[], vehicle: string): Promise<void> {
    const [first, ...rest] = visits;
    if (!first) return;
    const from = this.plan?.routes.find(({ facts }) => facts.external_id === first.route)?.facts.vehicle;
    if (vehicle === from) return announce(say("routes.move.same", { vehicle }));
    await this.doing(async (plan) => {
      const draft = await offerMove(plan.id, [first, ...rest], vehicle);
      if (!draft) return;
      this.vehicle = vehicle;
      this.host.onDraft(draft);
      this.toast.show(say("routes.move.done", { vehicle }), { label: say("routes.move.back"), run: () => this.host.onDraft(plan.id) });
    });
  }

  /** One deed at a time; why it failed is told. */
  private async doing(deed: (plan: WholePlan) => Promise<void>): Promise<void> {
    if (!this.plan || this.busy) return;
    this.busy = true;
    document.body.setAttribute("aria-busy", "true");
    try {
      await deed(this.plan);
    } catch (error) {
      this.toast.show((error as Error).message);
    } finally {
      this.busy = false;
      document.body.removeAttribute("aria-busy");
    }
  }

  private chooseCrew(route: CrewRoute | null): void {
    if (this.vehicle !== route?.facts.vehicle) {
      this.ticked = new Set();
      this.host.map.choose();
    }
    this.vehicle = route?.facts.vehicle ?? null;
    this.lastTicked = null;
    this.host.map.highlight(this.vehicle);
    if (route) void nameStreets(route).then(() => this.vehicle === route.facts.vehicle && this.render(), () => undefined);
  }

  private unchoose(): void {
    this.host.map.choose(...this.tickedVisits);
    const held = this.task;
    this.task = null;
    this.render();
    if (held) this.dock.querySelector<HTMLElement>(`[data-task="${CSS.escape(held)}"]`)?.focus();
  }

  private async locateMissed(plan: WholePlan): Promise<void> {
    const missed = leftOutOf(plan.facts);
    if (!missed.length) return;
    const places = await placesOf(plan.facts, missed).catch(() => new Map<string, GeoJSON.Geometry>());
    if (plan !== this.plan) return;
    this.places = places;
    this.host.map.showMissed(asMissed(missed, places));
    this.render();
  }

  /** Draws the dock anew; the keyboard and the scrolled places stay where they were. */
  private render(): void {
    if (!this.plan) return;
    const focused = this.dock.contains(document.activeElement) ? keyOf(document.activeElement as Element) : null;
    const scrolled = [".visits", ".crews-part .table-holder"].map((part) => [part, this.dock.querySelector(part)?.scrollTop ?? 0] as const);
    this.dock.replaceChildren(...planDock(this.plan, this.state(this.plan), this));
    for (const [part, top] of scrolled) this.dock.querySelector(part)?.scrollTo({ top });
    if (focused) this.dock.querySelector<HTMLElement>(focused)?.focus({ preventScroll: true });
  }

  /** It goes on while other plans are looked at. */
  private printingOf({ id }: Plan): PrintAll {
    const printing = this.printing.get(id) ?? new PrintAll(id);
    this.printing.set(id, printing);
    return printing;
  }

  private state(plan: WholePlan): DockState {
    const { plans, other, seen, vehicle, task, ticked, aim, places, tab } = this;
    const { colourOf } = this.host.map;
    return { plans, other, seen, vehicle, task, ticked, aim, places, tab, colourOf, printing: this.printingOf(plan).root, missed: leftOutOf(plan.facts), onOther: (id) => void this.onOther(id), onSeen: (way) => this.onSeen(way) };
  }
}

/** A selector that finds the same control after the dock was drawn anew. */
function keyOf(focused: Element): string | null {
  if (focused.id) return `#${CSS.escape(focused.id)}`;
  const task = focused.getAttribute("data-task");
  if (task) return `[data-task="${CSS.escape(task)}"]`;
  const tick = focused.getAttribute("data-tick");
  if (tick) return `[data-tick="${CSS.escape(tick)}"]`;
  const row = focused.closest("[data-drop-vehicle]")?.getAttribute("data-drop-vehicle");
  if (row) return `[data-drop-vehicle="${CSS.escape(row)}"] .crew-pick`;
  const seen = focused.getAttribute("data-seen");
  return seen ? `[data-seen="${seen}"]` : null;
}
