import type { DataSource } from 'typeorm';
import type { Statement } from './recording-store.js';

/** A node of what EXPLAIN answers with. */
interface Plan {
  'Node Type': string;
  'Relation Name'?: string;
  'Index Name'?: string;
  Plans?: Plan[];
}

/** How the database would run a statement. */
export interface QueryPlan {
  /** Tables that would be read from end to end. */
  scannedTables: string[];
  indexes: string[];
}

/** Asks for the plan that the statement would get with these very values. */
export async function explain(source: DataSource, { query, parameters }: Statement): Promise<QueryPlan> {
  const [answer]: { 'QUERY PLAN': { Plan: Plan }[] }[] = await source.query(
    `explain (format json) ${query}`,
    parameters,
  );
  const nodes = (answer?.['QUERY PLAN'] ?? []).flatMap(({ Plan: top }) => nodesOf(top));
  return {
    scannedTables: nodes.filter((node) => node['Node Type'] === 'Seq Scan').map((node) => node['Relation Name'] ?? ''),
    indexes: nodes.flatMap((node) => node['Index Name'] ?? []),
  };
}

function nodesOf(plan: Plan): Plan[] {
  return [plan, ...(plan.Plans ?? []).flatMap(nodesOf)];
}
