import { In, type DataSource } from 'typeorm';
import { validate } from 'uuid';
import { Media, MediaPurpose, MediaStatus } from './media-model.js';
import type { Upload } from './media-rules.js';

export type MediaStore = ReturnType<typeof mediaStore>;

/** Reads and writes the rows of uploaded files. Their processing is in `processing/processing-store.ts`. */
export function mediaStore(source: DataSource) {
  return { byIds, profilePicturesOf, add, remove };

  async function byIds(ids: readonly string[]): Promise<Media[]> {
    const valid = ids.filter((id) => validate(id));
    return valid.length === 0 ? [] : source.getRepository(Media).findBy({ id: In(valid) });
  }

  /** Every picture that the user uploaded for their profile. */
  async function profilePicturesOf(ownerId: string): Promise<Media[]> {
    return source.getRepository(Media).findBy({ ownerId, purpose: In([MediaPurpose.AVATAR, MediaPurpose.COVER]) });
  }

  async function add(id: string, ownerId: string, upload: Upload): Promise<Media> {
    const media = { ...pending, ...upload, id, ownerId };
    await source.getRepository(Media).insert(media);
    return Object.assign(new Media(), media);
  }

  async function remove(ids: readonly string[]): Promise<void> {
    await source.getRepository(Media).delete({ id: In(ids) });
  }
}

const pending = {
  status: MediaStatus.PENDING,
  width: null,
  height: null,
  rejectedBecause: null,
  hasThumbnail: false,
  attempts: 0,
};
