import { createHash, timingSafeEqual } from 'node:crypto';

/** A program that signs in for itself. */
export interface MachineClient {
  id: string;
  /** What it may ask for, without the resource server's prefix. */
  scopes: readonly string[];
}

/** The application that people sign in with. */
export const webClientId = 'dev-web';

/** The program of a partner, who sees what is in the contract. */
export const partnerClientId = 'dev-partner';

/** The programs of the embedded run; the secret of each is its id with `-secret`. */
export const machineClients: readonly MachineClient[] = [
  { id: partnerClientId, scopes: ['shows.read', 'graph.explore'] },
  { id: 'dev-ingest', scopes: ['shows.read', 'shows.write'] },
];

/** The secret of a machine client of the embedded run. */
export function clientSecret(id: string): string {
  return `${id}-secret`;
}

/** The client that an `Authorization: Basic` header proves to be, if it is one. */
export function authenticate(header: string | undefined): MachineClient | undefined {
  const encoded = /^basic ([\w+/=-]+)$/i.exec(header ?? '')?.[1];
  if (encoded === undefined) return undefined;
  const [id, secret] = split(Buffer.from(encoded, 'base64').toString('utf8'));
  const client = machineClients.find((candidate) => candidate.id === id);
  return client && same(secret, clientSecret(client.id)) ? client : undefined;
}

function split(credentials: string): [id: string, secret: string] {
  const colon = credentials.indexOf(':');
  return colon < 0 ? [credentials, ''] : [credentials.slice(0, colon), credentials.slice(colon + 1)];
}

function same(given: string, expected: string): boolean {
  const digest = (value: string): Buffer => createHash('sha256').update(value).digest();
  return timingSafeEqual(digest(given), digest(expected));
}
