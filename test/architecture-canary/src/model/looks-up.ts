import { readFileSync } from 'node:fs';
import { name } from '../cli/name.ts';

export const text: string = readFileSync(name, 'utf8');
