import { EngineError } from '../engine.ts';
import { listAt, textAt } from '../read/answer.ts';
import type { Session } from '../session.ts';
import { hasIpvs } from '../swarm/ipvs.ts';
import type { EngineSetup, Examination, Joining, JoinTokens } from './port.ts';

/** Where managers listen, on every address of the machine. */
const listen = '0.0.0.0:2377';

/** The care for one engine, over its session. */
export function createSetup(session: Session): EngineSetup {
  return {
    examine: (signal) => examine(session, signal),
    initSwarm: (advertise, signal) => initSwarm(session, advertise, signal),
    joinTokens: (signal) => joinTokens(session, signal),
    joinSwarm: (joining, signal) => joinSwarm(session, joining, signal),
  };
}

function examine(session: Session, signal: AbortSignal): Promise<Examination> {
  return session.call('examine the engine', signal, async (docker) => {
    const answer = await docker.info({ abortSignal: signal });
    const clockMs = Date.parse(textAt(answer, 'SystemTime'));
    return {
      clockMs: Number.isNaN(clockMs) ? undefined : clockMs,
      storageDriver: textAt(answer, 'Driver'),
      freeSpace: freeSpaceIn(listAt(answer, 'DriverStatus')),
      hasIpvs: hasIpvs(textAt(answer, 'KernelVersion'), session.target.endpoint.kind === 'unix'),
    };
  });
}

/** `DriverStatus` is a list of pairs. */
function freeSpaceIn(status: readonly unknown[]): string | undefined {
  const pair = status.find((each) => Array.isArray(each) && /space available/i.test(String(each[0])));
  return Array.isArray(pair) ? String(pair[1]) : undefined;
}

function initSwarm(session: Session, advertise: string | undefined, signal: AbortSignal): Promise<void> {
  return session.call('make a swarm', signal, async (docker) => {
    const body = { ListenAddr: listen, AdvertiseAddr: advertise ?? '' };
    await docker.swarmInit({ abortSignal: signal, _body: body });
  });
}

function joinTokens(session: Session, signal: AbortSignal): Promise<JoinTokens> {
  return session.call('read how others join the swarm', signal, async (docker) => {
    const answer = await docker.swarmInspect({ abortSignal: signal });
    const tokens = { manager: textAt(answer, 'JoinTokens', 'Manager'), worker: textAt(answer, 'JoinTokens', 'Worker') };
    if (tokens.manager === '' || tokens.worker === '') {
      throw new EngineError('incompatible', session.target.name, 'the swarm gives no way to join it');
    }
    return tokens;
  });
}

function joinSwarm(session: Session, { token, managers, advertise }: Joining, signal: AbortSignal): Promise<void> {
  return session.call('join the swarm', signal, async (docker) => {
    const body = { ListenAddr: listen, AdvertiseAddr: advertise ?? '', RemoteAddrs: managers, JoinToken: token };
    await docker.swarmJoin({ abortSignal: signal, _body: body });
  });
}
