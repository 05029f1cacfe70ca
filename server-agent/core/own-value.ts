/**
 * The value of a record under a name that people chose: `constructor` may be the id of a site, and
 * is no value that every object has.
 */
export function ownValue<T>(record: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}
