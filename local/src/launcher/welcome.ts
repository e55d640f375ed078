import { subgraphs } from '@marquee/schema/services';
import { clientSecret, machineClients, partnerClientId } from '../issuer/clients.js';
import { people } from '../people.js';
import type { Instance } from './instance.js';
import { subgraphUrl } from './subgraph-program.js';
import { mailboxUrl, publicUrl } from './stages.js';

/** The first steps for a user: addresses, people to sign in as, and first requests. */
export function welcomeMessage(instance: Pick<Instance, 'ports' | 'directory'>): string {
  return [
    '',
    addresses(instance),
    '',
    'People (sub, role, name):',
    table(people.map(({ sub, role, name }): Row => [sub, role, name])),
    `Machine clients: ${machineClients.map(({ id, scopes }) => `${id} (${scopes.join(' ')})`).join(', ')}`,
    '',
    ...firstSteps(publicUrl(instance, 'gateway'), publicUrl(instance, 'issuer')),
    '',
    'Ctrl-C stops everything.',
  ].join('\n');
}

function addresses(instance: Pick<Instance, 'ports' | 'directory'>): string {
  return table([
    ['start here', publicUrl(instance, 'gateway')],
    ['graph', `${publicUrl(instance, 'gateway')}/graphql`],
    ['partners', `${publicUrl(instance, 'gateway')}/partner/graphql`],
    ['tokens', publicUrl(instance, 'issuer')],
    ...subgraphs.map(({ name }): Row => [name, subgraphUrl(instance, name)]),
    ['mailbox', mailboxUrl(instance)],
    ['postgres', `127.0.0.1:${instance.ports.postgres}`],
    ['dynamodb', `http://127.0.0.1:${instance.ports.dynamodb}`],
    ['data, logs', instance.directory],
  ]);
}

function firstSteps(gateway: string, issuer: string): string[] {
  const query = '{ shows(first: 5) { edges { node { slug title addedBy { handle displayName } } } } }';
  return [
    'Get a token, for a person or a machine client:',
    `  TOKEN=$(curl -s -H 'accept: text/plain' '${issuer}/token?user=${people[0]?.sub}')`,
    `  curl -s -u ${partnerClientId}:${clientSecret(partnerClientId)} -d grant_type=client_credentials ${issuer}/oauth2/token`,
    'Send a query:',
    `  curl -s ${gateway}/graphql -H 'content-type: application/json' -H "authorization: Bearer $TOKEN" \\`,
    `    -d '${JSON.stringify({ query })}'`,
    'Subscribe (events arrive when someone calls `postActivity`):',
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
