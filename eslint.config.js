/**
 * Rules of the house: type-aware and strict. A convention is a rule here or it is nothing; who may
 * import whom is in tools/rooms/layers.ts.
 */
import js from "@eslint/js";
import svelte from "eslint-plugin-svelte";
import { defineConfig, globalIgnores } from "eslint/config";
import ts from "typescript-eslint";
import { pageParser, programParser } from "./tools/lint/parsers.js";

const noDefaultExport = { selector: "ExportDefaultDeclaration", message: "Name what you export." };
/** A constant that states its function's type may hold an arrow; all else is declared. */
const declarations = ["Program", "Program > ExportNamedDeclaration"].map((place) => ({
  selector: `${place} > VariableDeclaration[kind='const'] > VariableDeclarator:not([id.typeAnnotation]) > ArrowFunctionExpression`,
  message: "Declare it: function name() {}.",
}));
/** MAX_HEAD_BYTES, MIN_LINGER_SECONDS, IDLE_TIMEOUT_MS. */
const limits = {
  selector:
    "VariableDeclarator[id.name=/^(MOST|LONGEST|LARGEST|DEEPEST|SHORTEST|OLDEST|LEAST)(_|$)|_AT_(MOST|LEAST|ONCE)$|_KEPT$|^KEPT/]",
  message: "A limit is named MAX_ or MIN_, with its unit.",
};

export default defineConfig(
  globalIgnores(["dist/", "release/", ".cache/", "test-results/", "tour/", "main/practice/shop/"]),
  js.configs.recommended,
  ts.configs.strictTypeChecked,
  ts.configs.stylisticTypeChecked,
  svelte.configs.recommended,
  {
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      "@typescript-eslint/consistent-type-imports": ["error", { fixStyle: "inline-type-imports" }],
      // A module of which only types are taken is not loaded: it needs `import type`.
      "@typescript-eslint/no-import-type-side-effects": "error",
      "no-duplicate-imports": "error",
      "max-len": [
        "error",
        {
          code: 120,
          comments: 100,
          ignoreStrings: true,
          ignoreTemplateLiterals: true,
          ignoreRegExpLiterals: true,
          ignoreUrls: true,
          ignorePattern: "eslint-disable|^\\s*it\\(",
        },
      ],
      "@typescript-eslint/switch-exhaustiveness-check": ["error", { considerDefaultExhaustiveForUnions: true }],
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", ignoreRestSiblings: true }],
      "@typescript-eslint/consistent-type-definitions": "off",
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "no-restricted-syntax": ["error", noDefaultExport, ...declarations, limits],
      eqeqeq: "error",
      "no-console": "off",
    },
  },
  { files: ["{server-agent,main,test,tools}/**/*.ts"], languageOptions: { parser: programParser } },
  { files: ["renderer/**/*.ts"], ignores: ["**/*.svelte.ts"], languageOptions: { parser: pageParser } },
  {
    files: ["**/*.svelte", "**/*.svelte.ts"],
    languageOptions: { parserOptions: { parser: pageParser, extraFileExtensions: [".svelte"] } },
    rules: {
      // The page's texts and class lists may be longer; the formatter sees to the rest.
      "max-len": "off",
      "no-undef": "off",
      "svelte/no-at-html-tags": "error",
      // The compiler and svelte-check know which of its warnings a comment silences; this rule does
      // not see them all.
      "svelte/no-unused-svelte-ignore": "off",
    },
  },
  {
    files: ["server-agent/core/**/*.ts"],
    rules: {
      // Pure: what it needs to know is an argument.
      "no-restricted-globals": [
        "error",
        "process",
        "Buffer",
        "setTimeout",
        "setInterval",
        "fetch",
        "performance",
        "crypto",
      ],
      "no-restricted-properties": [
        "error",
        { object: "Date", property: "now", message: "Time is an argument." },
        { object: "Math", property: "random", message: "Randomness is an argument." },
      ],
      "no-restricted-syntax": [
        "error",
        noDefaultExport,
        ...declarations,
        limits,
        { selector: "NewExpression[callee.name='Date'][arguments.length=0]", message: "Time is an argument." },
      ],
    },
  },
  {
    files: ["main/**/*.ts"],
    ignores: ["main/ipc/router.ts"],
    rules: {
      "no-restricted-imports": [
        "error",
        {
          paths: ["electron", "electron/main"].map((name) => ({
            name,
            importNames: ["ipcMain"],
            message: "Only main/ipc/router.ts may answer the page.",
          })),
        },
      ],
    },
  },
  { files: ["**/*.config.ts", "**/*.config.js"], rules: { "no-restricted-syntax": "off", "no-undef": "off" } },
  {
    files: ["**/*.{js,mjs,cjs}"],
    extends: [ts.configs.disableTypeChecked],
    languageOptions: {
      globals: {
        process: "readonly",
        console: "readonly",
        setInterval: "readonly",
        clearInterval: "readonly",
        setTimeout: "readonly",
        clearTimeout: "readonly",
        require: "readonly",
      },
    },
    rules: { "@typescript-eslint/no-require-imports": "off" },
  },
  {
    // Scripts of the sample shop's pages, as a browser loads them.
    files: ["assets/practice/**/*.js"],
    languageOptions: {
      globals: Object.fromEntries(
        ["document", "location", "fetch", "WebSocket", "EventSource", "URL"].map((name) => [name, "readonly"]),
      ),
    },
  },
);
