import { identityOf, isExposed } from '../../engine/address.ts';
import { type EndpointProblem, type EndpointWorld, resolveEndpoint, resolveListed } from '../../engine/endpoint.ts';
import type { NamedEndpoint } from '../../engine/target.ts';
import { engineName } from '../../model/id.ts';
import { err, ok, type Result } from '../../model/result.ts';
import { type ReachProblem, type Resolve, readInventory } from '../../spec/inventory/inventory.ts';
import type { ListedEngine } from '../../spec/inventory/listed.ts';
import type { Context, EngineChoice } from '../context.ts';
import { InputError } from '../exit.ts';
import { fileSources } from '../sources.ts';
import { hasColor } from '../style.ts';
import { renderDiagnostics } from '../text/diagnostics.ts';
import type { ChosenEngine } from './select.ts';

/** Reads a list of engines; warnings are printed, errors end the command with all of them. */
export function readList(
  path: string,
  world: EndpointWorld,
  context: Pick<Context, 'environment' | 'workingDir' | 'homeDir' | 'stderr'>,
  choice: Pick<EngineChoice, 'ansi'>,
): readonly ChosenEngine[] {
  const loaded = readInventory(path, fileSources(context, undefined), resolver(world));
  const found = loaded.ok ? loaded.warnings : loaded.diagnostics;
  const text = renderDiagnostics(found, loaded.texts, { hasColor: hasColor(context, choice, context.stderr) });
  if (!loaded.ok) throw new InputError([text.trimEnd()]);
  if (found.length > 0) context.stderr.write(text);
  return loaded.value.map(({ engine, target }) => ({ endpoint: target, member: engine.member }));
}

const resolver =
  (world: EndpointWorld): Resolve<NamedEndpoint> =>
  (listed) => {
    const found = find(listed, world);
    if (!found.ok) return err(problemOf(found.error));
    const target = { ...found.value, name: engineName(listed.name) };
    const { endpoint } = target;
    return ok({ target, identity: identityOf(endpoint), scheme: endpoint.kind, isExposed: isExposed(endpoint) });
  };

function find({ name, reach, tls, ssh }: ListedEngine, world: EndpointWorld): Result<NamedEndpoint, EndpointProblem> {
  switch (reach.kind) {
    case 'context':
      return resolveEndpoint({ host: undefined, context: reach.context }, world);
    case 'endpoint':
      return resolveListed({ name, address: reach.address, tls, ssh }, world);
  }
}

function problemOf({ code, message, hint, file }: EndpointProblem): ReachProblem {
  return { code, message, hint, path: file === undefined ? [] : ['tls', file] };
}
