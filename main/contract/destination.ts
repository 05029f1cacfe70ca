/** Screens that menus, the tray and notifications can open. */
export type Destination =
  | { screen: "overview" | "history" | "settings" | "schedule" }
  | { screen: "server"; serverId: string }
  | { screen: "wizard"; serverId?: string; site?: string }
  | { screen: "progress"; serverId: string; receiptId: string }
  | { screen: "fleet"; operationId: string }
  | { screen: "palette" };
