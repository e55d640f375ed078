import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { compareFiles, type Difference, writeFiles } from './files.js';
import { CompositionError } from './compose.js';
import { assertCompatible, EventCompatibilityError } from './event-files.js';
import { generate } from './generate.js';
import { NullabilityError } from './nullability.js';
import { isRegistryCommand, registryCommand } from './registry/command.js';
import { CommandError, RefusalReport } from './registry/command-error.js';
import { registryUsage } from './registry/command-options.js';

const usage = `npm run schema [-- --check] [--directory <path>]
  Writes the SDL of every subgraph, the supergraph, the public schema and the JSON Schemas of the domain events.
  --check      writes nothing; fails if a committed file is out of date
  --directory  the directory of the files instead of schema/

npm run schema -- <command> works on a registry:
${registryUsage}`;

/** Errors whose message is enough. */
const expectedErrors = [CompositionError, CommandError, EventCompatibilityError, NullabilityError];

/** The registry of the embedded run. */
const registry = fileURLToPath(new URL('../../.data/registry', import.meta.url));

try {
  process.exitCode = await main();
} catch (failure) {
  // A report is the output of a check, also if the check refuses the change.
  if (failure instanceof RefusalReport) process.stdout.write(failure.message);
  else process.stderr.write(`${describe(failure)}\n`);
  process.exitCode = 1;
}

async function main(): Promise<number> {
  const args = process.argv.slice(2);
  if (isRegistryCommand(args[0])) return print(await registryCommand(args, registry), 0);
  const { values } = parseArgs({
    options: {
      check: { type: 'boolean', default: false },
      directory: { type: 'string', default: fileURLToPath(new URL('..', import.meta.url)) },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return print(usage, 0);
  const { files, hints } = await generate();
  await assertCompatible(values.directory, files);
  for (const hint of hints) process.stdout.write(`hint: ${hint}\n`);
  if (values.check) return report(await compareFiles(values.directory, files), files.size);
  await writeFiles(values.directory, files);
  return print(`${files.size} files written\n`, 0);
}

function report(differences: Difference[], count: number): number {
  if (differences.length === 0) return print(`${count} files are up to date\n`, 0);
  for (const { path, lines } of differences)
    process.stderr.write(`schema/${path} is out of date:\n${lines.map((line) => `  ${line}\n`).join('')}`);
  process.stderr.write('Run `npm run schema` and commit the result.\n');
  return 1;
}

function print(text: string, code: number): number {
  process.stdout.write(text);
  return code;
}

function describe(failure: unknown): string {
  if (expectedErrors.some((type) => failure instanceof type)) return (failure as Error).message;
  if (failure instanceof TypeError && 'code' in failure) return `${failure.message}\n\n${usage}`;
  return failure instanceof Error ? (failure.stack ?? failure.message) : String(failure);
}
