/** Small JSON documents with a version and a schema: opened, migrated, stored. */
import { t, type PlainMessage } from "../language/translate.ts";
import fs from "node:fs";
import path from "node:path";
import { z } from "zod";
import { FailureError, messageOf, systemCodeOf } from "../failures.ts";

/** A small JSON document that the app keeps between starts. */
export interface DocumentDefinition<T> {
  /** File name without `.json`. */
  name: string;
  /** How the person knows it, for messages: "the list of servers". */
  title: PlainMessage;
  version: number;
  schema: z.ZodType<T>;
  defaults: T;
  /** `migrations[n]` turns the content of version n into that of n + 1. */
  migrations: Record<number, (content: unknown) => unknown>;
}

/** What happened to a file that cannot be used; the app shows it as a notice. */
export interface DocumentProblem {
  title: string;
  detail: string;
}

/** Writes the whole document atomically; throws when it cannot. */
export type WriteDocument = (name: string, document: Stored) => void;
export interface Stored {
  version: number;
  content: unknown;
}

export interface OpenDocument<T> {
  readonly value: T;
  /** What had to be set aside when it was opened. */
  readonly problem: DocumentProblem | undefined;
  /**
   * Replaces the value and stores it; throws a `settings.failed` failure and keeps the old value
   * when it cannot be stored.
   */
  save(value: T): void;
}

const Envelope = z.strictObject({ version: z.int().min(1), content: z.unknown() });

/**
 * Opens a document. A file that is torn, foreign or from a newer app is renamed to
 * `<name>.json.corrupt-<time>` and kept, and the app goes on with defaults: nothing of it is ever
 * overwritten. A file that cannot even be read or renamed is left alone, and nothing is stored in
 * its place until the next start.
 */
export function openDocument<T>(
  definition: DocumentDefinition<T>,
  folder: string,
  write: WriteDocument,
  now: Date,
): OpenDocument<T> {
  const file = path.join(folder, `${definition.name}.json`);
  const { problem, locked, ...loaded } = load(definition, file, now);
  let { value } = loaded;
  return {
    get value() {
      return value;
    },
    problem,
    save(next) {
      if (locked)
        throw new FailureError({
          code: "settings.failed",
          message: t(
            "Nothing was stored: {file} cannot be used and is left as it is. Move it away and start the app again.",
            { file },
          ),
        });
      try {
        write(definition.name, { version: definition.version, content: next });
      } catch (error) {
        throw new FailureError({
          code: "settings.failed",
          message: t("{file} could not be written: {why}", { file, why: messageOf(error) }),
        });
      }
      value = next;
    },
  };
}

function load<T>(
  definition: DocumentDefinition<T>,
  file: string,
  now: Date,
): { value: T; problem: DocumentProblem | undefined; locked: boolean } {
  let text: string;
  try {
    text = fs.readFileSync(file, "utf8");
  } catch (error) {
    if (systemCodeOf(error) === "ENOENT") return { value: definition.defaults, problem: undefined, locked: false };
    const title = t("Cannot read {what}", { what: t(definition.title) });
    const detail = t("{file}: {why}. The app runs with defaults and changes nothing there.", {
      file,
      why: messageOf(error),
    });
    return { value: definition.defaults, problem: { title, detail }, locked: true };
  }
  try {
    return { value: parseDocument(definition, text), problem: undefined, locked: false };
  } catch (error) {
    return { value: definition.defaults, ...setAside(definition, file, now, messageOf(error)) };
  }
}

function setAside<T>(
  definition: DocumentDefinition<T>,
  file: string,
  now: Date,
  why: string,
): { problem: DocumentProblem; locked: boolean } {
  const title = t("Could not use {what}", { what: t(definition.title) });
  const aside = `${file}.corrupt-${now.toISOString().replaceAll(":", "-")}`;
  try {
    fs.renameSync(file, aside);
    return {
      problem: {
        title,
        detail: t("{why}. The file was kept as {aside}, and the app started with defaults.", { why, aside }),
      },
      locked: false,
    };
  } catch (error) {
    return {
      problem: {
        title,
        detail: t("{why}. It could not be set aside ({error}), so {file} is left as it is and nothing is stored.", {
          why,
          error: messageOf(error),
          file,
        }),
      },
      locked: true,
    };
  }
}

/**
 * The content of a stored document, brought to the present version; throws what is wrong with it.
 */
export function parseDocument<T>(definition: DocumentDefinition<T>, text: string): T {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw new Error(t("it is not valid JSON and may be incomplete"));
  }
  const envelope = Envelope.safeParse(parsed);
  if (!envelope.success) throw new Error(t("it is not a file of this app"));
  let { version, content } = envelope.data;
  if (version > definition.version)
    throw new Error(
      t("it comes from a newer version of the app ({version}, known is {known})", {
        version,
        known: definition.version,
      }),
    );
  for (; version < definition.version; version += 1) {
    const migrate = definition.migrations[version];
    if (migrate === undefined) throw new Error(`version ${version} cannot be migrated to ${definition.version}`);
    content = migrate(content);
  }
  const checked = definition.schema.safeParse(content);
  if (!checked.success) {
    const issue = checked.error.issues[0];
    throw new Error(
      `${issue === undefined || issue.path.length === 0 ? "content" : issue.path.join(".")}: ${issue?.message ?? "not valid"}`,
    );
  }
  return checked.data;
}
