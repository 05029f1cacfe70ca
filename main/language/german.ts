/**
 * The German of the app: each English message of the code and what stands for it, a file for each
 * part of the app. Words by the table in docs/translating.md.
 */
import { CALENDAR_FILE } from "./german/calendar-file.ts";
import { COMMON } from "./german/common.ts";
import { ADD_SERVER } from "./german/servers-and-agents/add-server.ts";
import { CONFIGURATION } from "./german/servers-and-agents/configuration.ts";
import { FLEET } from "./german/fleet.ts";
import { HISTORY } from "./german/history.ts";
import { MAINTENANCE_WORDS } from "./german/wizard/maintenance-words.ts";
import { MAINTENANCE } from "./german/wizard/maintenance.ts";
import { OVERVIEW } from "./german/overview.ts";
import { PUBLIC_PROOF } from "./german/public-proof.ts";
import { OWN_PAGE } from "./german/wizard/own-page.ts";
import { PROGRESS } from "./german/progress.ts";
import { SETTINGS } from "./german/settings.ts";
import { WINDOW_EDITOR } from "./german/wizard/window-editor.ts";
import { WIZARD_PREVIEWS } from "./german/wizard/wizard-previews.ts";
import { WIZARD_STEPS } from "./german/wizard/wizard-steps.ts";
import { WIZARD } from "./german/wizard/wizard.ts";
import { SERVERS } from "./german/servers-and-agents/servers.ts";
import { WEB_SERVERS } from "./german/servers-and-agents/web-servers.ts";
import { SSH } from "./german/ssh.ts";
import { SHARED } from "./german/shared.ts";
import { FAILURES } from "./german/failures.ts";
import { DESKTOP } from "./german/desktop.ts";
import { REMINDERS } from "./german/reminders.ts";
import { REFUSALS } from "./german/refusals.ts";
import { CONNECTIONS } from "./german/servers-and-agents/connections.ts";
import { CERTIFICATES } from "./german/servers-and-agents/certificates.ts";
import { CHANNELS } from "./german/servers-and-agents/channels.ts";
import { IMPORTING } from "./german/servers-and-agents/importing.ts";
import { RULE_FORM } from "./german/servers-and-agents/rule-form.ts";
import { SERVER_FORM } from "./german/servers-and-agents/server-form.ts";
import { VIRTUAL_HOST_FORM } from "./german/servers-and-agents/virtual-host-form.ts";
import { INSTALL } from "./german/servers-and-agents/install.ts";
import { SCHEDULE } from "./german/schedule.ts";

export const GERMAN = {
  ...COMMON,
  ...ADD_SERVER,
  ...CONFIGURATION,
  ...IMPORTING,
  ...VIRTUAL_HOST_FORM,
  ...RULE_FORM,
  ...SERVER_FORM,
  ...FLEET,
  ...HISTORY,
  ...MAINTENANCE_WORDS,
  ...MAINTENANCE,
  ...OVERVIEW,
  ...PUBLIC_PROOF,
  ...OWN_PAGE,
  ...PROGRESS,
  ...SETTINGS,
  ...WINDOW_EDITOR,
  ...WIZARD_PREVIEWS,
  ...WIZARD_STEPS,
  ...WIZARD,
  ...SERVERS,
  ...WEB_SERVERS,
  ...SHARED,
  ...FAILURES,
  ...DESKTOP,
  ...REMINDERS,
  ...REFUSALS,
  ...CONNECTIONS,
  ...CERTIFICATES,
  ...CHANNELS,
  ...INSTALL,
  ...SCHEDULE,
  ...CALENDAR_FILE,
  ...SSH,
} as const;
