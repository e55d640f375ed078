import type { Closers } from '@marquee/chassis/process/closers';
import type { ChaosOptions } from '../chaos-options.js';

/** A drill that can be chosen by its name. */
export interface Scenario {
  name: string;
  run(context: ScenarioContext): Promise<DrillReport>;
}

export interface ScenarioContext {
  options: ChaosOptions;
  /** Close the resources of the drill once its report is complete. */
  closers: Closers;
  /** Prints a line with the elapsed time. */
  log(line: string): void;
}

/** The printed report of a drill, and whether it passed. */
export interface DrillReport {
  text: string;
  passed: boolean;
  /** A table for the README, in Markdown. */
  table?: string;
}
