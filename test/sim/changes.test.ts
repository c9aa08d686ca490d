import { describeCrashPoints } from './crash-points.ts';
import { changes } from './scenarios/changes.ts';

describeCrashPoints(changes);
