import type { DataSource } from 'typeorm';

export function releasedMediaStore(source: DataSource) {
  return {
    /** Whether a file is being removed, because nothing used it. */
    async includes(id: string): Promise<boolean> {
      const rows = await source.query<unknown[]>('select from released_media where media_id = $1', [id]);
      return rows.length > 0;
    },
  };
}
