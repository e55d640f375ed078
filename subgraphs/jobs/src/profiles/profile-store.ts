import type { DataSource, SelectQueryBuilder } from 'typeorm';
import { validate } from 'uuid';
import { FreelancerProfile } from './profile-model.js';
import { slugPattern } from '../input/slug.js';

/** Reads profiles without regard to visibility. */
export function profileStore(source: DataSource) {
  return { byIds, byOwners, bySlugs };

  async function byIds(ids: readonly string[]): Promise<FreelancerProfile[]> {
    const known = ids.filter((id) => validate(id));
    return known.length === 0 ? [] : profiles().where('profile.id = any(:known)', { known }).getMany();
  }

  async function byOwners(owners: readonly string[]): Promise<FreelancerProfile[]> {
    const known = owners.filter((id) => validate(id));
    return known.length === 0 ? [] : profiles().where('profile.ownerId = any(:known)', { known }).getMany();
  }

  async function bySlugs(slugs: readonly string[]): Promise<FreelancerProfile[]> {
    const known = slugs.filter((slug) => slugPattern.test(slug));
    return known.length === 0 ? [] : profiles().where('profile.slug = any(:known)', { known }).getMany();
  }

  function profiles(): SelectQueryBuilder<FreelancerProfile> {
    return source.getRepository(FreelancerProfile).createQueryBuilder('profile');
  }
}
