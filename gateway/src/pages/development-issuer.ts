import type { Logger } from '@marquee/chassis/telemetry/log';
import { z } from 'zod';

/** A sample user of the embedded run. */
export type DevelopmentPerson = z.output<typeof person>;

/** A machine client of the embedded run, with its secret. */
export type DevelopmentClient = z.output<typeof client>;

/** The issuer of the embedded run, which creates tokens without a sign-in. It does not exist in production. */
export interface DevelopmentIssuer {
  /** The sample users that a visitor can choose from. */
  people(): Promise<readonly DevelopmentPerson[]>;
  /** The machine clients that are partners. */
  partners(): Promise<readonly DevelopmentClient[]>;
  /** Creates a token; its response is that of the token endpoint. */
  tokenOfPerson(sub: string): Promise<unknown>;
  tokenOfClient(client: DevelopmentClient): Promise<unknown>;
}

/** Timeout of requests to the issuer, in milliseconds. */
const issuerTimeoutMs = 2_000;

/** @param partnerIds the client ids of partners */
export function createDevelopmentIssuer(url: string, partnerIds: readonly string[], log: Logger): DevelopmentIssuer {
  const people = createList(new URL('/people', url), person, log);
  const clients = createList(new URL('/clients', url), client, log);
  return {
    people,
    partners: async () => (await clients()).filter(({ id }) => partnerIds.includes(id)),
    tokenOfPerson: (sub) => fetchJson(new URL(`/token?user=${encodeURIComponent(sub)}`, url)),
    tokenOfClient: ({ id, secret }) =>
      fetchJson(new URL('/oauth2/token', url), {
        method: 'POST',
        headers: { authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}` },
        body: new URLSearchParams({ grant_type: 'client_credentials' }),
      }),
  };
}

const person = z.object({ sub: z.string(), name: z.string(), role: z.string() });
const client = z.object({ id: z.string(), secret: z.string(), scopes: z.array(z.string()) });

/** Requests a list until the issuer has responded once; it is empty until then. */
function createList<Item>(url: URL, item: z.ZodType<Item>, log: Logger): () => Promise<readonly Item[]> {
  let loaded: readonly Item[] = [];
  return async () => {
    if (loaded.length > 0) return loaded;
    try {
      loaded = z.array(item).parse(await fetchJson(url));
    } catch (err) {
      log.warn({ err, path: url.pathname }, 'could not load a list from the token issuer');
    }
    return loaded;
  };
}

async function fetchJson(url: URL, init: RequestInit = {}): Promise<unknown> {
  const response = await fetch(url, { ...init, signal: AbortSignal.timeout(issuerTimeoutMs) });
  if (!response.ok) throw new Error(`HTTP ${response.status}`);
  return response.json();
}
