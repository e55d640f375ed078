import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Caller } from '@marquee/chassis/identity/caller';
import { Closers } from '@marquee/chassis/process/closers';
import type { GraphQLObjectType } from 'graphql';
import { type House, openHouse } from './house.js';
import { isRoot, type MarkedSchema, markedSchema, type Place } from './marks.js';
import { entityQuestion, type Question, rootQuestion } from './question.js';

const names = ['users', 'jobs', 'messaging', 'shows'];
const closers = new Closers();
let house: House;

beforeAll(async () => {
  house = await openHouse(closers);
}, 60_000);

afterAll(() => closers.close());

/** The marks are what the gateway goes by; each service is asked past it, by callers as it would sign them. */
describe.each(await Promise.all(names.map(async (name) => [name, await markedSchema(name)] as const)))(
  'of %s',
  (name, marked) => {
    const roots = marked.places.filter(({ type }) => isRoot(type));

    test.each(roots.filter(({ type }) => type.name !== 'Subscription').map(titled))(
      'a resolver refuses whom the marks refuse, and nobody else: %s',
      async (_, place) => {
        const [found, wanted] = [new Map<string, unknown>(), new Map<string, unknown>()];
        for (const [who, caller] of house.callers) {
          found.set(who, await refusalIn(name, rootQuestion(place), caller));
          wanted.set(who, marked.refusal(place, caller));
        }
        expect(found).toEqual(wanted);
      },
    );

    test('a subscription refuses whom the marks refuse', async () => {
      for (const place of roots.filter(({ type }) => type.name === 'Subscription'))
        for (const [who, caller] of refusedBy(marked, place))
          expect([place.field.name, who, await refusalOfStream(name, rootQuestion(place), caller)]).toEqual([
            place.field.name,
            who,
            marked.refusal(place, caller),
          ]);
    });

    test('there is no way past a mark to a field of an object', async () => {
      const open: string[] = [];
      for (const place of marked.places.filter(({ type }) => !isRoot(type)))
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
    const { places } = await markedSchema(service);
    const place = places.find((one) => one.type.name === type && one.field.name === field)!;
    const asked = [house.maker, house.callers.get('ADMIN')!].map((caller) => valueIn(service, place, caller));
    expect([field, (await Promise.all(asked)).some((value) => value !== null)]).toEqual([field, true]);
  }
});

function titled(place: Place): [string, Place] {
  return [`${place.type.name}.${place.field.name}`, place];
}

function refusedBy(marked: MarkedSchema, place: Place): [string, Caller][] {
  return [...house.callers].filter(([, caller]) => marked.refusal(place, caller) !== undefined);
}

/**
 * Whether a service lets a caller have a field without asking who they are: at the object itself where it has a key,
 * else wherever something leads to it that is not refused already.
 */
async function isOpen(name: string, marked: MarkedSchema, place: Place, caller: Caller): Promise<boolean> {
  if (isEntity(place.type)) return (await valueIn(name, place, caller)) !== null;
  for (const lead of marked.leadsTo(place.type)) {
    if (marked.refusal(lead, caller) !== undefined) continue;
    if (isRoot(lead.type) || (await isOpen(name, marked, lead, caller))) return true;
  }
  return false;
}

function isEntity({ astNode }: GraphQLObjectType): boolean {
  return astNode?.directives?.some((directive) => directive.name.value === 'key') ?? false;
}

async function valueIn(name: string, place: Place, caller: Caller): Promise<unknown> {
  const key = house.keys[`${name} ${place.type.name}`];
  if (!key) throw new Error(`The house has no ${place.type.name} of ${name}: make one there.`);
  const { document, variables } = entityQuestion(place, key);
  const { data } = await house.services[name]!.ask(document, { caller, variables });
  return data?._entities[0]?.[place.field.name] ?? null;
}

const refusals: readonly unknown[] = ['UNAUTHENTICATED', 'FORBIDDEN'];

/** What else a service finds wrong is no matter of rights. */
async function refusalIn(name: string, { document, variables }: Question, caller: Caller): Promise<unknown> {
  const { errors } = await house.services[name]!.ask(document, { caller, variables });
  if (errors.some(({ extensions }) => extensions['code'] === 'INTERNAL')) throw new Error(`${document} fails`);
  return errors.map(({ extensions }) => extensions['code']).find((code) => refusals.includes(code));
}

async function refusalOfStream(name: string, { document, variables }: Question, caller: Caller): Promise<unknown> {
  const listening = await house.services[name]!.listen(document, { caller, variables });
  const { errors = [] } = await listening.next();
  await listening.leave();
  return errors[0]?.extensions['code'];
}
