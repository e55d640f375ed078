import { readFile } from 'node:fs/promises';
import { expect, test } from '@jest/globals';
import { updateDiagrams } from '../../src/state-machine/readme-diagrams.js';

test('the README contains the current state diagrams (update: `npm run docs -w @marquee/jobs`)', async () => {
  const readme = await readFile(new URL('../../README.md', import.meta.url), 'utf8');
  expect(readme).toBe(updateDiagrams(readme));
  expect(readme).toContain('SUBMITTED --> UNDER_REVIEW: CLAIM (moderator)');
});
