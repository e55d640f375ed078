import { describe, expect, test } from '@jest/globals';
import { ProfileAction, ProfileStatus } from '../../src/profiles/profile-status.js';
import { transition, validActions, type Machine } from '../../src/state-machine/state-machine.js';
import { renderDiagram } from '../../src/state-machine/state-diagram.js';
import { profileMachine } from '../../src/profiles/profile-machine.js';

type Lamp = { status: 'OFF' | 'ON'; hasPower: boolean };
const lamps: Machine<Lamp, Lamp['status'], 'SWITCH' | 'BREAK', 'guest' | 'janitor'> = {
  noun: 'lamp',
  statuses: ['OFF', 'ON'],
  actions: ['SWITCH', 'BREAK'],
  transitions: [
    {
      action: 'SWITCH',
      from: ['OFF'],
      to: 'ON',
      by: ['guest', 'janitor'],
      when: { description: 'there is power', holds: ({ hasPower }) => hasPower },
    },
    { action: 'SWITCH', from: ['ON'], to: 'OFF', by: ['guest'] },
    { action: 'BREAK', from: ['ON', 'OFF'], to: 'OFF', by: ['janitor'] },
  ],
};

function getExtensions(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    return (error as { extensions: unknown }).extensions;
  }
}

describe('a state machine', () => {
  test('allows a transition to its actors while its guard holds', () => {
    expect(transition(lamps, { status: 'OFF', hasPower: true }, 'SWITCH', ['guest'])).toBe('ON');
    expect(validActions(lamps, { status: 'OFF', hasPower: true }, ['janitor', 'guest'])).toEqual(['SWITCH', 'BREAK']);
    expect(validActions(lamps, { status: 'OFF', hasPower: false }, ['guest'])).toEqual([]);
    expect(validActions(lamps, { status: 'ON', hasPower: true }, [])).toEqual([]);
  });

  test('reports the valid actions for an invalid one', () => {
    expect(getExtensions(() => transition(lamps, { status: 'OFF', hasPower: false }, 'SWITCH', ['janitor']))).toEqual({
      code: 'INVALID_TRANSITION',
      from: 'OFF',
      action: 'SWITCH',
      validActions: ['BREAK'],
    });
  });

  test('is rendered as a mermaid diagram', () => {
    expect(renderDiagram(lamps).split('\n')).toEqual([
      '```mermaid',
      'stateDiagram-v2',
      '  [*] --> OFF',
      '  OFF --> ON: SWITCH (guest or janitor, when there is power)',
      '  ON --> OFF: SWITCH (guest)',
      '  ON --> OFF: BREAK (janitor)',
      '  OFF --> OFF: BREAK (janitor)',
      '```',
    ]);
  });
});

describe('the state machine of profiles', () => {
  test('has no final and no unreachable status', () => {
    const left = new Set(profileMachine.transitions.flatMap(({ from }) => from));
    const reached = new Set(profileMachine.transitions.map(({ to }) => to));
    expect([...left].sort()).toEqual(Object.values(ProfileStatus).sort());
    expect([...reached].sort()).toEqual(Object.values(ProfileStatus).sort());
  });

  test('uses every action, and defines one target per status and action', () => {
    expect([...new Set(profileMachine.transitions.map(({ action }) => action))].sort()).toEqual(
      Object.values(ProfileAction).sort(),
    );
    const steps = profileMachine.transitions.flatMap(({ action, from }) => from.map((state) => `${state} ${action}`));
    expect(new Set(steps).size).toBe(steps.length);
  });
});
