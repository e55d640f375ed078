import { readdirSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { catalogue } from '@marquee/events/catalogue';
import { eventSchema, incompatibilities, schemaFileName } from '@marquee/events/event-schemas';
import { z } from 'zod';
import { eventChannels } from '../src/event-channels.js';

const userId = z.uuid();

function schemaOf(data: z.ZodType) {
  return eventSchema({ source: 'users', type: 'Tested', version: 1, description: 'A test.', data });
}

test.each([
  ['an optional property is added', z.object({ userId, reason: z.string().optional() }), []],
  ['a description changes', z.object({ userId: userId.describe('Another text.') }), []],
  ['a property is removed', z.object({}), ['the property "userId" was removed']],
  ['a property gets another format', z.object({ userId: z.string() }), ['the property "userId" was changed']],
  ['a property becomes optional', z.object({ userId: userId.optional() }), ['the property "userId" became optional']],
  [
    'a required property is added',
    z.object({ userId, reason: z.string() }),
    ['the property "reason" is required, which events of the previous build lack'],
  ],
])('if %s, the problems of the version are reported', (_, next, problems) => {
  expect(incompatibilities(schemaOf(z.object({ userId })), schemaOf(next))).toEqual(problems);
});

test('every event is published, and none carries a text', () => {
  const published = readdirSync(new URL('../events/published', import.meta.url));
  expect(published.sort()).toEqual(catalogue.map(schemaFileName).sort());
  const properties = catalogue.flatMap((event) => Object.values(eventSchema(event).properties ?? {}));
  expect(properties.flatMap(freeTexts)).toEqual([]);
});

test('a service that reacts to another has a queue, which the topic of the other one feeds', () => {
  expect(eventChannels({ name: 'users' }, 'x')).toEqual({
    topic: 'x-users.fifo',
    subscribers: ['x-jobs.fifo', 'x-messaging.fifo'],
  });
  expect(eventChannels({ name: 'other', reactsTo: ['users'] }, 'x')).toEqual({
    subscribers: [],
    queue: 'x-other.fifo',
  });
  expect(eventChannels({ name: 'shows' }, 'x')).toEqual({
    topic: 'x-shows.fifo',
    subscribers: ['x-users.fifo', 'x-jobs.fifo'],
  });
});

interface PropertySchema {
  type: string;
  items?: PropertySchema;
}

/** The parts of a property that accept any text. */
function freeTexts(property: unknown): PropertySchema[] {
  const schema = property as PropertySchema;
  if (schema.type === 'array') return freeTexts(schema.items);
  const isBounded = 'format' in schema || 'enum' in schema || 'pattern' in schema;
  return schema.type === 'string' && !isBounded ? [schema] : [];
}
