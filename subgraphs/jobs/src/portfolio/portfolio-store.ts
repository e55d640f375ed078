import { IsNull, type DataSource, type EntityManager } from 'typeorm';
import { v7 } from 'uuid';
import { PortfolioAsset } from './portfolio-model.js';
import { maxAssets, type AssetValues } from './portfolio-rules.js';
import { lockProfile } from '../profiles/profile-lock.js';

/** Changes which assets a profile has, and their order: one at a time, for whoever does it holds the profile's row. */
export function portfolioStore(source: DataSource) {
  return { add, reorder, remove };

  /** @returns null when the portfolio is full */
  async function add(profileId: string, values: AssetValues): Promise<PortfolioAsset | null> {
    return withLockedPortfolio(source, profileId, async (manager, live) => {
      if (live.length >= maxAssets) return null;
      const id = v7();
      const position = (live.at(-1)?.position ?? 0) + 1;
      await manager.insert(PortfolioAsset, { ...values, id, profileId, position });
      return manager.findOneByOrFail(PortfolioAsset, { id });
    });
  }

  /** @param mayOrder throws unless the ids of the live assets, which it is given, can be ordered so */
  async function reorder(profileId: string, ids: readonly string[], mayOrder: (live: string[]) => void): Promise<void> {
    await withLockedPortfolio(source, profileId, async (manager, live) => {
      mayOrder(live.map(({ id }) => id));
      await manager.query(orderStatement, [ids]);
    });
  }

  async function remove(profileId: string, id: string): Promise<void> {
    await withLockedPortfolio(source, profileId, (manager) =>
      manager.update(PortfolioAsset, { id, profileId, removedAt: IsNull() }, { removedAt: new Date() }),
    );
  }
}

const orderStatement = `update portfolio_assets set position = placed.position
  from unnest($1::uuid[]) with ordinality as placed (id, position) where portfolio_assets.id = placed.id`;

async function withLockedPortfolio<Result>(
  source: DataSource,
  profileId: string,
  work: (manager: EntityManager, live: PortfolioAsset[]) => Promise<Result>,
): Promise<Result> {
  return source.transaction(async (manager) => {
    await lockProfile(manager, { id: profileId });
    const order = { position: 'ASC', id: 'ASC' } as const;
    return work(manager, await manager.find(PortfolioAsset, { where: { profileId, removedAt: IsNull() }, order }));
  });
}
