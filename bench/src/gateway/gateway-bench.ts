import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { openGatewayTestbed } from './gateway-testbed.js';
import { gatewayNames } from './gateways/start-gateway.js';
import { operations } from './operations.js';
import { publish, type Section, sectionText } from './gateway-report.js';
import { measureEvents, measureOperation, type MeasureOptions } from './rounds.js';

/**
 * The same services in memory behind Marquee's gateway, the stock one, Hive Gateway and steps written by hand, all in
 * one run, in turn and each alone. What a gateway costs is read from outside. Ratios hold on any machine, times on this
 * one; Linux only.
 *
 *   --write         keep the figures in bench/results/ and in the README
 *   --quick         one short round, for a first look
 *   --rounds=3 --seconds=5 --concurrency=16
 *   --only=Marquee,Hive    these gateways
 *   --of=page,field,list,mutation,events    these questions
 *   --no-export     telemetry is on, but nobody takes it
 */
export async function benchGateway(args: string[]): Promise<void> {
  const options = optionsIn(args);
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

function optionsIn(args: string[]) {
  const options = {
    write: { type: 'boolean', default: false },
    quick: { type: 'boolean', default: false },
    rounds: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '5' },
    concurrency: { type: 'string', default: '16' },
    only: { type: 'string', default: gatewayNames.join(',') },
    of: { type: 'string', default: 'page,field,list,mutation,events' },
    'no-export': { type: 'boolean', default: false },
  } as const;
  return parseArgs({ args, options }).values;
}

/** Until about 6,000 requests the code of a gateway is compiled and its heap grows, which costs more. */
const warmUp = { requests: 8_000, seconds: 15, eventSeconds: 5 };

type Pace = Pick<MeasureOptions, 'rounds' | 'seconds' | 'concurrency' | 'warmUp'>;

function paceOf({ quick, rounds, seconds, concurrency }: ReturnType<typeof optionsIn>): Pace {
  const steady = { concurrency: Number(concurrency), warmUp };
  return quick ? { rounds: 1, seconds: 1, ...steady } : { rounds: Number(rounds), seconds: Number(seconds), ...steady };
}

async function measure(measuring: MeasureOptions, asked: readonly string[]): Promise<Section[]> {
  const sections: Section[] = [];
  for (const question of operations.filter(({ name }) => asked.includes(name)))
    tell({ title: question.title, work: 'request', figures: await measureOperation(question, measuring) });
  for (const size of asked.includes('events') ? [1, 100, 1000] : [])
    tell({ title: eventTitle(size), work: 'event', figures: await measureEvents(size, measuring) });
  return sections;

  function tell(section: Section): void {
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
