import { describe, expect, it } from "vitest";
import {
  changeOf,
  exceptionWords,
  formOf,
  hasWords,
  laterBy,
  partsOf,
  problemsOf,
} from "../../../../../renderer/maintenance/changing/change-form.ts";
import { editWords } from "../../../../../renderer/maintenance/edit-words.ts";
import { someReceipt } from "../../../../support/desktop/desktop-fixtures.ts";

const NOW = new Date(2026, 10, 23, 2, 0).getTime();
const END = new Date(2026, 10, 23, 2, 30).toISOString();
const HEADER = { header: { "x-staff": true as const } };
const receipt = someReceipt({
  until: END,
  options: {
    site: "shop",
    page: { title: "Soon", logo: "data:image/png;base64,AA==" },
    exceptions: [{ path: ["/healthz"] }, HEADER],
  },
});
const form = formOf([receipt]);

describe("the form of what is to be otherwise", () => {
  it("changes nothing as it is", () => {
    expect(changeOf(form, form, receipt)).toEqual({});
    expect(problemsOf(form, NOW, false)).toEqual({});
  });

  it("sends only what differs, and keeps what it does not show", () => {
    expect(changeOf({ ...form, title: "", text: "Longer" }, form, receipt)).toEqual({
      page: { text: "Longer", logo: "data:image/png;base64,AA==" },
    });
    expect(changeOf({ ...form, exceptions: [HEADER], added: "/status, 10.0.0.0/8" }, form, receipt)).toEqual({
      exceptions: [HEADER, { path: ["/status"] }, { from: ["10.0.0.0/8"] }],
    });
    expect(changeOf({ ...form, end: "open" }, form, receipt)).toEqual({ until: null });
    const plain = someReceipt({ options: { site: "shop", page: { title: "Soon" } } });
    expect(changeOf({ ...formOf([plain]), title: " " }, formOf([plain]), plain)).toEqual({ page: "default" });
  });

  it("changes the words of one language and keeps those of the others", () => {
    const page = { title: "Soon", colour: "#0a7d5c", languages: { de: { title: "Gleich" }, fr: {} } };
    const running = someReceipt({ options: { site: "shop", page } });
    const opened = formOf([running]);
    expect(changeOf(opened, opened, running)).toEqual({});
    const translations = opened.translations.map((words) => ({
      ...words,
      text: words.language === "fr" ? "Fermé" : "",
    }));
    expect(changeOf({ ...opened, translations }, opened, running)).toEqual({
      page: { ...page, languages: { de: { title: "Gleich" }, fr: { text: "Fermé" } } },
    });
    expect(problemsOf({ ...opened, colour: "red" }, NOW, false)).toHaveProperty("colour");
  });

  it("adds minutes to the end that is chosen, or to now where that has passed or there is none", () => {
    const local = (minutes: number) => `2026-11-23T02:${String(minutes).padStart(2, "0")}`;
    expect(laterBy(form, 15, NOW)).toBe(local(45));
    expect(laterBy({ ...form, end: "open" }, 15, NOW)).toBe(local(15));
    expect(laterBy({ ...form, until: "2026-11-22T02:30" }, 15, NOW)).toBe(local(15));
  });

  it("names the field of what cannot be", () => {
    expect(problemsOf({ ...form, until: "" }, NOW, false)).toHaveProperty("until");
    expect(problemsOf({ ...form, until: "2026-11-23T02:00" }, NOW, false)).toHaveProperty("until");
    expect(problemsOf({ ...form, end: "open" }, NOW, true)).toHaveProperty("until");
    expect(problemsOf({ ...form, added: "healthz" }, NOW, false)).toHaveProperty("added");
    expect(problemsOf({ ...form, added: "/a 2001:db8::/32" }, NOW, false)).toEqual({});
  });

  it("offers words only for the built-in page", () => {
    expect(hasWords(receipt)).toBe(true);
    expect(hasWords(someReceipt({ options: { site: "shop", root: "/srv/page" } }))).toBe(false);
    expect(hasWords(someReceipt({ options: { site: "shop", status: 404 } }))).toBe(false);
  });

  it("says who gets in, and what was changed", () => {
    expect(exceptionWords({ path: ["/a", "/b/*"] })).toBe("/a, /b/*");
    expect(exceptionWords({ from: "10.0.0.0/8" })).toBe("from 10.0.0.0/8");
    expect(exceptionWords({ pass: true })).toBe("staff passes");
    expect(exceptionWords(HEADER)).toBe('{"header":{"x-staff":true}}');
    const edit = { at: END, author: "anna", generation: 3 };
    expect(editWords({ ...edit, fields: ["until", "page"], until: END }, NOW)).toBe("end now 02:30, page");
    expect(editWords({ ...edit, fields: ["until"] }, NOW)).toBe("no end");
  });

  it("stands for several at once: what they share is in it, and what differs stays as each has it", () => {
    const options = {
      site: "blog",
      page: { title: "Soon", text: "Blog" },
      exceptions: [HEADER, { pass: true as const }],
    };
    const other = someReceipt({ until: new Date(2026, 10, 23, 3, 0).toISOString(), options });
    const both = formOf([receipt, other]);
    expect(both).toMatchObject({ end: "kept", until: "", title: "Soon", text: "", exceptions: [HEADER] });
    const changed = { ...both, text: "Longer", exceptions: [], added: "/status" };
    expect([receipt, other].map((each) => changeOf(changed, both, each))).toEqual([
      {
        page: { title: "Soon", text: "Longer", logo: "data:image/png;base64,AA==" },
        exceptions: [{ path: ["/healthz"] }, { path: ["/status"] }],
      },
      { page: { title: "Soon", text: "Longer" }, exceptions: [{ pass: true }, { path: ["/status"] }] },
    ]);
    expect(changeOf({ ...both, end: "open" }, both, other)).toEqual({ until: null });
    expect(changeOf(both, both, other)).toEqual({});
  });

  it("is sent with its reason, and the end of a window by itself", () => {
    const change = { until: END, page: { title: "Later" } };
    expect(partsOf(change, receipt, " ")).toEqual([change]);
    const byWindow = someReceipt({ window: { id: "nightly", start: END } });
    expect(partsOf(change, byWindow, "disks")).toEqual([
      { page: { title: "Later" }, reason: "disks" },
      { until: END, reason: "disks" },
    ]);
    expect(partsOf({}, receipt, "disks")).toEqual([]);
  });
});
