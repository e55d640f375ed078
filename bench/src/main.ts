/**
 * `npm run bench` weighs the gateway against others, `npm run bench live` how fast messages arrive, `npm run bench graph`
 * what a page costs over the real stores, `npm run bench load` puts a running graph under load, `npm run bench resilience`
 * what a service that is ill costs the others, `npm run bench floods` what those cost who flood the gateway, `npm run
 * bench documents` what documents cost that nobody has sent before, `npm run bench soak` whether a process grows.
 */
const [name = ''] = process.argv.slice(2);

/** Each is loaded when it is asked for. */
const benches: Readonly<Record<string, (args: string[]) => Promise<void>>> = {
  gateway: async (args) => (await import('./gateway/gateway-bench.js')).benchGateway(args),
  live: async (args) => (await import('./live/live-bench.js')).benchLive(args),
  graph: async (args) => (await import('./graph/graph-bench.js')).benchGraph(args),
  load: async (args) => (await import('./load/load-bench.js')).benchLoad(args),
  resilience: async (args) => (await import('./resilience/resilience-bench.js')).benchResilience(args),
  floods: async (args) => (await import('./attacks/attack-bench.js')).benchAttacks(args),
  documents: async (args) => (await import('./documents/document-bench.js')).benchDocuments(args),
  soak: async (args) => (await import('./soak/soak-bench.js')).benchSoak(args),
};

await run(name.startsWith('-') || name === '' ? 'gateway' : name);

async function run(subject: string): Promise<void> {
  const bench = Object.hasOwn(benches, subject) ? benches[subject] : undefined;
  if (bench) return bench(process.argv.slice(subject === name ? 3 : 2));
  process.stderr.write(`There is no bench "${subject}": ${Object.keys(benches).join(', ')}.\n`);
  process.exitCode = 2;
}
