import { t } from "../../main/language/translate.ts";
import type { ServerProfile } from "../../main/contract/servers.ts";

/** Where a server is, as people say it. */
export function placeOf(profile: ServerProfile): string {
  switch (profile.kind) {
    case "practice":
      return t("on this computer, ends with the app");
    case "local":
      return profile.socketPath;
    case "ssh": {
      const { user, host, port } = profile.ssh;
      return `${user === undefined ? "" : `${user}@`}${host}${port === undefined ? "" : `:${port}`}`;
    }
  }
}
