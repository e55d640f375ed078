import { readdirSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, test } from '@jest/globals';
import { catalogue } from '@marquee/events/catalogue';
import { eventSchema, incompatibilities, schemaFileName } from '@marquee/events/event-schemas';
import { z } from 'zod';
import { eventChannels } from '../src/event-channels.js';
import { assertCompatible, eventFiles } from '../src/event-files.js';

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

test('an event that is missing in the catalogue is an incompatible change, until its file is deleted', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'events-'));
  const file = join(directory, 'events/published/UserPromoted.v1.json');
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, '{}');
  const missing = 'schema/events/published/UserPromoted.v1.json: the event is not in the catalogue';
  await expect(assertCompatible(directory, eventFiles())).rejects.toThrow(missing);
  await rm(file);
  await expect(assertCompatible(directory, eventFiles())).resolves.toBeUndefined();
  await rm(directory, { recursive: true });
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
