/** A file as it is kept. */
export interface Rendition {
  bytes: Buffer;
  contentType: string;
}

/** What became of an upload. */
export type ProcessingResult = Accepted | Rejected;

export interface Accepted {
  kind: 'accepted';
  original: Rendition;
  /** None of a document. */
  thumbnail: Rendition | null;
  width: number | null;
  height: number | null;
}

export interface Rejected {
  kind: 'rejected';
  /** In words for who uploaded it. */
  reason: string;
}

export function rejected(reason: string): Rejected {
  return { kind: 'rejected', reason };
}
