import { QueryPlanner } from '@graphql-hive/router-query-planner';
import type { PlanAnswer, PlanQuestion } from './hive-planner.js';

// The planner is native code that may end its process, so it has one of its own.
let planner: QueryPlanner | undefined;

process.on('message', ({ sdl, query, labels }: PlanQuestion) => process.send?.(answer(sdl, query, labels)));

function answer(sdl: string | undefined, query: string, labels: readonly string[]): PlanAnswer {
  try {
    if (sdl !== undefined) planner = new QueryPlanner(sdl);
    return { plan: planner?.plan(query, undefined, new Set(labels), 0) };
  } catch (error) {
    return { error: String(error) };
  }
}
