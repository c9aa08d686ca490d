import { afterEach, describe } from 'vitest';

import type { Engine } from '../../src/engine/engine.ts';
import { describeAvailability } from './availability.ts';
import { describeContainers } from './containers.ts';
import { type Fixture, openFixture } from './fixture.ts';
import { describeHooks } from './hooks.ts';
import { describeImages } from './images.ts';
import { describeLocks } from './locks.ts';
import { describeReading } from './reading.ts';
import { describeResources } from './resources.ts';

/**
 * What every engine behind the port must do: the real ones as they are, and the one in memory because tests believe
 * it. The engine must hold the image of the suite, whose programs are those of the fixture.
 */
export function describeEngineContract(name: string, makeEngine: () => Engine): void {
  describe(`the engine port on ${name}`, () => {
    const opened: Fixture[] = [];
    const open = (): Fixture => {
      const fixture = openFixture(makeEngine());
      opened.push(fixture);
      return fixture;
    };
    afterEach(async () => {
      for (const fixture of opened.splice(0)) {
        await fixture.clear();
        fixture.engine.close();
      }
    });
    describeContainers(open);
    describeHooks(open);
    describeResources(open);
    describeReading(open);
    describeImages(open);
    describeLocks(open);
    describeAvailability(open);
  });
}
