/** The packages that the app is built from, with their licences. */

interface Licence {
  name: string;
  text: string;
}

/** Put in by the build, from the installed packages (tools/package-licences.ts). */
declare const PACKAGE_LICENCES: readonly Licence[];

export const LICENCES = PACKAGE_LICENCES;
