/**
 * Reads `subgraphs/services.json`, the only list of the graph's services. The launcher, the compose file, the workflows,
 * the CDK stacks, the linter and the schema tools derive theirs from it.
 */
import { readFileSync } from 'node:fs';
import type { GraphQLSchema } from 'graphql';
import { z } from 'zod';

const subgraphShape = z.strictObject({
  /** The folder in `subgraphs/`, the package's name after `@marquee/`, and the service's name everywhere else. */
  name: z.string().regex(/^[a-z][a-z0-9]*$/, 'must be lower-case letters and digits, starting with a letter'),
  /** Added to the gateway's port in an embedded run. Offsets from 10 on belong to the issuer and the stores. */
  portOffset: z.int().min(1).max(9),
  /** Postgres services have a schema and a role of their own, DynamoDB services a table. */
  store: z.enum(['postgres', 'dynamodb']),
  /** The table attribute by which DynamoDB deletes expired items. */
  timeToLive: z.string().optional(),
  /** `stores`: processes and keeps uploads, and signs media ids. `verifies`: only checks the owner of a media id. */
  media: z.enum(['stores', 'verifies']).optional(),
  /** Whether it sends emails. */
  mail: z.boolean().optional(),
  /** Whether it sends webhooks. */
  webhooks: z.boolean().optional(),
  /** The services whose domain events its queue receives. */
  reactsTo: z.array(z.string()).optional(),
});

const manifestShape = z
  .array(subgraphShape)
  .refine((all) => isUnique(all.map(({ name }) => name)), 'each name may appear once')
  .refine((all) => isUnique(all.map(({ portOffset }) => portOffset)), 'each portOffset may appear once')
  .refine((all) => all.filter(({ media }) => media === 'stores').length === 1, 'one service must store media')
  .refine(
    (all) => all.every(({ store, timeToLive }) => !timeToLive || store === 'dynamodb'),
    'timeToLive needs dynamodb',
  )
  .refine(
    (all) => all.every(({ reactsTo = [] }) => reactsTo.every((source) => all.some(({ name }) => name === source))),
    'reactsTo must name services',
  );

/** A service that contributes a subgraph. */
export type Subgraph = Readonly<z.output<typeof subgraphShape>>;

/** Every subgraph, in the order of the manifest. */
export const subgraphs: readonly Subgraph[] = parseManifest(
  readFileSync(new URL('../../subgraphs/services.json', import.meta.url), 'utf8'),
);

/** @throws Error naming every invalid entry */
export function parseManifest(text: string): readonly Subgraph[] {
  const result = manifestShape.safeParse(JSON.parse(text));
  if (result.success) return result.data;
  throw new Error(`subgraphs/services.json is invalid:\n${z.prettifyError(result.error)}`);
}

/** The subgraph's URL in an embedded run on the default port. Other environments set SUBGRAPH_URLS. */
export function localUrl({ portOffset }: Subgraph): string {
  return `http://localhost:${4000 + portOffset}/graphql`;
}

/**
 * Imports a service and builds its schema. Call it once per process: type-graphql has one registry of decorated classes.
 * @throws when the package is not installed or its code contradicts itself
 */
export async function loadSchema({ name }: Subgraph): Promise<GraphQLSchema> {
  const { schema } = (await import(`@marquee/${name}/service`)) as { schema: () => Promise<GraphQLSchema> };
  return schema();
}

function isUnique(values: readonly unknown[]): boolean {
  return new Set(values).size === values.length;
}
