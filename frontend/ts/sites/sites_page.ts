/** The page of best sites: asks, follows the job that searches, shows what it found; ?job= shows it again. */

import { announce, byId, element } from "../dom.ts";
import { keepQueryInLinks } from "../page_frame.ts";
import { typedInputs } from "../process_form.ts";
import { cancelJob, fetchJob, hasEnded, startProcess, waited, type JobStatus } from "../routes/service.ts";
import { MOST_STEPS } from "../scenarios/operations.ts";
import { formatMoment, formatNumber, say, sayCount } from "../words.ts";
import { fetchFound, fetchSearches, PROCESS, type Found } from "./search.ts";
import { SitesMap } from "./sites_map.ts";
import { chosenTable, markRow, moneyIn, otherTable } from "./tables.ts";

const EVERY_MS = 1000;

export class SitesPage {
  private readonly sites: SitesMap;
  private readonly form = byId<HTMLFormElement>("sites-form");
  private readonly money = moneyIn(this.form.dataset.currency ?? "");
  private job: string | null = null;

  constructor(map: L.Map) {
    this.sites = new SitesMap(map, (parcel) => this.pick(parcel));
    this.form.addEventListener("submit", (event) => (event.preventDefault(), void this.start()));
    byId("search-cancel").addEventListener("click", () => this.job && void cancelJob(this.job).catch(showFailure));
    window.addEventListener("popstate", () => location.reload());
  }

  async begin(): Promise<void> {
    const job = new URLSearchParams(location.search).get("job");
    await Promise.all([this.listSearches(), job && this.follow(job)]);
  }

  private async start(): Promise<void> {
    byId("failure-notice").hidden = true;
    this.working(true);
    try {
      const { jobID } = await startProcess(PROCESS, typedInputs(this.form));
      history.pushState(null, "", `?job=${jobID}`);
      keepQueryInLinks();
      await this.follow(jobID);
      await this.listSearches();
    } catch (error) {
      this.working(false);
      showFailure(error as Error);
    }
  }

  /** Until the job ends; where the service does not answer, it is asked again. */
  private async follow(job: string): Promise<void> {
    this.job = job;
    this.hideFound();
    this.working(true);
    let status = await fetchJob(job).catch(showFailure);
    for (; status && !hasEnded(status); await waited(EVERY_MS)) {
      this.tellProgress(status);
      status = await fetchJob(job).catch((error: Error) => this.unreachable(error, status as JobStatus));
    }
    this.working(false);
    if (status?.status === "successful") this.show(await fetchFound(job), job);
    else if (status?.status === "dismissed") announce(say("status.dismissed"));
    else if (status) showFailure(new Error(status.problem?.detail ?? status.message ?? status.status));
  }

  private working(on: boolean): void {
    byId("search-progress").hidden = !on;
    byId<HTMLDetailsElement>("ask").open = !on;
    for (const field of this.form.elements) (field as HTMLInputElement).disabled = on;
  }

  private tellProgress({ status, progress, message }: JobStatus): void {
    const percent = Math.round(progress ?? 0);
    byId<HTMLProgressElement>("search-bar").value = percent;
    byId("search-percent").textContent = `${formatNumber(percent)} %`;
    const text = message || say(`status.${status}`);
    if (byId("search-message").textContent !== text) byId("search-message").textContent = text;
  }

  private unreachable({ message }: Error, last: JobStatus): JobStatus {
    byId("search-message").textContent = say("jobUnreachable", { reason: message });
    return last;
  }

  private hideFound(): void {
    this.sites.clear();
    byId("found").hidden = true;
  }

  private show(found: Found, job: string): void {
    const { chosen, sites } = found;
    this.fill(found.asked);
    byId("found").hidden = false;
    byId<HTMLDetailsElement>("ask").open = false;
    byId("found-summary").replaceChildren(...this.summary(found).map((text) => element("p", {}, text)));
    byId("found-chosen").replaceChildren(...(chosen.sites.length ? [chosenTable(found, this.money, (parcel) => this.pick(parcel))] : []));
    byId("found-others").replaceChildren(otherTable(found, this.money, (parcel) => this.pick(parcel)));
    byId("others").hidden = sites.features.length === chosen.sites.length;
    const steps = Math.min(chosen.sites.length, MOST_STEPS);
    const scenario = byId<HTMLAnchorElement>("try-scenario");
    scenario.hidden = steps === 0;
    scenario.textContent = sayCount("sites.try", steps);
    scenario.href = `${scenario.dataset.page}?sites=${job}`;
    byId<HTMLAnchorElement>("found-job").href = `/jobs/${job}`;
    byId("rule-list").replaceChildren(...Object.entries(found.rule).flatMap(([name, rule]) => [element("dt", {}, name), element("dd", {}, rule)]));
    this.sites.show(found);
    announce(byId("found-summary").textContent ?? "");
  }

  private summary({ chosen, people, greedy, computed_at }: Found): string[] {
    const computed = say("sites.computed", { date: formatMoment(new Date(computed_at), "both") });
    if (!chosen.sites.length) return [say("sites.none"), computed];
    const share = people.without ? (100 * chosen.newly_served) / people.without : 0;
    const served = say("sites.served", { people: formatNumber(chosen.newly_served), share: formatNumber(Math.round(10 * share) / 10), without: formatNumber(people.without), cost: this.money(chosen.cost) });
    const gap = chosen.gap ? say("sites.gap", { gap: formatNumber((100 * chosen.gap) / (1 - chosen.gap)) }) : say("sites.best");
    const fewer = greedy.newly_served < chosen.newly_served && say("sites.greedy", { people: formatNumber(greedy.newly_served) });
    return [served, fewer ? `${gap} ${fewer}` : gap, computed];
  }

  /** What was asked, so that it can be asked again a little differently. */
  private fill(asked: Found["asked"]): void {
    for (const field of this.form.querySelectorAll<HTMLInputElement | HTMLSelectElement>("[data-type]")) field.value = String(asked[field.name] ?? "");
  }

  private pick(parcel: number): void {
    const row = document.querySelector<HTMLElement>(`tr[data-parcel="${parcel}"]`);
    if (row?.closest("#others")) byId<HTMLDetailsElement>("others").open = true;
    markRow(parcel);
    this.sites.pick(parcel);
  }

  private async listSearches(): Promise<void> {
    const searches = await fetchSearches().catch(showFailure);
    const current = new URLSearchParams(location.search).get("job");
    const rows = (searches ?? []).map(({ jobID, created }) => element("li", {}, element("a", { href: `?job=${jobID}`, "aria-current": jobID === current && "true" }, formatMoment(new Date(created), "both"))));
    byId("searches").replaceChildren(...rows);
    byId("no-searches").hidden = rows.length > 0;
  }
}

export function showFailure({ message }: Error): undefined {
  const notice = byId("failure-notice");
  notice.hidden = false;
  notice.textContent = message;
}
