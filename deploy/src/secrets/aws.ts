import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import type { Environment } from '../environments.js';

/** One call of the AWS command line tool, with whatever credentials it has. @throws with what it said */
export type Aws = <Answer>(service: string, operation: string, input?: object) => Promise<Answer>;

/** The tool for an environment: it is refused when its credentials are another account's. */
export async function openAws({ account, region, name }: Environment): Promise<Aws> {
  const aws: Aws = async <Answer>(service: string, operation: string, input: object = {}) =>
    JSON.parse(await run(service, operation, region, input)) as Answer;
  const { Account } = await aws<{ Account: string }>('sts', 'get-caller-identity');
  if (Account !== account) throw new Error(`These are credentials of ${Account}; ${name} is ${account}.`);
  return aws;
}

/** The input goes through a pipe, so that no secret is seen in a list of processes. */
async function run(service: string, operation: string, region: string, input: object): Promise<string> {
  const output = ['--region', region, '--output', 'json', '--no-cli-pager'];
  const program = spawn('aws', [service, operation, '--cli-input-json', 'file:///dev/stdin', ...output]);
  program.stdin.end(JSON.stringify(input));
  const ended = new Promise<number | null>((resolve, reject) => program.once('error', reject).once('close', resolve));
  const [said, complaint, code] = await Promise.all([text(program.stdout), text(program.stderr), ended]);
  if (code !== 0) throw new Error(`aws ${service} ${operation}: ${complaint.trim()}`);
  return said.trim() === '' ? '{}' : said;
}
