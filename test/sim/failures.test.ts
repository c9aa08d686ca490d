import { describeCrashPoints } from './crash-points.ts';
import { failures } from './scenarios/failures.ts';

describeCrashPoints(failures);
