import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Caller } from '@marquee/chassis/identity/caller';
import { Closers } from '@marquee/chassis/process/closers';
import type { GraphQLFormattedError, GraphQLObjectType } from 'graphql';
import { type AuthorizationContext, openAuthorizationContext } from './authorization-context.js';
import { isRoot, type AuthorizedSchema, authorizedSchema, type FieldPosition } from './authorized-schema.js';
import { entityOperation, type FieldOperation, rootOperation } from './field-operation.js';

const names = ['users', 'jobs', 'messaging', 'shows'];
const closers = new Closers();
let context: AuthorizationContext;

beforeAll(async () => {
  context = await openAuthorizationContext(closers);
});

afterAll(() => closers.close());

/** The gateway enforces the directives. These tests bypass it and send signed callers to the services directly. */
describe.each(await Promise.all(names.map(async (name) => [name, await authorizedSchema(name)] as const)))(
  'authorization of %s',
  (name, schema) => {
    const roots = schema.fields.filter(({ type }) => isRoot(type));

    test.each(roots.filter(({ type }) => type.name !== 'Subscription').map(titled))(
      'the resolver denies the same callers as the directives: %s',
      async (_, position) => {
        const [found, expected] = [new Map<string, unknown>(), new Map<string, unknown>()];
        for (const [callerName, caller] of context.callers) {
          found.set(callerName, await denialIn(name, rootOperation(position), caller));
          expected.set(callerName, schema.denial(position, caller));
        }
        expect(found).toEqual(expected);
      },
    );

    test('subscriptions deny the callers that the directives deny', async () => {
      for (const position of roots.filter(({ type }) => type.name === 'Subscription'))
        for (const [callerName, caller] of deniedCallers(schema, position))
          expect([
            position.field.name,
            callerName,
            await denialOfStream(name, rootOperation(position), caller),
          ]).toEqual([position.field.name, callerName, schema.denial(position, caller)]);
    });

    test('no protected field of an object can be reached by a denied caller', async () => {
      const open: string[] = [];
      for (const position of schema.fields.filter(({ type }) => !isRoot(type)))
        for (const [callerName, caller] of deniedCallers(schema, position))
          if (await isOpen(name, schema, position, caller)) open.push(`${titled(position)[0]} to ${callerName}`);
      expect(open).toEqual([]);
    });
  },
);

test('the entities are visible to their owner or an admin', async () => {
  const seen = ['users User account', 'jobs FreelancerProfile internal', 'jobs Folder name', 'shows Show title'];
  const inside = ['messaging Conversation lastMessage', 'messaging Message body'];
  for (const [service = '', type = '', field = ''] of [...seen, ...inside].map((one) => one.split(' '))) {
    const { fields } = await authorizedSchema(service);
    const position = fields.find((one) => one.type.name === type && one.field.name === field)!;
    const values = [context.owner, context.callers.get('ADMIN')!].map((caller) => valueIn(service, position, caller));
    expect([field, (await Promise.all(values)).some((value) => value !== null)]).toEqual([field, true]);
  }
});

function titled(position: FieldPosition): [string, FieldPosition] {
  return [`${position.type.name}.${position.field.name}`, position];
}

function deniedCallers(schema: AuthorizedSchema, position: FieldPosition): [string, Caller][] {
  return [...context.callers].filter(([, caller]) => schema.denial(position, caller) !== undefined);
}

/**
 * Whether a denied caller can read a field in the service: of the entity itself where the type has a key, otherwise
 * through any field that returns the type and is not denied.
 */
async function isOpen(
  name: string,
  schema: AuthorizedSchema,
  position: FieldPosition,
  caller: Caller,
): Promise<boolean> {
  if (isEntity(position.type)) return (await valueIn(name, position, caller)) !== null;
  for (const lead of schema.fieldsReturning(position.type)) {
    if (schema.denial(lead, caller) !== undefined) continue;
    if (isRoot(lead.type) || (await isOpen(name, schema, lead, caller))) return true;
  }
  return false;
}

function isEntity({ astNode }: GraphQLObjectType): boolean {
  return astNode?.directives?.some((directive) => directive.name.value === 'key') ?? false;
}

async function valueIn(name: string, position: FieldPosition, caller: Caller): Promise<unknown> {
  const key = context.keys[`${name} ${position.type.name}`];
  if (!key) throw new Error(`The authorization context has no ${position.type.name} of ${name}: create one there.`);
  const { document, variables } = entityOperation(position, key);
  const { data } = await context.services[name]!.request(document, { caller, variables });
  return data?._entities[0]?.[position.field.name] ?? null;
}

const denialCodes: readonly unknown[] = ['UNAUTHENTICATED', 'FORBIDDEN'];

/** The denial code of a response; other errors are ignored. */
async function denialIn(name: string, { document, variables }: FieldOperation, caller: Caller): Promise<unknown> {
  const { errors } = await context.services[name]!.request(document, { caller, variables });
  if (errors.some(({ extensions }) => extensions['code'] === 'INTERNAL')) throw new Error(`${document} fails`);
  return errors.map(({ extensions }) => extensions['code']).find((code) => denialCodes.includes(code));
}

async function denialOfStream(name: string, { document, variables }: FieldOperation, caller: Caller): Promise<unknown> {
  const listening = await context.services[name]!.subscribe(document, { caller, variables });
  const [error] = await listening.next().then(
    () => [],
    (errors: GraphQLFormattedError[]) => errors,
  );
  await listening.unsubscribe();
  return error?.extensions?.['code'];
}
