import { describeCrashPoints } from './crash-points.ts';
import { behindBalancers } from './scenarios/balanced.ts';

describeCrashPoints(behindBalancers);
