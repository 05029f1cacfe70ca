/**
 * The packages that are part of the app, with the text of their licences, taken from the packages
 * themselves when the page is built.
 */

const TEXTS = import.meta.glob<string>(
  [
    "../../node_modules/{@floating-ui/core,@floating-ui/dom,@floating-ui/utils,@internationalized/date,@lucide/svelte,bits-ui,clsx,devalue,esm-env}/{LICENSE,LICENSE.md,license}",
    "../../node_modules/{@jellybrick/dbus-next,@nodable/entities,anynum,fast-xml-builder,fast-xml-parser,is-unsafe,path-expression-matcher,strnum,xml-naming}/{LICENSE,LICENSE.md,license}",
    "../../node_modules/{inline-style-parser,runed,style-to-object,svelte,svelte-toolbelt,tabbable,uplot,zod}/{LICENSE,LICENSE.md,license}",
    "../../node_modules/{ajv,ajv-formats,atomically,conf,debounce-fn,dot-prop,electron-store,env-paths,ipaddr.js,json-schema-typed,lru-cache,mime}/{LICENSE,LICENSE.md,license}",
    "../../node_modules/{re2js,semver,stubborn-fs,uint8array-extras,when-exit,ws}/{LICENSE,LICENSE.md,license}",
  ],
  { query: "?raw", import: "default", eager: true },
);

export interface Licence {
  name: string;
  text: string;
}

export const LICENCES: Licence[] = Object.entries(TEXTS)
  .map(([path, text]) => ({ name: path.replace("../../node_modules/", "").replace(/\/[^/]+$/, ""), text }))
  .sort((a, b) => a.name.localeCompare(b.name));
