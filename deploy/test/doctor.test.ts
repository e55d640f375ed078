import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Check, examine } from '@marquee/local/doctor/examination';
import { answersCheck } from '@marquee/local/doctor/graph-checks';
import { environmentChecks } from '../src/doctor/environment-checks.js';
import { environments } from '../src/environments.js';
import { namesOf, serviceNames } from '../src/names.js';
import { firewallLimits } from '../src/rate-limits.js';
import { AwsError } from '../src/secrets/aws.js';
import { createCallerKey } from '../src/secrets/caller-key.js';
import { AwsAccount, storedSecrets } from './aws-account.js';

const { prod } = environments;
const names = namesOf(prod);
const webhookKey = 'a1B2'.repeat(16);

/** The result that the examination prints for each subject, without the remedy. */
async function report(checks: Check[]): Promise<Record<string, string>> {
  const lines: string[] = [];
  await examine(checks, (line) => void lines.push(line));
  const found: Record<string, string> = {};
  for (const line of lines) {
    const [, subject, text = ''] = /^(?:ok|missing) +([^:]+): (.*)$/.exec(line) ?? [];
    if (subject !== undefined) found[subject] = `${line.split(' ')[0]} ${text}`;
  }
  return found;
}

/** The checks of the account; the graph itself is examined below. */
function checksOf(account: AwsAccount): Check[] {
  return environmentChecks(account.aws, prod).filter(({ subject }) => subject !== 'graph');
}

describe('an environment that was only deployed', () => {
  test('lacks everything that its parts need, and the report says how to provide each', async () => {
    const account = deployedAccount();
    const lines: string[] = [];
    const lacks = await examine(checksOf(account), (line) => void lines.push(line));
    // No account was deleted, so that no erasure is overdue, and there are no webhooks.
    expect(lacks).toBe(checksOf(account).length - 2);
    const text = lines.join('\n');
    for (const remedy of [
      'npm run secrets -- prod',
      'npm run push-image -- SERVICE prod',
      'npm run schema -- publish users jobs messaging shows --registry s3://marquee-prod-registry-333333333333 --unasked',
      'npm run deploy -- prod users jobs messaging shows gateway',
      'npm run deploy -- prod identity',
      'npm run deploy -- prod edge',
      'npm run deploy -- prod mail',
      'Promote the first ADMIN',
    ])
      expect(text).toContain(remedy);
    expect(text).toContain('alarms@marquee.example has not confirmed');
  });

  test('reports a check that fails instead of ending', async () => {
    const account = deployedAccount();
    account.responses['list-web-acls'] = () => {
      throw new AwsError('aws wafv2 list-web-acls: no permission', 'AccessDeniedException');
    };
    expect((await report(checksOf(account)))['firewall limits']).toBe(
      'missing it could not be examined: aws wafv2 list-web-acls: no permission',
    );
  });
});

describe('a complete environment', () => {
  test('lacks nothing', async () => {
    const found = await report(checksOf(await completeAccount()));
    expect(found).toEqual({
      'database roles': 'ok users, jobs',
      'caller keys': expect.stringMatching(/^ok the gateway signs with .*; services accept 1$/),
      images: 'ok recorded for users, jobs, messaging, shows, gateway',
      registry: 'ok live/supergraph.graphql, live/partner.graphql',
      services: 'ok 5 services run all their tasks',
      'sign-in clients': 'ok web, partner, ingest',
      'sign-up mail': 'ok SES sends codes',
      mail: 'ok SES sends from no-reply@marquee.example',
      alarms: 'ok alarms@marquee.example receives them',
      'firewall limits': 'ok 30000 per caller and 120000 per address in 300 s',
      taxonomy: 'ok 60 active terms in 3 categories',
      administrator: 'ok 1 active',
      erasures: 'ok none is overdue',
      'webhook secrets': 'ok all 3 are encrypted with the current key',
    });
  });

  test('without SES lacks no domain, and needs none', async () => {
    const account = await completeAccount();
    account.responses['get-email-identity'] = notFound('NotFoundException');
    const found = await report(environmentChecks(account.aws, environments.dev).filter(isOfMail));
    expect(found).toEqual({
      'sign-up mail': 'ok Cognito sends 50 codes a day',
      mail: 'ok the environment sends no notifications by email',
    });
  });

  test.each([
    ['mail', 'get-account', { ProductionAccessEnabled: false }, 'SES sends only to verified addresses'],
    [
      'mail',
      'get-account',
      { ProductionAccessEnabled: true, SendingEnabled: false, EnforcementStatus: 'SHUTDOWN' },
      'SES has paused the sending of the account (SHUTDOWN)',
    ],
    [
      'mail',
      'get-email-identity',
      { VerifiedForSendingStatus: false, DkimAttributes: { Status: 'PENDING' } },
      'SES has not verified the domain marquee.example (DKIM: PENDING)',
    ],
    ['mail', 'describe-task-definition', taskWith([]), 'tasks of users do not run with MAIL_TRANSPORT=ses'],
    [
      'erasures',
      'execute-statement',
      { records: [[{ longValue: 2 }]] },
      'data of 2 deleted accounts are not erased everywhere',
    ],
    [
      'webhook secrets',
      'execute-statement',
      { records: [storedSecrets(webhookKey, 1), storedSecrets('c3D4'.repeat(16), 2)] },
      '2 secrets of webhooks are encrypted with another key than the current one',
    ],
    [
      'webhook secrets',
      'execute-statement',
      { records: [storedSecrets(webhookKey, 1), [{ stringValue: '' }, { longValue: 4 }]] },
      '4 secrets of webhooks are not stored, but derived from the key of media ids',
    ],
    ['sign-up mail', 'describe-user-pool', { UserPool: {} }, 'Cognito sends 50 codes a day'],
    ['services', 'describe-services', { services: [] }, 'tasks of users, jobs, messaging, shows, gateway are missing'],
    [
      'taxonomy',
      'execute-statement',
      { records: [[{ stringValue: 'STYLE' }, { longValue: 3 }]] },
      'AUDIENCE, PROJECT_TYPE',
    ],
    [
      'firewall limits',
      'get-web-acl',
      { WebACL: { Rules: [rule('caller', 6_000)] } },
      '20 requests/s per caller, the gateway 50',
    ],
    ['caller keys', 'get-parameter', { Parameter: { Value: '{"keys":[]}' } }, 'services do not accept the signing key'],
    [
      'sign-in clients',
      'list-user-pool-clients',
      { UserPoolClients: [{ ClientName: 'web' }] },
      'no client partner, ingest',
    ],
  ])('lacks %s if %s answers otherwise', async (subject, operation, answer, lack) => {
    const account = await completeAccount();
    account.responses[operation] = () => answer;
    const found = await report(checksOf(account));
    expect(found[subject]).toContain('missing ');
    expect(found[subject]).toContain(lack);
    expect(Object.values(found).filter((line) => line.startsWith('missing')).length).toBeLessThanOrEqual(3);
  });
});

describe('the graph', () => {
  let server: Server;
  let answer: object;
  beforeAll(async () => {
    server = createServer((_, response) => response.end(JSON.stringify(answer)));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterAll(() => void server.close());

  test('must answer a guest without errors', async () => {
    const { port } = server.address() as AddressInfo;
    const check = answersCheck(`http://127.0.0.1:${port}`, 'Read the log.');
    answer = { data: { shows: null }, errors: [{ message: 'The service "shows" is unavailable.' }] };
    expect((await report([check]))['graph']).toContain('with the error "The service "shows" is unavailable."');
    answer = { data: { shows: { edges: [] } } };
    expect((await report([check]))['graph']).toMatch(/^ok /);
  });
});

describe('the command', () => {
  let scratch: string;
  beforeAll(async () => void (scratch = await mkdtemp(join(tmpdir(), 'doctor-'))));
  afterAll(() => rm(scratch, { recursive: true }));

  test('examines with the AWS CLI, and ends with 1 when something is missing', async () => {
    await writeFile(join(scratch, 'aws'), awsProgram);
    await chmod(join(scratch, 'aws'), 0o755);
    const { code, output } = await doctor('prod', { PATH: `${scratch}:/usr/bin:/bin` });
    expect(code).toBe(1);
    expect(output).toContain('missing  registry: no live/supergraph.graphql, live/partner.graphql');
    expect(output).toContain('missing  caller keys: the gateway has no key to sign callers');
    expect(output).toMatch(/\d+ of 15 are missing\./);
  });

  test('refuses credentials of another account, and unknown environments', async () => {
    const { code, output } = await doctor('dev', { PATH: `${scratch}:/usr/bin:/bin` });
    expect([code, output]).toEqual([
      1,
      'The credentials belong to account 333333333333, but dev is account 111111111111.\n',
    ]);
    expect((await doctor('stage', {})).output).toContain('Usage: npm run doctor -- local|dev|test|prod');
  });

  function doctor(name: string, env: Record<string, string>): Promise<{ code: number; output: string }> {
    const program = fileURLToPath(new URL('../dist/doctor.js', import.meta.url));
    return new Promise((resolve) => {
      execFile(process.execPath, [program, name], { env }, (failure, stdout, stderr) =>
        resolve({ code: Number(failure?.code ?? 0), output: stdout + stderr }),
      );
    });
  }
});

/** Answers like the AWS CLI in an account with nothing but an identity, and only with limits of time. */
const awsProgram = `#!/bin/sh
cat >/dev/null
case "$*" in
*' --cli-connect-timeout 10 --cli-read-timeout 60') ;;
*) echo "no limits: $*" >&2; exit 99 ;;
esac
case "$1 $2" in
'sts get-caller-identity') echo '{"Account": "333333333333"}' ;;
's3api head-object') echo 'An error occurred (404) when calling the HeadObject operation: Not Found' >&2; exit 254 ;;
*) echo "An error occurred (ResourceNotFoundException) when calling the $2 operation: not found" >&2; exit 254 ;;
esac
`;

/** The stacks are deployed, and nothing else was done. */
function deployedAccount(): AwsAccount {
  const account = new AwsAccount();
  for (const schema of ['users', 'jobs']) account.setSecret(names.secret(`${schema}/database-url`), 'random');
  account.setSecret(names.secret('gateway/caller-signing-key'), 'random');
  account.responses = {
    'get-parameters': () => ({ Parameters: [] }),
    'head-object': notFound('404'),
    'get-email-identity': notFound('NotFoundException'),
    'describe-services': () => ({ services: [] }),
    'list-user-pools': () => ({ UserPools: [] }),
    'list-subscriptions-by-topic': () => ({
      Subscriptions: [{ Endpoint: prod.alarmEmail, SubscriptionArn: 'PendingConfirmation' }],
    }),
    'list-web-acls': () => ({ WebACLs: [] }),
    'execute-statement': () => ({ records: [] }),
  };
  return account;
}

async function completeAccount(): Promise<AwsAccount> {
  const account = new AwsAccount();
  for (const schema of ['users', 'jobs']) account.setSecret(names.secret(`${schema}/database-url`), 'postgres://x');
  account.setSecret(names.secret('jobs/webhook-keys'), webhookKey);
  await createCallerKey(account.aws, prod);
  account.responses = {
    ...releaseResponses,
    'list-user-pools': () => ({ UserPools: [{ Id: 'pool', Name: names.prefix }] }),
    'list-user-pool-clients': () => ({
      UserPoolClients: ['web', 'partner', 'ingest'].map((ClientName) => ({ ClientName })),
    }),
    'describe-user-pool': () => ({ UserPool: { EmailConfiguration: { EmailSendingAccount: 'DEVELOPER' } } }),
    'get-email-identity': () => ({ VerifiedForSendingStatus: true }),
    'get-account': () => ({ ProductionAccessEnabled: true, SendingEnabled: true }),
    'describe-task-definition': () => taskWith([{ name: 'MAIL_TRANSPORT', value: 'ses' }]),
    'list-subscriptions-by-topic': () => ({
      Subscriptions: [{ Endpoint: prod.alarmEmail, SubscriptionArn: 'arn:aws:sns:confirmed' }],
    }),
    'list-web-acls': () => ({ WebACLs: [{ Name: names.webAcl, Id: '1' }] }),
    'get-web-acl': () => ({
      WebACL: { Rules: [rule('caller', firewallLimits.caller), rule('address', firewallLimits.address)] },
    }),
    'execute-statement': ({ sql = '' }) => ({ records: recordsOf(sql) }),
  };
  return account;
}

const releaseResponses = {
  'get-parameters': () => ({ Parameters: serviceNames.map((name) => ({ Name: names.imageParameter(name) })) }),
  'head-object': () => ({}),
  'describe-services': () => ({
    services: serviceNames.map((serviceName) => ({
      ...{ serviceName, runningCount: 2, desiredCount: 2 },
      taskDefinition: `${serviceName}:7`,
    })),
  }),
};

const terms = ['AUDIENCE', 'STYLE', 'PROJECT_TYPE'].map((category) => [{ stringValue: category }, { longValue: 20 }]);

/** An administrator, no overdue erasure, one key of webhook secrets, and terms. */
function recordsOf(sql: string): object[] {
  if (sql.includes('erasures')) return [[{ longValue: 0 }]];
  if (sql.includes('webhook')) return [storedSecrets(webhookKey, 3)];
  return sql.includes('users') ? [[{ longValue: 1 }]] : terms;
}

/** The task definition of users. */
function taskWith(environment: object[]): object {
  return { taskDefinition: { containerDefinitions: [{ name: 'collector' }, { name: 'users', environment }] } };
}

function isOfMail({ subject }: Check): boolean {
  return subject.endsWith('mail');
}

function notFound(code: string): () => never {
  return () => {
    throw new AwsError('not found', code);
  };
}

function rule(kind: string, Limit: number): object {
  return { Name: `rate-per-${kind}`, Statement: { RateBasedStatement: { Limit, EvaluationWindowSec: 300 } } };
}
