import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';

/** Calls the AWS CLI with its current credentials. @throws Error with the CLI's message */
export type Aws = <Answer>(service: string, operation: string, input?: object) => Promise<Answer>;

/** A refused call. */
export class AwsError extends Error {
  override name = 'AwsError';

  /** @param code the code of the error, such as `ResourceNotFoundException` or `404`; undefined if the CLI printed none */
  constructor(
    message: string,
    readonly code: string | undefined,
  ) {
    super(message);
  }
}

/** An account, by the name of its environment. */
export interface AwsTarget {
  name: string;
  account: string;
  region: string;
}

/** Opens the AWS CLI for an environment. @throws Error when the credentials belong to another account */
export async function openAws({ account, region, name }: AwsTarget): Promise<Aws> {
  const aws: Aws = async <Answer>(service: string, operation: string, input: object = {}) =>
    JSON.parse(await run(service, operation, region, input)) as Answer;
  const { Account } = await aws<{ Account: string }>('sts', 'get-caller-identity');
  if (Account !== account)
    throw new Error(`The credentials belong to account ${Account}, but ${name} is account ${account}.`);
  return aws;
}

/** An attempt waits 10 s for a connection and a minute for an answer. Version 2 of the CLI makes at most 3. */
const timeLimits = ['--cli-connect-timeout', '10', '--cli-read-timeout', '60'];

/** Passes the input through a pipe, so that secrets do not appear in the list of processes. */
async function run(service: string, operation: string, region: string, input: object): Promise<string> {
  const flags = ['--region', region, '--output', 'json', '--no-cli-pager', ...timeLimits];
  const program = spawn('aws', [service, operation, '--cli-input-json', 'file:///dev/stdin', ...flags]);
  // A CLI that ends before it has read its input closes the pipe. Its message and its exit code follow.
  program.stdin.on('error', () => undefined);
  program.stdin.end(JSON.stringify(input));
  const ended = new Promise<number | null>((resolve, reject) => program.once('error', reject).once('close', resolve));
  const [output, error, code] = await Promise.all([text(program.stdout), text(program.stderr), ended]);
  if (code !== 0) throw new AwsError(`aws ${service} ${operation}: ${error.trim()}`, /\((\w+)\) when/.exec(error)?.[1]);
  return output.trim() === '' ? '{}' : output;
}
