/** Maintenance of one server's sites: plan, start, revert, prove; and what their visitors get. */
import { z } from "zod";
import { PAGE_LANGUAGES, type PageLanguage } from "../../server-agent/contract/page-language.ts";
import { MaintenanceOptions, type Plan, type Receipt } from "../../server-agent/contract/maintenance.ts";
import { MaintenanceChange } from "../../server-agent/contract/maintenance-change.ts";
import { type IssuedPass, type Pass, PassDraft } from "../../server-agent/contract/passes.ts";
import type { Proof } from "../../server-agent/contract/proof.ts";
import { command } from "./command.ts";
import { MAX_TARGETS, ifGeneration, onServer, serverId } from "./fields.ts";
import { isPublicAddress, publicAddressForm } from "./shared/public-address.ts";

/**
 * What each kind of visitor will get, rendered by the same code as the agent's answers.
 */
export interface ResponsePreview {
  /** Those in which visitors get the page; none for a page that is a file on the server. */
  languages: readonly PageLanguage[];
  /** The one that is shown. */
  language: PageLanguage;
  /** `app://` URL of a frame with the page; `null` if the page is a file on the server. */
  pageUrl: string | null;
  /** Complete raw responses as text. */
  page: string;
  api: string;
  head: string;
}

/** What came back from one address that a visitor may type. */
const PublicAnswer = z.strictObject({
  url: z.string().describe("`https://shop.example.com/`"),
  kind: z
    .enum(["page", "other", "unseen"])
    .describe(
      "`page`: the maintenance page of this site. `other`: something else. `unseen`: from here it cannot be told what visitors get.",
    ),
  words: z.string().describe("`nginx/1.24 at 203.0.113.7 answered 200`, or why nothing can be told."),
  certificate: z.string().optional().describe("What a browser would warn of: `its certificate has expired`."),
});
export type PublicAnswer = z.infer<typeof PublicAnswer>;

/** The answers for one receipt, as they were observed together. */
const PublicProof = z.strictObject({
  observedAt: z.iso.datetime(),
  state: z
    .enum(["in-maintenance", "reverted"])
    .describe("That of the receipt then: after the switch, or after the way back."),
  generation: z.int().describe("What served then: with another one everything may be otherwise."),
  answers: z.array(PublicAnswer),
  left: z.int().describe("Names that were not asked: patterns, and those beyond a limit."),
  given: z.string().nullable().describe("Where its names are asked in place of DNS."),
});
export type PublicProof = z.infer<typeof PublicProof>;

/** What this computer saw of one maintenance, as it is kept for its receipt. `null`: nothing. */
export const PublicLooks = z.strictObject({
  first: PublicProof.nullable().describe("The first look while the site was closed."),
  changed: PublicProof.nullable().describe("While it was closed: the latest look that saw other answers than before."),
  back: PublicProof.nullable().describe("The latest look after the way back."),
});
export type PublicLooks = z.infer<typeof PublicLooks>;

/** `203.0.113.7`, `10.0.0.5:8443`, `[2001:db8::1]:443`, `lb.internal:8080`. */
export const PublicAddress = z.string().max(300).refine(isPublicAddress, { error: publicAddressForm });

const withOptions = { ...onServer, options: MaintenanceOptions };
const pageServers = z.array(serverId).min(1).max(MAX_TARGETS);
const withReceipt = { ...onServer, receiptId: z.string() };

export const MAINTENANCE_COMMANDS = {
  "maintenance.plan": command(z.strictObject(withOptions)).returns<Plan>(),
  /**
   * Asks for a page on this computer, a folder or one HTML file, and sends it to these servers;
   * `null` if cancelled.
   */
  "page.upload": command(z.strictObject({ serverIds: pageServers, what: z.enum(["folder", "file"]) })).returns<{
    name: string;
    roots: Record<string, string>;
  } | null>(),
  /** @param language that of the page, if it has it; else the one for whoever prefers none. */
  /**
   * Where these servers keep a page that was sent to one of them. `elsewhere`: a server that has it
   * is connected, so that it can be copied to those that lack it.
   */
  "page.find": command(z.strictObject({ serverIds: pageServers, root: z.string() })).returns<{
    roots: Record<string, string>;
    elsewhere: boolean;
  }>(),
  /** Sends a page that another server has to these; their folders. */
  "page.copy": command(z.strictObject({ serverIds: pageServers, root: z.string() })).returns<Record<string, string>>(),
  "maintenance.preview": command(
    z.strictObject({ ...withOptions, language: z.enum(PAGE_LANGUAGES).optional() }),
  ).returns<ResponsePreview>(),
  /** What visitors got in a maintenance that was made; `null` where that is not known. */
  "receipt.preview": command(z.strictObject(withReceipt)).returns<ResponsePreview | null>(),
  /** What this computer saw of a maintenance, also before the app was started. */
  "receipt.looks": command(z.strictObject(withReceipt)).returns<PublicLooks>(),
  /** Asks where to; `null` if cancelled. */
  "receipt.save": command(
    z.strictObject({ format: z.enum(["markdown", "json"]), text: z.string().max(10_000_000) }),
  ).returns<{ file: string } | null>(),
  "maintenance.start": command(z.strictObject({ ...withOptions, ifGeneration })).returns<Receipt>(),
  /** Changes one that runs: its end, its page, its exceptions. */
  "maintenance.change": command(
    z.strictObject({ ...withReceipt, change: MaintenanceChange.omit({ author: true }) }),
  ).returns<Receipt>(),
  "maintenance.revert": command(
    z.strictObject({ ...withReceipt, how: z.enum(["delete", "demote"]) }),
  ).returns<Receipt>(),
  "maintenance.prove": command(z.strictObject(withReceipt)).returns<Proof>(),
  /** Asks now; what is seen arrives as state. */
  "public.ask": command(z.strictObject(withReceipt)).returns<null>(),
  /** Where the names of a site are asked from now on; `null`: by DNS again. */
  "public.address": command(
    z.strictObject({ ...onServer, site: z.string(), address: PublicAddress.nullable() }),
  ).returns<null>(),
};

export const MAX_PRESETS = 200;

/** What visitors see, and who gets in; what is of one occasion (when, why, who) is not kept. */
export const PresetOptions = MaintenanceOptions.pick({
  page: true,
  root: true,
  status: true,
  retryAfter: true,
  exceptions: true,
  internalHosts: true,
});
export type PresetOptions = z.infer<typeof PresetOptions>;

export const Preset = z.strictObject({
  id: z.string().min(1),
  name: z.string().min(1).max(100),
  site: z
    .strictObject({ ...onServer, site: z.string().min(1) })
    .nullable()
    .describe("`null`: for every site."),
  options: PresetOptions,
});
export type Preset = z.infer<typeof Preset>;

/** Choices that are kept under a name, to start the next maintenance from. */
export const PRESET_COMMANDS = {
  /** In place of the one of this name for the same site, or for every site. */
  "preset.save": command(Preset.omit({ id: true })).returns<null>(),
  "preset.remove": command(Preset.pick({ id: true })).returns<null>(),
};

/** Staff passes of a server's sites. */
export const PASS_COMMANDS = {
  /** Its links are told only now. */
  "pass.create": command(z.strictObject({ ...onServer, pass: PassDraft.omit({ author: true }) })).returns<IssuedPass>(),
  /** From then on nobody gets in by it. */
  "pass.revoke": command(z.strictObject({ ...onServer, id: z.string() })).returns<Pass>(),
};
