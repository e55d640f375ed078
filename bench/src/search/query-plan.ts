import type { DataSource } from 'typeorm';
import type { Statement } from './recording-store.js';

/** A node of the output of EXPLAIN. */
interface Plan {
  'Node Type': string;
  'Relation Name'?: string;
  'Index Name'?: string;
  'Actual Rows'?: number;
  'Actual Loops'?: number;
  Plans?: Plan[];
}

/** The access paths that the database chooses for a statement. */
export interface QueryPlan {
  /** Tables that are read with a sequential scan. */
  scannedTables: string[];
  indexes: string[];
}

/** Reads the plan of a statement for its actual parameters. */
export async function explain(source: DataSource, { query, parameters }: Statement): Promise<QueryPlan> {
  const [row]: { 'QUERY PLAN': { Plan: Plan }[] }[] = await source.query(`explain (format json) ${query}`, parameters);
  const nodes = (row?.['QUERY PLAN'] ?? []).flatMap(({ Plan: top }) => nodesOf(top));
  return {
    scannedTables: nodes.filter((node) => node['Node Type'] === 'Seq Scan').map((node) => node['Relation Name'] ?? ''),
    indexes: nodes.flatMap((node) => node['Index Name'] ?? []),
  };
}

/** Executes a statement, and counts the rows of a table that its scans return. */
export async function countReadRows(
  source: DataSource,
  table: string,
  { query, parameters }: Statement,
): Promise<number> {
  const options = '(analyze, timing off, format json)';
  const [row]: { 'QUERY PLAN': { Plan: Plan }[] }[] = await source.query(`explain ${options} ${query}`, parameters);
  const nodes = (row?.['QUERY PLAN'] ?? []).flatMap(({ Plan: top }) => nodesOf(top));
  return nodes
    .filter((node) => node['Relation Name'] === table)
    .reduce((total, node) => total + (node['Actual Rows'] ?? 0) * (node['Actual Loops'] ?? 1), 0);
}

function nodesOf(plan: Plan): Plan[] {
  return [plan, ...(plan.Plans ?? []).flatMap(nodesOf)];
}
