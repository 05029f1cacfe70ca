import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ServerProfile } from "../../../../main/contract/servers.ts";
import { formatServerList, parseServerList } from "../../../../main/servers/server-list-file.ts";

const word = fc.stringMatching(/^[a-z][a-z0-9-]{0,20}$/);
const profile = fc.oneof(
  fc.record({
    id: fc.uuid(),
    name: word,
    kind: fc.constant("local" as const),
    socketPath: word.map((name) => `/run/${name}.sock`),
  }),
  fc.record(
    {
      id: fc.uuid(),
      name: word,
      fleet: word,
      kind: fc.constant("ssh" as const),
      socketPath: fc.constant("/run/backsoon/agent.sock"),
      program: fc.constant("backsoon-agent"),
      ssh: fc.record({ host: word, port: fc.integer({ min: 1, max: 65_535 }), user: word }, { requiredKeys: ["host"] }),
    },
    { requiredKeys: ["id", "name", "kind", "socketPath", "program", "ssh"] },
  ),
) as fc.Arbitrary<ServerProfile>;

describe("the list of servers as a file", () => {
  it("is read again as it was written, without ids", () => {
    fc.assert(
      fc.property(fc.array(profile, { maxLength: 20 }), (profiles) => {
        const text = formatServerList(profiles);
        const expected = profiles.map(({ id: _id, ...rest }) => rest);
        expect(parseServerList(text, "servers.json")).toEqual({ ok: true, value: expected });
        for (const { id } of profiles) expect(text).not.toContain(id);
      }),
    );
  });

  it("leaves the practice server out", () => {
    expect(
      JSON.parse(formatServerList([{ id: "practice", name: "Practice", kind: "practice", socketPath: "/tmp/x" }])),
    ).toMatchObject({ servers: [] });
  });

  it("refuses whatever else it is given, and names file and field", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(parseServerList(text, "x.json").ok).toBe(false);
      }),
    );
    const refused = parseServerList(
      '{"format":"backsoon-servers","version":1,"servers":[{"kind":"local","name":"a","socketPath":"relative"}]}',
      "x.json",
    );
    expect(refused).toMatchObject({
      ok: false,
      failure: {
        code: "file.unusable",
        message: expect.stringContaining("x.json") as string,
        problems: [{ path: "/servers/0/socketPath" }],
      },
    });
    expect(parseServerList('{"format":"backsoon-servers","version":2,"servers":[]}', "x.json")).toMatchObject({
      ok: false,
    });
  });
});
