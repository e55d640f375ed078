import type { DataSource } from 'typeorm';
import { v7 } from 'uuid';
import { ProfileNote } from './note-model.js';
import { listPagePerProfile } from './page-per-profile.js';
import type { IdPage } from '../paging/id-page.js';
import { writeAs } from '../people/person-state-store.js';

export type NoteValues = Pick<ProfileNote, 'profileId' | 'kind' | 'body'> & { authorId: string };

/** Reads and writes the notes about profiles. */
export function noteStore(source: DataSource) {
  const notes = source.getRepository(ProfileNote);
  return { byId, ofProfiles, add, change, remove };

  async function byId(id: string): Promise<ProfileNote | null> {
    return notes.findOneBy({ id });
  }

  async function ofProfiles(profiles: readonly string[], page: IdPage): Promise<ProfileNote[]> {
    return listPagePerProfile(source, ProfileNote, 'profile_notes', profiles, page);
  }

  async function add(values: NoteValues): Promise<ProfileNote> {
    const note = notes.create({ id: v7(), createdAt: new Date(), ...values });
    await writeAs(source, values.authorId, (manager) => manager.insert(ProfileNote, note));
    return note;
  }

  /** @param userId the caller */
  async function change(id: string, changes: Partial<NoteValues>, userId: string): Promise<ProfileNote | null> {
    if (Object.keys(changes).length > 0)
      await writeAs(source, userId, (manager) => manager.update(ProfileNote, { id }, changes));
    return byId(id);
  }

  async function remove(id: string): Promise<void> {
    await notes.delete({ id });
  }
}
