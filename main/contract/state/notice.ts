/**
 * Something the user should know that concerns no particular server, such as a settings file that
 * could not be read.
 */
export interface Notice {
  id: string;
  level: "info" | "warning" | "error";
  title: string;
  detail: string;
}
