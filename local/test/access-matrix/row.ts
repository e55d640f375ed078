import { mutation, type UserClient } from '../fixtures/graph-client.js';
import type { CallerName } from './callers.js';
import type { MatrixContext } from './matrix-context.js';

/**
 * What a caller gets: the thing, nothing (null, or a list without it), or a code. A code that says that the input or
 * the moment was wrong stands only where the caller had the right to ask.
 */
export type Outcome =
  'ok' | 'null' | 'empty' | 'UNAUTHENTICATED' | 'FORBIDDEN' | 'NOT_FOUND' | 'BAD_USER_INPUT' | 'INVALID_TRANSITION';

export type Expected = Readonly<Record<CallerName, Outcome>>;

/** What a question is about. */
export interface Subject {
  owner: UserClient;
  id: string;
  /** The id of what it is a part of. */
  within?: string;
}

/** Makes a thing that nobody has touched yet. */
export type CreateSubject = (world: MatrixContext) => Promise<Subject>;

/** What everybody asks about a thing of one kind, and what each gets. */
export interface Row {
  /** The type and the field that are asked for. */
  field: string;
  /** What the thing is like, or what is done to it. */
  when: string;
  given: CreateSubject;
  document: string;
  variables(thing: Subject): object;
  /** The name of the value to look at, when it is not that of the field. */
  valueName?: string | undefined;
  /** Whether an answer that is `ok` leaves a changed thing behind. */
  alters: boolean;
  /** Whether it changes the callers themselves, so that they are of no use afterwards. */
  changesCallers?: boolean | undefined;
  expected: Expected;
}

/** A row for what is read; the document may use `$id` and `$within`. */
export function queryRow(field: string, when: string, given: CreateSubject, document: string, expected: Expected): Row {
  const variables = ({ id, within }: Subject) => ({ id, within });
  return { field, when, given, document: declared(document), variables, alters: false, expected };
}

/** A row for a mutation. */
export function mutationRow(
  name: string,
  when: string,
  given: CreateSubject,
  input: (thing: Subject) => object,
  expected: Expected,
  options: { look?: string; spendsCallers?: boolean } = {},
): Row {
  return {
    field: `Mutation.${name}`,
    when,
    given,
    document: mutation(name, options.look ?? '__typename'),
    variables: (thing) => ({ input: input(thing) }),
    alters: true,
    expected,
    ...options,
  };
}

/** One outcome for every machine client. */
export function forMachines(outcome: Outcome): Pick<Expected, 'reads' | 'writes' | 'explores' | 'unscoped'> {
  return { reads: outcome, writes: outcome, explores: outcome, unscoped: outcome };
}

/** One outcome for every user, beside some; nothing for who is none. */
export function users(outcome: Outcome, except: Partial<Expected> = {}): Expected {
  const outside = { guest: 'UNAUTHENTICATED', ...forMachines('FORBIDDEN') } as const;
  return everyone(outcome, { ...outside, ...except });
}

/** One outcome for everybody, beside some; somebody deactivated is nobody. */
export function everyone(outcome: Outcome, except: Partial<Expected> = {}): Expected {
  const people = { stranger: outcome, owner: outcome, other: outcome, hiring: outcome };
  const staff = { reviewer: outcome, admin: outcome, deactivated: 'UNAUTHENTICATED' } as const;
  return { guest: outcome, ...people, ...staff, ...forMachines(outcome), ...except };
}

function declared(document: string): string {
  const names = ['id', 'within'].filter((name) => document.includes(`$${name}`));
  return names.length === 0 ? document : `query (${names.map((name) => `$${name}: ID!`).join(', ')}) ${document}`;
}
