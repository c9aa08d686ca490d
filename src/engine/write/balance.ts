import type { Balancing } from '../../model/balancing.ts';
import type { Hook } from '../../model/container.ts';
import type { ContainerId } from '../../model/id.ts';
import { EngineError, type Work } from '../engine.ts';
import { at } from '../read/answer.ts';
import type { Session } from '../session.ts';
import { appliedFile, balancerFolder, configFile } from './balancer-files.ts';
import { haproxyConfig } from './haproxy.ts';
import { runHook } from './hook.ts';

/** The user that the planner runs balancers as. */
const owner = { uid: 99, gid: 99 };
const maxOutput = 4096;

/** Tells a balancer where to send what it gets: by files before it runs, and by a new configuration while it does. */
export async function balance(
  session: Session,
  id: ContainerId,
  balancing: Balancing,
  signal: AbortSignal,
): Promise<void> {
  const what = `tell balancer ${id.slice(0, 12)} where to send`;
  const isRunning = await session.call(what, signal, async (docker) =>
    at(await docker.getContainer(id).inspect({ abortSignal: signal }), 'State', 'Running'),
  );
  if (isRunning !== true) return writeBoth(session, id, { balancing, what }, signal);
  const output: string[] = [];
  const report: Work['report'] = (progress) => {
    if (progress.kind === 'text') output.push(progress.text);
  };
  const exitCode = await runHook(session, id, { hook: reloading(balancing), work: { signal, report } });
  if (exitCode === 0) return;
  const said = output.join('\n').slice(0, maxOutput);
  throw new EngineError('rejected', session.target.name, `${what}: ${said || `exit code ${exitCode}`}`);
}

/** What runs reads its configuration at its start. */
async function writeBoth(
  session: Session,
  id: ContainerId,
  { balancing, what }: { readonly balancing: Balancing; readonly what: string },
  signal: AbortSignal,
): Promise<void> {
  const { packEntries } = await import('./files.ts');
  const archive = await packEntries([
    { path: balancerFolder, ...owner, mode: 0o755, content: undefined },
    { path: configFile, ...owner, mode: 0o644, content: Buffer.from(haproxyConfig(balancing)) },
    { path: appliedFile, ...owner, mode: 0o644, content: Buffer.from(JSON.stringify(balancing)) },
  ]);
  await session.call(what, signal, (docker) =>
    docker.getContainer(id).putArchive(archive, { abortSignal: signal, _query: { path: '/' } }),
  );
}

const reloading = (balancing: Balancing): Hook => ({
  command: ['sh', '-c', reload, 'balance', balancerFolder, haproxyConfig(balancing), JSON.stringify(balancing)],
  user: undefined,
  privileged: false,
  workingDir: undefined,
  environment: [],
});

/**
 * Replaces the configuration if HAProxy finds it good, and has the master process read it, which starts a new worker
 * and lets the old ones end with their connections. They are given three seconds: what lasts longer is cut only when
 * the replica that it leads to stops. What was applied is written down last, so that a run that dies before does it
 * again.
 */
const reload = `
cd "$1" || exit
printf '%s' "$2" >next.cfg && haproxy -c -q -f next.cfg && mv next.cfg haproxy.cfg || exit
workers() {
  for place in /proc/[0-9]*; do
    read -r pid _ state parent _ <"$place/stat" || continue
    [ "$parent" != 1 ] || [ "$state" = Z ] || printf ' %s ' "$pid"
  done 2>/dev/null
}
old=$(workers)
kill -USR2 1 || exit
tries=0
while [ $tries -lt 150 ]; do
  tries=$((tries + 1))
  sleep 0.1 2>/dev/null || sleep 1
  fresh= left=
  for pid in $(workers); do
    case $old in *" $pid "*) left=1 ;; *) fresh=1 ;; esac
  done
  [ -z "$fresh" ] || { [ -n "$left" ] && [ $tries -lt 30 ]; } || break
done
[ -n "$fresh" ] || { echo 'HAProxy did not start anew'; exit 1; }
printf '%s' "$3" >next.json && mv next.json applied.json
`;
