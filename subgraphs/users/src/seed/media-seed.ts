import sharp from 'sharp';
import { MediaPurpose } from '../media/media-model.js';
import { processFile } from '../media/processing/file-processing.js';
import { type MediaStorage, originalKey, thumbnailKey } from '../media/storage/media-storage.js';
import type { ExamplePerson } from './example-people.js';
import { avatarPicture, workPicture } from './example-pictures.js';
import type { MediaSeedStore, SeededMedia } from './media-seed-store.js';

/** An example picture. Other services reference it by its id. */
interface ExamplePicture {
  id: string;
  ownerId: string;
  purpose: MediaPurpose;
  /** An SVG document. */
  drawing: string;
}

/** Owned by the admin, the maintainer of the book covers. */
const bookCovers = Array.from({ length: 8 }, (_, index): ExamplePicture => {
  const id = idEnding(201 + index);
  return { id, ownerId: idEnding(1), purpose: MediaPurpose.BOOK_COVER, drawing: workPicture(index) };
});

/** Adds the missing pictures of existing people. A person who removed their avatar does not get it back. */
export async function seedMedia(
  people: readonly ExamplePerson[],
  store: MediaSeedStore,
  storage: MediaStorage,
): Promise<void> {
  const works = people.filter(({ role }) => role === 'FREELANCER').flatMap(portfolioOf);
  const pictures = [...bookCovers, ...people.map(avatarOf), ...works];
  const missing = new Set(await store.missing(pictures));
  const wanted = pictures.filter(({ id }) => missing.has(id));
  await Promise.all(wanted.map(async (picture) => store.add(await publish(picture, storage))));
}

/** The id ends with the number of the person plus 300. */
function avatarOf({ id: ownerId }: ExamplePerson, index: number): ExamplePicture {
  const id = idEnding(numberOf(ownerId) + 300);
  return { id, ownerId, purpose: MediaPurpose.AVATAR, drawing: avatarPicture(index) };
}

/** Three pieces. Their ids end with ten times the number of the person plus 6000, 6001 and 6002. */
function portfolioOf({ id: ownerId }: ExamplePerson, index: number): ExamplePicture[] {
  return [0, 1, 2].map((piece) => {
    const id = idEnding(6000 + numberOf(ownerId) * 10 + piece);
    const drawing = workPicture(bookCovers.length + index * 3 + piece);
    return { id, ownerId, purpose: MediaPurpose.PORTFOLIO, drawing };
  });
}

function numberOf(id: string): number {
  return Number(id.slice(-4));
}

/** Processes a drawing like an upload and publishes it. */
async function publish({ drawing, ...picture }: ExamplePicture, storage: MediaStorage): Promise<SeededMedia> {
  const jpeg = await sharp(Buffer.from(drawing)).jpeg({ quality: 95 }).toBuffer();
  const result = await processFile(jpeg, 'image/jpeg');
  if (result.kind === 'rejected' || result.thumbnail === null) throw new Error('An example picture was rejected.');
  const { original, thumbnail, width, height } = result;
  await storage.publish(originalKey(picture.id, original.contentType), original);
  await storage.publish(thumbnailKey(picture.id), thumbnail);
  return { ...picture, contentType: original.contentType, bytes: original.bytes.length, width, height };
}

function idEnding(number: number): string {
  return `019a0000-0000-7000-8000-${String(number).padStart(12, '0')}`;
}
