import { type Role, roles } from '@marquee/chassis/identity/caller';
import { getOrCreate } from '@marquee/chassis/caching/memoize';
import { z } from 'zod';
import type { UpstreamResponse } from '../upstream/upstream-response.js';
import type { Upstream } from '../upstream/upstream.js';

/** A person with a verified `sub`. The other properties only describe a user that is new to the users service. */
export interface Person {
  sub: string;
  email?: string | undefined;
  name?: string | undefined;
  role?: Role | undefined;
}

/** A user as stored in the users service. */
export interface Principal {
  id: string;
  role: Role;
  isActive: boolean;
}

/** The users service. */
export type UsersUpstream = Pick<Upstream, 'execute'>;

/**
 * Looks a person up at the users service.
 * @throws Error if the service fails or rejects the person
 */
export type LookUpPrincipal = (users: UsersUpstream, person: Person) => Promise<Principal>;

/** Persons that one request looks up: a power of two, as all sizes of requests are. */
const maxPersons = 64;

/** Requests in flight at the same time. Further persons wait and share the next request. */
const maxRequests = 2;

/**
 * Batches look-ups. A person who comes alone is looked up at once; those who come while requests are in flight share the
 * next ones. Thousands of live callers are therefore looked up again with few requests.
 */
export function createPrincipalLookups(): LookUpPrincipal {
  const waiting: WaitingPerson[] = [];
  let requests = 0;
  let isScheduled = false;
  return (users, person) =>
    new Promise((resolve, reject) => {
      waiting.push({ users, person, resolve, reject });
      schedule();
    });

  /** Waits for the next macrotask, so that all callers of this one share a request. */
  function schedule(): void {
    if (isScheduled || requests >= maxRequests || waiting.length === 0) return;
    isScheduled = true;
    setImmediate(() => {
      isScheduled = false;
      void send(nextBatch(waiting));
      schedule();
    });
  }

  async function send(batch: readonly WaitingPerson[]): Promise<void> {
    requests += 1;
    await lookUpAll(batch);
    requests -= 1;
    schedule();
  }
}

interface WaitingPerson {
  users: UsersUpstream;
  person: Person;
  resolve(principal: Principal): void;
  reject(failure: unknown): void;
}

/** Takes the first persons that are looked up at the same service: a reload of the supergraph may replace it. */
function nextBatch(waiting: WaitingPerson[]): WaitingPerson[] {
  const other = waiting.findIndex(({ users }) => users !== waiting[0]?.users);
  return waiting.splice(0, Math.min(maxPersons, other < 0 ? maxPersons : other));
}

/** Settles all persons of a batch. */
async function lookUpAll(batch: readonly WaitingPerson[]): Promise<void> {
  const [first, ...others] = batch;
  if (!first) return;
  try {
    const operation = lookUpOperation(batch.map(({ person }) => person));
    const { data, errors = [] } = await first.users.execute(operation, { caller: { kind: 'gateway' } });
    if (data || others.length === 0) settleAll(batch, data, errors);
    else await lookUpHalves(batch);
  } catch (failure) {
    for (const { reject } of batch) reject(failure);
  }
}

/** For a service whose root fields are not nullable: one person whom it rejects empties the data of all. */
async function lookUpHalves(batch: readonly WaitingPerson[]): Promise<void> {
  const middle = Math.ceil(batch.length / 2);
  await Promise.all([lookUpAll(batch.slice(0, middle)), lookUpAll(batch.slice(middle))]);
}

function settleAll(
  batch: readonly WaitingPerson[],
  data: Record<string, unknown> | null | undefined,
  errors: readonly UpstreamError[],
): void {
  for (const [index, { resolve, reject }] of batch.entries()) {
    const name = responseName(index);
    const principal = principalShape.safeParse(data?.[name]);
    const error = errors.find(({ path }) => path?.[0] === name) ?? errors[0];
    if (principal.success) resolve(principal.data);
    else reject(error ? rejected(error) : principal.error);
  }
}

type UpstreamError = NonNullable<UpstreamResponse['errors']>[number];

function rejected({ extensions }: UpstreamError): Error {
  return new Error(`users rejected the lookup of a principal: ${String(extensions?.['code'])}`);
}

const principalShape = z.object({ id: z.string(), role: z.enum(roles), isActive: z.boolean() });

/** Few different documents, which the users service parses once: the last person fills a batch up to a power of two. */
function lookUpOperation(persons: readonly Person[]) {
  const size = 2 ** Math.ceil(Math.log2(persons.length));
  const variables: Record<string, string | undefined> = {};
  for (let index = 0; index < size; index += 1) {
    const { sub, email, name, role } = persons[Math.min(index, persons.length - 1)] ?? { sub: '' };
    Object.assign(variables, numbered({ sub, email, name, role }, index));
  }
  const query = getOrCreate(documents, size, () => lookUpDocument(size));
  return { query, operationName: 'Principals', variables };
}

/** By number of persons. */
const documents = new Map<number, string>();

function lookUpDocument(size: number): string {
  const indexes = Array.from({ length: size }, (_, index) => index);
  const definitions = indexes.map(
    (at) => `$sub${at}: String!, $email${at}: String, $name${at}: String, $role${at}: String`,
  );
  const fields = indexes.map(
    (at) =>
      `${responseName(at)}: principal(sub: $sub${at}, email: $email${at}, name: $name${at}, role: $role${at}) { id role isActive }`,
  );
  return `query Principals(${definitions.join(', ')}) {\n  ${fields.join('\n  ')}\n}`;
}

function responseName(index: number): string {
  return `p${index}`;
}

function numbered(values: Readonly<Record<string, string | undefined>>, index: number) {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [`${name}${index}`, value]));
}
