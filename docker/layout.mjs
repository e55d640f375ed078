/**
 * Copies the compiled code of a service and its workspace dependencies: `node layout.mjs <service> <target>`, run in a
 * folder where they are built. It also writes the programs that start the service, check its health and verify the image.
 */
import { cp, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const [service, target] = process.argv.slice(2);
const folder = { gateway: 'gateway', local: 'local' }[service] ?? `subgraphs/${service}`;
/** The image of `local` starts the token issuer; the emulator of SNS and SQS is another program in it. */
const program = `./${folder}/dist/${service === 'local' ? 'issuer/' : ''}`;

for (const path of await runnable()) await cp(path, join(target, path), { recursive: true, filter: isLoaded });
await cp(new URL('health.mjs', import.meta.url), join(target, 'health.js'));
await writeFile(join(target, 'main.js'), `import '${program}main.js';\n`);
await writeFile(join(target, 'check.js'), (await modules()).map((path) => `await import('${path}');\n`).join(''));

async function runnable() {
  const paths = await readdir('.', { recursive: true });
  const isRunnable = (path) => /^(?!testkit|.*node_modules)[^.]*\/(dist|migrations)$/.test(path);
  return paths.filter(isRunnable);
}

/** Type declarations are not needed at run time. */
function isLoaded(path) {
  return !/\.d\.ts(\.map)?$|\.tsbuildinfo$/.test(path);
}

/** The modules of the image's check: the service, and every module of the chassis that it may load later. */
async function modules() {
  const shared = await readdir('chassis/dist', { recursive: true });
  const scripts = shared.filter((path) => path.endsWith('.js'));
  return [`${program}service.js`, ...scripts.map((path) => `./chassis/dist/${path}`)];
}
