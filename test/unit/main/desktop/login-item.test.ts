import { expect, it } from "vitest";
import { autostartEntry } from "../../../../main/desktop/login-item.ts";

it("quotes the program in an autostart entry", () => {
  expect(autostartEntry('/opt/my "app"/$x 100%').split("\n")).toContain('Exec="/opt/my \\"app\\"/\\$x 100%%" --hidden');
});
