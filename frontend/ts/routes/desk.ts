/** The planner's desk: the list, the form or a running search at the side, a plan on the map; the address says which. */

import { byId, element } from "../dom.ts";
import { keepHashInLinks } from "../page_frame.ts";
import { say } from "../words.ts";
import { AreaDrawing } from "./area_drawing.ts";
import { OpenPlan } from "./open_plan.ts";
import { importForm } from "./import_form.ts";
import { fetchChoices, planForm, type Order } from "./plan_form.ts";
import { planAddress, planList } from "./plan_list.ts";
import { PlanMap } from "./plan_map.ts";
import { restForm } from "./rest_form.ts";
import { RunView } from "./run_view.ts";
import { fetchPlans, fetchWholePlan, runProcess, startProcess, type Plan } from "./service.ts";
import { loadTitles } from "./titles.ts";

const USUAL_SECONDS = 20;

export class Desk {
  private readonly side = byId("routes-side");
  private readonly map: PlanMap;
  private readonly open: OpenPlan;
  private plans: readonly Plan[] = [];
  private drawing: AreaDrawing | null = null;
  private run: RunView | null = null;
  private seconds = USUAL_SECONDS;

  constructor(private readonly leaflet: L.Map) {
    this.map = new PlanMap(leaflet, {
      onRoute: (route) => this.open.onRoute(route),
      onVisit: (route, visit) => this.open.onVisit(route, visit),
      onDrop: (visit, vehicle) => this.open.onDrop(visit, vehicle),
    });
    this.open = new OpenPlan({ map: this.map, onDraft: (id) => void this.reload(id), onChanged: () => void this.reload(this.open.id), onGone: () => void this.reload(null) });
  }

  async start(): Promise<void> {
    await Promise.all([this.map.prepare(() => tellFailure(say("tilesFailed"))), loadTitles()]);
    this.plans = await fetchPlans();
    window.addEventListener("hashchange", () => void this.follow());
    await this.follow();
  }

  /** Reads the plans again and opens one of them. */
  private async reload(id: string | null): Promise<void> {
    this.plans = await fetchPlans();
    const address = id ? planAddress(id) : "#";
    if (location.hash === address) await this.follow();
    else location.hash = address;
  }

  private async follow(): Promise<void> {
    keepHashInLinks();
    tellFailure("");
    try {
      await this.show(new URLSearchParams(location.hash.slice(1)));
    } catch (error) {
      tellFailure((error as Error).message);
    }
    document.body.dataset.ready = "true";
  }

  private async show(address: URLSearchParams): Promise<void> {
    this.leave();
    const [plan, job, from] = ["plan", "job", "new"].map((key) => address.get(key)) as [string | null, string | null, string | null];
    const [brings, rest] = [address.has("import"), address.get("rest")];
    document.body.classList.toggle("asking", job !== null || from !== null || brings || rest !== null);
    if (plan) return this.showPlan(plan);
    this.open.close();
    if (job) return this.showRun(job);
    if (from !== null) return this.showForm(from || null);
    if (brings) return this.showImport();
    if (rest) return this.showRest(rest);
    this.put(planList(this.plans, null));
  }

  private async showPlan(id: string): Promise<void> {
    this.put(planList(this.plans, id), false);
    byId("routes-dock").hidden = false;
    await this.open.open(id, this.plans).catch((error: Error) => {
      this.open.close();
      throw error;
    });
  }

  private async showForm(from: string | null): Promise<void> {
    this.put(element("p", { class: "side-view" }, say("loading")));
    const choices = await fetchChoices(this.plans);
    this.drawing = new AreaDrawing(this.leaflet);
    this.put(planForm(choices, this.drawing, from, (order) => this.order(order)));
  }

  private async showImport(): Promise<void> {
    this.put(element("p", { class: "side-view" }, say("loading")));
    const form = importForm(await fetchChoices(this.plans), async (inputs) => {
      const { plan } = await runProcess<{ plan: string }>("import-plan", inputs);
      if (form.isConnected) await this.reload(plan); // else something else is looked at now
    });
    this.put(form);
  }

  private async showRest(plan: string): Promise<void> {
    this.put(planList(this.plans, plan));
    const order = (inputs: Order["inputs"]) => this.order({ process: "replan-routes", inputs, seconds: USUAL_SECONDS });
    this.put(restForm(await fetchWholePlan(plan), order));
  }

  private async order({ process, inputs, seconds }: Order): Promise<void> {
    const { jobID } = await startProcess(process, inputs);
    this.seconds = seconds;
    location.hash = `#job=${jobID}`;
  }

  private async showRun(job: string): Promise<void> {
    const run = new RunView(job, this.seconds);
    this.run = run;
    this.put(run.root);
    void run.follow().then(
      (plan) => (this.run === run ? this.reload(plan) : undefined),
      (error: Error) => run.fail(error.message),
    );
  }

  private leave(): void {
    this.drawing?.leave();
    this.run?.leave();
    [this.drawing, this.run] = [null, null];
  }

  /** `focus`: the keyboard goes on in what is shown now. */
  private put(view: HTMLElement, focus = document.body.dataset.ready === "true"): void {
    this.side.replaceChildren(view);
    if (focus) view.querySelector<HTMLElement>("h2")?.focus({ preventScroll: true });
  }
}

export function tellFailure(message: string): void {
  const notice = byId("failure-notice");
  notice.hidden = !message;
  notice.textContent = message;
}
