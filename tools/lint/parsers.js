/**
 * The linter's types come from two programs, one of the page and one of all else. Left alone,
 * typescript-eslint makes one for each `tsconfig.json`, though most files are in several of them,
 * and a new one for each `.svelte` file, as what svelte-eslint-parser shows it is not what the file
 * says.
 */
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import svelte from "eslint-plugin-svelte";
import typescript from "typescript";
import { parser as tsParser } from "typescript-eslint";

const root = join(import.meta.dirname, "../..");
const svelteParser = svelte.configs.base.find(({ languageOptions }) => languageOptions?.parser).languageOptions.parser;

/** The TypeScript that svelte-eslint-parser makes of a component or of a module with runes. */
function scriptOf(filePath) {
  let script;
  const parser = {
    ...tsParser,
    parseForESLint(code, options) {
      script = code;
      return tsParser.parseForESLint(code, options);
    },
  };
  svelteParser.parseForESLint(readFileSync(filePath, "utf8"), { filePath, parser, sourceType: "module" });
  return script;
}

function programOf(rooms, options) {
  const names = rooms.flatMap((room) => globSync(`${room}/**/*.{ts,svelte}`, { cwd: root }));
  const host = typescript.createCompilerHost(options, true);
  const readFile = host.readFile.bind(host);
  host.readFile = (name) => (/\.svelte(\.ts)?$/.test(name) && host.fileExists(name) ? scriptOf(name) : readFile(name));
  const program = typescript.createProgram(
    names.map((name) => join(root, name)),
    options,
    host,
  );
  // Sets the parents of the nodes, too.
  program.getTypeChecker();
  return program;
}

/** As the `tsconfig.json` of this room says. */
function optionsOf(room) {
  const { config } = typescript.readConfigFile(join(root, room, "tsconfig.json"), typescript.sys.readFile);
  const { options } = typescript.parseJsonConfigFileContent(config, typescript.sys, join(root, room));
  return { ...options, allowNonTsExtensions: true };
}

/** Where the text is not the file's, as in an editor, typescript-eslint makes its own program. */
function parserWith(name, makeProgram) {
  let program;
  return {
    ...tsParser,
    meta: { name, version: "1" },
    parseForESLint(code, options = {}) {
      const { projectService, ...rest } = options;
      if (!projectService) return tsParser.parseForESLint(code, options);
      program ??= makeProgram();
      if (program.getSourceFile(options.filePath)?.text !== code) return tsParser.parseForESLint(code, options);
      return tsParser.parseForESLint(code, { ...rest, programs: [program] });
    },
  };
}

export const pageParser = parserWith("page", () => programOf(["renderer"], optionsOf("renderer")));
/** With the options of the tests, which import from everywhere. */
export const programParser = parserWith("programs", () =>
  programOf(["server-agent", "main", "test", "tools"], optionsOf("test")),
);
