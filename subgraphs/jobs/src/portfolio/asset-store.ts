import { IsNull, type DataSource } from 'typeorm';
import { validate } from 'uuid';
import { writeAs } from '../people/person-state-store.js';
import { PortfolioAsset } from './portfolio-model.js';
import type { AssetChange } from './portfolio-rules.js';

/** Reads assets that are not removed, and updates single assets. */
export function assetStore(source: DataSource) {
  const assets = source.getRepository(PortfolioAsset);
  return { byIds, ofProfiles, change };

  async function byIds(ids: readonly string[]): Promise<PortfolioAsset[]> {
    const known = ids.filter((id) => validate(id));
    if (known.length === 0) return [];
    return unremovedAssets().andWhere('asset.id = any(:known)', { known }).getMany();
  }

  async function ofProfiles(profiles: readonly string[]): Promise<PortfolioAsset[]> {
    const found = unremovedAssets().andWhere('asset.profileId = any(:profiles)', { profiles });
    return found.orderBy('asset.position').addOrderBy('asset.id').getMany();
  }

  /**
   * @param userId the caller
   * @returns null if the asset does not exist or has been removed
   */
  async function change(id: string, changes: AssetChange, userId: string): Promise<PortfolioAsset | null> {
    if (Object.keys(changes).length > 0)
      await writeAs(source, userId, (manager) => manager.update(PortfolioAsset, { id, removedAt: IsNull() }, changes));
    return assets.findOneBy({ id, removedAt: IsNull() });
  }

  function unremovedAssets() {
    return assets.createQueryBuilder('asset').where('asset.removedAt is null');
  }
}
