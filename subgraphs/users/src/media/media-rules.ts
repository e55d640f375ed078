import { badInput, notFound } from '@marquee/chassis/errors/errors';
import type { UserCaller } from '@marquee/chassis/identity/caller';
import { validateInput } from '@marquee/chassis/input/text';
import { z } from 'zod';
import type { CreateUploadInput } from './media-inputs.js';
import { type Media, MediaPurpose, MediaStatus } from './media-model.js';

const megabyte = 1024 * 1024;

/** The limits of uploads for a purpose. */
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

/** The validated input of `createUpload`. */
export type Upload = z.output<typeof upload>;

/** @throws BAD_USER_INPUT with every problem */
export function parseUpload(input: CreateUploadInput): Upload {
  return validateInput(upload, input);
}

/**
 * Only the user who uploaded a file may attach it, and only for its purpose. It may still be in processing.
 * @throws NOT_FOUND for any other file, BAD_USER_INPUT for a rejected one
 */
export function mayAttach(uploader: UserCaller, media: Media | null, id: string, target: AttachmentTarget): void {
  if (media?.ownerId !== uploader.id || media.purpose !== target.purpose) throw notFound(target.noun, id);
  if (media.status === MediaStatus.REJECTED)
    throw badInput({ path: target.path, message: `was rejected: ${media.rejectedBecause}` });
}

/** The pictures of a profile. */
export const profileAttachments = {
  avatarId: { purpose: MediaPurpose.AVATAR, noun: 'avatar', path: 'input.avatarId' },
  coverId: { purpose: MediaPurpose.COVER, noun: 'cover', path: 'input.coverId' },
} as const satisfies Record<string, AttachmentTarget>;

/** For a picture that was removed because nothing used it. */
export function pictureNotFound(name: keyof typeof profileAttachments, id: string | null | undefined): Error {
  return notFound(profileAttachments[name].noun, String(id));
}

/** Where a file is attached. */
interface AttachmentTarget {
  purpose: MediaPurpose;
  /** The noun in error messages. */
  noun: string;
  path: string;
}
