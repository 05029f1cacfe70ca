/** Reminders: notifications, what is due above the screen, and the moments to be reminded at. */
export const REMINDERS = {
  Start: "Starten",
  "Start {count} sites": "{count} Websites starten",
  "{extend} ({count} sites)": "{extend} ({count} Websites)",
  "Bring back {count} sites": "{count} Websites wieder öffnen",
  "and {count} more": "und {count} weitere",
  "{count} sites are still in maintenance": "{count} Websites sind noch in Wartung",
  "{count} reminders": "{count} Erinnerungen",
  "While you were away: {what}": "Während Sie weg waren: {what}",
  Soon: "Bald",
  "Ends soon": "Endet bald",
  "Not started": "Nicht gestartet",
  "Not ready": "Nicht bereit",
  Certificate: "Zertifikat",
  "Not as planned": "Nicht wie geplant",
  "{site} is over its end": "{site} ist überfällig",
  "{site} is still in maintenance": "{site} ist noch in Wartung",
  "The end that was announced for {site} on {server} has passed.":
    "Das für {site} auf {server} angekündigte Ende ist vorbei.",
  "The ends that were announced for them on {server} have passed.":
    "Die auf {server} für sie angekündigten Enden sind vorbei.",
  "{site} may be open": "{site} ist vielleicht offen",
  "It is in maintenance. {why} ({server})": "In Wartung. {why} ({server})",
  "{server} cannot be reached": "{server} ist nicht erreichbar",
  "{count} sites were in maintenance there when it was last seen.":
    "{count} Websites waren dort in Wartung, als er zuletzt gesehen wurde.",
  "{count, plural, one {{names} was} other {{names} were}} in maintenance there when it was last seen.":
    "{count, plural, one {{names} war} other {{names} waren}} dort in Wartung, als er zuletzt gesehen wurde.",
  "Not extended": "Nicht verlängert",
  "Not brought back": "Nicht wieder geöffnet",
  "This is no longer due: someone has already acted on it, or it has happened by itself.":
    "Das ist nicht mehr fällig: Jemand hat schon gehandelt, oder es ist von selbst geschehen.",
  "There is nothing left to do about it.": "Dafür ist nichts mehr zu tun.",
  "{refused} of {all}: {message}": "{refused} von {all}: {message}",
  "What is due": "Was fällig ist",
  "Show fewer": "Weniger anzeigen",
  "{more, plural, one {# more reminder} other {# more reminders}}":
    "{more, plural, one {# weitere Erinnerung} other {# weitere Erinnerungen}}",
  "Open: {what}": "Öffnen: {what}",
  Open: "Öffnen",
  Dismiss: "Ausblenden",
  "Start at login": "Beim Anmelden starten",
  "Start Backsoon when you log in?": "Backsoon beim Anmelden starten?",
  "Then you are reminded of planned maintenance after a restart, too. It stays in the system tray.":
    "Dann werden Sie auch nach einem Neustart an geplante Wartungen erinnert. Backsoon bleibt in der Systemleiste.",
  "Yes, start at login": "Ja, beim Anmelden starten",
  "No thanks": "Nein danke",
  "{time} before the end": "{time} vor dem Ende",
  "{time} before the start": "{time} vor dem Beginn",
  "{count, plural, one {# day} other {# days}}": "{count, plural, one {# Tag} other {# Tage}}",
  "{count, plural, one {# hour} other {# hours}}": "{count, plural, one {# Stunde} other {# Stunden}}",
  "{count, plural, one {# minute} other {# minutes}}": "{count, plural, one {# Minute} other {# Minuten}}",
} as const;
