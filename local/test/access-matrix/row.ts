import { mutation, type UserClient } from '../fixtures/graph-client.js';
import type { CallerName } from './callers.js';
import type { MatrixContext } from './matrix-context.js';

/**
 * The outcome for a caller: the subject, nothing (null, or a list without it), or an error code. Codes for invalid input
 * or an invalid transition only occur for callers with access.
 */
export type Outcome =
  'ok' | 'null' | 'empty' | 'UNAUTHENTICATED' | 'FORBIDDEN' | 'NOT_FOUND' | 'BAD_USER_INPUT' | 'INVALID_TRANSITION';

export type Expected = Readonly<Record<CallerName, Outcome>>;

/** The entity that a row accesses. */
export interface Subject {
  owner: UserClient;
  id: string;
  /** The id of its parent. */
  within?: string;
}

/** Creates a new subject. */
export type CreateSubject = (context: MatrixContext) => Promise<Subject>;

/** One operation with the expected outcome for each caller. */
export interface Row {
  /** The accessed field, as `Type.field`. */
  field: string;
  /** The state of the subject, or the action on it. */
  when: string;
  createSubject: CreateSubject;
  document: string;
  variables(subject: Subject): object;
  /** The field of the result to inspect, if it differs from the accessed one. */
  valueName?: string | undefined;
  /** Whether the outcome `ok` changes the subject. */
  changesSubject: boolean;
  /** Whether it changes the callers themselves, which therefore cannot be reused. */
  changesCallers?: boolean | undefined;
  expected: Expected;
}

/** A row for a query; the document may use `$id` and `$within`. */
export function queryRow(
  field: string,
  when: string,
  createSubject: CreateSubject,
  document: string,
  expected: Expected,
): Row {
  const variables = ({ id, within }: Subject) => ({ id, within });
  return { field, when, createSubject, document: withVariables(document), variables, changesSubject: false, expected };
}

/** A row for a mutation. */
export function mutationRow(
  name: string,
  when: string,
  createSubject: CreateSubject,
  input: (subject: Subject) => object,
  expected: Expected,
  options: Pick<Row, 'valueName' | 'changesCallers'> = {},
): Row {
  return {
    field: `Mutation.${name}`,
    when,
    createSubject,
    document: mutation(name, options.valueName ?? '__typename'),
    variables: (subject) => ({ input: input(subject) }),
    changesSubject: true,
    expected,
    ...options,
  };
}

/** The same outcome for every machine client. */
export function forMachines(outcome: Outcome): Pick<Expected, 'reads' | 'writes' | 'explores' | 'hooks' | 'unscoped'> {
  return { reads: outcome, writes: outcome, explores: outcome, hooks: outcome, unscoped: outcome };
}

/** The same outcome for all users, with exceptions; guests and machine clients are denied. */
export function users(outcome: Outcome, except: Partial<Expected> = {}): Expected {
  const outside = { guest: 'UNAUTHENTICATED', ...forMachines('FORBIDDEN') } as const;
  return everyone(outcome, { ...outside, ...except });
}

/** The same outcome for all callers, with exceptions; deactivated users are unauthenticated. */
export function everyone(outcome: Outcome, except: Partial<Expected> = {}): Expected {
  const people = { unrelated: outcome, owner: outcome, other: outcome, hiring: outcome };
  const staff = { reviewer: outcome, admin: outcome, deactivated: 'UNAUTHENTICATED' } as const;
  return { guest: outcome, ...people, ...staff, ...forMachines(outcome), ...except };
}

function withVariables(document: string): string {
  const names = ['id', 'within'].filter((name) => document.includes(`$${name}`));
  return names.length === 0 ? document : `query (${names.map((name) => `$${name}: ID!`).join(', ')}) ${document}`;
}
