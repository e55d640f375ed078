import { IsNull, type DataSource, type EntityManager } from 'typeorm';
import { v7 } from 'uuid';
import { PortfolioAsset } from './portfolio-model.js';
import { maxAssets, type AssetValues } from './portfolio-rules.js';
import { writeAs } from '../people/person-state-store.js';
import { lockProfile } from '../profiles/profile-lock.js';
import type { FreelancerProfile } from '../profiles/profile-model.js';

type Profile = Pick<FreelancerProfile, 'id' | 'ownerId'>;

/** Adds, reorders and removes assets. Each write locks the profile's row, so that concurrent writes run serially. */
export function portfolioStore(source: DataSource) {
  return { add, reorder, remove };

  /** @returns null if the portfolio is full */
  async function add({ id: profileId, ownerId }: Profile, values: AssetValues): Promise<PortfolioAsset | null> {
    return writeAs(source, ownerId, async (manager) => {
      const current = await lockPortfolio(manager, profileId);
      if (current.length >= maxAssets) return null;
      const id = v7();
      const position = (current.at(-1)?.position ?? 0) + 1;
      await manager.insert(PortfolioAsset, { ...values, id, profileId, position });
      return manager.findOneByOrFail(PortfolioAsset, { id });
    });
  }

  /** @param assertAllowed receives the ids of the current assets, and throws if the new order does not fit them */
  async function reorder(
    profileId: string,
    ids: readonly string[],
    assertAllowed: (current: string[]) => void,
  ): Promise<void> {
    await withLockedPortfolio(source, profileId, async (manager, current) => {
      assertAllowed(current.map(({ id }) => id));
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

async function lockPortfolio(manager: EntityManager, profileId: string): Promise<PortfolioAsset[]> {
  await lockProfile(manager, { id: profileId });
  const order = { position: 'ASC', id: 'ASC' } as const;
  return manager.find(PortfolioAsset, { where: { profileId, removedAt: IsNull() }, order });
}

async function withLockedPortfolio<Result>(
  source: DataSource,
  profileId: string,
  work: (manager: EntityManager, current: PortfolioAsset[]) => Promise<Result>,
): Promise<Result> {
  return source.transaction(async (manager) => work(manager, await lockPortfolio(manager, profileId)));
}
