/** What the arguments of an Apache say of its configuration. */

/** Options with one value, in the same argument or the next, that say which configuration it is. */
const OF_CONFIGURATION = /^-[fdDcC]/;
/** Those that do something else, such as `-k start`. */
const WITH_VALUE = /^-[keEnR]/;

/** Without what it was told for its start. */
export function configurationArgs(given: readonly string[]): string[] {
  const kept: string[] = [];
  for (let index = 0; index < given.length; index += 1) {
    const arg = given[index] ?? "";
    const isWhole = arg.length > 2;
    if (OF_CONFIGURATION.test(arg)) kept.push(arg.slice(0, 2), isWhole ? arg.slice(2) : (given[(index += 1)] ?? ""));
    else if (WITH_VALUE.test(arg) && !isWhole) index += 1;
  }
  return kept;
}

/** It only looks at a configuration, and is none that serves. */
export function isQuestion(given: readonly string[]): boolean {
  return given.some((arg) => /^-[tvVhlLSM]$/.test(arg));
}

/** Every value of an option, in their order. @param args As `configurationArgs` makes them. */
export function valuesOf(args: readonly string[], option: string): string[] {
  return args.filter((_arg, index) => index % 2 === 1 && args[index - 1] === option);
}
