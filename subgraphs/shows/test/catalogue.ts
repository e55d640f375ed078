import { machineCaller } from '@marquee/testkit/callers';
import { type Answer, type AskOptions, startService, type TestService } from '@marquee/testkit/service';
import { freshTable } from '@marquee/testkit/stores';
import { service } from '../src/service.js';

export const reader = machineCaller('shows.read');
export const writer = machineCaller('shows.read', 'shows.write');

/** The shows service on a table of its own. */
export function openShows(variables: Record<string, string> = {}): Promise<TestService> {
  return startService(service, { ...freshTable(), ...variables });
}

/** A show that fits every rule. */
export function item(name: string, values: object = {}): { slug: string; title: string } & Record<string, unknown> {
  return { slug: `show/${name}`, title: name, ...values };
}

export const importShows = `mutation ($payload: [ShowInput!]!) {
  importShows(input: { payload: $payload }) {
    results {
      __typename
      ... on ShowCreated { show { slug title } }
      ... on ShowConflict { slug }
      ... on ShowInvalid { index fields { path message } }
    }
  }
}`;

/** Imports and answers with the results. */
export async function imported(shows: TestService, payload: object[], caller = writer) {
  const answer = await shows.ask(importShows, { caller, variables: { payload } });
  if (answer.errors.length > 0) throw new Error(JSON.stringify(answer.errors));
  return answer.data.importShows.results as ({ __typename: string } & Record<string, unknown>)[];
}

const list = `query ($filter: ShowFilter, $first: Int, $after: String) {
  shows(filter: $filter, first: $first, after: $after) {
    edges { cursor node { slug title episodeCount drm } }
    pageInfo { hasNextPage endCursor }
  }
}`;

export interface ListVariables {
  filter?: object;
  first?: number;
  after?: string | null;
}

export function asked(shows: TestService, variables: ListVariables, options: AskOptions = {}): Promise<Answer> {
  return shows.ask(list, { ...options, variables });
}

export interface ListPage {
  slugs: string[];
  counts: number[];
  hasNextPage: boolean;
  endCursor: string | null;
}

export async function page(shows: TestService, variables: ListVariables): Promise<ListPage> {
  const { data, errors } = await asked(shows, variables);
  if (errors.length > 0) throw new Error(JSON.stringify(errors));
  const nodes = (data.shows.edges as { node: { slug: string; episodeCount: number } }[]).map(({ node }) => node);
  return {
    slugs: nodes.map(({ slug }) => slug),
    counts: nodes.map(({ episodeCount }) => episodeCount),
    ...data.shows.pageInfo,
  };
}

/** Every page of a list, one after the other. */
export async function pages(shows: TestService, variables: ListVariables): Promise<ListPage[]> {
  const all: ListPage[] = [];
  let after = variables.after ?? null;
  do {
    const next: ListPage = await page(shows, { ...variables, after });
    all.push(next);
    after = next.endCursor;
  } while (all.at(-1)?.hasNextPage);
  return all;
}

/** The slugs of a whole list. */
export async function slugs(shows: TestService, variables: ListVariables): Promise<string[]> {
  return (await pages(shows, variables)).flatMap((each) => each.slugs);
}
