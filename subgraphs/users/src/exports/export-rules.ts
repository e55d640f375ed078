import type { UserCaller } from '@marquee/chassis/identity/caller';
import type { OwnedIds } from '@marquee/chassis/identity/owned-id';
import type { DataExport } from './export-model.js';

/** Distinguishes the ids of exports from those of media. */
const purpose = 'DATA_EXPORT';

/** Milliseconds for which an export can be read. */
const validMs = 3_600_000;

/** Starts an export. Its id proves its owner and its time, so that nothing is stored. */
export function newExport({ id: ownerId }: UserCaller, ids: OwnedIds): DataExport {
  return exportOf(ids.make(ownerId, purpose));
}

/** The export of this id; null if it is not one of the caller, or has expired. */
export function findExport({ id: ownerId }: UserCaller, ids: OwnedIds, id: string): DataExport | null {
  if (!ids.belongsTo(id, ownerId, purpose)) return null;
  const found = exportOf(id);
  return found.expiresAt.getTime() > Date.now() ? found : null;
}

/** The id is a UUIDv7, which begins with the milliseconds of its creation. */
function exportOf(id: string): DataExport {
  const createdAt = Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16);
  return { id, expiresAt: new Date(createdAt + validMs) };
}
