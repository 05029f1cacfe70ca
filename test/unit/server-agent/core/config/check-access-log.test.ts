import { expect, it } from "vitest";
import type { AccessLog } from "../../../../../server-agent/contract/observing/access-log.ts";
import { accessLogOf } from "../../../../../server-agent/core/access-log/access-log-of.ts";
import { validateConfig } from "../../../../../server-agent/core/config/validate-config.ts";
import { configOf, virtualHostOf } from "../../../../support/agent/config.ts";

function problemsOf(accessLog: AccessLog, other?: AccessLog) {
  const own = other === undefined ? {} : { accessLog: other };
  const checked = validateConfig(configOf([virtualHostOf("shop", ["shop.test"], own)], { accessLog }));
  return checked.ok ? [] : checked.problems.map(({ path, code, message }) => `${path} ${code} ${message}`);
}

it.each<[AccessLog, string, string]>([
  [{ to: "stdout", format: "${statsu}" }, "/accessLog/format access-log.unknown-field", "did you mean `status`?"],
  [{ to: "stdout", format: "${header:}" }, "/accessLog/format access-log.unknown-field", "`${header:}`"],
  [{ to: "stdout", format: "a\nb ${status}" }, "/accessLog/format access-log.character", "printable"],
  [{ to: "stdout", format: "jsno" }, "/accessLog/format access-log.no-field", "`json`"],
  [{ to: "syslog://a:0" }, "/accessLog/to access-log.port", "65535"],
  [{ to: "ftp://a" }, "/accessLog", "syslog://host:514"],
  [{ to: "stdout", rotate: { megabytes: 1 } }, "/accessLog/rotate access-log.no-file", "only files"],
  [{ to: "/a.log", rotate: { keep: 3 } }, "/accessLog/rotate access-log.never-rotated", "daily"],
  ["/a\0b", "/accessLog file.name", "NUL"],
])("refuses %j", (log, place, message) => {
  const [problem = "", ...more] = problemsOf(log);
  expect(problem).toContain(place);
  expect(problem).toContain(message);
  expect(more).toEqual([]);
});

it("takes formats with headers, and one file in several logs that rotate it alike", () => {
  const rotate = { megabytes: 100, daily: true as const, keep: 3 };
  expect(problemsOf({ to: "/a.log", format: "${header:X-Id}\t${status}", rotate }, { to: "/a.log", rotate })).toEqual(
    [],
  );
  expect(problemsOf({ to: "/a.log", rotate }, "/a.log")).toEqual([
    expect.stringContaining("/virtualHosts/0/accessLog access-log.other-rotation"),
  ]);
});

it("of a virtual host is its own, that of the document, or none", () => {
  const config = { accessLog: { to: "stdout", format: "json" } };
  expect(accessLogOf({}, config)).toEqual(config.accessLog);
  expect(accessLogOf({ accessLog: "/a.log" }, config)).toEqual({ to: "/a.log" });
  expect(accessLogOf({ accessLog: false }, config)).toBeUndefined();
  expect(accessLogOf({}, {})).toBeUndefined();
});
