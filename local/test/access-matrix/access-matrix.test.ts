import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { getOrCreate } from '@marquee/chassis/caching/memoize';
import { Closers } from '@marquee/chassis/process/closers';
import { isObjectType } from 'graphql';
import { authorizedSchema } from '../authorization/authorized-schema.js';
import { type CallerName, type Callers, callerIdentities, createCallers } from './callers.js';
import { jobsRows } from './jobs-service-rows.js';
import { apiSchema, operations, typesIn } from './schema-operations.js';
import { outcomeOf } from './outcome.js';
import type { CreateSubject, Row, Subject } from './row.js';
import { showsRows } from './shows-service-rows.js';
import { usersRows } from './users-service-rows.js';
import { openMatrixContext, type MatrixContext } from './matrix-context.js';

const tables: Readonly<Record<string, readonly Row[]>> = { users: usersRows, jobs: jobsRows, shows: showsRows };

/** Services that are covered by other tests, and the subgraph that the gateway answers itself (`nodes.test.ts`). */
const coveredElsewhere = ['messaging', 'node'];

/** Fields whose visibility depends on the subject, which directives cannot express. */
const subjectDependentFields = [
  'CoverContributor.freelancer',
  'DataExport.showRecords',
  'DataExport.workRecords',
  'Folder.members',
  'FreelancerProfile.internal',
  'FreelancerProfile.isFavorite',
  'FreelancerProfile.ownDetails',
  'FreelancerProfile.portfolio',
  'FreelancerProfile.validActions',
  'Job.invited',
  'Job.myProposal',
  'Job.proposals',
  'Job.reviewNotes',
  'Job.validActions',
  'Show.jobs',
  'Show.title',
  'User.account',
  'User.freelancerProfile',
  'User.jobs',
];

const closers = new Closers();
const subjects = new Map<CreateSubject, Promise<Subject>>();
let context: MatrixContext;

beforeAll(async () => {
  context = await openMatrixContext(closers);
});

afterAll(() => closers.close());

describe('the access matrix has a row', () => {
  test.each(Object.entries(tables))('for exactly the queries and mutations of %s', async (service, rows) => {
    const owned = [...(await operations())].filter(([, owner]) => owner === service).map(([field]) => field);
    expect([...new Set(rows.map(({ field }) => field))].filter(isOperation).toSorted()).toEqual(owned.toSorted());
  });

  test('for every service that is not covered by other tests', async () => {
    const services = new Set((await operations()).values());
    expect([...services].toSorted()).toEqual([...Object.keys(tables), ...coveredElsewhere].toSorted());
  });

  test('for every existing field whose visibility depends on the subject', async () => {
    const api = await apiSchema();
    const fields = new Set(Object.values(tables).flatMap((rows) => rows.map(({ field }) => field)));
    expect([...fields].filter((field) => !isOperation(field)).toSorted()).toEqual(subjectDependentFields);
    const missing = subjectDependentFields.filter((field) => {
      const [type = '', name = ''] = field.split('.');
      const known = api.getType(type);
      return !isObjectType(known) || !(name in known.getFields());
    });
    expect(missing).toEqual([]);
  });
});

describe.each(Object.entries(tables))('the authorization directives of %s agree with the matrix:', (service, rows) => {
  test('callers denied by a directive are denied in every row', async () => {
    const { fields, denial } = await authorizedSchema(service);
    const marked = new Map(fields.map((place) => [`${place.type.name}.${place.field.name}`, place]));
    for (const { field, when, expected } of rows.filter((row) => isOperation(row.field))) {
      const found = Object.entries(callerIdentities).map(
        ([name, caller]) => [name, denial(marked.get(field)!, caller)] as const,
      );
      const refused = Object.fromEntries(found.filter(([, code]) => code !== undefined));
      expect({ field, when, expected }).toEqual({ field, when, expected: expect.objectContaining(refused) });
    }
  });

  test('every type with a directive is selected in a row', async () => {
    const selected = typesIn(rows, await apiSchema());
    expect((await authorizedSchema(service)).protectedTypes().filter((name) => !selected.has(name))).toEqual([]);
  });
});

describe.each(Object.entries(tables))('%s enforces its access rules:', (_, rows) => {
  test.each(rows.map((row) => [`${row.field} ${row.when}`.trim(), row] as const))('%s', async (_name, row) => {
    expect(await outcomes(row)).toEqual(row.expected);
  });
});

/** Denied callers leave the subject unchanged, so only callers that change it need their own. */
async function outcomes(row: Row): Promise<Partial<Record<CallerName, string>>> {
  const callers = row.changesCallers ? await createCallers(context) : context.callers;
  const names = Object.keys(row.expected) as CallerName[];
  const [changing, reading] = partition(names, (name) => row.changesSubject && row.expected[name] === 'ok');
  const found: Partial<Record<CallerName, string>> = {};
  for (const name of changing) found[name] = await outcome(row, name, callers, await row.createSubject(context));
  const subject = await (row.changesSubject ? row.createSubject(context) : sharedSubject(row.createSubject));
  await Promise.all(reading.map(async (name) => (found[name] = await outcome(row, name, callers, subject))));
  return found;
}

async function outcome(row: Row, name: CallerName, callers: Callers, subject: Subject): Promise<string> {
  const [, field = ''] = row.field.split('.');
  const caller = name === 'owner' ? subject.owner : callers[name];
  return outcomeOf(await caller.request(row.document, row.variables(subject)), row.valueName ?? field, subject.id);
}

/** Subjects that are only read are shared between rows. */
function sharedSubject(createSubject: CreateSubject): Promise<Subject> {
  return getOrCreate(subjects, createSubject, () => createSubject(context));
}

function partition<Item>(items: readonly Item[], isFirst: (item: Item) => boolean): [Item[], Item[]] {
  return [items.filter(isFirst), items.filter((item) => !isFirst(item))];
}

function isOperation(field: string): boolean {
  return field.startsWith('Query.') || field.startsWith('Mutation.');
}
