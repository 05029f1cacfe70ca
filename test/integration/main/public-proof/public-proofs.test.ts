/** When visitors' answers are asked for: after each switch, when wanted, and at a given address. */
import { once } from "node:events";
import { setImmediate } from "node:timers/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { KeptLooks } from "../../../../main/public-proof/kept-looks.ts";
import { lookBy } from "../../../../main/public-proof/look.ts";
import { namesBy } from "../../../../main/public-proof/names.ts";
import { PublicProofs } from "../../../../main/public-proof/public-proofs.ts";
import { StateStore } from "../../../../main/state/state-store.ts";
import { openDocument } from "../../../../main/stores/document.ts";
import { publicLooksDocument } from "../../../../main/stores/public-looks.ts";
import { publicAddressesDocument } from "../../../../main/stores/public-addresses.ts";
import type { Event } from "../../../../server-agent/contract/events.ts";
import {
  at,
  someAgent,
  someConfig,
  someProfile,
  someReceipt,
  someSnapshot,
  someState,
} from "../../../support/desktop/desktop-fixtures.ts";

const CLOSED = someReceipt({ site: "shop", copycat: "shop-copycat" });
const CONFIG = {
  ...someConfig,
  virtualHosts: [
    {
      id: "shop-copycat",
      copycatOf: "shop",
      hosts: ["shop.example.com"],
      rules: [{ handler: { type: "drop" as const } }],
    },
    ...someConfig.virtualHosts,
  ],
};

it("is asked after each switch, with each configuration, when wanted, and where an address was given", async () => {
  const folder = mkdtempSync(join(tmpdir(), "backsoon-public-"));
  let mark: string | undefined;
  let asked = 0;
  const web = createServer((_request, response) => {
    asked += 1;
    response.writeHead(503, mark === undefined ? {} : { "backsoon-site": mark }).end();
  }).listen(0, "127.0.0.1");
  await once(web, "listening");
  const port = String((web.address() as AddressInfo).port);
  const store = new StateStore(someState());
  const document = openDocument(publicAddressesDocument, folder, () => undefined, new Date());
  const look = lookBy(namesBy("MAP * ~NOTFOUND"));
  const stored = openDocument(publicLooksDocument, folder, () => undefined, new Date());
  const kept = new KeptLooks(stored, () => undefined);
  const proofs = new PublicProofs({ store, document, kept, look, log: () => undefined });
  const looks = () => proofs.looksOf(someProfile.id, CLOSED.id);
  const seen = () => store.state.servers[0]?.publicProofs[CLOSED.id];
  const kinds = () => seen()?.answers.map(({ kind }) => kind);
  let revision = 1;
  const hear = (line: Record<string, unknown>) =>
    store.dispatch({
      type: "streamed",
      id: someProfile.id,
      at: at(revision),
      lines: [{ revision: ++revision, at: at(revision), ...line } as Event],
    });
  try {
    store.dispatch({ type: "server-added", profile: someProfile, at: at(0) });
    hear({ ...someSnapshot({ config: CONFIG, maintenance: [CLOSED] }) });
    // After the switch; the name is not known here.
    await expect.poll(kinds).toEqual(["unseen"]);
    await proofs.give(someProfile.id, "shop", `127.0.0.1:${port}`);
    expect(document.value).toEqual([{ serverId: someProfile.id, site: "shop", address: `127.0.0.1:${port}` }]);
    expect(seen()).toMatchObject({ state: "in-maintenance", given: `127.0.0.1:${port}`, answers: [{ kind: "other" }] });

    mark = "shop";
    expect(await proofs.ask(someProfile.id, CLOSED.id)).toEqual({ ok: true, value: null });
    expect(kinds()).toEqual(["page"]);
    expect(await proofs.ask(someProfile.id, "none")).toMatchObject({ ok: false, failure: { code: "not-found" } });

    // With another configuration everything may be otherwise.
    mark = undefined;
    hear({ type: "config", config: CONFIG, generations: [], agent: { ...someAgent, generation: 7 } });
    await expect.poll(kinds).toEqual(["other"]);
    expect(seen()?.generation).toBe(7);

    // The way back is asked for, once.
    mark = "shop";
    const revert = { how: "delete", generation: 8, at: at(9), author: "m", exact: true } as const;
    hear({ type: "maintenance", receipt: { ...CLOSED, state: "reverted", revert } });
    await expect.poll(() => [seen()?.state, kinds()]).toEqual(["reverted", ["page"]]);
    expect(looks()).toMatchObject({
      first: { answers: [{ kind: "unseen" }] },
      changed: { generation: 7, answers: [{ kind: "other" }] },
      back: { state: "reverted", answers: [{ kind: "page" }] },
    });
    const before = asked;
    hear({ type: "config", config: someConfig, generations: [], agent: { ...someAgent, generation: 9 } });
    await proofs.give(someProfile.id, "shop", null);
    expect(asked).toBe(before);
    expect(document.value).toEqual([]);

    // The next start of the app reads what was kept at the end of this one.
    const known = looks();
    kept.close();
    expect(new KeptLooks(stored, () => undefined).of(someProfile.id, CLOSED.id)).toEqual(known);

    hear({ ...someSnapshot({ maintenance: [] }) });
    expect(seen()).toBeUndefined();
    expect(looks()).toEqual({ first: null, changed: null, back: null });
  } finally {
    proofs.close();
    web.close();
    rmSync(folder, { recursive: true });
  }
});

it("is asked at a server's word so often and no more, so that it floods nobody", async () => {
  const store = new StateStore(someState());
  const document = openDocument(publicAddressesDocument, tmpdir(), () => undefined, new Date());
  let looks = 0;
  const look = () => Promise.resolve((looks++, []));
  const kept = new KeptLooks(
    openDocument(publicLooksDocument, tmpdir(), () => undefined, new Date()),
    () => undefined,
  );
  const proofs = new PublicProofs({ store, document, kept, look, log: () => undefined });
  store.dispatch({ type: "server-added", profile: someProfile, at: at(0) });
  for (let generation = 2; generation < 100; generation++) {
    const agent = { ...someAgent, generation };
    const line = someSnapshot({ revision: generation, config: CONFIG, maintenance: [CLOSED], agent });
    store.dispatch({ type: "streamed", id: someProfile.id, at: at(1), lines: [line] });
    await setImmediate();
  }
  proofs.close();
  expect(looks).toBe(20);
});
