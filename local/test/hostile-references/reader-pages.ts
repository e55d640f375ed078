import { isDeepStrictEqual } from 'node:util';
import type { GraphClient } from '../fixtures/graph-client.js';
import type { HostileContext } from './hostile-context.js';

const person = 'id handle displayName isGone avatar { id url }';
const profile = `id slug name status owner { ${person} } avatar { id url } resume { id url } audiences { label }
  styles { label } genres { label } imageTags { label } portfolio { id title media { id url } tags { label } }`;
const job = `id title status show { slug title } poster { ${person} } projectType { label } audiences { label }
  genres { label } attachments { id contentType }`;

/** The pages of the graph for everyone. */
const publicPages = [
  `{ feed(first: 100) { edges { node { id message author { ${person} } replyTo { id }
      replies { edges { node { id message author { ${person} } } } } } } } trending(first: 100) { id author { ${person} } } }`,
  `{ jobs(first: 100) { edges { node { ${job} } } } }`,
  `{ freelancers(first: 100) { edges { node { ${profile} } } } }`,
  `{ covers(first: 100) { edges { node { id title image { id url } genres { label } audiences { label }
      visualTags { label } contributors { name freelancer { ${profile} } } related { id } } } } }`,
  `{ shows(first: 100) { edges { node { slug title addedBy { ${person} } jobs { edges { node { id title } } } } } }
     users(first: 100) { edges { node { ${person} freelancerProfile { id name } } } } }`,
];

/** The pages of a signed-in user. */
const ownPages = [
  `{ conversations(first: 100) { edges { node { id kind title participants { ${person} freelancerProfile { id name } }
      job { ${job} } lastMessage { body sender { ${person} } } readReceipts { user { ${person} } }
      messages { edges { node { id body sender { ${person} } } } } } } } }`,
  `{ folders(first: 100) { edges { node { id name owner { ${person} } sharedWith { ${person} }
      members { edges { node { id name } } } } } } }`,
  `{ me { ${person} account { role } cover { id } } myFreelancerProfile { ${profile} } unreadTotal
     notifications(first: 100) { edges { node { id kind actor { ${person} } subject { __typename
       ... on Activity { id message } ... on Job { id title } ... on Proposal { id pitch }
       ... on FreelancerProfile { id name } ... on Conversation { id groupTitle: title } } } } } }`,
  `{ myJobs(first: 100) { edges { node { ${job} invited { id name } proposals { edges { node { id freelancer { ${profile} } } } } } } }
     myProposals(first: 100) { edges { node { id pitch job { ${job} } freelancer { ${profile} } } } } }`,
];

/** The entities that a reader sees, by the page and the id. */
export type Seen = ReadonlyMap<string, unknown>;

/**
 * Reads all pages as all readers.
 * @throws Error if an answer contains an error
 */
export async function readPages({ readers }: HostileContext): Promise<Seen> {
  const seen = new Map<string, unknown>();
  await Promise.all(
    Object.entries(readers).map(async ([name, reader]) => {
      const pages = name === 'guest' ? publicPages : [...publicPages, ...ownPages];
      for (const page of pages) collect(await read(reader, page), name, seen);
    }),
  );
  return seen;
}

/** The entities that have disappeared or changed. New ones are no change of the others. */
export function changedEntities(before: Seen, after: Seen): string[] {
  return [...before].filter(([key, value]) => !isDeepStrictEqual(after.get(key), value)).map(([key]) => key);
}

async function read(reader: GraphClient, page: string): Promise<Record<string, unknown>> {
  const { data, errors } = await reader.request(page);
  if (errors.length > 0) throw new Error(`${page} has errors: ${JSON.stringify(errors.slice(0, 3))}`);
  return data;
}

/** Adds the nodes of each root field, or its value if it is not a list. */
function collect(data: Record<string, unknown>, reader: string, seen: Map<string, unknown>): void {
  for (const [field, value] of Object.entries(data)) {
    const edges = (value as { edges?: { node: Record<string, unknown> }[] } | null)?.edges;
    const nodes =
      edges?.map(({ node }) => node) ?? (Array.isArray(value) ? (value as Record<string, unknown>[]) : undefined);
    if (nodes === undefined) seen.set(`${reader}: ${field}`, ['unreadTotal'].includes(field) ? typeof value : value);
    else for (const node of nodes) seen.set(`${reader}: ${field} ${String(node['id'] ?? node['slug'])}`, node);
  }
}
