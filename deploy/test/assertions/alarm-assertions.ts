import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { environments } from '../../src/environments.js';
import { metricDimensions } from '../../src/service/collector.js';
import { prod } from '../synthesized.js';
import type { Json } from '../templates.js';

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
    expect(prod.ofType('SNS::Subscription').map(({ properties }) => properties.Endpoint)).toEqual([
      environments.prod.alarmEmail,
    ]);
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
