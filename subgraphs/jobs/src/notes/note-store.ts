import type { DataSource } from 'typeorm';
import { v7 } from 'uuid';
import { ProfileNote } from './note-model.js';
import { listPagePerProfile } from './page-per-profile.js';
import type { IdPage } from '../paging/id-page.js';

export type NoteValues = Pick<ProfileNote, 'profileId' | 'authorId' | 'kind' | 'body'>;

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
    await notes.insert(note);
    return note;
  }

  async function change(id: string, changes: Partial<NoteValues>): Promise<ProfileNote | null> {
    if (Object.keys(changes).length > 0) await notes.update({ id }, changes);
    return byId(id);
  }

  async function remove(id: string): Promise<void> {
    await notes.delete({ id });
  }
}
