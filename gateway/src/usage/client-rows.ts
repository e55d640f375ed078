import type { ClientName } from '../engine/fair-queue.js';

/** The counts of one version of a client, by the numbers of coordinates. */
export interface ClientRow {
  graph: string;
  name: string | undefined;
  version: string | undefined;
  tokenClient: string | undefined;
  operations: number;
  counts: Uint32Array;
}

/** Maximum of versions of clients that are counted separately; guests can invent names, and take half of them at most. */
const maxClients = 100;
const maxGuests = maxClients / 2;

/** Maximum of versions of one client that are counted separately. */
const maxVersions = 10;

/** The name, or the version, of all clients beyond a maximum. */
const other = 'other';

/** Finds the counts of a client. The number of clients is bounded: no client can take memory by inventing names. */
export class ClientRows {
  readonly #rows = new Map<string, ClientRow>();
  readonly #versions = new Map<string, number>();
  #guests = 0;

  find(graph: string, client: ClientName | undefined, tokenClient: string | undefined): ClientRow {
    const { name, version } = client ?? unnamed;
    return this.#rows.get(keyOf(graph, tokenClient, name, version)) ?? this.#add(graph, client, tokenClient);
  }

  values(): Iterable<ClientRow> {
    return this.#rows.values();
  }

  #add(graph: string, client: ClientName | undefined, tokenClient: string | undefined): ClientRow {
    if (!client) return this.#create(graph, unnamed, tokenClient);
    if (!this.#hasRoom(tokenClient)) return this.#create(graph, { name: other, version: undefined }, tokenClient);
    const versionsKey = keyOf(graph, tokenClient, client.name, undefined);
    const versions = this.#versions.get(versionsKey) ?? 0;
    if (versions >= maxVersions) return this.#create(graph, { name: client.name, version: other }, tokenClient);
    this.#versions.set(versionsKey, versions + 1);
    if (tokenClient === undefined) this.#guests += 1;
    return this.#create(graph, client, tokenClient);
  }

  #hasRoom(tokenClient: string | undefined): boolean {
    return this.#rows.size < maxClients && (tokenClient !== undefined || this.#guests < maxGuests);
  }

  #create(graph: string, { name, version }: ClientName | typeof unnamed, tokenClient: string | undefined): ClientRow {
    const key = keyOf(graph, tokenClient, name, version);
    const known = this.#rows.get(key);
    if (known) return known;
    const row = { graph, name, version, tokenClient, operations: 0, counts: new Uint32Array() };
    this.#rows.set(key, row);
    return row;
  }
}

const unnamed = { name: undefined, version: undefined };

function keyOf(graph: string, ...parts: readonly (string | undefined)[]): string {
  return `${graph}\n${parts.join('\n')}`;
}
