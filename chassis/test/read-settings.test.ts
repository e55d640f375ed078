import { expect, test } from '@jest/globals';
import { flag, list, readSettings, SettingsError, subgraphSettings } from '@marquee/chassis/config/settings';
import { z } from 'zod';

const required = { PORT: '4001', CALLER_KEYS: '{"keys":[]}' };

test('NODE_ENV is production by default', () => {
  expect(readSettings(subgraphSettings, required)).toMatchObject({
    NODE_ENV: 'production',
    PORT: 4001,
    HOST: '127.0.0.1',
  });
});

test('reports every missing and invalid variable without its value', () => {
  const read = () => readSettings(subgraphSettings, { CALLER_KEYS: 'hunter2 {', LOG_LEVEL: 'loud' });
  expect(read).toThrow(SettingsError);
  expect(read).toThrow(/PORT: (.|\n)*LOG_LEVEL: (.|\n)*CALLER_KEYS: expected JSON/);
  expect(read).not.toThrow(/hunter2/);
});

test('treats empty variables as absent', () => {
  expect(() => readSettings(subgraphSettings, { ...required, PORT: '' })).toThrow(/PORT/);
});

test('parses flags and lists', () => {
  const schema = z.object({ ON: flag, ORIGINS: list });
  expect(readSettings(schema, { ON: 'true', ORIGINS: ' https://a.example, ,https://b.example ' })).toEqual({
    ON: true,
    ORIGINS: ['https://a.example', 'https://b.example'],
  });
  expect(() => readSettings(schema, { ON: 'yes', ORIGINS: '' })).toThrow(/ON: /);
});
