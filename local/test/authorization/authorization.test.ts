import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Caller } from '@marquee/chassis/identity/caller';
import { Closers } from '@marquee/chassis/process/closers';
import type { GraphQLObjectType } from 'graphql';
import { type AuthorizationContext, openAuthorizationContext } from './authorization-context.js';
import { isRoot, type AuthorizedSchema, authorizedSchema, type FieldPosition } from './authorized-schema.js';
import { entityOperation, type FieldOperation, rootOperation } from './field-operation.js';

const names = ['users', 'jobs', 'messaging', 'shows'];
const closers = new Closers();
let house: AuthorizationContext;

beforeAll(async () => {
  house = await openAuthorizationContext(closers);
}, 60_000);

afterAll(() => closers.close());

/** The marks are what the gateway goes by; each service is asked past it, by callers as it would sign them. */
describe.each(await Promise.all(names.map(async (name) => [name, await authorizedSchema(name)] as const)))(
  'of %s',
  (name, marked) => {
    const roots = marked.fields.filter(({ type }) => isRoot(type));

    test.each(roots.filter(({ type }) => type.name !== 'Subscription').map(titled))(
      'a resolver refuses whom the marks refuse, and nobody else: %s',
      async (_, place) => {
        const [found, wanted] = [new Map<string, unknown>(), new Map<string, unknown>()];
        for (const [who, caller] of house.callers) {
          found.set(who, await refusalIn(name, rootOperation(place), caller));
          wanted.set(who, marked.denial(place, caller));
        }
        expect(found).toEqual(wanted);
      },
    );

    test('a subscription refuses whom the marks refuse', async () => {
      for (const place of roots.filter(({ type }) => type.name === 'Subscription'))
        for (const [who, caller] of refusedBy(marked, place))
          expect([place.field.name, who, await refusalOfStream(name, rootOperation(place), caller)]).toEqual([
            place.field.name,
            who,
            marked.denial(place, caller),
          ]);
    });

    test('there is no way past a mark to a field of an object', async () => {
      const open: string[] = [];
      for (const place of marked.fields.filter(({ type }) => !isRoot(type)))
        for (const [who, caller] of refusedBy(marked, place))
          if (await isOpen(name, marked, place, caller)) open.push(`${titled(place)[0]} to ${who}`);
      expect(open).toEqual([]);
    });
  },
);

test('the things that are asked for are there, for who made them or for an admin', async () => {
  const seen = ['users User account', 'jobs FreelancerProfile internal', 'jobs Folder name', 'shows Show title'];
  const inside = ['messaging Conversation lastMessage', 'messaging Message body'];
  for (const [service = '', type = '', field = ''] of [...seen, ...inside].map((one) => one.split(' '))) {
    const { fields } = await authorizedSchema(service);
    const place = fields.find((one) => one.type.name === type && one.field.name === field)!;
    const asked = [house.maker, house.callers.get('ADMIN')!].map((caller) => valueIn(service, place, caller));
    expect([field, (await Promise.all(asked)).some((value) => value !== null)]).toEqual([field, true]);
  }
});

function titled(place: FieldPosition): [string, FieldPosition] {
  return [`${place.type.name}.${place.field.name}`, place];
}

function refusedBy(marked: AuthorizedSchema, place: FieldPosition): [string, Caller][] {
  return [...house.callers].filter(([, caller]) => marked.denial(place, caller) !== undefined);
}

/**
 * Whether a service lets a caller have a field without asking who they are: at the object itself where it has a key,
 * else wherever something leads to it that is not refused already.
 */
async function isOpen(name: string, marked: AuthorizedSchema, place: FieldPosition, caller: Caller): Promise<boolean> {
  if (isEntity(place.type)) return (await valueIn(name, place, caller)) !== null;
  for (const lead of marked.fieldsReturning(place.type)) {
    if (marked.denial(lead, caller) !== undefined) continue;
    if (isRoot(lead.type) || (await isOpen(name, marked, lead, caller))) return true;
  }
  return false;
}

function isEntity({ astNode }: GraphQLObjectType): boolean {
  return astNode?.directives?.some((directive) => directive.name.value === 'key') ?? false;
}

async function valueIn(name: string, place: FieldPosition, caller: Caller): Promise<unknown> {
  const key = house.keys[`${name} ${place.type.name}`];
  if (!key) throw new Error(`The house has no ${place.type.name} of ${name}: make one there.`);
  const { document, variables } = entityOperation(place, key);
  const { data } = await house.services[name]!.request(document, { caller, variables });
  return data?._entities[0]?.[place.field.name] ?? null;
}

const refusals: readonly unknown[] = ['UNAUTHENTICATED', 'FORBIDDEN'];

/** What else a service finds wrong is no matter of rights. */
async function refusalIn(name: string, { document, variables }: FieldOperation, caller: Caller): Promise<unknown> {
  const { errors } = await house.services[name]!.request(document, { caller, variables });
  if (errors.some(({ extensions }) => extensions['code'] === 'INTERNAL')) throw new Error(`${document} fails`);
  return errors.map(({ extensions }) => extensions['code']).find((code) => refusals.includes(code));
}

async function refusalOfStream(
  name: string,
  { document, variables }: FieldOperation,
  caller: Caller,
): Promise<unknown> {
  const listening = await house.services[name]!.subscribe(document, { caller, variables });
  const { errors = [] } = await listening.next();
  await listening.unsubscribe();
  return errors[0]?.extensions['code'];
}
