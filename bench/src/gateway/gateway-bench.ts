import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { openGatewayTestbed } from './gateway-testbed.js';
import { gatewayNames } from './gateways/start-gateway.js';
import { operations } from './operations.js';
import { publish, type Section, sectionText } from './gateway-report.js';
import { measureEvents, measureOperation, type MeasureOptions } from './rounds.js';

/**
 * Compares Marquee's gateway, the stock one, Hive Gateway and hand-written plans over the same in-memory subgraphs. The
 * gateways alternate within one run, and each runs alone on the machine. CPU time and memory are read from outside the
 * process. Ratios are portable, absolute times are not; Linux only.
 *
 *   --write         save the figures in bench/results/ and in bench/README.md
 *   --quick         one round of one second
 *   --rounds=3 --seconds=5 --concurrency=16
 *   --only=Marquee,Hive    these gateways
 *   --of=page,field,list,mutation,reviews,events    these operations
 *   --no-export     telemetry without an exporter
 */
export async function benchGateway(args: string[]): Promise<void> {
  const options = parseOptions(args);
  const pace = paceOf(options);
  const names = gatewayNames.filter((name) => options.only.split(',').includes(name));
  const testbed = await openGatewayTestbed(options['no-export'] ? { OTEL_EXPORTER_OTLP_ENDPOINT: '' } : {});
  try {
    const sections = await measure({ testbed, names, ...pace }, options.of.split(','));
    if (options.write) await publish(sections, describe(pace));
  } finally {
    await testbed.close();
  }
}

function parseOptions(args: string[]) {
  const options = {
    write: { type: 'boolean', default: false },
    quick: { type: 'boolean', default: false },
    rounds: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '5' },
    concurrency: { type: 'string', default: '16' },
    only: { type: 'string', default: gatewayNames.join(',') },
    of: { type: 'string', default: 'page,field,list,mutation,reviews,events' },
    'no-export': { type: 'boolean', default: false },
  } as const;
  return parseArgs({ args, options }).values;
}

/** For about 6,000 requests a gateway compiles code and grows its heap, which costs additional CPU time. */
const warmUp = { requests: 8_000, seconds: 15, eventSeconds: 5 };

type Pace = Pick<MeasureOptions, 'rounds' | 'seconds' | 'concurrency' | 'warmUp'>;

function paceOf({ quick, rounds, seconds, concurrency }: ReturnType<typeof parseOptions>): Pace {
  const steady = { concurrency: Number(concurrency), warmUp };
  return quick ? { rounds: 1, seconds: 1, ...steady } : { rounds: Number(rounds), seconds: Number(seconds), ...steady };
}

async function measure(measuring: MeasureOptions, selected: readonly string[]): Promise<Section[]> {
  const sections: Section[] = [];
  for (const operation of operations.filter(({ name }) => selected.includes(name)))
    print({ title: operation.title, unit: 'request', figures: await measureOperation(operation, measuring) });
  for (const size of selected.includes('events') ? [1, 100, 1000] : [])
    print({ title: eventTitle(size), unit: 'event', figures: await measureEvents(size, measuring) });
  return sections;

  function print(section: Section): void {
    sections.push(section);
    process.stdout.write(`${sectionText(section)}\n\n`);
  }
}

function eventTitle(size: number): string {
  return size === 1 ? 'an event to one client' : `an event to ${size} clients`;
}

function describe({ rounds, seconds, concurrency }: Pace): string {
  const machine = `${cpus().length} x ${cpus()[0]?.model.trim()}, Node ${process.versions.node}`;
  return `${rounds} rounds of ${seconds} s each, ${concurrency} requests at a time; ${machine}`;
}
