/** What rules change besides answering, ready to be applied. */
import { compileCompression } from "../coding/compression.ts";
import type { CompressOptions } from "../coding/compressed-head.ts";
import { compileCacheControl } from "../../core/rules/cache-control.ts";
import { compileFieldEdit, editFields, type FieldEdit } from "../../core/rules/field-edit.ts";
import type { FieldSource } from "../../core/rules/field-template.ts";
import type { MergedSettings } from "../../core/routing/rule-matches.ts";

/** Changes the fields of a response before they are written: name, value, name, value. */
type HeadEdit = (status: number, fields: readonly string[]) => readonly string[];

export interface ServingSettings {
  /** Changes the fields that an upstream gets. */
  readonly requestEdit: FieldEdit | undefined;
  /** Undefined where bodies are not compressed. */
  readonly compress: CompressOptions | undefined;
  /** Undefined where the response stays as it is. @param now Epoch milliseconds. */
  readonly editResponse: ((source: FieldSource, now: number) => HeadEdit) | undefined;
}

/** They are compiled once, with the first request that has them. */
const known = new WeakMap<MergedSettings, ServingSettings>();

export function servingSettings(settings: MergedSettings): ServingSettings {
  let serving = known.get(settings);
  if (serving === undefined) known.set(settings, (serving = compile(settings)));
  return serving;
}

function compile({ requestHeaders, responseHeaders, cacheControl, compress }: MergedSettings): ServingSettings {
  const edit = compileFieldEdit(responseHeaders);
  const keep = cacheControl === undefined ? undefined : compileCacheControl(cacheControl);
  return {
    requestEdit: compileFieldEdit(requestHeaders),
    compress: compress === undefined || compress === false ? undefined : compileCompression(compress),
    editResponse:
      edit === undefined && keep === undefined
        ? undefined
        : (source, now) => (status, fields) => {
            const kept = keep === undefined ? fields : keep(status, fields, now);
            return edit === undefined ? kept : editFields(kept, edit, source);
          },
  };
}
