import type { Invocation } from '../arguments/command.ts';
import { done, type Ending, UsageError } from '../exit.ts';
import { look, withEngines } from '../observing.ts';
import type { Target } from '../target.ts';
import { age } from '../text/ages.ts';
import { joinLines } from '../text/safe-text.ts';
import { renderTable } from '../text/table.ts';
import { formatRows, type TemplateRow } from '../text/template.ts';
import type { PsValues } from '../usage/ps.ts';
import { enginesFor } from './engines.ts';
import { type LocatedTask, listTasks, swarmAmong } from './tasks.ts';

/** `stack ps` of a swarm: tasks with their nodes. Without `--all` only those that are to run. */
export async function showTasks(invocation: Invocation<PsValues>, target: Target): Promise<Ending> {
  const { context, flags, operands } = invocation;
  return withEngines(invocation, async (connected) => {
    const engines = await enginesFor(connected, { context, target: 'swarm' });
    return look(context, async (signal) => {
      const tasks = await listTasks(swarmAmong(engines), target, { services: operands, isAll: flags.all, signal });
      context.stdout.write(printed(tasks, target.name, flags, context.today()));
      return done;
    });
  });
}

function printed(tasks: readonly LocatedTask[], stack: string, flags: PsValues, today: number): string {
  if (flags.quiet) return joinLines(tasks.map(({ task }) => task.id));
  if (flags.services) return joinLines([...new Set(tasks.map(({ service }) => service.service))]);
  if (flags.format !== undefined && flags.format !== 'table')
    return formatted(
      flags.format,
      tasks.map((task) => fieldsOf(task, stack)),
    );
  const columns = ['NAME', 'IMAGE', 'SERVICE', 'NODE', 'DESIRED', 'STATE', 'PORTS', 'ERROR'];
  return renderTable(
    columns,
    tasks.map((located) => {
      const { task, name, service, node } = located;
      const state = `${task.state} ${age(task.since, today)}`;
      const error = flags.noTrunc ? task.error : shortened(task.error);
      return [
        `${stack}_${name}`,
        imageOf(located),
        service.service,
        nodeText(node),
        task.desiredState,
        state,
        portsOf(located),
        error,
      ];
    }),
  );
}

/** The reference as the file has it says more than a digest. */
const imageOf = ({ service, task }: LocatedTask): string => service.imageAsWritten || task.image;

/** A node that does not answer: whether its tasks run is unknown. */
const nodeText = (node: LocatedTask['node']): string =>
  node === undefined ? '' : node.state === 'ready' ? node.hostname : `${node.hostname} (${node.state})`;

const portsOf = ({ task }: LocatedTask): string =>
  task.ports.map(({ published, target, protocol }) => `${published}->${target}/${protocol}`).join(', ');

const shortened = (text: string): string => (text.length > 60 ? `${text.slice(0, 59)}…` : text);

const headers: ReadonlyMap<string, string> = new Map([
  ['DesiredState', 'DESIRED'],
  ['Error', 'ERROR'],
  ['ExitCode', 'EXIT CODE'],
  ['ID', 'ID'],
  ['Image', 'IMAGE'],
  ['Name', 'NAME'],
  ['Node', 'NODE'],
  ['NodeState', 'NODE STATE'],
  ['Ports', 'PORTS'],
  ['Project', 'PROJECT'],
  ['Service', 'SERVICE'],
  ['Slot', 'SLOT'],
  ['State', 'STATE'],
]);

function fieldsOf(located: LocatedTask, stack: string): TemplateRow {
  const { task, name, service, node } = located;
  return {
    DesiredState: task.desiredState,
    Error: task.error,
    ExitCode: task.exitCode ?? 0,
    ID: task.id,
    Image: imageOf(located),
    Name: `${stack}_${name}`,
    Node: node?.hostname ?? '',
    NodeState: node?.state ?? '',
    Ports: portsOf(located),
    Project: stack,
    Service: service.service,
    Slot: task.slot,
    State: task.state,
  };
}

function formatted(format: string, rows: readonly TemplateRow[]): string {
  const result = formatRows(format, rows, headers);
  if (!result.ok) throw new UsageError(result.error);
  return result.value;
}
