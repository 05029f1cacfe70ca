import { execFileSync } from "node:child_process";
import { mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { GeoFile, geoFileFault } from "../../../../../server-agent/worker/clients/geo-file.ts";
import { GeoFiles } from "../../../../../server-agent/worker/clients/geo-files.ts";
import { geoOf } from "../../../../../server-agent/worker/clients/geo-record.ts";
import { mmdbOf } from "../../../../support/agent/mmdb.ts";

let folder: string;
const NOW = Date.now();

function file(name: string): string {
  return join(folder, name);
}

function countryOf(iso_code: string, code: string) {
  return { country: { iso_code }, continent: { code } };
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "backsoon-geo-"));
  await writeFile(
    file("country.mmdb"),
    mmdbOf({
      "192.0.2.0/24": countryOf("DE", "EU"),
      "198.51.100.7/32": countryOf("US", "NA"),
      "2001:db8::/32": countryOf("AT", "EU"),
    }),
  );
  await writeFile(file("asn.mmdb"), mmdbOf({ "192.0.2.0/25": { autonomous_system_number: 64_496 } }));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

it("says where addresses of both families are", () => {
  const log: string[] = [];
  const geo = new GeoFiles((line) => log.push(line));
  const paths = [file("asn.mmdb"), file("country.mmdb")];
  expect(geo.locate(paths, "192.0.2.1", NOW)).toEqual({ country: "DE", continent: "EU", asn: 64_496 });
  expect(geo.locate(paths, "192.0.2.200", NOW)).toEqual({ country: "DE", continent: "EU", asn: undefined });
  expect(geo.locate(paths, "198.51.100.7", NOW)).toMatchObject({ country: "US" });
  expect(geo.locate(paths, "2001:db8:1::1", NOW)).toMatchObject({ country: "AT" });
  for (const unknown of ["198.51.100.8", "2001:db9::1", "", "127.0.0.1"])
    expect(geo.locate(paths, unknown, NOW).country).toBeUndefined();
  expect(geo.locate(undefined, "192.0.2.1", NOW).country).toBeUndefined();
  expect(log).toEqual([]);
});

it.each<[string, unknown, object]>([
  [
    "IPinfo",
    { country_code: "DE", continent_code: "EU", asn: "AS64496" },
    { country: "DE", continent: "EU", asn: 64_496 },
  ],
  ["IPinfo of before", { country: "DE", continent: "EU" }, { country: "DE", continent: "EU" }],
  ["something else", { country: "Germany", asn: {} }, { country: undefined, asn: undefined }],
  ["nothing", null, { country: undefined }],
])("takes the records of %s", (_, record, geo) => {
  expect(geoOf(record)).toMatchObject(geo);
});

it("reads a file that was replaced, and stays with what it has where the new one is damaged", async () => {
  const path = file("changing.mmdb");
  const replaceBy = async (bytes: Buffer) => {
    await writeFile(`${path}.new`, bytes);
    await rename(`${path}.new`, path);
  };
  await replaceBy(mmdbOf({ "192.0.2.0/24": countryOf("DE", "EU") }));
  const log: string[] = [];
  const geo = new GeoFile(path, (line) => log.push(line));
  expect(geo.locate("192.0.2.1", NOW).country).toBe("DE");
  await replaceBy(mmdbOf({ "192.0.2.0/24": countryOf("AT", "EU") }));
  await geo.refresh();
  expect(geo.locate("192.0.2.1", NOW).country).toBe("AT");
  await replaceBy(Buffer.from("<html>Your licence key has ended"));
  await geo.refresh();
  await geo.refresh();
  expect(geo.locate("192.0.2.1", NOW).country).toBe("AT");
  expect(log).toEqual([expect.stringContaining("what was read before counts: it is no MMDB file")]);
});

it("is refused where it is missing, damaged or something else", async () => {
  const whole = mmdbOf({ "192.0.2.0/24": countryOf("DE", "EU") });
  // Nothing that a download can leave of a file is taken, nor keeps the worker from answering.
  const marker = whole.indexOf("MaxMind.com");
  const damaged = [
    Buffer.alloc(0),
    Buffer.from("text"),
    whole.subarray(0, marker),
    whole.subarray(marker - 3),
    whole.subarray(0, whole.length - 20),
  ];
  for (const [index, bytes] of damaged.entries()) {
    const path = file(`damaged-${String(index)}`);
    await writeFile(path, bytes);
    expect(await geoFileFault(path)).toMatch(/MMDB|damaged/);
  }
  expect(await geoFileFault(file("none"))).toContain("ENOENT");
  // Neither they nor a request wait for who may write into a pipe.
  execFileSync("mkfifo", [file("pipe")]);
  for (const path of [folder, file("pipe")]) {
    expect(await geoFileFault(path)).toBe("it is not a file");
    expect(new GeoFile(path, () => undefined).locate("192.0.2.1", NOW).country).toBeUndefined();
  }
  expect(await geoFileFault(file("country.mmdb"))).toBeUndefined();
  const log: string[] = [];
  expect(new GeoFile(file("none"), (line) => log.push(line)).locate("192.0.2.1", NOW).country).toBeUndefined();
  expect(log).toHaveLength(1);
});
