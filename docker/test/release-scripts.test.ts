import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openReleaseRunner, type ReleaseRunner } from './release-runner.js';

const root = fileURLToPath(new URL('../..', import.meta.url));

describe('the release scripts', () => {
  let runner: ReleaseRunner;
  let scratch: string;
  let stub: ReleaseRunner['stub'];
  let release: ReleaseRunner['run'];
  beforeAll(async () => {
    runner = await openReleaseRunner();
    ({ scratch, stub, run: release } = runner);
  });
  afterAll(() => runner.close());

  test('name the variables that are not set', async () => {
    expect(await release('variables.sh', 'GRAPH_URL')).toMatchObject({ code: 0 });
    expect(await release('variables.sh', 'AWS_REGION')).toMatchObject({
      code: 1,
      output: expect.stringMatching(/set these variables .*: AWS_REGION$/m),
    });
  });

  test('wait for the checks of the commit, and stop unless they passed', async () => {
    await stub(
      'gh',
      `[ "$(wc -l < "$RUNNER_TEMP/calls")" -lt 3 ] && echo 'in_progress ' || echo "completed $CONCLUSION"`,
    );
    const waits = { CHECK_SECONDS: '0', CHECK_ATTEMPTS: '5' };
    const passed = await release('checks.sh', '', { ...waits, CONCLUSION: 'success' });
    expect([passed.code, passed.calls.filter((call) => call.includes('--commit sha-1'))]).toEqual([
      0,
      expect.arrayContaining([expect.any(String)]),
    ]);
    expect(await release('checks.sh', '', { ...waits, CONCLUSION: 'failure' })).toMatchObject({
      code: 1,
      output: expect.stringContaining('ended with failure'),
    });
    expect(await release('checks.sh', '', { ...waits, CHECK_ATTEMPTS: '2' })).toMatchObject({
      code: 1,
      output: expect.stringContaining('not ended in time'),
    });
  });

  test('find the image that an earlier run of the commit has pushed', async () => {
    await stub('aws', 'echo "$DIGEST"');
    expect(await release('image.sh', '', { DIGEST: 'sha256:1' })).toMatchObject({
      code: 0,
      noted: 'digest=sha256:1\n',
    });
    expect(await release('image.sh', '', { DIGEST: 'None' })).toMatchObject({ code: 0, noted: 'digest=\n' });
  });

  test('replace the files of a front end: new ones first, old ones last', async () => {
    await stub('aws', '');
    const site = { SITE_BUCKET: 'site', SITE_DISTRIBUTION: 'E1' };
    expect((await release('site.sh', scratch, site)).output).toContain('has no index.html');
    await writeFile(join(scratch, 'index.html'), '');
    const { code, calls = [] } = await release('site.sh', scratch, site);
    expect([
      code,
      calls.filter(Boolean).map((call) => /--delete|immutable|no-cache|invalidation/.exec(call)?.[0]),
    ]).toEqual([0, ['immutable', 'no-cache', 'invalidation', '--delete']]);
    expect(await readFile(join(root, '.github/workflows/deploy-site.yml'), 'utf8')).toContain(
      'SITE_BUCKET: marquee-${{ inputs.environment }}-site-${{ vars.AWS_ACCOUNT_ID }}',
    );
  });

  test('stop at a failed migration', async () => {
    await stub(
      'aws',
      `case "$*" in
      *"get-parameter --name /marquee/test/users/migration"*) echo migrate:1 ;;
      *"describe-task-definition --task-definition migrate:1"*)
        echo '{"revision": 1, "containerDefinitions": [{"name": "migrate", "image": "old"}]}' ;;
      *"register-task-definition"*) cp "$RUNNER_TEMP/definition.json" "$RUNNER_TEMP/registered.json"; echo migrate:2 ;;
      *"describe-services"*) echo '{"awsvpcConfiguration": {}}' ;;
      *"run-task"*) echo task-1 ;;
      *"describe-tasks"*) echo "$MIGRATION_CODE" ;;
      esac`,
    );
    expect(await release('service.sh', 'migrate', { MIGRATION_CODE: '0' })).toMatchObject({ code: 0 });
    expect(JSON.parse(await readFile(join(scratch, 'registered.json'), 'utf8'))).toEqual({
      containerDefinitions: [{ name: 'migrate', image: 'users@sha256:new' }],
    });
    expect(await release('service.sh', 'migrate', { MIGRATION_CODE: '1' })).toMatchObject({
      code: 1,
      output: expect.stringContaining('ended with 1'),
    });
  });

  test('fail when ECS rolls back the tasks, and restore the previous task definition', async () => {
    await stub(
      'aws',
      `case "$*" in
      *"--query taskDefinition --output json"*) echo '{"containerDefinitions": [{"name": "users", "image": "old"}]}' ;;
      *"register-task-definition"*) echo users:8 ;;
      *"describe-services"*) echo "$RUNNING" ;;
      *"get-parameter"*) echo users@sha256:main ;;
      esac`,
    );
    const replaced = await release('service.sh', 'replace', { RUNNING: 'users:8' });
    expect(replaced.code).toBe(0);
    expect(replaced.calls).toContainEqual(expect.stringMatching(/put-parameter .*--value users@sha256:new /));
    expect(await release('service.sh', 'replace', { RUNNING: 'users:7' })).toMatchObject({
      code: 1,
      output: expect.stringContaining('did not become stable'),
    });
    expect(await release('service.sh', 'note', { RUNNING: 'users:7' })).toMatchObject({
      noted: 'FORMER_TASKS=users:7\nFORMER_IMAGE=users@sha256:main\n',
    });
    const former = { FORMER_TASKS: 'users:7', FORMER_IMAGE: 'users@sha256:main' };
    const { calls } = await release('service.sh', 'restore', { RUNNING: 'users:7', ...former });
    expect(calls).toContainEqual(expect.stringMatching(/update-service .*--task-definition users:7/));
    expect(calls).toContainEqual(
      expect.stringMatching(/put-parameter --name \/marquee\/test\/users\/image .*--value users@sha256:main /),
    );
  });

  test('ask the publisher for the own service only, with the committed schema', async () => {
    await stubPublisher();
    expect(await release('registry.sh', 'publish')).toMatchObject({ code: 0, noted: 'PUBLISHED_VERSION=7\n' });
    const { calls } = await release('registry.sh', 'publish');
    expect(calls).toContainEqual(
      expect.stringMatching(/^lambda invoke --function-name marquee-test-publisher --qualifier users /),
    );
    expect(await request()).toEqual({
      command: 'publish',
      sdl: await readFile(join(root, 'schema/subgraphs/users.graphql'), 'utf8'),
      note: 'not asked: its tasks run the image of this schema',
      by: 'somebody',
    });
    const preview = { GRAPH: 'pr-7', PUBLISHER_ALIAS: 'users-preview' };
    expect((await release('registry.sh', 'preview', preview)).calls.join()).toContain('--qualifier users-preview ');
    expect(await request()).toMatchObject({ command: 'preview', graph: 'pr-7' });
  });

  test('fail with the reason of the publisher', async () => {
    await stubPublisher('{"error": "Query.a is in use"}');
    expect(await release('registry.sh', 'publish')).toMatchObject({
      code: 1,
      output: expect.stringContaining('::error::Query.a is in use'),
      noted: '',
    });
    await stubPublisher('{"errorMessage": "timed out"}', 'Unhandled');
    expect(await release('registry.sh', 'reduce')).toMatchObject({
      code: 1,
      output: expect.stringContaining('timed out'),
    });
  });

  test('restore the previous schema of the service', async () => {
    await stubPublisher();
    await stub('npm', `printf '%5s  2026-01-01T00:00:00.000Z  publish jobs (somebody)\\n' 6 5`);
    expect(await release('registry.sh', 'note')).toMatchObject({ noted: 'FORMER_VERSION=6\n' });
    const versions = { FORMER_VERSION: '6', REDUCED_VERSION: '' };
    const restored = await release('registry.sh', 'restore', { ...versions, PUBLISHED_VERSION: '7' });
    expect(restored.noted).toBe('RESTORED_VERSION=7\n');
    expect(await request()).toEqual({ command: 'restore', number: 6, expected: 7, by: 'somebody' });
    // Without removals there is nothing left to restore.
    expect((await release('registry.sh', 'restore-removals', versions)).calls).toEqual(['']);
  });

  test('restore the schema also after a publication whose outcome is unknown', async () => {
    await stubPublisher();
    await release('registry.sh', 'restore', { FORMER_VERSION: '6', REDUCED_VERSION: '' });
    expect(await request()).toEqual({ command: 'restore', number: 6, by: 'somebody' });
    await release('registry.sh', 'restore-removals', { FORMER_VERSION: '6' });
    expect(await request()).toEqual({ command: 'restore', number: 6, by: 'somebody' });
    expect(await release('registry.sh', 'restore', { FORMER_VERSION: '' })).toMatchObject({
      code: 1,
      output: expect.stringContaining('no version before'),
    });
  });

  test('publish removals first, and return to them before they return to the previous schema', async () => {
    const reduce = async (answer: string) => {
      await stubPublisher(JSON.stringify({ output: answer }));
      return release('registry.sh', 'reduce', { RELOAD_SECONDS: '0' });
    };
    expect(await reduce('Version 6 is live.')).toMatchObject({ noted: 'REDUCED_VERSION=6\n' });
    expect(await request()).toMatchObject({ command: 'removals' });
    expect(await reduce('Nothing is removed.')).toMatchObject({ noted: 'REDUCED_VERSION=\n' });
    await stubPublisher('{"output": "Version 8 is live."}');
    const versions = { FORMER_VERSION: '5', REDUCED_VERSION: '6', PUBLISHED_VERSION: '7' };
    expect((await release('registry.sh', 'restore', versions)).noted).toBe('RESTORED_VERSION=8\n');
    expect(await request()).toMatchObject({ number: 6, expected: 7 });
    await release('registry.sh', 'restore-removals', { ...versions, RESTORED_VERSION: '8' });
    expect(await request()).toMatchObject({ number: 5, expected: 8 });
  });

  test('find the services that the labels of a pull request put on staging', async () => {
    const labels = (ACTION: string, LABEL = '') =>
      release('labels.sh', '', {
        ACTION,
        LABEL,
        LABELS: '["bug", "staging:users", "staging:gateway", "staging:nothing"]',
      });
    expect((await labels('labeled', 'staging:shows')).noted).toBe('staged=["shows"]\nreturned=[]\n');
    expect((await labels('labeled', 'bug')).noted).toBe('staged=[]\nreturned=[]\n');
    expect((await labels('labeled', '"], "users"')).noted).toBe('staged=[]\nreturned=[]\n');
    expect((await labels('unlabeled', 'staging:shows')).noted).toBe('staged=[]\nreturned=["shows"]\n');
    expect((await labels('synchronize')).noted).toBe('staged=["users","gateway"]\nreturned=[]\n');
    expect((await labels('closed')).noted).toBe('staged=[]\nreturned=["users","gateway"]\n');
    await stub('gh', `echo '["staging:users"]'`);
    const merged = await labels('merged');
    expect([merged.noted, merged.calls]).toEqual([
      'staged=[]\nreturned=["users"]\n',
      [expect.stringMatching('^api repos/marquee-graph/marquee/commits/sha-1/pulls '), ''],
    ]);
    expect((await labels('all')).noted).toBe('staged=[]\nreturned=["users","jobs","messaging","shows","gateway"]\n');
  });

  test('refuse to stage a branch with migrations', async () => {
    await stub('git', 'echo "$ADDED"');
    expect(await release('migrations.sh', '', { ADDED: '' })).toMatchObject({ code: 0 });
    expect(await release('migrations.sh', '', { ADDED: 'subgraphs/users/migrations/0042_more.sql' })).toMatchObject({
      code: 1,
      output: expect.stringContaining('0042_more.sql'),
      calls: ['diff --name-only HEAD^1 HEAD -- subgraphs/users/migrations', ''],
    });
  });

  test('describe the change of the committed schemas since a commit', async () => {
    await stub(
      'git',
      'case "$1" in archive) tar --create schema/subgraphs ;; show) cat subgraphs/services.json ;; esac',
    );
    await stub('npm', 'case "$*" in *check*) echo "### Schema check"; exit 1 ;; esac');
    const { code, output, calls } = await release('schema-report.sh', 'HEAD');
    expect([code, output]).toEqual([0, '### Schema check\n']);
    expect(calls).toEqual([
      ...['archive HEAD schema/subgraphs', 'show HEAD:subgraphs/services.json'],
      expect.stringMatching(
        /^run --silent schema -- publish users jobs .* --sdl \S+\/schema\/subgraphs .* --registry /,
      ),
      expect.stringMatching(
        /^run --silent schema -- check users jobs .* --sdl schema\/subgraphs --markdown --registry /,
      ),
      '',
    ]);
  });

  test('fail the smoke test on a response with errors', async () => {
    await stub('curl', `echo "$ANSWER"`);
    const smoke = (ANSWER: string, GRAPH_PATH = '') =>
      release('smoke.sh', '', { ANSWER, GRAPH_PATH, SMOKE_ATTEMPTS: '1' });
    expect(await smoke('{"data":{"shows":{"edges":[]}}}')).toMatchObject({ code: 0 });
    expect((await smoke('{"data":{"shows":{}}}', '/preview/pr-7')).calls.join()).toContain(
      'http://graph/preview/pr-7 ',
    );
    expect(await smoke('{"data":{"shows":{"edges":[]}},"errors":[{}]}')).toMatchObject({ code: 1 });
    expect(await smoke('')).toMatchObject({ code: 1 });
  });

  /** A publisher that gives one answer, or fails. */
  function stubPublisher(answer = '{"output": "Version 7 is live."}', failure = 'None'): Promise<void> {
    return stub('aws', `for answer; do :; done; echo '${answer}' > "$answer"; echo ${failure}`);
  }

  /** The last request to the publisher. */
  async function request(): Promise<unknown> {
    return JSON.parse(await readFile(join(scratch, 'request.json'), 'utf8'));
  }
});
