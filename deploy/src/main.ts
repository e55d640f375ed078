/** Synthesizes templates without credentials or network access: `npm run synth -- dev`. */
import type { App } from 'aws-cdk-lib';
import { graph, shared } from './app.js';
import { environmentNames, environments, isEnvironmentName } from './environments.js';
import { templatesPath } from './paths.js';

const names = process.argv.slice(2);
const known = [...environmentNames, 'delivery'];

if (names.length > 0 && names.every((name) => known.includes(name))) names.forEach(write);
else {
  process.stderr.write(`Usage: npm run synth -- ${known.join('|')}\n`);
  process.exitCode = 1;
}

function write(name: string): void {
  const { stacks, directory } = open(name).synth();
  process.stdout.write(
    `${stacks.map(({ stackName }) => stackName).join('\n')}\n${stacks.length} stacks in ${directory}\n`,
  );
}

function open(name: string): App {
  return isEnvironmentName(name) ? graph(environments[name], templatesPath(name)) : shared(templatesPath(name));
}
