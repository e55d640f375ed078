import { parseArgs } from 'node:util';
import { CommandError } from '../registry/command-error.js';
import { readSigner } from '../registry/signing-key.js';
import { conform, describeResults } from './conform.js';

const usage = `npm run conform -- <url> [--name <subgraph>] [--signing-key <file>]
  Checks a running subgraph against schema/foreign-services.md.
  --name         its name in the graph, for which callers are signed; default: the host of the URL
  --signing-key  a file with the private key of the gateway; without it the checks of callers are skipped
`;

try {
  process.exitCode = await main();
} catch (failure) {
  const isExpected = failure instanceof CommandError || (failure instanceof TypeError && 'code' in failure);
  process.stderr.write(isExpected ? `${failure.message}\n\n${usage}` : `${String((failure as Error).stack)}\n`);
  process.exitCode = 1;
}

async function main(): Promise<number> {
  const text = { type: 'string' } as const;
  const { values, positionals } = parseArgs({ allowPositionals: true, options: { name: text, 'signing-key': text } });
  const [url = ''] = positionals;
  if (!URL.canParse(url))
    throw new CommandError('Give the URL of the subgraph, such as http://localhost:4001/graphql.');
  const keyFile = values['signing-key'];
  const signer = keyFile === undefined ? undefined : await readSigner(keyFile);
  const results = await conform({ url, name: values.name ?? new URL(url).hostname, signer });
  process.stdout.write(describeResults(results));
  return results.some(({ outcome }) => outcome === 'failed') ? 1 : 0;
}
