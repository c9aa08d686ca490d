import { describeCrashPoints } from './crash-points.ts';
import { rollbacks } from './scenarios/updates.ts';

describeCrashPoints(rollbacks);
