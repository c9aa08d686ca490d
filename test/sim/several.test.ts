import { describeCrashPoints } from './crash-points.ts';
import { several } from './scenarios/several.ts';

describeCrashPoints(several);
