/** Several servers, switched together. */
export const FLEET = {
  "{others, plural, other {# others}}": "{others, plural, other {# weitere}}",
  "{sites, plural, one {# site} other {# sites}} on {servers, plural, one {# server} other {# servers}}":
    "{sites, plural, one {# Website} other {# Websites}} auf {servers, plural, one {# Server} other {# Servern}}",
  "{count, plural, one {{sites} is} other {{sites} are}} in maintenance.":
    "{count, plural, one {{sites} ist} other {{sites} sind}} in Wartung.",
  "{count, plural, one {{sites} is} other {{sites} are}} in maintenance, all within {time}.":
    "{count, plural, one {{sites} ist} other {{sites} sind}} in Wartung, alle innerhalb von {time}.",
  "{count, plural, one {{sites} is} other {{sites} are}} live again.":
    "{count, plural, one {{sites} ist} other {{sites} sind}} wieder offen.",
  "{count, plural, one {{sites} is} other {{sites} are}} live again, all within {time}.":
    "{count, plural, one {{sites} ist} other {{sites} sind}} wieder offen, alle innerhalb von {time}.",
  "{count, plural, one {{sites} does} other {{sites} do}} not answer as planned":
    "{count, plural, one {{sites} antwortet} other {{sites} antworten}} nicht wie geplant",
  "{count, plural, one {# server is} other {# servers are}} being prepared. Nothing has changed yet.":
    "{count, plural, one {# Server wird} other {# Server werden}} vorbereitet. Noch hat sich nichts geändert.",
  "Everything is prepared, and all servers switch now.": "Alles ist vorbereitet, und alle Server schalten jetzt um.",
  "What was switched is being undone.": "Was umgeschaltet war, wird zurückgenommen.",
  "What was prepared is being dropped.": "Was vorbereitet war, wird verworfen.",
  "{names} refused": "abgelehnt von {names}",
  "{count, plural, one {{names} was} other {{names} were}} busy with other calls":
    "{count, plural, one {{names} war} other {{names} waren}} mit anderen Aufrufen beschäftigt",
  "{names} could not be reached": "{names} nicht erreichbar",
  "Nothing was changed anywhere: {why}.": "Nirgends wurde etwas geändert: {why}.",
  "{names} did not switch, so the switch was undone on the others. Everything is as it was before.":
    "Nicht umgeschaltet: {names}. Darum wurde die Umschaltung auf den anderen zurückgenommen. Alles ist wie zuvor.",
  "Nothing of it is left on any server. Everything is as it was before.":
    "Auf keinem Server ist etwas davon übrig. Alles ist wie zuvor.",
  "Backsoon stopped in the middle of this. {standing}": "Backsoon wurde mittendrin beendet. {standing}",
  "{count, plural, one {{names} is} other {{names} are}} in maintenance":
    "{count, plural, one {{names} ist} other {{names} sind}} in Wartung",
  "{count, plural, one {{names} is} other {{names} are}} live again":
    "{count, plural, one {{names} ist} other {{names} sind}} wieder offen",
  "{count, plural, one {{names} is} other {{names} are}} prepared but not switched":
    "{count, plural, one {{names} ist} other {{names} sind}} vorbereitet, aber nicht umgeschaltet",
  "It is not known whether {names} switched": "Unbekannt, ob umgeschaltet: {names}",
  "it is not known whether {names} switched": "unbekannt, ob umgeschaltet: {names}",
  "{count, plural, one {{names} is} other {{names} are}} as before":
    "{count, plural, one {{names} ist} other {{names} sind}} wie zuvor",
  "Switched on {count, number} of {taking, plural, one {# server} other {# servers}}, as far as can be seen from here":
    "Umgeschaltet auf {count, number} von {taking, plural, one {# Server} other {# Servern}}, soweit von hier zu sehen",
  Switched: "Umgeschaltet",
  "Being prepared": "Wird vorbereitet",
  Switching: "Schaltet um",
  "Being undone": "Wird zurückgenommen",
  "Switched, all within {time}": "Umgeschaltet, alle innerhalb von {time}",
  "Refused, nothing was changed": "Abgelehnt, nichts geändert",
  "Undone, everything is as before": "Zurückgenommen, alles ist wie zuvor",
  "Not finished: action needed": "Nicht fertig: Eingriff nötig",
  "Interrupted: action needed": "Unterbrochen: Eingriff nötig",
  Preparing: "Wird vorbereitet",
  Undoing: "Wird zurückgenommen",
  "Nothing changed": "Nichts geändert",
  Undone: "Zurückgenommen",
  "Not finished": "Nicht fertig",
  Interrupted: "Unterbrochen",
  Waiting: "Wartet",
  "Prepared, not switched": "Vorbereitet, nicht umgeschaltet",
  "Busy, as before": "Beschäftigt, wie zuvor",
  "Not reached, as before": "Nicht erreicht, wie zuvor",
  "Refused, as before": "Abgelehnt, wie zuvor",
  "Switched; now unreachable": "Umgeschaltet; jetzt nicht erreichbar",
  "As before": "Wie zuvor",
  "Busy, did not switch": "Beschäftigt, nicht umgeschaltet",
  "Did not switch": "Nicht umgeschaltet",
  Prepare: "Vorbereiten",
  Switch: "Umschalten",
  "{count, number} of {total, number} prepared": "{count, number} von {total, number} vorbereitet",
  "{count, number} refused": "{count, number} abgelehnt",
  "{count, number} of {total, number} switched": "{count, number} von {total, number} umgeschaltet",
  "{count, number} undone": "{count, number} zurückgenommen",
  "{count, number} unknown": "{count, number} unbekannt",
  "Starts when all are prepared": "Beginnt, wenn alle vorbereitet sind",
  "Not started, nothing was changed": "Nicht begonnen, nichts geändert",
  "all {count, plural, one {# server} other {# servers}}": "alle {count, plural, one {# Server} other {# Server}}",
  "brings {names} back": "öffnet {names} wieder",
  "puts {names} in maintenance again": "nimmt {names} wieder in Wartung",
  "drops what is prepared on {names}": "verwirft, was auf {names} vorbereitet ist",
  "makes sure that nothing is left on {names}": "stellt sicher, dass auf {names} nichts übrig bleibt",
  "Undo {actions}.": "„Rückgängig“ {actions}.",
  "Finish switches {servers}, too.": "„Vervollständigen“ schaltet auch {servers} um.",
  "Finish switches {servers}.": "„Vervollständigen“ schaltet {servers} um.",
  "Try again switches {servers}, too.": "„Erneut versuchen“ schaltet auch {servers} um.",
  "Try again switches {servers}.": "„Erneut versuchen“ schaltet {servers} um.",

  // Actions.
  "Bring all back": "Alle wieder öffnen",
  "Back to the wizard": "Zurück zum Assistenten",
  Forget: "Vergessen",
  "Put all back in maintenance": "Alle wieder in Wartung nehmen",
  "The sites stay in maintenance": "Die Websites bleiben in Wartung",
  "Bring back {count, number} of {total, number}": "{count, number} von {total, number} wieder öffnen",
  "The operation was not forgotten": "Die Umschaltung wurde nicht vergessen",
  "Bring all back, keep the pages for next time": "Alle wieder öffnen, Seiten fürs nächste Mal behalten",
  "{count, plural, one {# server} other {# servers}} cannot be reached":
    "{count, plural, one {# Server ist} other {# Server sind}} nicht erreichbar",
  "Forget “{title}”?": "„{title}“ vergessen?",
  "Nothing changes on the servers. What is in maintenance stays so, and each site can still be brought back by itself.":
    "Auf den Servern ändert sich nichts. Was in Wartung ist, bleibt es, und jede Website lässt sich weiter einzeln wieder öffnen.",

  // The screen, and the banners.
  "Everything that was put in maintenance here is live again.":
    "Alles, was hier in Wartung genommen wurde, ist wieder offen.",
  "{words}; the proof says why.": "{words}; die Prüfung sagt, warum.",
  "Backsoon no longer has this operation. Its sites are in the overview and in the history.":
    "Backsoon kennt diese Umschaltung nicht mehr. Ihre Websites stehen in der Übersicht und im Verlauf.",
  "One moment…": "Einen Moment …",
  "It continues when you leave this screen.": "Es geht weiter, auch wenn Sie diese Ansicht verlassen.",
  "Everything answers as before. The servers that refused, and why, are listed below.":
    "Alles antwortet wie zuvor. Welche Server ablehnten und warum, steht unten.",
  "Started by {author} at {time} on {servers, plural, one {# server} other {# servers}}":
    "Begonnen von {author}, {time}, auf {servers, plural, one {# Server} other {# Servern}}",
  "Started by {author} at {time} on {servers, plural, one {# server} other {# servers}}; started elsewhere, so this is what its servers report":
    "Begonnen von {author}, {time}, auf {servers, plural, one {# Server} other {# Servern}}; anderswo begonnen, darum zeigt dies, was die Server melden",
  "Switched after": "Nach",
  "no longer in the list": "nicht mehr in der Liste",
  "Copy details of {server}": "Details zu {server} kopieren",
  "and {count, plural, one {# more warning} other {# more warnings}}":
    "und {count, plural, one {# weitere Warnung} other {# weitere Warnungen}}",
  "Show {count, plural, one {# more server} other {# more servers}}":
    "{count, plural, one {# weiteren Server} other {# weitere Server}} anzeigen",
  "Started by {author} at {time}.": "Begonnen von {author}, {time}.",
  "Counts on all servers": "Zahlen aller Server",
  "Without the requests of {webServer}: {why}": "Ohne die Anfragen von {webServer}: {why}",
  "{names} cannot be reached": "{names} nicht erreichbar",
  "{title}: {sites} in maintenance": "{title}: {sites} in Wartung",
  "{title}: {sites} switched, {count, number} not as planned":
    "{title}: {sites} umgeschaltet, {count, number} nicht wie geplant",
  "{sites} for {time}, {end}": "{sites} seit {time}, {end}",

  // Changes of all.
  "Change…": "Ändern …",
  "Latest change": "Letzte Änderung",
  "{count, plural, one {# site is} other {# sites are}} being changed…":
    "{count, plural, one {# Website wird} other {# Websites werden}} geändert …",
  "Changed on {servers}.": "Geändert auf {servers}.",
  "Changed on all {count, plural, one {# server} other {# servers}}.":
    "Auf {count, plural, one {# Server} other {allen # Servern}} geändert.",
  "Not changed on {servers}.": "Nicht geändert auf {servers}.",
  "Not known whether changed on {servers}.": "Unbekannt, ob geändert auf {servers}.",
  "Try again on {count, plural, one {# server} other {# servers}}":
    "Auf {count, plural, one {# Server} other {# Servern}} erneut versuchen",
  "Nothing was changed": "Nichts geändert",
  "with different ends": "mit verschiedenen Enden",
} as const;
