/** The handler of each command of the contract. */
import { t } from "../language/translate.ts";
import { calendarOf, entriesOf } from "../calendar-file/calendar-files.ts";
import { CALENDAR, type FileKind, RECEIPTS, SERVER_LIST } from "../desktop/file-kinds.ts";
import type { OwnPageFiles } from "../desktop/own-page-files.ts";
import { done, failed } from "../failures.ts";
import { changeTogether } from "../fleet/change-together.ts";
import type { Fleet } from "../fleet/fleet.ts";
import { validateConfig } from "../../server-agent/core/config/validate-config.ts";
import type { AppState } from "../contract/state.ts";
import type { Problem } from "../../server-agent/contract/errors.ts";
import type { ChosenImport } from "../contract/configuration.ts";
import type { Result } from "../contract/failures.ts";
import type { Snapshot } from "../../server-agent/contract/events.ts";
import type { Handlers } from "./dispatch.ts";
import { OwnPages, showOwnPage } from "../maintenance/own-pages.ts";
import { planOn, previewOf, previewOn } from "../maintenance/preview.ts";
import type { PracticeServer } from "../practice/practice-server.ts";
import type { PublicProofs } from "../public-proof/public-proofs.ts";
import type { PreviewStore } from "../page/preview-store.ts";
import type { Presets } from "../state/presets.ts";
import type { Preferences } from "../state/preferences.ts";
import type { Prompts } from "../ssh/prompts.ts";
import type { Reminding } from "../reminders/reminding.ts";
import { lowTrafficTimesOf } from "../windows/low-traffic-times.ts";
import { hashPassword } from "../servers/hash-password.ts";
import { formatServerList, parseServerList } from "../servers/server-list-file.ts";
import type { Servers } from "../servers/servers.ts";
import type { WatchedRequests } from "../servers/watched-requests.ts";
import type { Remotes } from "../ssh/remotes.ts";
import { loadTemporal } from "../windows/temporal.ts";
import type { Visits } from "../install/visits.ts";
import type { Occurrences } from "../windows/occurrences.ts";
import type { PlannedWindows } from "../windows/planned-windows.ts";
import type { Undos } from "../windows/undos.ts";

/**
 * What the commands work with. Everything of Electron stands behind a function, so that the table
 * itself can be tested without it.
 */
export interface Services {
  state: () => AppState;
  servers: Servers;
  requests: WatchedRequests;
  fleet: Fleet;
  windows: PlannedWindows;
  occurrences: Occurrences;
  undos: Undos;
  remotes: Remotes;
  visits: Visits;
  prompts: Prompts;
  practice: PracticeServer;
  publicProofs: Pick<PublicProofs, "ask" | "give" | "looksOf">;
  previews: PreviewStore;
  preferences: Pick<Preferences, "update">;
  presets: Pick<Presets, "save" | "remove">;
  reminding: Pick<Reminding, "act" | "dismiss">;
  dismissNotice: (id: string) => void;
  /** Asks where to; `null` when the person cancelled. */
  saveText: (kind: FileKind, text: string) => Promise<Result<string | null>>;
  openText: (kind: FileKind) => Promise<Result<{ file: string; text: string } | null>>;
  chooseFolder: () => Promise<Result<string | null>>;
  chooseKeyFile: () => Promise<Result<string | null>>;
  chooseSocket: () => Promise<Result<string | null>>;
  chooseOwnPage: (what: "folder" | "file") => Promise<Result<OwnPageFiles | null>>;
  chooseImport: () => Promise<Result<ChosenImport | null>>;
  chooseLogo: () => Promise<Result<string | null>>;
  copy: (text: string) => void;
  openLink: (url: string) => Promise<Result<null>>;
}

const MAX_PERIOD_MS = 400 * 86_400_000;

function onSnapshot<T>(servers: Servers, serverId: string, compute: (snapshot: Snapshot) => Result<T>): Result<T> {
  const snapshot = servers.snapshot(serverId);
  return snapshot.ok ? compute(snapshot.value) : snapshot;
}

function checkHere(config: unknown): { ok: boolean; problems: Problem[] } {
  const checked = validateConfig(config);
  return { ok: checked.ok, problems: checked.ok ? [] : checked.problems };
}

/** From the contract's name of each command to the service that does it. */
export function ipcHandlers(services: Services): Handlers {
  const { state, servers, requests, fleet, windows, occurrences, undos, remotes, visits, prompts, practice, previews } =
    services;
  const author = () => state().settings.author;
  const pages = new OwnPages(servers, state);
  return {
    "state.get": () => done(state()),
    "server.add": (input) => servers.add(input),
    "servers.export": async () => {
      const profiles = state()
        .servers.map(({ profile }) => profile)
        .filter(({ kind }) => kind !== "practice");
      const file = await services.saveText(SERVER_LIST, formatServerList(profiles));
      return file.ok ? done(file.value === null ? null : { file: file.value, servers: profiles.length }) : file;
    },
    "servers.import": async () => {
      const chosen = await services.openText(SERVER_LIST);
      if (!chosen.ok || chosen.value === null) return chosen.ok ? done(null) : chosen;
      const { file, text } = chosen.value;
      const list = parseServerList(text, file);
      if (!list.ok) return list;
      const added = servers.addAll(list.value);
      return done({ file, added, known: list.value.length - added });
    },
    "server.rename": ({ serverId, ...naming }) => servers.rename(serverId, naming),
    "server.reach": ({ serverId, ...way }) => servers.reach(serverId, way),
    "server.remove": ({ serverId }) => (serverId === "practice" ? practice.stop() : servers.remove(serverId)),
    "server.retry": ({ serverId }) => servers.retry(serverId),
    "server.seen-address": ({ serverId }) => servers.seenAddress(serverId),
    "server.replace-host-key": ({ serverId, host, fingerprint }) => {
      const replaced = remotes.replaceHostKey(host, fingerprint);
      return replaced.ok && serverId !== null ? servers.retry(serverId) : replaced;
    },
    "question.answer": ({ id, answer }) => prompts.answer(id, answer),
    "ssh.hosts": () => remotes.hosts(),
    "visit.begin": ({ visitId, target, socketPath }) => visits.begin(visitId, target, socketPath),
    "visit.end": ({ visitId }) => visits.end(visitId),
    "install.plan": ({ visitId, choice }) => visits.plan(visitId, choice),
    "install.run": ({ visitId, choice }) => visits.install(visitId, choice),
    "uninstall.plan": ({ visitId, choice }) => visits.uninstallPlan(visitId, choice),
    "uninstall.run": ({ visitId, choice }) => visits.uninstall(visitId, choice),
    "server.restart": ({ serverId, mode, drainSeconds }) =>
      servers.call(serverId, "restart", { body: { mode, drainSeconds, author: author() } }),
    "practice.start": ({ visitors, beside }) => practice.start(visitors, beside),
    "practice.visitors": ({ visitors }) => practice.visitors(visitors),
    "practice.stop": () => practice.stop(),
    "maintenance.plan": ({ serverId, options }) =>
      options.root === undefined
        ? onSnapshot(servers, serverId, ({ config }) => planOn(config, options, new Date()))
        : // Whether the page is there only its server knows.
          servers.call(serverId, "planMaintenance", { body: options }),
    "maintenance.preview": async ({ serverId, options, language }) => {
      const preview = onSnapshot(servers, serverId, ({ config }) =>
        previewOn(config, options, new Date(), (html) => previews.put(html), language),
      );
      if (!preview.ok || options.root === undefined) return preview;
      return done({ ...preview.value, pageUrl: await showOwnPage(servers, previews, serverId, options.root) });
    },
    "page.upload": async ({ serverIds, what }) => {
      const page = await services.chooseOwnPage(what);
      if (!page.ok || page.value === null) return page.ok ? done(null) : page;
      const roots = await pages.send(serverIds, page.value);
      return roots.ok ? done({ name: page.value.name, roots: roots.value }) : roots;
    },
    "page.find": async ({ serverIds, root }) => done(await pages.find(serverIds, root)),
    "page.copy": ({ serverIds, root }) => pages.copy(serverIds, root),
    "receipt.preview": ({ serverId, receiptId }) =>
      onSnapshot(servers, serverId, ({ maintenance }) => {
        const receipt = maintenance.find(({ id }) => id === receiptId);
        return receipt === undefined
          ? failed("not-found", t("The server has no receipt {receiptId} any more.", { receiptId }))
          : done(previewOf(receipt, (html) => previews.put(html)));
      }),
    "receipt.looks": ({ serverId, receiptId }) => done(services.publicProofs.looksOf(serverId, receiptId)),
    "receipt.save": async ({ format, text }) => {
      const file = await services.saveText(RECEIPTS[format], text);
      return file.ok ? done(file.value === null ? null : { file: file.value }) : file;
    },
    "maintenance.start": ({ serverId, options, ifGeneration }) =>
      servers.call(serverId, "startMaintenance", {
        body: { ...options, author: options.author ?? author() },
        ifMatch: ifGeneration,
      }),
    "maintenance.change": ({ serverId, receiptId, change }) =>
      servers.call(serverId, "changeMaintenance", { params: { id: receiptId }, body: { ...change, author: author() } }),
    "maintenance.revert": ({ serverId, receiptId, how }) =>
      servers.call(serverId, "revertMaintenance", { params: { id: receiptId }, body: { how, author: author() } }),
    "maintenance.prove": ({ serverId, receiptId }) =>
      servers.call(serverId, "proveMaintenance", { params: { id: receiptId } }),
    "public.ask": ({ serverId, receiptId }) => services.publicProofs.ask(serverId, receiptId),
    "public.address": ({ serverId, site, address }) => services.publicProofs.give(serverId, site, address),
    "preset.save": (preset) => services.presets.save(preset),
    "preset.remove": ({ id }) => services.presets.remove(id),
    "pass.create": ({ serverId, pass }) =>
      servers.call(serverId, "createPass", { body: { ...pass, author: author() } }),
    "pass.revoke": ({ serverId, id }) =>
      servers.call(serverId, "revokePass", { params: { id }, query: { author: author() } }),
    "fleet.start": ({ title, targets }) => fleet.start(title, targets),
    "fleet.finish": ({ operationId }) => fleet.finish(operationId),
    "fleet.undo": ({ operationId }) => fleet.undo(operationId),
    "fleet.change": async ({ changes }) =>
      done(await changeTogether((...given) => servers.call(...given), author(), changes)),
    "fleet.forget": ({ operationId }) => fleet.forget(operationId),
    "windows.plan": (input) => windows.plan(input.terms, input.targets, input.windows),
    "windows.create": ({ terms, targets }) => windows.create(terms, targets),
    "windows.change": ({ terms, windows: seen, health }) => windows.change(terms, seen, health),
    "windows.detach": ({ terms, windows: places, start }) => windows.detach(terms, places, start),
    "windows.remove": ({ windows: seen }) => windows.remove(seen),
    "windows.finish": ({ from, serverIds }) => windows.finish(from, serverIds, (id, sites) => pages.fitted(id, sites)),
    "windows.skip": ({ windows: places, start }) => occurrences.skip(places, start),
    "windows.start": ({ windows: places, start }) => occurrences.start(places, start),
    "windows.extend": ({ windows: places, minutes }) => occurrences.extend(places, minutes),
    "windows.end": ({ windows: places }) => occurrences.end(places),
    "windows.undo": ({ undo }) => undos.run(undo),
    "windows.occurrences": async ({ from, to }) => {
      const [first, last] = [Date.parse(from), Date.parse(to)];
      if (!(last > first && last - first <= MAX_PERIOD_MS))
        return failed("ipc.input", t("Ask for a year at most, with the end after the start."));
      await loadTemporal();
      const { scheduleOf } = await import("../windows/schedule.ts");
      return done(scheduleOf(state().servers, first, last, Date.now()));
    },
    "traffic.low": async ({ serverId, site, minutes, zone }) => {
      const reply = await servers.call(serverId, "getTraffic", { query: { site } });
      return reply.ok ? done(await lowTrafficTimesOf(reply.value.hours, minutes, zone)) : reply;
    },
    "calendar.export": async ({ windows }) => {
      const text = await calendarOf(
        { call: (...given) => servers.call(...given), profiles: () => state().servers.map(({ profile }) => profile) },
        windows,
      );
      const file = text.ok ? await services.saveText(CALENDAR, text.value) : text;
      return file.ok ? done(file.value === null ? null : { file: file.value }) : file;
    },
    "calendar.import": async () => {
      const chosen = await services.openText(CALENDAR);
      if (!chosen.ok || chosen.value === null) return chosen.ok ? done(null) : chosen;
      const { file, text } = chosen.value;
      const entries = await entriesOf(text, file);
      return entries.ok ? done({ file, entries: entries.value }) : entries;
    },
    "config.check": ({ serverId, config }) =>
      serverId === null ? done(checkHere(config)) : servers.call(serverId, "checkConfig", { body: config }),
    "config.put": ({ serverId, config, ifGeneration, reason }) =>
      servers.call(serverId, "putConfig", { query: { author: author(), reason }, body: config, ifMatch: ifGeneration }),
    "import.choose": () => services.chooseImport(),
    "import.convert": ({ serverId, ...body }) => servers.call(serverId, "import", { body }),
    "password.hash": async ({ password, for: use }) => done(await hashPassword(password, use)),
    "generation.activate": ({ serverId, generation, ifGeneration }) =>
      servers.call(serverId, "activateGeneration", {
        params: { n: generation },
        body: { author: author() },
        ifMatch: ifGeneration,
      }),
    "certificates.list": async ({ serverId }) => {
      const reply = await servers.call(serverId, "listCertificates", {});
      return reply.ok ? done(reply.value.certificates) : reply;
    },
    "certificate.renew": ({ serverId, site }) =>
      servers.call(serverId, "renewCertificate", { params: { site }, body: {} }),
    "webServers.look": async ({ serverId }) => {
      const reply = await servers.call(serverId, "listWebServers", {});
      return reply.ok ? done(null) : reply;
    },
    "webServers.planHook": ({ serverId, webServer, ...body }) =>
      servers.call(serverId, "planHook", { params: { id: webServer }, body }),
    "webServers.installHook": ({ serverId, webServer, ...request }) =>
      servers.call(serverId, "installHook", { params: { id: webServer }, body: { ...request, author: author() } }),
    "webServers.removeHook": ({ serverId, webServer, sites, ...request }) =>
      servers.call(serverId, "removeHook", {
        params: { id: webServer },
        query: { ...request, ...(sites === undefined ? {} : { sites: sites.join() }), author: author() },
      }),
    explain: ({ serverId, url, method, from }) => servers.call(serverId, "explain", { query: { url, method, from } }),
    "requests.watch": ({ watches }) => requests.watch(watches),
    "requests.cut": ({ serverId, id }) => servers.call(serverId, "cutRequest", { params: { id } }),
    "channels.list": async ({ serverId }) => {
      const reply = await servers.call(serverId, "listChannels", {});
      return reply.ok ? done(reply.value.channels) : reply;
    },
    "channel.put": ({ serverId, id, channel }) =>
      servers.call(serverId, "putChannel", { params: { id }, body: channel }),
    "channel.remove": async ({ serverId, id }) => {
      const reply = await servers.call(serverId, "removeChannel", { params: { id } });
      return reply.ok ? done(null) : reply;
    },
    "channel.test": ({ serverId, id }) => servers.call(serverId, "testChannel", { params: { id } }),
    "settings.update": (change) => services.preferences.update(change),
    "reminder.act": ({ id, action }) => services.reminding.act(id, action),
    "reminder.dismiss": ({ id }) => done((services.reminding.dismiss(id), null)),
    "notice.dismiss": ({ id }) => done((services.dismissNotice(id), null)),
    "dialog.folder": () => services.chooseFolder(),
    "dialog.key-file": () => services.chooseKeyFile(),
    "dialog.socket": () => services.chooseSocket(),
    "dialog.logo": () => services.chooseLogo(),
    "clipboard.write": ({ text }) => done((services.copy(text), null)),
    "link.open": ({ url }) => services.openLink(url),
  };
}
