/** Access logs: whether their lines and places can be understood. */
import type { AccessLog } from "../../contract/observing/access-log.ts";
import type { Config } from "../../contract/config.ts";
import type { Problem } from "../../contract/errors.ts";
import { unknownLogField, LOG_FIELD_NAMES } from "../access-log/log-fields.ts";
import { parseLogTarget } from "../access-log/log-target.ts";
import { suggestName } from "../nearest-name.ts";
import { quote } from "../wording.ts";
import { isEqual } from "./diff-values.ts";

const MAX_PORT = 65_535;

export function checkAccessLogs(config: Config, problems: Problem[]): void {
  const logs: [log: AccessLog | false | undefined, path: string][] = [
    [config.accessLog, "/accessLog"],
    ...config.virtualHosts.map(({ accessLog }, index): [AccessLog | false | undefined, string] => [
      accessLog,
      `/virtualHosts/${String(index)}/accessLog`,
    ]),
  ];
  const rotations = new Map<string, unknown>();
  for (const [log, path] of logs) {
    if (log === undefined || log === false) continue;
    if (typeof log === "string") {
      checkName(log, path, problems);
      checkRotation(log, undefined, path, rotations, problems);
      continue;
    }
    checkName(log.to, `${path}/to`, problems);
    checkFormat(log.format, `${path}/format`, problems);
    const target = parseLogTarget(log.to);
    if (target.type === "syslog" && (target.port === 0 || target.port > MAX_PORT))
      problems.push({ path: `${path}/to`, code: "access-log.port", message: "use a port from 1 to 65535" });
    if (target.type === "file") checkRotation(log.to, log.rotate, path, rotations, problems);
    else if (log.rotate !== undefined)
      problems.push({
        path: `${path}/rotate`,
        code: "access-log.no-file",
        message: "only files are rotated; remove `rotate`",
      });
  }
}

/** A NUL would end the name early for the operating system. */
function checkName(to: string, path: string, problems: Problem[]): void {
  if (to.includes("\0"))
    problems.push({ path, code: "file.name", message: "a file name cannot contain a NUL character; remove it" });
}

function checkFormat(format: string | undefined, path: string, problems: Problem[]): void {
  if (format === undefined) return;
  // eslint-disable-next-line no-control-regex -- one request is one line
  if (/[\0-\x08\x0a-\x1f\x7f-\uffff]/.test(format))
    problems.push({
      path,
      code: "access-log.character",
      message: "a format consists of printable ASCII characters and tabs; remove all others",
    });
  const unknown = unknownLogField(format);
  if (unknown !== undefined) {
    const wayOut = suggestName(unknown, () => LOG_FIELD_NAMES, problems.length);
    problems.push({
      path,
      code: "access-log.unknown-field",
      message: `${quote(`\${${unknown}}`)} is not known${wayOut === undefined ? "" : `; ${wayOut}`}`,
    });
  } else if (format !== "combined" && format !== "json" && !format.includes("${")) {
    problems.push({
      path,
      code: "access-log.no-field",
      message:
        "all lines would be the same; use `combined`, `json`, or a line with fields such as `${client} ${status}`",
    });
  }
}

/** @param rotations What the logs before this one say, by file. */
function checkRotation(
  file: string,
  rotate: unknown,
  path: string,
  rotations: Map<string, unknown>,
  problems: Problem[],
): void {
  if (typeof rotate === "object" && rotate !== null && !("megabytes" in rotate) && !("daily" in rotate))
    problems.push({
      path: `${path}/rotate`,
      code: "access-log.never-rotated",
      message: "say when: by `megabytes`, `daily` or both",
    });
  if (!rotations.has(file)) rotations.set(file, rotate);
  else if (!isEqual(rotations.get(file), rotate))
    problems.push({
      path,
      code: "access-log.other-rotation",
      message: `another access log writes to ${quote(file)} with other options of \`rotate\`; give both the same`,
    });
}
