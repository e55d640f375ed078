import { badInput, notFound } from '@marquee/chassis/errors/errors';
import type { UserCaller } from '@marquee/chassis/identity/caller';
import { z } from 'zod';
import { type CreateUploadInput, type Media, MediaPurpose, MediaStatus } from './media-model.js';
import { validateInput } from '@marquee/chassis/input/text';

const megabyte = 1024 * 1024;

/** What may be uploaded for a purpose. */
interface UploadLimits {
  bytes: number;
  contentTypes: readonly string[];
}

const images = ['image/jpeg', 'image/png', 'image/webp'];
const documents = [...images, 'application/pdf'];

const uploadLimits: Readonly<Record<MediaPurpose, UploadLimits>> = {
  AVATAR: { bytes: 5 * megabyte, contentTypes: images },
  COVER: { bytes: 5 * megabyte, contentTypes: images },
  PORTFOLIO: { bytes: 10 * megabyte, contentTypes: documents },
  JOB_ATTACHMENT: { bytes: 10 * megabyte, contentTypes: documents },
  BOOK_COVER: { bytes: 10 * megabyte, contentTypes: images },
};

const upload = z
  .object({ purpose: z.enum(MediaPurpose), contentType: z.string(), bytes: z.number() })
  .superRefine(({ purpose, contentType, bytes }, context) => {
    const limits = uploadLimits[purpose];
    if (!limits.contentTypes.includes(contentType))
      context.addIssue({
        code: 'custom',
        path: ['contentType'],
        message: `must be one of ${limits.contentTypes.join(', ')} for ${purpose}, it was "${contentType.slice(0, 100)}"`,
      });
    if (bytes < 1 || bytes > limits.bytes)
      context.addIssue({
        code: 'custom',
        path: ['bytes'],
        message: `must be between 1 and ${limits.bytes} for ${purpose}, it was ${bytes}`,
      });
  });

/** What somebody is about to upload. */
export type Upload = z.output<typeof upload>;

/** @throws BAD_USER_INPUT with every problem */
export function parseUpload(input: CreateUploadInput): Upload {
  return validateInput(upload, input);
}

/**
 * A file is attached by who uploaded it, for what it was uploaded for, and may still be in the works.
 * @throws NOT_FOUND for anybody else's, BAD_USER_INPUT when it was refused
 */
export function mayAttach(uploader: UserCaller, media: Media | null, id: string, place: AttachmentPoint): void {
  if (media?.ownerId !== uploader.id || media.purpose !== place.purpose) throw notFound(place.noun, id);
  if (media.status === MediaStatus.REJECTED)
    throw badInput({ path: place.path, message: `was rejected: ${media.rejectedBecause}` });
}

/** Where a profile shows pictures. */
export const profileAttachments = {
  avatarId: { purpose: MediaPurpose.AVATAR, noun: 'avatar', path: 'input.avatarId' },
  coverId: { purpose: MediaPurpose.COVER, noun: 'cover', path: 'input.coverId' },
} as const satisfies Record<string, AttachmentPoint>;

/** Where a file is attached. */
interface AttachmentPoint {
  purpose: MediaPurpose;
  /** What it is called in an error. */
  noun: string;
  path: string;
}
