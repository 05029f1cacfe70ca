/**
 * Reads what a main process of nginx calls itself: its arguments are there, with blanks between
 * them, as they are nowhere else.
 */

export interface MasterTitle {
  readonly program: string;
  /** As nginx takes them, one option and its value in two. */
  readonly args: readonly string[];
}

const TITLE = /^(?:nginx|openresty|angie): master process (\S+)(.*)$/s;
/** Options that say which configuration it is; the others do something else once. */
const OPTION = / -(?:([cpge]) ?|[qtTvVh](?= |$))/g;

/** Undefined for a process that is no main process of nginx. */
export function readMasterTitle(cmdline: string): MasterTitle | undefined {
  const title = TITLE.exec(cmdline.replaceAll("\0", " ").trimEnd());
  if (title === null) return undefined;
  const rest = title[2] ?? "";
  const options = [...rest.matchAll(OPTION)];
  const args = options.flatMap((option, index) => {
    const value = rest.slice(option.index + option[0].length, options[index + 1]?.index).trim();
    return option[1] === undefined || value === "" ? [] : [`-${option[1]}`, value];
  });
  return { program: title[1] ?? "", args };
}

/** Processes of nginx call themselves one. */
export function hasTitle(cmdline: string): boolean {
  return cmdline.includes(" process");
}

/** Whether it is the title of a worker that accepts: one that ends says so before it stops. */
export function isAccepting(cmdline: string): boolean {
  return /: worker process(?! is shutting)/.test(cmdline);
}
