import sharp from 'sharp';
import { processFile } from '../media/processing/file-processing.js';
import { originalKey, type MediaStorage, thumbnailKey } from '../media/storage/media-storage.js';
import { MediaPurpose } from '../media/media-model.js';
import type { MediaSeedingStore, SeededMedia } from './media-seed-store.js';
import type { ExamplePerson } from './example-people.js';
import { avatarPicture, workPicture } from './example-pictures.js';

/** A picture of the example world: other services name it by its id. */
interface ExamplePicture {
  id: string;
  ownerId: string;
  purpose: MediaPurpose;
  /** As SVG. */
  drawing: string;
}

/** The admin's, who looks after the covers. */
const covers = Array.from({ length: 8 }, (_, index): ExamplePicture => {
  const id = idEnding(201 + index);
  return { id, ownerId: idEnding(1), purpose: MediaPurpose.BOOK_COVER, drawing: workPicture(index) };
});

/** Draws what is missing of those who are there. Who took their picture down keeps it so. */
export async function seedMedia(
  people: readonly ExamplePerson[],
  store: MediaSeedingStore,
  storage: MediaStorage,
): Promise<void> {
  const works = people.filter(({ role }) => role === 'FREELANCER').flatMap(worksOf);
  const pictures = [...covers, ...people.map(avatarOf), ...works];
  const missing = new Set(await store.missing(pictures));
  const wanted = pictures.filter(({ id }) => missing.has(id));
  await Promise.all(wanted.map(async (picture) => store.add(await published(picture, storage))));
}

/** A person's picture has their number and 300. */
function avatarOf({ id: ownerId }: ExamplePerson, index: number): ExamplePicture {
  const id = idEnding(numberOf(ownerId) + 300);
  return { id, ownerId, purpose: MediaPurpose.AVATAR, drawing: avatarPicture(index) };
}

/** Three pieces for a portfolio: ten times a person's number and 6000, 6001, 6002. */
function worksOf({ id: ownerId }: ExamplePerson, index: number): ExamplePicture[] {
  return [0, 1, 2].map((piece) => {
    const id = idEnding(6000 + numberOf(ownerId) * 10 + piece);
    return { id, ownerId, purpose: MediaPurpose.PORTFOLIO, drawing: workPicture(covers.length + index * 3 + piece) };
  });
}

function numberOf(id: string): number {
  return Number(id.slice(-4));
}

/** A drawing goes the way that an upload goes. */
async function published({ drawing, ...picture }: ExamplePicture, storage: MediaStorage): Promise<SeededMedia> {
  const drawn = await sharp(Buffer.from(drawing)).jpeg({ quality: 95 }).toBuffer();
  const verdict = await processFile(drawn, 'image/jpeg');
  if (verdict.kind === 'rejected' || verdict.thumbnail === null) throw new Error('A drawing was not taken.');
  const { original, thumbnail, width, height } = verdict;
  await storage.publish(originalKey(picture.id, original.contentType), original);
  await storage.publish(thumbnailKey(picture.id), thumbnail);
  return { ...picture, contentType: original.contentType, bytes: original.bytes.length, width, height };
}

function idEnding(number: number): string {
  return `019a0000-0000-7000-8000-${String(number).padStart(12, '0')}`;
}
