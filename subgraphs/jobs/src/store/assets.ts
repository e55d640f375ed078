import { IsNull, type DataSource, type EntityManager } from 'typeorm';
import { v7, validate } from 'uuid';
import { AssetReview, PortfolioAsset } from '../model/portfolio-asset.js';
import { mostAssets, type AssetChange, type AssetValues } from '../rules/portfolio.js';
import { lockedProfile } from './locked-profile.js';

/** Reads and writes portfolios. Whoever changes which assets there are, or their order, holds the profile's row. */
export function assetStore(source: DataSource) {
  const assets = source.getRepository(PortfolioAsset);
  return { byIds, ofProfiles, add, change, reorder, remove };

  async function byIds(ids: readonly string[]): Promise<PortfolioAsset[]> {
    const known = ids.filter((id) => validate(id));
    if (known.length === 0) return [];
    return assets
      .createQueryBuilder('asset')
      .where('asset.id = any(:known) and asset.removedAt is null', { known })
      .getMany();
  }

  async function ofProfiles(profiles: readonly string[]): Promise<PortfolioAsset[]> {
    return assets
      .createQueryBuilder('asset')
      .where('asset.profileId = any(:profiles) and asset.removedAt is null', { profiles })
      .orderBy('asset.position')
      .addOrderBy('asset.id')
      .getMany();
  }

  /** @returns null when the portfolio is full */
  async function add(profileId: string, values: AssetValues): Promise<PortfolioAsset | null> {
    return holding(profileId, async (manager, live) => {
      if (live.length >= mostAssets) return null;
      const id = v7();
      const position = (live.at(-1)?.position ?? 0) + 1;
      await manager.insert(PortfolioAsset, { ...values, id, profileId, position });
      return manager.findOneByOrFail(PortfolioAsset, { id });
    });
  }

  /** @returns null when the asset is gone */
  async function change(id: string, changes: AssetChange): Promise<PortfolioAsset | null> {
    if (Object.keys(changes).length > 0) await assets.update({ id, removedAt: IsNull() }, changes);
    return assets.findOneBy({ id, removedAt: IsNull() });
  }

  /** @param mayOrder throws unless the ids of the live assets, which it is given, can be ordered so */
  async function reorder(profileId: string, ids: readonly string[], mayOrder: (live: string[]) => void): Promise<void> {
    await holding(profileId, async (manager, live) => {
      mayOrder(live.map(({ id }) => id));
      await manager.query(
        `update portfolio_assets set position = placed.position
         from unnest($1::uuid[]) with ordinality as placed (id, position) where portfolio_assets.id = placed.id`,
        [ids],
      );
    });
  }

  async function remove(profileId: string, id: string): Promise<void> {
    await holding(profileId, (manager) =>
      manager.update(PortfolioAsset, { id, profileId, removedAt: IsNull() }, { removedAt: new Date() }),
    );
  }

  async function holding<Result>(
    profileId: string,
    work: (manager: EntityManager, live: PortfolioAsset[]) => Promise<Result>,
  ): Promise<Result> {
    return source.transaction(async (manager) => {
      await lockedProfile(manager, { id: profileId });
      const order = { position: 'ASC', id: 'ASC' } as const;
      return work(manager, await manager.find(PortfolioAsset, { where: { profileId, removedAt: IsNull() }, order }));
    });
  }
}
