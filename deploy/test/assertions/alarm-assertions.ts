import { readFileSync } from 'node:fs';
import { runInNewContext } from 'node:vm';
import { describe, expect, test } from '@jest/globals';
import { environments } from '../../src/environments.js';
import { serviceNames, subgraphNames } from '../../src/names.js';
import { metricDimensions } from '../../src/service/collector.js';
import { prod } from '../synthesized.js';
import type { Json } from '../templates.js';

/** Evaluates a CloudWatch expression for one period, in which every metric has a value. */
function evaluate(expression: string, values: Record<string, number>): number {
  const script = expression.replaceAll(/FILL\((\w+), 0\)/g, '$1').replace('IF(', 'choose(');
  const choose = (condition: boolean, yes: number, no: number) => (condition ? yes : no);
  return runInNewContext(script, { ...values, choose }) as number;
}

describe('alarms', () => {
  const runbook = readFileSync(new URL('../../runbook.md', import.meta.url), 'utf8');
  const sections = [...runbook.matchAll(/^## (.+)$/gm)].map(([, heading = '']) =>
    heading.toLowerCase().replaceAll(' ', '-'),
  );
  const link = /runbook\.md#([a-z-]+)$/;
  const descriptions = () => [
    ...prod.ofType('CloudWatch::Alarm').map(({ properties }) => properties.AlarmDescription),
    ...prod.ofType('Events::Rule').map(({ properties }) => properties.Description),
  ];

  test('each alarm links to a section of the runbook, and each section is linked to', () => {
    const links = descriptions().map((description) => link.exec(description)?.[1]);
    expect(new Set(links)).toEqual(new Set(sections));
    expect(new Set(sections).size).toBe(sections.length);
  });

  test('each alarm notifies the subscriber when it fires and when it recovers', () => {
    for (const { properties } of prod.ofType('CloudWatch::Alarm'))
      expect([properties.AlarmActions.length, properties.OKActions.length]).toEqual([1, 1]);
    const emails = prod.ofType('SNS::Subscription').filter(({ properties }) => properties.Protocol === 'email');
    expect(emails.map(({ properties }) => properties.Endpoint)).toEqual([environments.prod.alarmEmail]);
  });

  test('an alarm fires when every operation of a type fails, and when a service reports nothing', () => {
    const alarms = prod.ofType('CloudWatch::Alarm').map(({ properties }) => properties);
    const named = (name: string) => alarms.find(({ AlarmName }) => AlarmName === `marquee-prod-${name}`);
    for (const type of ['query', 'mutation']) {
      const { Expression } = named(`operations-failed-${type}`).Metrics.find(({ Expression: e }: Json) => e);
      expect(evaluate(Expression, { part0: 7, part1: 0, part2: 0 })).toBe(100);
      expect(evaluate(Expression, { part0: 1, part1: 1, part2: 98 })).toBe(1);
      expect(evaluate(Expression, { part0: 0, part1: 0, part2: 0 })).toBe(0);
    }
    for (const service of serviceNames)
      expect(named(`telemetry-missing-${service}`)).toMatchObject({
        TreatMissingData: 'breaching',
        ComparisonOperator: 'LessThanThreshold',
        Threshold: 1,
      });
    for (const service of subgraphNames)
      expect(named(`subgraph-failures-${service}`).Dimensions).toContainEqual({ Name: 'service', Value: service });
  });

  test('an alarm fires when SES refuses most emails, and when it sends some that nobody wants', () => {
    const alarms = prod.ofType('CloudWatch::Alarm').map(({ properties }) => properties);
    const named = (name: string) => alarms.find(({ AlarmName }) => AlarmName === `marquee-prod-${name}`);
    const { Metrics, Threshold } = named('mails-refused-users');
    const { Expression } = Metrics.find(({ Expression: e }: Json) => e);
    const outcomes = ['failed', 'postponed', 'unknown', 'sent'].map((outcome) => {
      const isOutcome = ({ Value }: Json) => Value === outcome;
      return Metrics.find(({ MetricStat }: Json) => MetricStat?.Metric.Dimensions.some(isOutcome))?.Id;
    });
    const refused = (...counts: number[]) =>
      evaluate(Expression, Object.fromEntries(outcomes.map((id, index) => [id, counts[index] ?? 0])));
    expect(refused(0, 1, 0, 0)).toBe(100);
    expect(refused(1, 1, 1, 1)).toBeGreaterThan(Threshold);
    expect(refused(3, 0, 0, 97)).toBe(3);
    expect(refused(0, 0, 0, 0)).toBe(0);
    for (const [name, MetricName, limit] of [
      ['mail-bounces', 'Reputation.BounceRate', 0.05],
      ['mail-complaints', 'Reputation.ComplaintRate', 0.001],
    ] as const)
      expect(named(name)).toMatchObject({ Namespace: 'AWS/SES', MetricName, Threshold: limit });
  });

  test('alarms on graph metrics use only metrics and dimensions that the collector exports', () => {
    const own = prod
      .ofType('CloudWatch::Alarm')
      .flatMap(({ properties }) =>
        [properties, ...(properties.Metrics ?? []).map(({ MetricStat }: Json) => MetricStat?.Metric ?? {})].filter(
          ({ Namespace }) => Namespace === 'Marquee/prod',
        ),
      );
    expect(own.length).toBeGreaterThan(20);
    for (const { MetricName, Dimensions } of own)
      expect(Dimensions.map(({ Name }: Json) => Name).sort()).toEqual(
        [...(metricDimensions.get(MetricName) ?? [])].sort(),
      );
  });
});
