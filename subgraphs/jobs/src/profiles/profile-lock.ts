import type { EntityManager } from 'typeorm';
import { FreelancerProfile } from './profile-model.js';

/** A profile that nobody else changes until the transaction ends. */
export function lockedProfile(
  manager: EntityManager,
  where: { id: string } | { ownerId: string },
): Promise<FreelancerProfile | null> {
  return manager.findOne(FreelancerProfile, { where, lock: { mode: 'pessimistic_write' } });
}
