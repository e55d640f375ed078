import { createHash, timingSafeEqual } from 'node:crypto';

/** A program that authenticates on its own behalf. */
export interface MachineClient {
  id: string;
  /** The scopes that it may request, without the resource server's prefix. */
  scopes: readonly string[];
}

/** The application with which people sign in. */
export const webClientId = 'dev-web';

/** A partner's program, which sees only the partner contract. */
export const partnerClientId = 'dev-partner';

/** The machine clients of the embedded run. */
export const machineClients: readonly MachineClient[] = [
  { id: partnerClientId, scopes: ['shows.read', 'webhooks.manage', 'graph.explore'] },
  { id: 'dev-ingest', scopes: ['shows.read', 'shows.write'] },
];

/** The secret of a machine client: its id followed by `-secret`. */
export function clientSecret(id: string): string {
  return `${id}-secret`;
}

/** The client that an `Authorization: Basic` header authenticates; undefined if the credentials are wrong. */
export function authenticate(header: string | undefined): MachineClient | undefined {
  const encoded = /^basic ([\w+/=-]+)$/i.exec(header ?? '')?.[1];
  if (encoded === undefined) return undefined;
  const [id, secret] = split(Buffer.from(encoded, 'base64').toString('utf8'));
  const client = machineClients.find((candidate) => candidate.id === id);
  return client && isEqual(secret, clientSecret(client.id)) ? client : undefined;
}

function split(credentials: string): [id: string, secret: string] {
  const colon = credentials.indexOf(':');
  return colon < 0 ? [credentials, ''] : [credentials.slice(0, colon), credentials.slice(colon + 1)];
}

function isEqual(given: string, expected: string): boolean {
  const digest = (value: string): Buffer => createHash('sha256').update(value).digest();
  return timingSafeEqual(digest(given), digest(expected));
}
