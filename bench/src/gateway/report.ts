import { barChart, rounded } from '../measuring/bars.js';
import { keepResult, writeIntoReadme } from '../measuring/readme.js';
import { markdownTable, textTable } from '../measuring/tables.js';
import { type ContenderName, contenderNames } from './contenders/start.js';
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
  const own = figures.find(({ contender }) => contender === 'Marquee')?.processor ?? NaN;
  const head = [title, `CPU ms/${work}`, 'x Marquee', 'a second', 'p50 ms', 'p99 ms', 'peak MB'];
  const rows = figures.map(({ contender, processor, perSecond, p50, p99, memory }) => [
    `  ${contender}`,
    ...[processor, processor / own, perSecond, p50, p99, memory].map(rounded),
  ]);
  return textTable([head, ...rows]);
}

/** Keeps the figures in `bench/results/` and puts the short form into the README. */
export async function publish(sections: readonly Section[], how: string): Promise<void> {
  await keepResult('gateway.txt', `${how}\n\n${sections.map(sectionText).join('\n\n')}\n`);
  await keepResult('gateway.svg', chart(sections));
  await writeIntoReadme(
    'bench gateway',
    `${table(sections)}\n\n![Processor time of gateways](bench/results/gateway.svg)`,
  );
}

function table(sections: readonly Section[]): string {
  const names = contenderNames.filter((name) => sections.some((section) => find(section, name)));
  const rows = sections.map((section) => [
    section.title,
    ...names.map((name) => cell(find(section, name), find(section, 'Marquee'))),
  ]);
  return markdownTable([['CPU ms of the gateway', ...names], ...rows]);
}

function cell(figures: Figures | undefined, own: Figures | undefined): string {
  if (!figures) return '-';
  const told = rounded(figures.processor);
  return own === undefined || own === figures ? told : `${told} (${rounded(figures.processor / own.processor)}x)`;
}

function chart(sections: readonly Section[]): string {
  const panels = sections.map((section) => ({
    title: section.title,
    bars: contenderNames.map((name) => ({ name, value: find(section, name)?.processor })),
  }));
  return barChart('Processor time of the gateway for one request or event, milliseconds', 'ms', panels);
}

function find({ figures }: Section, name: ContenderName): Figures | undefined {
  return figures.find(({ contender }) => contender === name);
}
