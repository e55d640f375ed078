import { type Change, CriticalityLevel } from '@graphql-inspector/core';

/** The effect of a change on clients: `dangerous` ones may change the behaviour of a client that still works. */
export type ChangeLevel = 'breaking' | 'dangerous' | 'safe';

export function changeLevel({ criticality }: Change): ChangeLevel {
  switch (criticality.level) {
    case CriticalityLevel.Breaking:
      return 'breaking';
    case CriticalityLevel.Dangerous:
      return 'dangerous';
    case CriticalityLevel.NonBreaking:
      return 'safe';
  }
}
