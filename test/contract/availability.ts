import { describe, expect, test } from 'vitest';
import type { Availability } from '../../src/model/inventory.ts';
import { type Fixture, soon } from './fixture.ts';

/** What a person wants of the engine is kept on the engine. */
export function describeAvailability(open: () => Fixture): void {
  describe('availability', () => {
    test('the latest word counts, and active forgets', async () => {
      const { engine, observe } = open();
      const said = async (word: Availability): Promise<Availability | undefined> => {
        await engine.setAvailability(word, soon());
        return (await observe({ wantsOthers: true })).availability;
      };
      try {
        expect(await said('drain')).toBe('drain');
        expect(await said('drain')).toBe('drain');
        expect(await said('pause')).toBe('pause');
      } finally {
        expect(await said('active')).toBeUndefined();
        expect(await said('active')).toBeUndefined();
      }
    });

    test('who does not ask is not told', async () => {
      const { engine, observe } = open();
      await engine.setAvailability('drain', soon());
      try {
        expect(await observe()).not.toHaveProperty('availability');
      } finally {
        await engine.setAvailability('active', soon());
      }
    });
  });
}
