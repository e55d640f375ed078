import { readFile, writeFile } from 'node:fs/promises';

/** The behaviours that the suite proves for every client that has them. */
export const behaviours = [
  'query across services',
  'mutation with cache update',
  'pagination',
  'subscription',
  'token expiry and renewal',
  'retry after a gateway restart',
  'upload of an avatar',
  'field errors',
  'partial data',
] as const;

export type Behaviour = (typeof behaviours)[number];

/** The behaviours that a run has proved. */
export interface Proven {
  clients: readonly string[];
  add(client: string, behaviour: Behaviour): void;
  has(client: string, behaviour: Behaviour): boolean;
}

/** The behaviours that tools for typed documents leave to the client that sends the documents. */
const typedDocuments: Partial<Record<Behaviour, string>> = {
  'mutation with cache update': 'by its client',
  subscription: 'by its client',
  'token expiry and renewal': 'by its client',
  'retry after a gateway restart': 'by its client',
};

/** Why a client has no part in a behaviour. */
const exceptions: Record<string, Partial<Record<Behaviour, string>>> = {
  'graphql-request': {
    'mutation with cache update': 'no cache',
    subscription: 'HTTP only',
    'token expiry and renewal': 'HTTP only',
    'retry after a gateway restart': 'HTTP only',
  },
  'graphql-ws': { 'mutation with cache update': 'no cache' },
  'graphql-sse': { 'mutation with cache update': 'no cache' },
  'graphql-codegen': typedDocuments,
  'gql.tada': typedDocuments,
};

const notProved = 'NOT PROVED';

const readme = new URL('../../../examples/README.md', import.meta.url);
const [start, end] = ['<!-- clients -->', '<!-- /clients -->'];

export function provenBehaviours(clients: readonly string[]): Proven {
  const pairs = new Set<string>();
  return {
    clients,
    add: (client, behaviour) => void pairs.add(`${client}: ${behaviour}`),
    has: (client, behaviour) => pairs.has(`${client}: ${behaviour}`),
  };
}

/**
 * Compares the table in `examples/README.md` with a run. A different one is replaced by the table of the run, unless the run
 * has not proved everything.
 */
export async function checkClientTable(proven: Proven): Promise<'up to date' | 'replaced' | 'incomplete run'> {
  if (tableOf(proven).includes(notProved)) return 'incomplete run';
  const text = await readFile(readme, 'utf8');
  const [head = '', rest = ''] = text.split(start);
  const tail = rest.split(end)[1] ?? '';
  const updated = `${head}${start}\n\n${tableOf(proven)}\n\n${end}${tail}`;
  if (updated === text) return 'up to date';
  await writeFile(readme, updated);
  return 'replaced';
}

/** In the layout of Prettier. */
function tableOf(proven: Proven): string {
  const rows = [
    ['client', ...behaviours],
    ...proven.clients.map((client) => [client, ...behaviours.map((one) => cellOf(proven, client, one))]),
  ];
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column]!)).join(' | ')} |`;
  const [header = [], ...body] = rows;
  return [line(header), line(widths.map((width) => '-'.repeat(width))), ...body.map(line)].join('\n');
}

function cellOf(proven: Proven, client: string, behaviour: Behaviour): string {
  return proven.has(client, behaviour) ? 'yes' : (exceptions[client]?.[behaviour] ?? notProved);
}
