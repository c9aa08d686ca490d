/** One field of a message on the wire: a number, or bytes that are text, data or a message. */
export interface Field {
  readonly number: number;
  readonly value: bigint | Uint8Array;
}

/** Bytes that are no message, or one of a kind that these services do not use. */
export class MalformedMessage extends Error {
  override readonly name = 'MalformedMessage';
}

type Content = string | number | bigint | boolean | Uint8Array | undefined;

/** A field with its tag; what is empty is left out, as proto3 has it. */
export function field(number: number, content: Content): Uint8Array {
  if (content === undefined || content === '' || content === 0 || content === 0n || content === false) return empty;
  if (typeof content === 'string' || content instanceof Uint8Array)
    return lengthDelimited(number, Buffer.from(content));
  return Buffer.concat([varint(BigInt(number) << 3n), varint(BigInt(content))]);
}

/** A message inside of a message; it counts even where it is empty. */
export function message(number: number, ...fields: readonly Uint8Array[]): Uint8Array {
  return lengthDelimited(number, Buffer.concat(fields));
}

/** A map from text to text: an entry for each pair. */
export function textMap(number: number, pairs: Iterable<readonly [string, string]>): Uint8Array {
  return Buffer.concat([...pairs].map(([key, value]) => message(number, field(1, key), field(2, value))));
}

const empty = new Uint8Array();

function lengthDelimited(number: number, content: Uint8Array): Uint8Array {
  return Buffer.concat([varint((BigInt(number) << 3n) | 2n), varint(BigInt(content.length)), content]);
}

function varint(value: bigint): Uint8Array {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, value);
  while (rest > 0x7fn) {
    bytes.push(Number(rest & 0x7fn) | 0x80);
    rest >>= 7n;
  }
  return Uint8Array.from([...bytes, Number(rest)]);
}

/** The fields of a message in their order; fixed-width ones are passed over. */
export function readFields(bytes: Uint8Array): readonly Field[] {
  const fields: Field[] = [];
  let offset = 0;
  const readVarint = (): bigint => {
    const { value, next } = varintAt(bytes, offset);
    offset = next;
    return value;
  };
  const take = (size: number): Uint8Array => {
    if (offset + size > bytes.length) throw new MalformedMessage('a field is longer than its message');
    offset += size;
    return bytes.subarray(offset - size, offset);
  };
  while (offset < bytes.length) {
    const tag = readVarint();
    const number = Number(tag >> 3n);
    const type = Number(tag & 7n);
    if (type === 0) fields.push({ number, value: readVarint() });
    else if (type === 2) fields.push({ number, value: take(Number(readVarint())) });
    else if (type === 1) take(8);
    else if (type === 5) take(4);
    else throw new MalformedMessage(`a field of type ${type}`);
  }
  return fields;
}

function varintAt(bytes: Uint8Array, start: number): { readonly value: bigint; readonly next: number } {
  let value = 0n;
  for (let index = 0; index < 10; index += 1) {
    const byte = bytes[start + index];
    if (byte === undefined) throw new MalformedMessage('a number is cut off');
    value |= BigInt(byte & 0x7f) << BigInt(7 * index);
    if (byte < 0x80) return { value, next: start + index + 1 };
  }
  throw new MalformedMessage('a number is longer than 64 bits');
}

/** The last value of a text field; empty where it is not there. Invalid UTF-8 is replaced. */
export function textOf(fields: readonly Field[], number: number): string {
  return Buffer.from(bytesOf(fields, number)).toString('utf8');
}

export function bytesOf(fields: readonly Field[], number: number): Uint8Array {
  const found = fields.findLast((it) => it.number === number)?.value;
  return found instanceof Uint8Array ? found : empty;
}

export function numberOf(fields: readonly Field[], number: number): number {
  const found = fields.findLast((it) => it.number === number)?.value;
  return typeof found === 'bigint' ? Number(BigInt.asIntN(64, found)) : 0;
}

/** Every message of a repeated field. */
export function messagesOf(fields: readonly Field[], number: number): readonly (readonly Field[])[] {
  return fields.flatMap((it) => (it.number === number && it.value instanceof Uint8Array ? [readFields(it.value)] : []));
}

/** Whether a message field is there at all. */
export const hasField = (fields: readonly Field[], number: number): boolean =>
  fields.some((it) => it.number === number);
