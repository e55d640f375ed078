import type { ObjectLiteral, SelectQueryBuilder } from 'typeorm';
import { maxCounted } from '../paging/relay-connection.js';

/**
 * Counts the rows of a query, at most `maxCounted`: the work does not grow with the table beyond that.
 * @param query a query that an index answers without sorting; its order, limit and columns are replaced
 */
export async function countUpToMax(query: SelectQueryBuilder<ObjectLiteral>): Promise<number> {
  const rows = query.select('1', 'one').orderBy().limit(maxCounted);
  const [counted] = await query.dataSource
    .createQueryBuilder()
    .select('count(*)::integer', 'count')
    .from(`(${rows.getQuery()})`, 'counted')
    .setParameters(rows.getParameters())
    .getRawMany<{ count: number }>();
  return counted?.count ?? 0;
}
