/**
 * Lays out what a service runs, apart from its packages: `node layout.mjs <service> <target>`, in a folder where it and
 * what it is made of are built. The programs at the top are what the image starts, asks for its health and is checked by.
 */
import { cp, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const [service, target] = process.argv.slice(2);
const folder = { gateway: 'gateway', local: 'local' }[service] ?? `subgraphs/${service}`;
/** Of `local` only the issuer of tokens runs in a container. */
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

/** Type declarations are of no use at run time. */
function isLoaded(path) {
  return !/\.d\.ts(\.map)?$|\.tsbuildinfo$/.test(path);
}

/** The service, and all that it may load later of what is shared. */
async function modules() {
  const shared = await readdir('chassis/dist', { recursive: true });
  const scripts = shared.filter((path) => path.endsWith('.js'));
  return [`${program}service.js`, ...scripts.map((path) => `./chassis/dist/${path}`)];
}
