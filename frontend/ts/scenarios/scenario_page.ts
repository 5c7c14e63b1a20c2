/** The planner's page: tools, steps, what would change, saving, sharing; one scenario is open at a time. */

import { fetchFeature, type Feature } from "../catalogue.ts";
import { announce, byId, debounce, element } from "../dom.ts";
import { keepQueryInLinks } from "../page_frame.ts";
import { AS_STORED, tellRules, type Telling } from "../rules_told.ts";
import type { VectorMap } from "../vector_map.ts";
import { formatNumber, language, say } from "../words.ts";
import { askWhatIf, readScenario, saveScenario, shareScenario, type Answer, type SavedScenario } from "./api.ts";
import { greenAt } from "./base_map.ts";
import { DrawingBoard, StepsOnMap, type Tool } from "./drawing_board.ts";
import { districtTables, figureTable } from "./figures.ts";
import { chosenSites, fetchFound } from "../sites/search.ts";
import { OnPaper } from "./on_paper.ts";
import { MOST_STEPS, withStep, wordsOf, type Operation, type Step } from "./operations.ts";
import { dateOf, momentOf, SavedList } from "./saved_list.ts";

const WAIT_MS = 120;
const GREENS = "green-spaces";

export class ScenarioPage {
  private steps: Step[] = [];
  private opened: SavedScenario | null = null;
  private saved = true;
  private choosing = false;
  private asked: AbortController | null = null;
  private readonly shown: StepsOnMap;
  private readonly board: DrawingBoard;
  private readonly list: SavedList;
  private readonly paper: OnPaper;
  private readonly ask = debounce(WAIT_MS, () => void this.count());

  constructor(private readonly map: L.Map) {
    this.shown = new StepsOnMap(map);
    this.board = new DrawingBoard(map, (operation) => this.add({ operation }));
    this.paper = new OnPaper(map, () => this.shown.fit(map));
    this.list = new SavedList((id) => void this.open(id), failed);
    this.listen();
  }

  async begin(vectors: VectorMap): Promise<void> {
    this.map.on("click", ({ latlng }) => this.choosing && void this.choose(vectors, latlng));
    byId("results-state").textContent = say("result.preparing");
    await Promise.all([this.list.refresh(), this.count()]);
    const query = new URLSearchParams(location.search);
    const [asked, search] = [Number(query.get("scenario")), query.get("sites")];
    if (asked) await this.open(asked);
    else if (search) await this.trySites(search);
  }

  /** What a search for the best sites chose, as new green spaces of a scenario that is not saved yet. */
  private async trySites(search: string): Promise<void> {
    try {
      const found = await fetchFound(search);
      const sites = chosenSites(found).slice(0, MOST_STEPS);
      byId<HTMLInputElement>("scenario-name").value = say("saved.bestSites", { date: dateOf(found) });
      this.change(sites.map(({ geometry }) => ({ operation: { op: "draw", geometry, access: "public" } })));
      this.shown.fit(this.map);
    } catch (error) {
      failed(error as Error);
    }
  }

  private listen(): void {
    for (const button of toolButtons()) button.addEventListener("click", () => this.take(button));
    byId("tool-middle").addEventListener("click", () => this.board.placeInMiddle());
    byId("tool-stop").addEventListener("click", () => this.putAway());
    byId("save-form").addEventListener("submit", (event) => (event.preventDefault(), void this.save(this.opened)));
    byId("save-new").addEventListener("click", () => void this.save(null));
    byId("start-new").addEventListener("click", () => this.mayLeave() && this.show(null, []));
    byId("share").addEventListener("click", () => void this.share());
    byId("print").addEventListener("click", () => void this.paper.print());
    window.addEventListener("keydown", (event) => event.key === "Escape" && this.putAway());
    window.addEventListener("beforeunload", (event) => this.saved || event.preventDefault());
  }

  private take(button: HTMLButtonElement): void {
    const tool = button.getAttribute("aria-pressed") === "true" ? "" : (button.dataset.tool ?? "");
    this.putAway();
    if (!tool) return;
    button.setAttribute("aria-pressed", "true");
    this.choosing = tool === "choose";
    if (!this.choosing) this.board.take(tool as Tool);
    byId("tool-hint").textContent = say(`tool.${tool}`);
    byId("tool-middle").hidden = this.choosing;
    byId("tool-help").hidden = false;
    announce(say(`tool.${tool}`));
  }

  private putAway(): void {
    this.board.take(null);
    this.choosing = false;
    for (const button of toolButtons()) button.setAttribute("aria-pressed", "false");
    byId("tool-help").hidden = byId("chosen").hidden = true;
  }

  private async choose(vectors: VectorMap, latlng: L.LatLng): Promise<void> {
    const found = greenAt(vectors, latlng);
    byId("chosen").hidden = !found;
    if (!found) return void (byId("tool-hint").textContent = say("tool.noGreen"));
    const feature = await fetchFeature(GREENS, String(found.id));
    this.offer(feature);
  }

  private offer(feature: Feature): void {
    const green = Number(feature.id);
    const about = { name: greenName(feature), shape: feature.geometry ?? undefined } as Pick<Step, "name" | "shape">;
    const open = feature.properties.access === "public";
    const convert = byId<HTMLButtonElement>("chosen-convert");
    byId("chosen-name").textContent = about.name ?? "";
    convert.textContent = (open ? convert.dataset.close : convert.dataset.open) ?? "";
    convert.onclick = () => this.add({ operation: { op: "convert", green, access: open ? "private" : "public" }, ...about });
    byId("chosen-remove").onclick = () => this.add({ operation: { op: "remove", green }, ...about });
  }

  private add(step: Step): void {
    const goesOn = step.operation.op === "plant";
    if (!goesOn) this.putAway();
    this.change(withStep(this.steps, step));
    announce(wordsOf(this.steps.at(-1) ?? step));
  }

  private change(steps: Step[]): void {
    this.steps = steps;
    this.saved = false;
    this.showSteps();
    this.ask();
  }

  private showSteps(): void {
    this.shown.show(this.steps);
    byId("no-steps").hidden = this.steps.length > 0;
    byId("steps").replaceChildren(...this.steps.map((step, place) => this.stepRow(step, place)));
  }

  private stepRow(step: Step, place: number): HTMLElement {
    const words = wordsOf(step);
    const remove = element("button", { type: "button", class: "take-back", "aria-label": say("op.take", { step: words }) }, "×");
    remove.addEventListener("click", () => this.change(this.steps.filter((_other, other) => other !== place)));
    return element("li", { "data-op": step.operation.op }, element("span", {}, words), remove);
  }

  /** Of several questions on the way, only the last one's answer is shown. */
  private async count(): Promise<void> {
    this.asked?.abort();
    const asked = (this.asked = new AbortController());
    const slow = setTimeout(() => (byId("results-state").textContent = say("result.preparing")), 1500);
    try {
      const answer = await askWhatIf(this.operations, asked.signal);
      if (asked === this.asked) this.showAnswer(answer);
    } catch (error) {
      if (!asked.signal.aborted) failed(error as Error);
    } finally {
      clearTimeout(slow);
    }
  }

  private showAnswer(answer: Answer): void {
    byId("failure-notice").hidden = true;
    byId("results-state").textContent = this.steps.length ? say("result.done", { ms: formatNumber(answer.took_ms) }) : "";
    const idle = (answer.without_effect ?? []).map(({ operation }) => element("p", { class: "alert note" }, say("result.farDoor", { number: formatNumber(operation) })));
    byId("results").replaceChildren(...idle, figureTable(answer.city, say("result.change")), element("p", { class: "hint" }, say("result.parcels", { count: formatNumber(answer.parcels.changed) })));
    byId("by-district").hidden = !answer.districts.length;
    byId("districts").replaceChildren(...districtTables(answer));
    byId("rules").hidden = false;
    byId("counted").textContent = momentOf(answer);
    showRules(answer.rule);
  }

  private get operations(): Operation[] {
    return this.steps.map(({ operation }) => operation);
  }

  private async save(into: SavedScenario | null): Promise<void> {
    const input = byId<HTMLInputElement>("scenario-name");
    const name = input.value.trim();
    if (!name) return void (tell(say("saved.needsName")), input.focus());
    try {
      const { scenario } = await saveScenario(name, this.operations, into ?? undefined);
      this.saved = true;
      await this.list.refresh();
      await this.follow(scenario);
      tell(say("saved.saved", { name }));
    } catch (error) {
      failed(error as Error);
    }
  }

  private async follow(scenario: string): Promise<void> {
    const { features } = await fetch(`/collections/scenarios/items?external_id=${scenario}`, { headers: { Accept: "application/geo+json" } }).then((answer) => answer.json() as Promise<{ features: { id: number }[] }>);
    if (features[0]) this.keep(await readScenario(features[0].id));
  }

  private keep(opened: SavedScenario | null): void {
    this.opened = opened;
    byId("save-new").hidden = !opened;
    byId("scenario-title").textContent = opened?.name ?? "";
    history.replaceState(null, "", opened ? `?scenario=${opened.id}` : location.pathname);
    keepQueryInLinks();
    this.showLink(opened?.share_key ?? null);
  }

  private async open(id: number): Promise<void> {
    if (!this.mayLeave()) return;
    try {
      const scenario = await readScenario(id);
      this.show(scenario, await Promise.all(scenario.operations.map(stepOf)));
    } catch (error) {
      failed(error as Error);
    }
  }

  private show(scenario: SavedScenario | null, steps: Step[]): void {
    this.putAway();
    this.keep(scenario);
    byId<HTMLInputElement>("scenario-name").value = scenario?.name ?? "";
    this.change(steps);
    this.saved = true;
    tell("");
  }

  private mayLeave(): boolean {
    return this.saved || window.confirm(say("saved.loseChanges"));
  }

  private async share(): Promise<void> {
    if (!this.opened || !this.saved) return tell(say("saved.saveFirst"));
    try {
      const { share_key } = await shareScenario(this.opened.scenario, !this.opened.share_key);
      this.keep(await readScenario(this.opened.id));
      tell(share_key ? "" : say("saved.unshared"));
      await this.list.refresh();
    } catch (error) {
      failed(error as Error);
    }
  }

  private showLink(key: string | null): void {
    byId("share").setAttribute("aria-pressed", String(key !== null));
    byId("share-link").hidden = key === null;
    byId("share-hint").textContent = say("saved.shared");
    byId<HTMLInputElement>("share-address").value = key ? `${location.origin}/scenarios/shared/${key}` : "";
  }
}

/** A saved step with the name and shape of its green space; one that is gone is shown by its number. */
async function stepOf(operation: Operation): Promise<Step> {
  if (!("green" in operation)) return { operation };
  const feature = await fetchFeature(GREENS, String(operation.green)).catch(() => null);
  return feature ? { operation, name: greenName(feature), ...(feature.geometry ? { shape: feature.geometry } : {}) } : { operation };
}

function greenName({ id, properties }: Feature): string {
  return String(properties[`name_${language}`] || properties.name_fr || say("op.green", { id }));
}

const toolButtons = (): NodeListOf<HTMLButtonElement> => document.querySelectorAll<HTMLButtonElement>("#tools [data-tool]");

function tell(text: string): void {
  byId("keep-state").textContent = text;
}

export function showFailure(message: string): void {
  const notice = document.getElementById("failure-notice");
  if (!notice) return announce(message);
  notice.hidden = false;
  notice.textContent = message;
}

/** Told in the language of the page as soon as the service has answered. */
function showRules(rules: Record<string, string>): void {
  const show = ({ name, text }: Telling) =>
    byId("rule-list").replaceChildren(...Object.entries(rules).flatMap(([id, rule]) => [element("dt", {}, name(id)), element("dd", {}, ...text(rule))]));
  if (!byId("rule-list").hasChildNodes()) show(AS_STORED);
  tellRules(rules).then(show, () => show(AS_STORED));
}

const failed = (error: Error): void => showFailure(error.message);

