/** What the papers say about the tree, checked against it: links, files, rooms, buttons. */
import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { GERMAN } from "../../../main/language/german.ts";
import { LAYERS } from "../../../tools/rooms/layers.ts";

const ROOT = join(import.meta.dirname, "../../..");
const PAPERS = globSync(["*.md", "docs/*.md", "test/*.md"], { cwd: ROOT });
const MAX_ROOMS_OF_A_CLICK = 18;

function read(file: string): string {
  return readFileSync(join(ROOT, file), "utf8");
}

/** Without fenced blocks, whose lines are commands and data. */
function prose(file: string): string {
  return read(file).replaceAll(/^```[^]*?^```$/gm, "");
}

/** As GitHub makes them of headings. */
function anchors(file: string): string[] {
  return [...prose(file).matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\w\- ]/g, "")
      .replaceAll(" ", "-"),
  );
}

/** What stands in backticks and begins like a path of the repository. */
function pathsIn(text: string): string[] {
  return [...text.matchAll(/`((?:server-agent|main|renderer|test|tools|docs|assets)(?:\/[\w.*-]+)+)`/g)].map(
    ([, path = ""]) => path,
  );
}

function section(file: string, heading: string): string {
  const text = prose(file);
  const start = text.indexOf(`\n## ${heading}\n`);
  expect(start, `${file} has no section “${heading}”`).toBeGreaterThan(0);
  const end = text.indexOf("\n## ", start + 1);
  return text.slice(start, end === -1 ? undefined : end);
}

describe.each(PAPERS)("%s", (file) => {
  it("links to files and headings that exist", () => {
    const broken = [...prose(file).matchAll(/\]\((?!https?:)([^)#]*)(?:#([^)]*))?\)/g)].flatMap(
      ([link, path = "", anchor]) => {
        const target = path === "" ? file : join(dirname(file), path);
        if (!existsSync(join(ROOT, target))) return [link];
        return anchor === undefined || anchors(target).includes(anchor) ? [] : [link];
      },
    );
    expect(broken).toEqual([]);
  });

  it("names files and folders that exist", () => {
    expect(pathsIn(prose(file)).filter((path) => globSync(path, { cwd: ROOT }).length === 0)).toEqual([]);
  });
});

describe("docs/architecture.md", () => {
  const rooms = Object.entries(LAYERS)
    .filter(([part]) => !["test", "tools"].includes(part))
    .flatMap(([part, { layers }]) => layers.flat().map((room) => (room === "." ? part : `${part}/${room}`)))
    .filter((room) => !/\.(ts|svelte)$/.test(room));

  it("describes every room", () => {
    const described = pathsIn(section("docs/architecture.md", "The rooms"));
    expect(rooms.filter((room) => room.includes("/") && !described.includes(room))).toEqual([]);
  });

  it("follows a click through few rooms, each of them once", () => {
    const stops = [...section("docs/architecture.md", "How a click travels").matchAll(/^\d+\. `([^`]+)`/gm)].map(
      ([, path = ""]) => rooms.filter((room) => path.startsWith(`${room}/`)).sort((a, b) => b.length - a.length)[0],
    );
    expect(stops).not.toContain(undefined);
    expect(new Set(stops).size).toBe(stops.length);
    expect(stops.length).toBeGreaterThan(10);
    expect(stops.length).toBeLessThanOrEqual(MAX_ROOMS_OF_A_CLICK);
  });
});

describe("buttons that the papers name", () => {
  const sources = globSync(["renderer/**/*.{ts,svelte}", "main/**/*.ts"], { cwd: ROOT }).map(read).join("\n");
  const filledIn = Object.keys(GERMAN)
    .filter((message) => /^[^,]*\{\w+\}[^,]*$/.test(message))
    .map((message) => new RegExp(`^${message.replace(/[.?+*()[\]^$|\\]/g, "\\$&").replace(/\{\w+\}/g, ".+")}$`));

  it.each(["README.md", "docs/guide.md"])("are in the app: %s", (file) => {
    const named = [...prose(file).matchAll(/\*\*([A-Z…][^*]+)\*\*/g)].flatMap(([, label = ""]) =>
      label.replaceAll("\n", " ").split(" → "),
    );
    expect(named.length).toBeGreaterThan(0);
    const unknown = named.filter(
      (label) => label !== "…" && !sources.includes(label) && !filledIn.some((message) => message.test(label)),
    );
    expect(unknown).toEqual([]);
  });
});
