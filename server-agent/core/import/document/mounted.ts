/** A location and an application whose path differs: `mount` and `upstreamPath` of a proxy. */
import type { Handler } from "../../../contract/handler.ts";

export interface Mounted {
  readonly fields: Pick<Extract<Handler, { type: "proxy" }>, "mount" | "upstreamPath">;
  /** How it differs, where texts were put together and not paths; undefined: not at all. */
  readonly change: string | undefined;
}

/**
 * @param location What the visitor's path begins with, decoded.
 * @param application What the upstream gets in its place.
 * @returns Undefined where the rest of the path would stick to another folder: `/v2x` for `/api/x`.
 */
export function mountedAt(location: string, application: string): Mounted | undefined {
  const mount = location.replace(/\/+$/, "");
  const upstreamPath = application.replace(/\/+$/, "");
  const [isFolder, isFolderThere] = [location.endsWith("/"), application.endsWith("/")];
  if (isFolder && !isFolderThere) return undefined;
  return {
    fields: {
      ...(mount === "" ? {} : { mount }),
      ...(upstreamPath === "" ? {} : { upstreamPath }),
    },
    change: isFolder
      ? undefined
      : `\`mount\`: ${mount} and what is below it${isFolderThere ? `, without a second slash` : ""}`,
  };
}
