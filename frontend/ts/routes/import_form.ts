/** The form that brings in a plan made elsewhere: its day, what it collects, by which rules, and the file. */

import { element } from "../dom.ts";
import { say } from "../words.ts";
import { checkable, folded, group, input, labelled, numberIn, select, sideForm, textIn, today } from "./fields.ts";
import type { Choices } from "./plan_form.ts";

const COLUMNS = "vehicle,item,order,kind,place";

/** `onImport` may throw: the faults of the plan are shown, what was chosen stays. */
export function importForm({ fractions }: Pick<Choices, "fractions">, onImport: (inputs: Record<string, unknown>) => Promise<void>): HTMLElement {
  const date = input("date", { value: today(), required: true });
  const kinds = ["containers", "kerbside"].map((value, at) => input("radio", { name: "kind", value, checked: at === 0 }));
  const fraction = select(fractions, fractions.some(({ value }) => value === "mixed") ? "mixed" : fractions[0]?.value);
  const title = input("text", { maxlength: "200", dir: "auto" });
  const file = input("file", { accept: ".csv,.txt,text/csv", required: true });
  const rest = input("number", { min: "0", max: "120", step: "5" });
  const restFrom = input("time", { value: "10:00" });
  const restUntil = input("time", { value: "13:00" });
  const overtime = input("number", { min: "0", max: "240", step: "15" });
  const working = element("p", { role: "status" });
  const groups = [
    element("p", { class: "about" }, say("routes.import.about")),
    group(
      say("routes.form.what"),
      labelled(say("routes.form.date"), date),
      ...kinds.map((kind) => checkable(say(`routes.form.kind.${kind.value}`), kind)),
      labelled(say("routes.form.fraction"), fraction),
      labelled(say("routes.form.name"), title, say("routes.form.nameHelp")),
    ),
    group(say("routes.import.file"), labelled(say("routes.import.csv"), file, say("routes.import.csvHelp")), element("p", {}, element("code", { dir: "ltr" }, COLUMNS)), element("p", { class: "about" }, say("routes.import.tips"))),
    folded(
      say("routes.form.rules"),
      element("p", { class: "about" }, say("routes.form.rulesHelp")),
      labelled(say("routes.form.rest"), rest, say("routes.form.restHelp")),
      element("div", { class: "pair" }, labelled(say("routes.form.restFrom"), restFrom), labelled(say("routes.form.restUntil"), restUntil)),
      labelled(say("routes.form.overtime"), overtime, say("routes.form.overtimeHelp")),
    ),
    working,
  ];
  return sideForm(say("routes.import.title"), groups, say("routes.import.do"), "#", async () => {
    working.textContent = say("routes.import.working");
    try {
      const minutes = numberIn(rest);
      await onImport({
        kind: kinds.find(({ checked }) => checked)?.value,
        date: textIn(date),
        fraction: fraction.value,
        title: textIn(title),
        ...(minutes && { rest_min: minutes, rest_from: textIn(restFrom), rest_until: textIn(restUntil) }),
        overtime_min: numberIn(overtime),
        stops_csv: await (file.files?.[0] as File).text(),
      });
    } finally {
      working.textContent = "";
    }
  });
}
