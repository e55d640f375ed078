/** A show as it is stored, without the attributes that only indexes read. */
export interface ShowRow {
  slug: string;
  title: string;
  description?: string;
  country?: string;
  genre?: string;
  language?: string;
  tvChannel?: string;
  drm: boolean;
  episodeCount: number;
  image?: { showImage: string };
  primaryColour?: string;
  seasons: { slug: string }[];
  nextEpisode?: NextEpisodeRow;
  /** The user who added it; absent for a machine client. */
  addedById?: string;
}

export interface NextEpisodeRow {
  channel: string | null;
  channelLogo: string;
  /** RFC 3339, in UTC. */
  date: string | null;
  html: string;
  url: string;
}

/** The validated values of a show; null for none. */
export interface ShowValues {
  title: string;
  description: string | null;
  country: string | null;
  genre: string | null;
  language: string | null;
  tvChannel: string | null;
  drm: boolean;
  episodeCount: number;
  image: { showImage: string } | null;
  primaryColour: string | null;
  seasons: { slug: string }[];
  nextEpisode: NextEpisodeRow | null;
}

/** A show to add. */
export interface NewShow extends ShowValues {
  slug: string;
  addedById: string | null;
}
