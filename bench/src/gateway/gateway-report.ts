import { barChart, formatFigure } from '../measuring/bar-chart.js';
import { saveResult, publishTable } from '../measuring/published-results.js';
import { markdownTable, textTable } from '../measuring/tables.js';
import { type GatewayName, gatewayNames } from './gateways/start-gateway.js';
import type { Figures } from './figures.js';

/** An operation with the figures of all gateways. */
export interface Section {
  title: string;
  /** The unit of work: a request or an event. */
  unit: string;
  figures: readonly Figures[];
}

/** A table of all figures of an operation, one line for each gateway. */
export function sectionText({ title, unit, figures }: Section): string {
  const own = figures.find(({ gateway }) => gateway === 'Marquee')?.processor ?? NaN;
  const head = [title, `CPU ms/${unit}`, 'x Marquee', 'per second', 'p50 ms', 'p99 ms', 'peak MB'];
  const rows = figures.map(({ gateway, processor, perSecond, p50, p99, memory }) => [
    `  ${gateway}`,
    ...[processor, processor / own, perSecond, p50, p99, memory].map(formatFigure),
  ]);
  return textTable([head, ...rows]);
}

/** Saves the figures in `bench/results/` and publishes the summary table in the READMEs. */
export async function publish(sections: readonly Section[], how: string): Promise<void> {
  await saveResult('gateway.txt', `${how}\n\n${sections.map(sectionText).join('\n\n')}\n`);
  await saveResult('gateway.svg', chart(sections));
  await publishTable('bench gateway', `${table(sections)}\n\n![CPU time of gateways](results/gateway.svg)`);
  await publishTable('bench gateway', table(sections), 'README.md');
}

function table(sections: readonly Section[]): string {
  const names = gatewayNames.filter((name) => sections.some((section) => find(section, name)));
  const rows = sections.map((section) => [
    section.title,
    ...names.map((name) => cell(find(section, name), find(section, 'Marquee'))),
  ]);
  return markdownTable([['CPU ms of the gateway', ...names], ...rows]);
}

function cell(figures: Figures | undefined, own: Figures | undefined): string {
  if (!figures) return '-';
  const text = formatFigure(figures.processor);
  return own === undefined || own === figures ? text : `${text} (${formatFigure(figures.processor / own.processor)}x)`;
}

function chart(sections: readonly Section[]): string {
  const panels = sections.map((section) => ({
    title: section.title,
    bars: gatewayNames.map((name) => ({ name, value: find(section, name)?.processor })),
  }));
  return barChart('CPU time of the gateway per request or event, milliseconds', 'ms', panels);
}

function find({ figures }: Section, name: GatewayName): Figures | undefined {
  return figures.find(({ gateway }) => gateway === name);
}
