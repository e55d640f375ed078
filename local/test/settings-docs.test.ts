import { beforeAll, describe, expect, test } from '@jest/globals';
import { readmeWithTables, type SettingsReadme, settingsReadmes } from '../src/settings-docs/readme-tables.js';

let readmes: SettingsReadme[];
beforeAll(async () => {
  readmes = await settingsReadmes();
});

describe('environment variables', () => {
  test('all have a description', () => {
    const undescribed = readmes.flatMap(({ path, programs }) =>
      programs.flatMap(({ settings }) =>
        settings.filter(({ description }) => !description).map(({ name }) => `${name} in ${path}`),
      ),
    );
    expect(undescribed).toEqual([]);
  });

  test('have one meaning and one default in all services', () => {
    const meanings = new Map<string, Set<string>>();
    for (const { programs } of readmes.filter(({ path }) => path !== 'local/README.md'))
      for (const { name, description, default: value } of programs[0]?.settings ?? [])
        meanings.set(name, (meanings.get(name) ?? new Set()).add(`${value}: ${description}`));
    expect([...meanings].filter(([, { size }]) => size > 1)).toEqual([]);
  });

  test('are up to date in the READMEs: run npm run settings otherwise', async () => {
    const texts = await Promise.all(readmes.map(readmeWithTables));
    expect(texts.map(({ before }) => before)).toEqual(texts.map(({ after }) => after));
  });
});
