const exitCodes = `Exit codes of stack:

  0    converged, or nothing to do
  1    something failed while the plan was carried out
  2    bad input or usage; no engine was contacted and nothing changed
  3    plan --detailed-exitcode: there is something to do
  4    another run holds the lock of the stack
  5    an engine cannot be reached or used; nothing changed
  6    partial: an engine does not answer or was lost on the way; the others are as wanted
  7    refused, because data would be lost; the message names the words that allow it
  130  interrupted (Ctrl-C)
  143  terminated (SIGTERM)

An attached 'stack up' that is interrupted stops the stack and exits with 0.
With --exit-code-from the exit code is the container's.
`;

const environment = `Variables that stack reads. STACK_NAME counts before COMPOSE_NAME.

Stack file
  COMPOSE_FILE              files as -f, separated by COMPOSE_PATH_SEPARATOR (default ':')
  COMPOSE_PROJECT_NAME      as -p
  COMPOSE_PROFILES          as --profile, separated by commas
  COMPOSE_ENV_FILES         as --env-file, separated by commas
  COMPOSE_DISABLE_ENV_FILE  1: leave .env alone
  STACK_STRICT              1: as --strict
  STACK_TARGET              as --target
  STACK_BALANCER_IMAGE      image of load balancers, over x-stack.balancer.image

Engines, the first of these that is there: -H, --context, --engines, STACK_ENGINES, DOCKER_HOST, DOCKER_CONTEXT,
engines.yaml beside the stack file, $XDG_CONFIG_HOME/stack/engines.yaml (or ~/.config/stack/engines.yaml), docker's default
  STACK_ENGINES             as --engines
  STACK_ALLOW_PLAIN_TCP     1: tcp:// to another machine without TLS is meant; no warning
  DOCKER_HOST, DOCKER_CONTEXT, DOCKER_TLS_VERIFY, DOCKER_CERT_PATH, DOCKER_CONFIG
                            as for docker; DOCKER_HOST counts before DOCKER_CONTEXT
  COMPOSE_PARALLEL_LIMIT    as --parallel
  STACK_LOCK_TIMEOUT        as --lock-timeout

Services that the file does not have
  COMPOSE_REMOVE_ORPHANS    1: as --remove-orphans
  COMPOSE_IGNORE_ORPHANS    1: say nothing about them

Output
  COMPOSE_PROGRESS          as --progress
  COMPOSE_ANSI              as --ansi
  COMPOSE_STATUS_STDOUT     1: progress goes to standard output
  NO_COLOR, FORCE_COLOR, CLICOLOR_FORCE
`;

/** Text of a help topic that is no command. */
export function topicText(topic: string): string | undefined {
  switch (topic) {
    case 'exit-codes':
      return exitCodes;
    case 'environment':
    case 'env':
      return environment;
    default:
      return undefined;
  }
}
