import { addedField, withAddedField } from './added-field.js';
import { committedSubgraph } from './published-graph.js';

/** A service whose newer build adds a field to a type, and a query that selects the type. */
export interface SchemaChange {
  service: string;
  type: string;
  /** @param more additional fields to select on the type */
  query(more: string): string;
}

/** In the order of the deployments. The gateway is deployed last and has no schema. */
export const schemaChanges: readonly SchemaChange[] = [
  { service: 'users', type: 'User', query: (more) => `{ me { id handle ${more} } }` },
  { service: 'jobs', type: 'TaxonomyTerm', query: (more) => `{ taxonomy(category: GENRE) { id label ${more} } }` },
  {
    service: 'messaging',
    type: 'Conversation',
    query: (more) =>
      `{ conversations(first: 2) { edges { node { id ${more} lastMessage { body sender { handle } } } } } }`,
  },
  { service: 'shows', type: 'Show', query: (more) => `{ shows(first: 5) { edges { node { slug title ${more} } } } }` },
];

/** The query that clients send once the field is published. */
export function newerQuery({ query }: SchemaChange): string {
  return query(addedField);
}

/** The SDL of the service's newer build. */
export async function newerSdl({ service, type }: SchemaChange): Promise<string> {
  const { sdl } = await committedSubgraph(service);
  return withAddedField(sdl, type);
}
