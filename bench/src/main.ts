/**
 * `npm run bench` weighs the gateway against others, `npm run bench live` how fast messages arrive, `npm run bench graph`
 * what a page costs over the real stores, `npm run bench load` puts a running graph under load, `npm run bench resilience`
 * what a service that is ill costs the others, `npm run bench floods` what those cost who flood the gateway.
 */
const [name = ''] = process.argv.slice(2);

await run(name.startsWith('-') || name === '' ? 'gateway' : name);

async function run(subject: string): Promise<void> {
  const args = process.argv.slice(subject === name ? 3 : 2);
  switch (subject) {
    case 'gateway':
      return (await import('./gateway/main.js')).benchGateway(args);
    case 'live':
      return (await import('./live/main.js')).benchLive(args);
    case 'graph':
      return (await import('./graph/main.js')).benchGraph(args);
    case 'load':
      return (await import('./load/main.js')).benchLoad(args);
    case 'resilience':
      return (await import('./resilience/main.js')).benchResilience();
    case 'floods':
      return (await import('./floods/main.js')).benchFloods(args);
    default:
      process.stderr.write(`There is no bench "${subject}": gateway, live, graph, load, resilience, floods.\n`);
      process.exitCode = 2;
  }
}
