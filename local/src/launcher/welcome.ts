import { clientSecret, machineClients, partnerClientId } from '../issuer/clients.js';
import { people } from '../people.js';
import type { Instance } from './instance.js';
import { subgraphs } from './subgraphs.js';
import { publicUrl } from './stages.js';

/** What a person needs to begin: where everything is, as whom to come, and what to ask first. */
export function welcomeMessage(copy: Pick<Instance, 'ports' | 'directory'>): string {
  return [
    '',
    addresses(copy),
    '',
    'People:',
    table(people.map(({ sub, role, name }): Row => [sub, role, name])),
    `Programs: ${machineClients.map(({ id, scopes }) => `${id} (${scopes.join(' ')})`).join(', ')}`,
    '',
    ...firstSteps(publicUrl(copy, 'gateway'), publicUrl(copy, 'issuer')),
    '',
    'Ctrl-C stops everything.',
  ].join('\n');
}

function addresses(copy: Pick<Instance, 'ports' | 'directory'>): string {
  return table([
    ['start here', publicUrl(copy, 'gateway')],
    ['graph', `${publicUrl(copy, 'gateway')}/graphql`],
    ['partners', `${publicUrl(copy, 'gateway')}/partner/graphql`],
    ['tokens', publicUrl(copy, 'issuer')],
    ...subgraphs.map(({ name }): Row => [name, `http://127.0.0.1:${copy.ports[name]}/graphql`]),
    ['postgres', `127.0.0.1:${copy.ports.postgres}`],
    ['dynamodb', `http://127.0.0.1:${copy.ports.dynamodb}`],
    ['data, logs', copy.directory],
  ]);
}

function firstSteps(gateway: string, issuer: string): string[] {
  const query = '{ shows(first: 5) { edges { node { slug title addedBy { handle displayName } } } } }';
  return [
    'A token:',
    `  TOKEN=$(curl -s -H 'accept: text/plain' '${issuer}/token?user=${people[0]?.sub}')`,
    `  curl -s -u ${partnerClientId}:${clientSecret(partnerClientId)} -d grant_type=client_credentials ${issuer}/oauth2/token`,
    'A first query:',
    `  curl -s ${gateway}/graphql -H 'content-type: application/json' -H "authorization: Bearer $TOKEN" \\`,
    `    -d '${JSON.stringify({ query })}'`,
    'A first subscription (then post something with `postActivity`):',
    `  node examples/dist/listen.js 'subscription { activityAdded { message author { handle } } }' \\`,
    `    ${gateway.replace('http', 'ws')}/graphql`,
  ];
}

type Row = readonly string[];

function table(rows: readonly Row[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map((row) => `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}`.trimEnd())
    .join('\n');
}
