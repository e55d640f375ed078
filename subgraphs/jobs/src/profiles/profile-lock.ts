import type { EntityManager } from 'typeorm';
import { FreelancerProfile } from './profile-model.js';

/** Reads a profile and locks its row until the end of the transaction. */
export function lockProfile(
  manager: EntityManager,
  where: { id: string } | { ownerId: string },
): Promise<FreelancerProfile | null> {
  return manager.findOne(FreelancerProfile, { where, lock: { mode: 'pessimistic_write' } });
}
