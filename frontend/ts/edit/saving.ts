/** Saves a session; when somebody else was first, asks how to merge and saves that. What comes back is what the service stored. */

import { say } from "../words.ts";
import { createFeature, deleteFeature, patchFeature, Refusal, restoreVersion, type Problem, type Saved } from "./api.ts";
import { ask } from "./ask.ts";
import { settle, whoAndWhy } from "./conflict_dialog.ts";
import { mergeStates } from "./merge.ts";
import type { Session } from "./session.ts";
import { stateOf } from "./state.ts";

const CONFLICT = 412;

/** Null when the person goes on editing. Throws Refusal and Unreachable; the session is as it was then. */
export async function saveSession(session: Session): Promise<Saved | null> {
  const { target, id, version, comment, patch } = session;
  if (id === null) return createFeature(target.collection, session.state.geometry, session.properties, comment);
  if (!patch) return null;
  try {
    return await patchFeature(target.collection, id, version, patch, comment);
  } catch (error) {
    if (!(error instanceof Refusal) || error.status !== CONFLICT) throw error;
    return error.problem.theirs ? mergeWith(session, error.problem) : bringBack(session, id, error.problem);
  }
}

async function mergeWith(session: Session, problem: Problem): Promise<Saved | null> {
  const { target } = session;
  const feature = problem.theirs as Saved["feature"];
  const theirs = { feature, version: Number(feature.properties.version), unchanged: true };
  const base = problem.base ? stateOf(problem.base) : session.base;
  const sides = { base, theirs: stateOf(feature), mine: session.state };
  const merge = mergeStates(sides.base, sides.theirs, sides.mine, target.writable);
  const decision = await settle({ target, problem, merge, ...sides });
  if (!decision) return null;
  if (decision.action === "theirs") return theirs;
  session.rebase(theirs.version, sides.theirs, decision.state);
  return session.dirty ? saveSession(session) : theirs;
}

/** Deleted by somebody else: back under its number, then my changes on top; or nothing at all. */
async function bringBack(session: Session, id: number, problem: Problem): Promise<Saved | null> {
  const answer = await ask(say("conflict.deletedTitle"), whoAndWhy(problem), [
    { id: "back", label: say("conflict.bringBack"), kind: "primary" },
    { id: "discard", label: say("conflict.discardMine"), kind: "danger" },
    { id: "later", label: say("conflict.later") },
  ]);
  if (answer === "discard") throw new Discarded();
  if (answer !== "back") return null;
  const back = await restoreVersion(session.target.collection, id, session.version, undefined, session.comment);
  session.rebase(back.version, stateOf(back.feature), session.state);
  return session.dirty ? saveSession(session) : back;
}

/** The person gave up an edit of a feature that is no longer there. */
export class Discarded extends Error {}

/** Takes back what was just saved: the version before it, or, of a new feature, its deletion (null). */
export async function takeBack(collection: string, saved: Saved, before: number | null): Promise<Saved | null> {
  const id = Number(saved.feature.id);
  const comment = say("edit.undoComment", { version: saved.version });
  if (before !== null) return restoreVersion(collection, id, before, saved.version, comment);
  await deleteFeature(collection, id, saved.version, comment);
  return null;
}
