/** The pages of scenarios: the planner's own, and the one that a shared link shows. */

import { prepareMap, showCity } from "./base_map.ts";
import { StepsOnMap } from "./drawing_board.ts";
import { OnPaper } from "./on_paper.ts";
import { wordsOf, type Operation } from "./operations.ts";
import { ScenarioPage, showFailure } from "./scenario_page.ts";
import { byId, element } from "../dom.ts";
import { say } from "../words.ts";

window.addEventListener("map:init", (event) => {
  const { map } = (event as CustomEvent<{ map: L.Map }>).detail;
  start(map).catch((error: Error) => showFailure(say("mapFailed", { reason: error.message })));
});

async function start(map: L.Map): Promise<void> {
  prepareMap(map);
  const shared = document.getElementById("shared-operations");
  if (shared) showShared(map, JSON.parse(shared.textContent ?? "[]") as Operation[]);
  const page = shared ? null : new ScenarioPage(map);
  const vectors = await showCity(map, () => showFailure(say("tilesFailed")));
  await page?.begin(vectors);
  document.body.dataset.ready = "true";
}

function showShared(map: L.Map, operations: Operation[]): void {
  const steps = operations.map((operation) => ({ operation }));
  const shown = new StepsOnMap(map);
  shown.show(steps);
  new OnPaper(map, () => shown.fit(map));
  byId("steps").replaceChildren(...steps.map((step) => element("li", {}, element("span", {}, wordsOf(step)))));
}
