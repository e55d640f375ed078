/** A file as it is published. */
export interface Rendition {
  bytes: Buffer;
  contentType: string;
}

/** The result of processing an upload. */
export type ProcessingResult = Accepted | Rejected;

export interface Accepted {
  kind: 'accepted';
  original: Rendition;
  /** Null for a document. */
  thumbnail: Rendition | null;
  width: number | null;
  height: number | null;
}

export interface Rejected {
  kind: 'rejected';
  /** For the user who uploaded the file. */
  reason: string;
}

export function rejected(reason: string): Rejected {
  return { kind: 'rejected', reason };
}
