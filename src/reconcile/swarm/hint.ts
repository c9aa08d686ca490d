/** What to do about what a swarm says of a task; first match counts. */
const advice: readonly (readonly [pattern: RegExp, hint: string])[] = [
  [
    /no such image|image.*not found|manifest unknown|pull access denied/i,
    'push the image to a registry that every node reaches, or copy it to the nodes: `docker save IMAGE | docker -H NODE load`',
  ],
  [
    /no suitable node/i,
    'see what the nodes offer with `docker node ls` and `docker node inspect NODE`, and what the service asks for in `deploy`',
  ],
  [
    /none fits its placement/,
    'see which nodes are active with `docker node ls`, and what the service asks for in `deploy.placement`',
  ],
  [/whether it ended well is unknown/, 'let the swarm keep more: `docker swarm update --task-history-limit 5`'],
  [/went back to the version before/i, 'mend the cause and run `up` again; what ran before runs on'],
  [/is paused/i, 'mend the cause and run `up` again, or go back with `stack rollback`'],
  [/ends with code 0/i, 'a service that has to end needs `restart: "no"`'],
  [/host-mode port already in use/i, 'publish another port, or run fewer replicas than there are nodes'],
  [/bind source path does not exist/i, 'create the path on every node, or use a volume'],
];

/** The hint for a failure in a swarm's words, where there is one. */
export const hintFor = (message: string): string | undefined => advice.find(([pattern]) => pattern.test(message))?.[1];
