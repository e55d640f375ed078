import { barChart, formatFigure } from '../measuring/bar-chart.js';
import { saveResult, publishTable } from '../measuring/published-results.js';
import { markdownTable, textTable } from '../measuring/tables.js';
import { type GatewayName, gatewayNames } from './gateways/start-gateway.js';
import type { Figures } from './figures.js';

/** What was asked and what all gateways showed. */
export interface Section {
  title: string;
  /** What was worked for: a request or an event. */
  work: string;
  figures: readonly Figures[];
}

/** All figures of a question, one gateway on a line. */
export function sectionText({ title, work, figures }: Section): string {
  const own = figures.find(({ gateway }) => gateway === 'Marquee')?.processor ?? NaN;
  const head = [title, `CPU ms/${work}`, 'x Marquee', 'a second', 'p50 ms', 'p99 ms', 'peak MB'];
  const rows = figures.map(({ gateway, processor, perSecond, p50, p99, memory }) => [
    `  ${gateway}`,
    ...[processor, processor / own, perSecond, p50, p99, memory].map(formatFigure),
  ]);
  return textTable([head, ...rows]);
}

/** Keeps the figures in `bench/results/` and puts the short form into the README. */
export async function publish(sections: readonly Section[], how: string): Promise<void> {
  await saveResult('gateway.txt', `${how}\n\n${sections.map(sectionText).join('\n\n')}\n`);
  await saveResult('gateway.svg', chart(sections));
  await publishTable('bench gateway', `${table(sections)}\n\n![Processor time of gateways](bench/results/gateway.svg)`);
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
  const told = formatFigure(figures.processor);
  return own === undefined || own === figures ? told : `${told} (${formatFigure(figures.processor / own.processor)}x)`;
}

function chart(sections: readonly Section[]): string {
  const panels = sections.map((section) => ({
    title: section.title,
    bars: gatewayNames.map((name) => ({ name, value: find(section, name)?.processor })),
  }));
  return barChart('Processor time of the gateway for one request or event, milliseconds', 'ms', panels);
}

function find({ figures }: Section, name: GatewayName): Figures | undefined {
  return figures.find(({ gateway }) => gateway === name);
}
