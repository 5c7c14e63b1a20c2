/** The plain pages: follows a job until it ends, sends a process's form, copies what is there to copy. */

import { offerCopying } from "./copy.ts";
import { followJob } from "./job.ts";
import { sendByFetch } from "./process_form.ts";

const job = document.querySelector<HTMLElement>("[data-job]");
if (job) followJob(job);
const form = document.querySelector<HTMLFormElement>("form[data-process]");
if (form) sendByFetch(form);
document.querySelectorAll<HTMLButtonElement>("[data-copy]").forEach(offerCopying);
