import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
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

/** Services whose operations are judged elsewhere. */
const elsewhere = ['messaging'];

/** Fields that say more to some than to others by what they are about, which no mark tells. */
const guarded = [
  'CoverContributor.freelancer',
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
const things = new Map<CreateSubject, Promise<Subject>>();
let world: MatrixContext;

beforeAll(async () => {
  world = await openMatrixContext(closers);
}, 60_000);

afterAll(() => closers.close());

describe('the matrix has a row', () => {
  test.each(Object.entries(tables))('for every query and mutation of %s, and for no other', async (service, rows) => {
    const owned = [...(await operations())].filter(([, owner]) => owner === service).map(([field]) => field);
    expect([...new Set(rows.map(({ field }) => field))].filter(isOperation).toSorted()).toEqual(owned.toSorted());
  });

  test('for every service but those that are judged elsewhere', async () => {
    const services = new Set((await operations()).values());
    expect([...services].toSorted()).toEqual([...Object.keys(tables), ...elsewhere].toSorted());
  });

  test('for every field that says more to some than to others, as long as there is one', async () => {
    const api = await apiSchema();
    const fields = new Set(Object.values(tables).flatMap((rows) => rows.map(({ field }) => field)));
    expect([...fields].filter((field) => !isOperation(field)).toSorted()).toEqual(guarded);
    const missing = guarded.filter((field) => {
      const [type = '', name = ''] = field.split('.');
      const known = api.getType(type);
      return !isObjectType(known) || !(name in known.getFields());
    });
    expect(missing).toEqual([]);
  });
});

describe.each(Object.entries(tables))('the marks of %s agree with the matrix:', (service, rows) => {
  test('whom a mark refuses, every row refuses', async () => {
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

  test('every type with a mark is asked for in a row', async () => {
    const asked = typesIn(rows, await apiSchema());
    expect((await authorizedSchema(service)).protectedTypes().filter((name) => !asked.has(name))).toEqual([]);
  });
});

describe.each(Object.entries(tables))('%s answers everyone as the rules say:', (_, rows) => {
  test.each(rows.map((row) => [`${row.field} ${row.when}`.trim(), row] as const))('%s', async (_name, row) => {
    expect(await outcomes(row)).toEqual(row.expected);
  });
});

/** Who is refused leaves the thing as it is, so only those who are to change it need one each. */
async function outcomes(row: Row): Promise<Partial<Record<CallerName, string>>> {
  const cast = row.changesCallers ? await createCallers(world) : world.callers;
  const names = Object.keys(row.expected) as CallerName[];
  const [changing, asking] = halves(names, (name) => row.alters && row.expected[name] === 'ok');
  const found: Partial<Record<CallerName, string>> = {};
  for (const name of changing) found[name] = await outcome(row, name, cast, await row.given(world));
  const thing = await (row.alters ? row.given(world) : untouched(row.given));
  await Promise.all(asking.map(async (name) => (found[name] = await outcome(row, name, cast, thing))));
  return found;
}

async function outcome(row: Row, name: CallerName, cast: Callers, thing: Subject): Promise<string> {
  const [, field = ''] = row.field.split('.');
  const caller = name === 'owner' ? thing.owner : cast[name];
  return outcomeOf(await caller.request(row.document, row.variables(thing)), row.valueName ?? field, thing.id);
}

/** What is only read can be read in more than one row. */
function untouched(given: CreateSubject): Promise<Subject> {
  const thing = things.get(given) ?? given(world);
  things.set(given, thing);
  return thing;
}

function halves<Item>(items: readonly Item[], isFirst: (item: Item) => boolean): [Item[], Item[]] {
  return [items.filter(isFirst), items.filter((item) => !isFirst(item))];
}

function isOperation(field: string): boolean {
  return field.startsWith('Query.') || field.startsWith('Mutation.');
}
