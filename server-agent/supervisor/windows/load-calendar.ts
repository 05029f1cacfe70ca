/** The calendar is some MB of memory that an agent without windows does not need. */
export async function loadCalendar() {
  // Node has it from 26 on.
  if (!("Temporal" in globalThis)) await import("temporal-polyfill/global");
  const [{ Calendar }, { checkWindow }, { planWindow }, { ruleFault }] = await Promise.all([
    import("../../core/windows/occurrences.ts"),
    import("../../core/windows/check-window.ts"),
    import("../../core/windows/foresee.ts"),
    import("../../core/windows/rule-text.ts"),
  ]);
  return { Calendar, checkWindow, planWindow, ruleFault };
}
