import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { describeSettings, settingsTable } from '@marquee/chassis/config/settings-docs';
import { flag, list } from '@marquee/chassis/config/settings';

describe('describeSettings', () => {
  test('reads defaults, descriptions and requirements from the schema', () => {
    const schema = z.object({
      URL: z.url().describe('An address.'),
      SECONDS: z.coerce.number().min(1).default(30).describe('A time.'),
      ON: flag.describe('A switch.').default(false),
      NAMES: list.default([]).describe('Names.'),
      KEY: z.string().transform(Number).describe('A number.').optional(),
      REDIS: z.string().optional().meta({ description: 'A store.', requiredInProduction: true }),
    });
    expect(describeSettings(schema)).toEqual([
      { name: 'URL', default: undefined, description: 'An address.', required: 'yes' },
      { name: 'SECONDS', default: '30', description: 'A time.', required: 'no' },
      { name: 'ON', default: 'false', description: 'A switch.', required: 'no' },
      { name: 'NAMES', default: undefined, description: 'Names.', required: 'no' },
      { name: 'KEY', default: undefined, description: 'A number.', required: 'no' },
      { name: 'REDIS', default: undefined, description: 'A store.', required: 'yes' },
    ]);
  });

  test('reports the condition under which a variable of one alternative is required', () => {
    const schema = z
      .discriminatedUnion('KIND', [
        z.object({ KIND: z.literal('a'), BUCKET: z.string(), BOTH: z.string() }),
        z.object({ KIND: z.literal('b'), BOTH: z.string() }),
      ])
      .refine(() => true);
    expect(describeSettings(schema).map(({ name, required }) => `${name} ${required}`)).toEqual([
      'KIND yes',
      'BUCKET with `KIND=a`',
      'BOTH yes',
    ]);
  });
});

test('settingsTable aligns its columns', () => {
  const settings = [{ name: 'A', default: '1', description: 'The first.', required: 'no' }];
  expect(settingsTable(settings).split('\n')).toEqual([
    '| Variable | Default | Meaning    | Required in production |',
    '| -------- | ------- | ---------- | ---------------------- |',
    '| `A`      | `1`     | The first. | no                     |',
  ]);
});
