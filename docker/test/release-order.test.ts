import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { openReleaseRunner, type ReleaseRun, type ReleaseRunner } from './release-runner.js';

let runner: ReleaseRunner;
beforeAll(async () => void (runner = await openReleaseRunner()));
afterAll(() => runner.close());

/** Parameters, task definitions and the running one, as files. */
const standIn = `
parameter="$RUNNER_TEMP/parameters$4"
case "$1 $2" in
'ssm get-parameter')
  [ -f "$parameter" ] || { echo 'An error occurred (ParameterNotFound)' >&2; exit 254; }
  cat "$parameter" ;;
'ssm put-parameter') echo "$9" > "$parameter"; echo 1 ;;
'ecs describe-services') cat "$RUNNER_TEMP/running" ;;
'ecs describe-task-definition')
  case "$*" in *containerDefinitions*) jq .containerDefinitions "$RUNNER_TEMP/$4" ;; *) cat "$RUNNER_TEMP/$4" ;; esac ;;
'ecs register-task-definition') cp "$RUNNER_TEMP/definition.json" "$RUNNER_TEMP/users:9"; echo users:9 ;;
'ecs update-service') echo "$8" > "$RUNNER_TEMP/running" ;;
esac`;

const releases = 'parameters/marquee/test/users/release';

beforeEach(async () => {
  await runner.stub('aws', standIn);
  await runner.write(releases, '{"run":7,"commit":"sha-7"}');
  await runner.write('parameters/marquee/test/users/definition', 'users:1');
  await runner.write('parameters/marquee/test/users/image', 'users@sha256:main');
  await runner.write('users:1', definition('users@sha256:first', { environment: [] }));
  await runner.write('running', 'users:5');
  await runner.write('users:5', definition('users@sha256:main', { environment: ['of a failed deployment'] }));
});

describe('a release', () => {
  const order = (command: string, variables: Record<string, string>) =>
    runner.run('order.sh', command, { SETTLE_SECONDS: '0', ...variables });

  test('is recorded when it has succeeded', async () => {
    expect(await order('begin', { GITHUB_RUN_NUMBER: '8' })).toMatchObject({ code: 0 });
    const { until } = JSON.parse(await runner.read(releases)) as { until: number };
    expect(until).toBeGreaterThan(fromNow(3600));
    await order('end', { GITHUB_RUN_NUMBER: '8', OUTCOME: 'success' });
    expect(JSON.parse(await runner.read(releases))).toEqual({ run: 8, commit: 'sha-1' });
  });

  test('that failed leaves the record of the one before', async () => {
    await order('begin', { GITHUB_RUN_NUMBER: '8' });
    await order('end', { GITHUB_RUN_NUMBER: '8', OUTCOME: 'failure' });
    expect(JSON.parse(await runner.read(releases))).toEqual({ run: 7, commit: 'sha-7' });
  });

  test('that is older than the deployed one is refused, unless the environment names it', async () => {
    const refused = await order('begin', { GITHUB_RUN_NUMBER: '6', REVERT_TO: 'users 5' });
    expect(refused).toMatchObject({
      code: 1,
      output: expect.stringMatching(/run 7 of users is deployed already.*REVERT_TO .*'users 6'/),
    });
    expect(refused.calls.filter((call) => call.includes('put-parameter'))).toEqual([]);
    expect(await order('begin', { GITHUB_RUN_NUMBER: '6', REVERT_TO: 'users 6' })).toMatchObject({ code: 0 });
    expect(await order('begin', { GITHUB_RUN_NUMBER: '7' })).toMatchObject({ code: 0 });
  });

  test('is the first one where nothing is recorded, but not where the record cannot be read', async () => {
    await runner.stub('aws', standIn.replace('ParameterNotFound', 'ThrottlingException'));
    const service = { SERVICE: 'shows', GITHUB_RUN_NUMBER: '1' };
    expect(await order('begin', service)).toMatchObject({ output: expect.stringContaining('ThrottlingException') });
    await runner.stub('aws', standIn);
    await runner.write('parameters/marquee/test/shows/other', '');
    expect(await order('begin', service)).toMatchObject({ code: 0 });
  });

  test("has the definition of the service's stack with its own image", async () => {
    expect(await runner.run('service.sh', 'replace')).toMatchObject({ code: 0 });
    expect(JSON.parse(await runner.read('users:9'))).toEqual(
      JSON.parse(definition('users@sha256:new', { environment: [] })),
    );
  });
});

describe('a branch on staging', () => {
  const branch = (command: string, GRAPH: string) =>
    runner.run('service.sh', command, { GRAPH, ORDER_SECONDS: '0', ORDER_ATTEMPTS: '2' });
  const replaced = ({ calls }: ReleaseRun) => calls.filter((call) => call.includes('update-service')).length;

  test('waits for a release, and replaces no tasks of it', async () => {
    await runner.write(releases, JSON.stringify({ run: 7, until: fromNow(60) }));
    for (const command of ['stage', 'return']) {
      const refused = await branch(command, 'pr-7');
      expect(refused).toMatchObject({
        code: 1,
        output: expect.stringContaining('a release of users still takes place'),
      });
      expect(replaced(refused)).toBe(0);
    }
    await runner.write(releases, JSON.stringify({ run: 7, until: fromNow(-1) }));
    expect(await branch('stage', 'pr-7')).toMatchObject({ code: 0 });
  });

  test('ends with the image of the environment, which it does not record', async () => {
    expect((await branch('stage', 'pr-7')).calls.filter((call) => call.includes('put-parameter'))).toEqual([]);
    const labelled = { environment: [], dockerLabels: { 'marquee.branch': 'pr-7' } };
    expect(JSON.parse(await runner.read('users:9'))).toEqual(JSON.parse(definition('users@sha256:new', labelled)));
    expect(await branch('return', 'pr-7')).toMatchObject({ code: 0 });
    expect(JSON.parse(await runner.read('users:9'))).toEqual(
      JSON.parse(definition('users@sha256:main', { environment: [] })),
    );
  });

  test('is not ended by another branch, nor is the main branch', async () => {
    expect(replaced(await branch('return', 'pr-7'))).toBe(0);
    await branch('stage', 'pr-8');
    const other = await branch('return', 'pr-7');
    expect([other.code, replaced(other), await runner.read('running')]).toEqual([0, 0, 'users:9\n']);
  });

  test.each([
    ['is open and labelled', { state: 'OPEN', labels: ['staging:users'] }, 0],
    ['has lost its label', { state: 'OPEN', labels: ['staging:jobs'] }, 1],
    ['is merged', { state: 'MERGED', labels: ['staging:users'] }, 1],
  ])('with a pull request that %s', async (_, { state, labels }, times) => {
    await branch('stage', 'pr-8');
    const request = { state, labels: labels.map((name) => ({ name })) };
    await runner.stub('gh', `echo '${JSON.stringify(request)}'`);
    const checked = await branch('return-unlabeled', '');
    expect([checked.code, replaced(checked)]).toEqual([0, times]);
    expect(checked.calls).toContainEqual(expect.stringMatching(/^pr view 8 --repo marquee-graph\/marquee /));
  });

  test('is not looked for where the main branch runs', async () => {
    const { code, calls } = await branch('return-unlabeled', '');
    expect([code, calls.filter((call) => call.startsWith('pr view'))]).toEqual([0, []]);
  });
});

function definition(image: string, more: object): string {
  return JSON.stringify({ containerDefinitions: [{ name: 'users', image, ...more }, { name: 'collector' }] });
}

/** Seconds since the epoch. */
function fromNow(seconds: number): number {
  return Math.floor(Date.now() / 1000) + seconds;
}
