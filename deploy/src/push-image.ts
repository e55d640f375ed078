/**
 * Builds and pushes the image of a service by hand: `npm run push-image -- users`, with credentials of the image account.
 * `npm run push-image -- users prod`, with those of the environment, makes the environment use it from its next deploy.
 * The workflows do both; a first deploy and an emergency need this command.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { delivery, type Environment, environmentNames, environments, isEnvironmentName } from './environments.js';
import { imageRepository, namesOf, serviceNames } from './names.js';
import { type Aws, openAws } from './secrets/aws.js';

const [service, name, ...rest] = process.argv.slice(2);
const root = fileURLToPath(new URL('../..', import.meta.url));
const registry = `${delivery.account}.dkr.ecr.${delivery.region}.amazonaws.com`;

try {
  if (service === undefined || !serviceNames.includes(service) || rest.length > 0) throw usage();
  if (name === undefined) await push(await openAws({ ...delivery, name: 'delivery' }), service);
  else if (isEnvironmentName(name)) await record(await openAws(environments[name]), environments[name], service);
  else throw usage();
} catch (failure) {
  process.stderr.write(`${(failure as Error).message}\n`);
  process.exitCode = 1;
}

/** Tags are commits and immutable, so an image that exists is not built again. */
async function push(aws: Aws, service: string): Promise<void> {
  const commit = currentCommit();
  const existing = await findDigest(aws, service, commit);
  if (existing === undefined) await login(aws);
  const digest = existing ?? build(service, commit);
  process.stdout.write(`${registry}/${imageRepository(service)}@${digest}\n`);
}

/** Stores the image of the current commit in the parameter that the stack of the service reads. */
async function record(aws: Aws, environment: Environment, service: string): Promise<void> {
  const commit = currentCommit();
  const digest = await findDigest(aws, service, commit);
  if (digest === undefined)
    throw new Error(
      `There is no image of ${commit}. Run \`npm run push-image -- ${service}\` in the image account first.`,
    );
  const Name = namesOf(environment).imageParameter(service);
  const Value = `${registry}/${imageRepository(service)}@${digest}`;
  await aws('ssm', 'put-parameter', { Name, Value, Type: 'String', Overwrite: true });
  process.stdout.write(`${Name} is ${Value}\n`);
}

async function findDigest(aws: Aws, service: string, imageTag: string): Promise<string | undefined> {
  const { images } = await aws<{ images: { imageId: { imageDigest: string } }[] }>('ecr', 'batch-get-image', {
    registryId: delivery.account,
    repositoryName: imageRepository(service),
    imageIds: [{ imageTag }],
  });
  return images[0]?.imageId.imageDigest;
}

async function login(aws: Aws): Promise<void> {
  const { authorizationData } = await aws<{ authorizationData: { authorizationToken: string }[] }>(
    'ecr',
    'get-authorization-token',
  );
  const token = Buffer.from(authorizationData[0]?.authorizationToken ?? '', 'base64').toString();
  run('docker', ['login', '--username', 'AWS', '--password-stdin', registry], token.replace(/^AWS:/, ''));
}

function build(service: string, commit: string): string {
  const metadata = join(mkdtempSync(join(tmpdir(), 'image-')), 'built.json');
  run('docker', [
    ...['buildx', 'build', '--platform', 'linux/arm64', '--file', 'docker/Dockerfile', '--push'],
    ...['--build-arg', `SERVICE=${service}`, '--build-arg', `VERSION=${commit}`, '--build-arg', `REVISION=${commit}`],
    ...['--sbom=true', '--metadata-file', metadata, '--tag', `${registry}/${imageRepository(service)}:${commit}`, '.'],
  ]);
  const built = JSON.parse(readFileSync(metadata, 'utf8')) as Record<string, string>;
  return built['containerimage.digest'] ?? '';
}

/** The image is named by the commit, so it must contain nothing else. */
function currentCommit(): string {
  const changes = run('git', ['status', '--porcelain', '--untracked-files=no']);
  if (changes !== '') throw new Error(`Commit these changes first, the image is named by its commit:\n${changes}`);
  return run('git', ['rev-parse', 'HEAD']);
}

/** Runs a program at the root of the repository and returns its output. @throws Error if it fails */
function run(program: string, args: readonly string[], input = ''): string {
  const { status, stdout, error } = spawnSync(program, args, { cwd: root, input, stdio: ['pipe', 'pipe', 'inherit'] });
  if (status !== 0) throw new Error(`${program} ${args[0]}: ${error?.message ?? `exit code ${status}`}`);
  return stdout.toString().trim();
}

function usage(): Error {
  return new Error(`Usage: npm run push-image -- ${serviceNames.join('|')} [${environmentNames.join('|')}]`);
}
