import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { parse } from 'yaml';

interface Collector {
  receivers: object;
  processors: object;
  connectors: Record<string, { namespace: string; histogram: { unit: string }; exemplars: { enabled: boolean } }>;
  exporters: Record<string, { enable_open_metrics?: boolean }>;
  service: { pipelines: Record<string, Partial<Record<'receivers' | 'processors' | 'exporters', string[]>>> };
}

interface Panel {
  title: string;
  datasource?: { uid: string };
  gridPos: { x: number; y: number; w: number; h: number };
  targets?: { expr: string; exemplar?: boolean }[];
}

const folder = new URL('../../deploy/grafana/', import.meta.url);
const collector = parse(readFileSync(new URL('collector.yaml', folder), 'utf8')) as Collector;
const dashboard = JSON.parse(readFileSync(new URL('dashboard.json', folder), 'utf8')) as {
  panels: Panel[];
  templating: { list: { name: string }[] };
};

test('the collector for Grafana derives a histogram with exemplars from the spans', () => {
  const { receivers, processors, connectors, exporters, service } = collector;
  const { traces, metrics } = service.pipelines;
  expect([traces?.exporters, metrics?.receivers, metrics?.exporters]).toEqual([
    ['otlphttp/tempo', 'spanmetrics'],
    ['spanmetrics'],
    ['prometheus'],
  ]);
  const defined = Object.keys({ ...receivers, ...processors, ...connectors, ...exporters });
  for (const pipeline of Object.values(service.pipelines))
    for (const name of Object.values(pipeline).flat()) expect(defined).toContain(name);
  expect(connectors['spanmetrics']).toMatchObject({ histogram: { unit: 's' }, exemplars: { enabled: true } });
  expect(exporters['prometheus']?.enable_open_metrics).toBe(true);
});

test('the dashboard for Grafana shows the exemplars of that histogram, and of no metric without them', () => {
  const name = `${collector.connectors['spanmetrics']?.namespace.replaceAll('.', '_')}_duration_seconds_bucket`;
  const targets = dashboard.panels.flatMap(({ targets = [] }) => targets);
  expect(targets.filter(({ exemplar }) => exemplar).map(({ expr }) => expr.includes(name))).toEqual([true, true]);
});

test('the panels of the dashboard for Grafana have known data sources and do not overlap', () => {
  const sources = dashboard.templating.list.map((variable) => `\${${variable.name}}`);
  const panels = dashboard.panels.filter(({ datasource }) => datasource);
  for (const { datasource } of panels) expect(sources).toContain(datasource?.uid);
  const cells = dashboard.panels.flatMap(({ gridPos: { x, y, w, h } }) =>
    Array.from({ length: w * h }, (_, cell) => `${x + (cell % w)} ${y + Math.floor(cell / w)}`),
  );
  expect(new Set(cells).size).toBe(cells.length);
});
