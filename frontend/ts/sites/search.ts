/** A search for the best sites: what the process rank-green-sites is asked, and what it answers. */

import { fetchJson } from "../catalogue.ts";
import type { Area } from "../scenarios/operations.ts";

export const PROCESS = "rank-green-sites";

export interface Site {
  rank: number;
  parcel: number;
  external_id: string | null;
  reference: string | null;
  area_m2: number;
  cost: number;
  /** By this site alone. */
  newly_served: number;
  served_per_million: number;
  /** Its number among the chosen. */
  chosen: number | null;
}

/** One of the chosen: what it adds to those before it, and what all of them serve by then. */
export interface ChosenSite {
  place: number;
  parcel: number;
  added: number;
  together: number;
  share_pct: number;
}

export type SiteFeature = GeoJSON.Feature<Area, Site>;

export interface Found {
  chosen: { newly_served: number; cost: number; gap: number; sites: ChosenSite[] };
  sites: GeoJSON.FeatureCollection<Area, Site>;
  people: { all: number; without: number };
  asked: Record<string, string | number>;
  greedy: { newly_served: number; cost: number };
  rule: Record<string, string>;
  computed_at: string;
}

export const fetchFound = (job: string): Promise<Found> => fetchJson<Found>(`/jobs/${encodeURIComponent(job)}/results`);

/** The chosen ones in their order. */
export function chosenSites({ sites }: Pick<Found, "sites">): SiteFeature[] {
  const chosen = sites.features.filter(({ properties }) => properties.chosen !== null);
  return chosen.sort((one, other) => (one.properties.chosen ?? 0) - (other.properties.chosen ?? 0));
}

export const nameOf = ({ reference, external_id, parcel }: Site): string => reference || external_id || String(parcel);

export interface PastSearch {
  jobID: string;
  created: string;
}

/** Searches that found something, the newest first. */
export async function fetchSearches(): Promise<PastSearch[]> {
  const { jobs } = await fetchJson<{ jobs: (PastSearch & { status: string })[] }>(`/jobs?processID=${PROCESS}&f=json`);
  return jobs.filter(({ status }) => status === "successful");
}
