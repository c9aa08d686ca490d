import { serviceShape } from './service.ts';
import { always, choice, fields, flag, integer, list, map, pairs, type Shape, text, texts } from './shape.ts';

const fileObject: Shape = fields({
  name: text,
  file: text,
  environment: text,
  // Blank content is content.
  content: { kind: 'content' },
  external: flag,
  labels: pairs,
  driver: text,
  driver_opts: pairs,
  template_driver: text,
});

const network: Shape = fields({
  name: text,
  driver: text,
  driver_opts: pairs,
  ipam: always({
    driver: text,
    config: list(fields({ subnet: text, gateway: text, ip_range: text, aux_addresses: pairs })),
    options: pairs,
  }),
  external: flag,
  internal: flag,
  attachable: flag,
  labels: pairs,
  enable_ipv4: choice,
  enable_ipv6: choice,
});

/** The canonical Compose model. */
export const modelShape: Shape = fields({
  name: text,
  services: { kind: 'map', of: serviceShape, isKept: true },
  networks: map(network),
  volumes: map(fields({ name: text, driver: text, driver_opts: pairs, external: flag, labels: pairs })),
  secrets: map(fileObject),
  configs: map(fileObject),
  models: map(fields({ name: text, model: text, context_size: integer, runtime_flags: texts })),
});
