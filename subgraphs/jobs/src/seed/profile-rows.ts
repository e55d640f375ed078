import { fold } from '@marquee/chassis/input/fold';
import { FolderPrivacy, type Folder } from '../folders/folder-model.js';
import type { Feedback } from '../notes/feedback-model.js';
import type { FreelancerProfile } from '../profiles/profile-model.js';
import { NoteKind, type ProfileNote } from '../notes/note-model.js';
import { AssetReview, AssetType, type PortfolioAsset } from '../portfolio/portfolio-model.js';
import { ProfileStatus } from '../profiles/profile-status.js';
import { TaxonomyCategory } from '../taxonomy/taxonomy-model.js';
import { toSlug } from '../input/slug.js';
import { exampleFreelancers, type ExampleFreelancer } from './example-freelancers.js';
import { exampleAvatarId, exampleId, exampleProfileId, exampleUsers } from './example-ids.js';
import { exampleTermIds } from './example-terms.js';

/** The rows of the example profiles. They are inserted together or, if one of the profiles exists, not at all. */
export interface ExampleProfileRows {
  profiles: Partial<FreelancerProfile>[];
  assets: Partial<PortfolioAsset>[];
  notes: Partial<ProfileNote>[];
  feedback: Partial<Feedback>[];
  folders: Partial<Folder>[];
  /** The profile ids of each folder, and the favourites of each user. */
  members: { folderId: string; profileIds: string[] }[];
  favorites: { userId: string; profileIds: string[] }[];
}

const day = 24 * 60 * 60 * 1000;

export function exampleProfileRows(now: number): ExampleProfileRows {
  const folder = { id: exampleId(2800), ownerId: exampleId(exampleUsers.hiring), name: 'Spring picture books' };
  return {
    profiles: exampleFreelancers.map((freelancer, index) => toProfileRow(freelancer, now - (40 - 3 * index) * day)),
    assets: exampleFreelancers.flatMap(assetsOf),
    notes: exampleFreelancers.flatMap(notesOf),
    feedback: [feedbackOn(101, 0, 'Patient, precise, and the endpapers came for free.', 'Ten Mangoes')],
    folders: [{ ...folder, description: 'For the autumn meeting.', privacy: FolderPrivacy.SHARED_TEAM }],
    members: [{ folderId: folder.id, profileIds: [11, 101, 102].map(exampleProfileId) }],
    favorites: [{ userId: exampleId(exampleUsers.hiring), profileIds: [101, 103, 104].map(exampleProfileId) }],
  };
}

function toProfileRow(freelancer: ExampleFreelancer, at: number): Partial<FreelancerProfile> {
  const { person, name, place, status } = freelancer;
  const createdAt = new Date(at);
  const isReviewed = status === ProfileStatus.APPROVED || status === ProfileStatus.CHANGES_REQUESTED;
  return {
    ...textColumns(freelancer),
    ...termColumns(freelancer),
    id: exampleProfileId(person),
    ownerId: exampleId(person),
    slug: toSlug(name) ?? '',
    foldedName: fold(name),
    currentLocations: [place],
    foldedLocations: fold(place),
    avatarId: exampleAvatarId(person),
    email:
      person < 100
        ? `dev-freelancer-0${String(person - 10).padStart(2, '0')}@example.com`
        : `example-freelancer-${person}@example.com`,
    status,
    featured: freelancer.featured ?? false,
    reviewOwnerId: status === ProfileStatus.UNDER_REVIEW ? exampleId(exampleUsers.reviewer) : null,
    reviewMessage: status === ProfileStatus.CHANGES_REQUESTED ? 'Lovely. Please add two still covers.' : null,
    lastReviewedAt: isReviewed ? new Date(at + 2 * day) : null,
    ...{ createdAt, submittedAt: new Date(at + day), updatedAt: createdAt },
  };
}

function textColumns({ name, pronouns, summary, statement, books, rate, agent, ai, pieces }: ExampleFreelancer) {
  return {
    ...{ name, pronouns, summary },
    statement: statement.replaceAll('\n', ' '),
    websiteLinks: [{ label: 'Portfolio', url: exampleUrl(name, pieces[0] ?? '') }],
    pastLocations: [],
    usesAi: ai !== undefined,
    aiDetails: ai ?? null,
    booksExcitedAbout: books,
    rateInfo: rate,
    hasAgent: agent !== undefined,
    agentDetails: agent ?? null,
  };
}

function termColumns({ audiences, styles, genres, imageTags }: ExampleFreelancer) {
  return {
    audienceIds: exampleTermIds(TaxonomyCategory.AUDIENCE, ...audiences),
    styleIds: exampleTermIds(TaxonomyCategory.STYLE, ...styles),
    genreIds: exampleTermIds(TaxonomyCategory.GENRE, ...genres),
    imageTagIds: exampleTermIds(TaxonomyCategory.IMAGE_TAG, ...imageTags),
  };
}

function assetsOf({ person, name, status, styles, pieces }: ExampleFreelancer): Partial<PortfolioAsset>[] {
  return pieces.map((title, index) => ({
    id: exampleId(3000 + person * 10 + index),
    profileId: exampleProfileId(person),
    title,
    ...(isFilm(title)
      ? { type: AssetType.VIDEO, url: exampleUrl(name, title) }
      : { type: AssetType.IMAGE, mediaId: exampleId(6000 + person * 10 + index) }),
    review: status === ProfileStatus.APPROVED ? AssetReview.APPROVED : AssetReview.PENDING,
    tagIds: exampleTermIds(TaxonomyCategory.STYLE, ...styles.slice(0, 1)),
    position: index + 1,
  }));
}

function isFilm(title: string): boolean {
  return title.includes('animated') || title.includes('frames');
}

/** The SYSTEM notes of the actions that lead to the status, and a note of the reviewer. */
function notesOf({ person, status, summary }: ExampleFreelancer): Partial<ProfileNote>[] {
  if (status === ProfileStatus.DRAFT) return [];
  const profileId = exampleProfileId(person);
  const system = { profileId, kind: NoteKind.SYSTEM };
  const submitted = { ...system, authorId: exampleId(person), body: 'SUBMIT (DRAFT to SUBMITTED)' };
  const reviewer = exampleId(exampleUsers.reviewer);
  const decisions: Partial<Record<ProfileStatus, string>> = {
    APPROVED: 'APPROVE (SUBMITTED to APPROVED)',
    UNDER_REVIEW: 'CLAIM (SUBMITTED to UNDER_REVIEW)',
    CHANGES_REQUESTED: 'REQUEST_CHANGES (SUBMITTED to CHANGES_REQUESTED): Lovely. Please add two still covers.',
  };
  const body = decisions[status];
  const decided = body === undefined ? [] : [{ ...system, authorId: reviewer, body }];
  const comment = { profileId, kind: NoteKind.FIT, authorId: reviewer, body: `Looked through everything. ${summary}` };
  return [submitted, ...decided, comment].map((note, index) => ({
    id: exampleId(5000 + person * 10 + index),
    ...note,
  }));
}

function feedbackOn(person: number, index: number, body: string, projectContext: string): Partial<Feedback> {
  const id = exampleId(7000 + person * 10 + index);
  return { id, profileId: exampleProfileId(person), authorId: exampleId(exampleUsers.hiring), body, projectContext };
}

function exampleUrl(name: string, title: string): string {
  return `https://example.com/${toSlug(name) ?? ''}/${toSlug(title) ?? ''}`;
}
