import { describeCrashPoints } from './crash-points.ts';
import { updates } from './scenarios/updates.ts';

describeCrashPoints(updates);
