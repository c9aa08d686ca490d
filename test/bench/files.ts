/** Imported on every test host, so that nothing is pulled. */
const image = 'stack-test/busybox:1';

/** A file with what real ones have: variables, ports, volumes, healthchecks, limits, dependencies. Only for reading. */
export function richFile(services: number): string {
  const parts = Array.from(
    { length: services },
    (_, index) => `  service${index}:
    image: registry.example/team/app:\${TAG:-1.2.3}
    command: ["serve", "--port", "80"]
    environment:
      DATABASE_HOST: db${index}
      LOG_LEVEL: \${LOG_LEVEL:-info}
      CACHE_SIZE: 64
    ports: ["${20_000 + index}:80"]
    volumes:
      - data${index}:/var/lib/data
      - type: tmpfs
        target: /run/cache
    networks: [front, back]
    labels: {team: "${index % 7}"}
    healthcheck: {test: ["CMD", "true"], interval: 10s, timeout: 2s, retries: 3}
    depends_on: ${index === 0 ? '[]' : `{service${index - 1}: {condition: service_healthy}}`}
    restart: unless-stopped
    deploy: {resources: {limits: {cpus: "0.5", memory: 128M}}}
`,
  );
  const volumes = Array.from({ length: services }, (_, index) => `  data${index}: {}\n`);
  return `services:\n${parts.join('')}networks: {front: {}, back: {}}\nvolumes:\n${volumes.join('')}`;
}

/** Services that do nothing. `version` is part of the first one, to make it another. */
export function idleFile(services: number, version = 1): string {
  const parts = Array.from(
    { length: services },
    (_, index) => `  service${index}:
    image: ${image}
    command: ["sleep", "3600"]
    # Ends at once, so that what is measured is the tool.
    stop_signal: SIGKILL
    environment: {VERSION: "${index === 0 ? version : 1}"}
`,
  );
  return `services:\n${parts.join('')}`;
}
