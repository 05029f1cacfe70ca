/** What is wrong in a calendar file, and what was left out of it. */
export const CALENDAR_FILE = {
  "the file is not text in UTF-8; save it as UTF-8": "die Datei ist kein Text in UTF-8; speichern Sie sie als UTF-8",
  "the file is empty": "die Datei ist leer",
  "the file has more than {most} lines": "die Datei hat mehr als {most} Zeilen",
  "the file has more than {most} events": "die Datei hat mehr als {most} Ereignisse",
  "the calendar has no events": "der Kalender hat keine Ereignisse",
  "a calendar file starts with BEGIN:VCALENDAR": "eine Kalenderdatei beginnt mit BEGIN:VCALENDAR",
  "there is something behind the end of the calendar": "hinter dem Ende des Kalenders steht noch etwas",
  "components are nested more than {most} deep": "Komponenten sind mehr als {most}-fach verschachtelt",
  "END:{name} stands where END:{expected} was expected, which began in line {line}":
    "END:{name} steht, wo END:{expected} erwartet wurde (begonnen in Zeile {line})",
  "BEGIN:{name} has no END:{name}; is the file complete?":
    "BEGIN:{name} hat kein END:{name}; ist die Datei vollständig?",
  "{text} is no property": "{text} ist keine Eigenschaft",
  "{text} is no date of the calendar": "{text} ist kein Datum des Kalenders",
  "{text} is no length of time; write one like PT2H": "{text} ist keine Dauer; schreiben Sie etwa PT2H",
  "the event has no DTSTART": "das Ereignis hat kein DTSTART",
  "the event that begins at {start} has no end; a window needs DTEND or DURATION":
    "das Ereignis mit Beginn {start} hat kein Ende; ein Wartungsfenster braucht DTEND oder DURATION",
  "RANGE is not taken over; end the series before it, and make an event of its own for the rest":
    "RANGE wird nicht übernommen; beenden Sie die Reihe davor und legen Sie für den Rest ein eigenes Ereignis an",
  "{name} is not taken over; write the dates as events of their own":
    "{name} wird nicht übernommen; schreiben Sie die Termine als eigene Ereignisse",
  "a window has one RRULE; make an event of its own for the second one":
    "ein Wartungsfenster hat nur eine RRULE; legen Sie für die zweite ein eigenes Ereignis an",
  "the time zone {name} is not known; use an IANA name like Europe/Berlin":
    "die Zeitzone {name} ist unbekannt; verwenden Sie einen IANA-Namen wie Europe/Berlin",
  "the time zone {name} is not known, and no zone has the clocks that the file gives it; use an IANA name like Europe/Berlin":
    "die Zeitzone {name} ist unbekannt, und keine Zone hat die Uhrzeiten, die die Datei ihr gibt; verwenden Sie einen IANA-Namen wie Europe/Berlin",
  "X-BACKSOON-WINDOW is not JSON; export the window again, or remove this line and choose the sites by hand":
    "X-BACKSOON-WINDOW ist kein JSON; exportieren Sie das Wartungsfenster noch einmal oder entfernen Sie diese Zeile und wählen Sie die Websites von Hand",
  "it has another form": "es hat eine andere Form",

  // Notes
  "An older copy of it, in line {line}, was left out.": "Eine ältere Kopie in Zeile {line} wurde weggelassen.",
  "It has no time zone; {zone} is taken.": "Ohne Zeitzone; {zone} wird angenommen.",
  "Its time zone, {name}, is taken as {zone}.": "Die Zeitzone {name} wird als {zone} verstanden.",
  "Its rule has no day after its start; only the start is taken over.":
    "Die Regel hat keinen Tag nach dem Beginn; nur der Beginn wird übernommen.",
  "Its start, {start}, is not in its rule and was left out; other programs show it. Plan it by itself.":
    "Der Beginn, {start}, passt nicht zur Regel und wurde weggelassen; andere Programme zeigen ihn. Planen Sie ihn einzeln.",
  "Line {line} is about {start}, when nothing of it starts.":
    "Zeile {line} betrifft {start}; dann beginnt hier nichts.",
  "All of it is in the past.": "Alles davon ist vorbei.",
  "The rule in line {line} was left out: one occurrence that was moved has none.":
    "Die Regel in Zeile {line} wurde weggelassen: Ein verschobener Termin hat keine.",
  "{name} in line {line} was left out.": "{name} in Zeile {line} wurde weggelassen.",
  "The alarm in line {line} was left out: {why}.": "Die Erinnerung in Zeile {line} wurde weggelassen: {why}.",
  "The alarm in line {line} was left out: a window has {most} reminders at most.":
    "Die Erinnerung in Zeile {line} wurde weggelassen: Ein Wartungsfenster hat höchstens {most}.",
  "it has no TRIGGER": "sie hat keinen TRIGGER",
  "it has a date of its own, and reminders go with the window":
    "sie hat ein eigenes Datum, und Erinnerungen richten sich nach dem Wartungsfenster",
  "reminders come before the start, at it, before the end, or at it":
    "Erinnerungen kommen vor oder zum Beginn, vor oder zum Ende",
  "{text} is not in days, hours and minutes that a reminder can have":
    "{text} ist nicht in Tagen, Stunden und Minuten, die eine Erinnerung haben kann",
} as const;
