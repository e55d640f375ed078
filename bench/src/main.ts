/**
 * `npm run bench NAME`, with `gateway` as the default name:
 *
 *   gateway      CPU time, latency and memory compared with other gateways
 *   transports   CPU time of ways to send the fetches of a page
 *   live         delivery latency of live messages
 *   catch-up     time and CPU of a client that missed many messages
 *   restart      time until private streams are back after a restart of their service
 *   quiet        CPU time of private streams without events
 *   crowd        memory, CPU time and latency of thousands of clients of one subscription
 *   sockets      memory and CPU time of idle sockets and of events in each layer below the gateway
 *   graph        cost of a page over the real stores
 *   entity-cache  hot page with and without the entity cache
 *   load         constant load on a running graph
 *   search       latency of searches over 50,000 profiles and jobs
 *   resilience   impact of a failing subgraph, and of supergraph reloads
 *   amplification  dearest permitted operations
 *   attacks      impact of attacks on regular users of the whole graph
 *   floods       impact of attacks on regular clients of the gateway
 *   documents    cost of new documents
 *   defer        time to the first part of a response with @defer
 *   soak         memory growth under constant load
 *   node         CPU time of basic work on several versions of Node
 *   capacity     tasks and costs of loads, from the figures of other benchmarks
 */
const [name = ''] = process.argv.slice(2);

/** Modules are loaded on demand. */
const benches: Readonly<Record<string, (args: string[]) => Promise<void>>> = {
  gateway: async (args) => (await import('./gateway/gateway-bench.js')).benchGateway(args),
  transports: async (args) => (await import('./transports/transport-bench.js')).benchTransports(args),
  live: async (args) => (await import('./live/live-bench.js')).benchLive(args),
  'catch-up': async (args) => (await import('./live/catch-up-bench.js')).benchCatchUp(args),
  restart: async (args) => (await import('./live/restart-bench.js')).benchRestart(args),
  quiet: async (args) => (await import('./quiet/quiet-bench.js')).benchQuiet(args),
  crowd: async (args) => (await import('./crowd/crowd-bench.js')).benchCrowd(args),
  sockets: async (args) => (await import('./sockets/sockets-bench.js')).benchSockets(args),
  graph: async (args) => (await import('./graph/graph-bench.js')).benchGraph(args),
  'entity-cache': async (args) => (await import('./entity-cache/cache-bench.js')).benchEntityCache(args),
  load: async (args) => (await import('./load/load-bench.js')).benchLoad(args),
  search: async () => (await import('./search/search-bench.js')).benchSearch(),
  resilience: async (args) => (await import('./resilience/resilience-bench.js')).benchResilience(args),
  amplification: async (args) => (await import('./amplification/amplification-bench.js')).benchAmplification(args),
  attacks: async (args) => (await import('./graph-attacks/graph-attack-bench.js')).benchGraphAttacks(args),
  floods: async (args) => (await import('./attacks/attack-bench.js')).benchAttacks(args),
  documents: async (args) => (await import('./documents/document-bench.js')).benchDocuments(args),
  defer: async (args) => (await import('./defer/defer-bench.js')).benchDefer(args),
  node: async (args) => (await import('./node/node-bench.js')).benchNode(args),
  capacity: async (args) => (await import('./capacity/capacity-bench.js')).benchCapacity(args),
  soak: async (args) => (await import('./soak/soak-bench.js')).benchSoak(args),
};

await run(name.startsWith('-') || name === '' ? 'gateway' : name);

async function run(subject: string): Promise<void> {
  const bench = Object.hasOwn(benches, subject) ? benches[subject] : undefined;
  if (bench) return bench(process.argv.slice(subject === name ? 3 : 2));
  process.stderr.write(`Unknown benchmark "${subject}": expected one of ${Object.keys(benches).join(', ')}.\n`);
  process.exitCode = 2;
}
