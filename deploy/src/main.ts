/** Writes the templates of an environment: `npm run synth -- dev`. CDK runs it, too, before it deploys. */
import { environmentNames, environments, isEnvironmentName } from './environments.js';
import { graph } from './app.js';

const [name, outdir] = process.argv.slice(2);

if (isEnvironmentName(name)) {
  const assembly = graph(environments[name], outdir).synth();
  for (const { stackName } of assembly.stacks) process.stdout.write(`${stackName}\n`);
  process.stdout.write(`${assembly.stacks.length} templates in ${assembly.directory}\n`);
} else {
  process.stderr.write(`Usage: npm run synth -- ${environmentNames.join('|')}\n`);
  process.exitCode = 1;
}
