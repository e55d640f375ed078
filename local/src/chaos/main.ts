/**
 * Verifies that the graph keeps its promises during failures: `npm run chaos -- restarts users --seed 7`. Without names, all
 * scenarios run.
 */
import { Closers } from '@marquee/chassis/process/closers';
import { publishSection } from '../fleet/readme-section.js';
import { runDrill } from '../fleet/run-drill.js';
import { readCommand } from './chaos-options.js';
import { scenarios } from './scenarios/scenario-list.js';
import type { DrillReport } from './scenarios/scenario.js';

await runDrill(async ({ log }) => {
  const command = readCommand(
    process.argv.slice(2),
    scenarios.map(({ name }) => name),
  );
  const chosen = scenarios.filter(({ name }) => command.names.length === 0 || command.names.includes(name));
  const reports: DrillReport[] = [];
  for (const { name, run } of chosen) {
    log(`${name}, seed ${command.options.seed}`);
    const closers = new Closers();
    try {
      const report = await run({ ...command, closers, log });
      reports.push({ ...report, text: `${name}\n${report.text}` });
      if (command.isPublished && report.table !== undefined) await publishSection(`chaos ${name}`, report.table);
    } finally {
      await closers.close();
    }
  }
  return { text: reports.map(({ text }) => text).join('\n\n'), passed: reports.every(({ passed }) => passed) };
});
