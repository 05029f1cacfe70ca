/** The calendar and its dialogs. */
export const SCHEDULE = {
  "Servers that are away": "Nicht erreichbare Server",
  "{names} cannot be reached. Their windows are shown as last seen; they start and end by themselves all the same.":
    "{names}: nicht erreichbar. Ihre Wartungsfenster stehen hier, wie zuletzt gesehen; sie beginnen und enden trotzdem von selbst.",
  "{names} cannot be reached. Their windows are shown as last seen, {time} ago; they start and end by themselves all the same.":
    "{names}: nicht erreichbar. Ihre Wartungsfenster stehen hier, wie vor {time} zuletzt gesehen; sie beginnen und enden trotzdem von selbst.",
  "ends in {time}": "endet in {time}",
  "{time} overdue": "{time} überfällig",
  "in {time}": "in {time}",
  "{times} in {zone}": "{times} in {zone}",
  "also in {titles}": "auch in {titles}",
  List: "Liste",
  "What, where": "Was, wo",
  "Now and upcoming": "Jetzt und demnächst",
  Over: "Vorbei",
  "Show more of the other {count}": "Weitere der übrigen {count} anzeigen",
  Month: "Monat",
  Week: "Woche",
  "Plan on {day}": "Planen am {day}",
  "{count} more on {day}": "{count} weitere am {day}",
  "+{count} more": "+{count} weitere",
  "Plan on": "Planen am",
  "No windows this week.": "Keine Wartungsfenster in dieser Woche.",
  "Nothing to plan for yet": "Noch nichts zu planen",
  "Windows live on the servers, so they start and end even when no computer is on. Add a server first.":
    "Wartungsfenster liegen auf den Servern; sie beginnen und enden, auch wenn kein Computer eingeschaltet ist. Fügen Sie erst einen Server hinzu.",
  "Loading schedule…": "Kalender wird geladen …",
  "Nothing is planned": "Nichts geplant",
  "A window puts its sites in maintenance and brings them back, whoever is connected. Plan one, or import a calendar file.":
    "Ein Wartungsfenster nimmt seine Websites in Wartung und öffnet sie wieder, auch wenn niemand verbunden ist. Planen Sie eines oder importieren Sie eine Kalenderdatei.",
  "Nothing is planned yet. Choose a day to plan on, or “Plan maintenance”.":
    "Noch ist nichts geplant. Wählen Sie einen Tag oder „Wartung planen“.",
  "There are too many to show; choose a shorter period.": "Es sind zu viele; wählen Sie einen kürzeren Zeitraum.",
  "No windows from {days}.": "Keine Wartungsfenster: {days}.",
  "Drag to move, hold the end to stretch. Keys: Alt+arrows move, with Shift stretch, Enter opens, Delete skips or removes.":
    "Zum Verschieben ziehen, zum Dehnen am Ende ziehen. Tasten: Alt+Pfeile verschieben, mit Umschalt dehnen, Eingabe öffnet, Entf überspringt oder entfernt.",
  View: "Ansicht",
  Earlier: "Früher",
  Today: "Heute",
  Later: "Später",
  More: "Mehr",
  "Import a calendar file…": "Kalenderdatei importieren …",
  "Export all windows…": "Kalender exportieren …",
  "{times}. Release Alt to see what that does, or press Escape to cancel.":
    "{times}. Lassen Sie Alt los, um die Wirkung zu sehen, oder brechen Sie mit Esc ab.",
  "{count, plural, one {# window} other {# windows}} exported":
    "{count, plural, one {# Wartungsfenster} other {# Wartungsfenster}} exportiert",
  "Nothing was exported": "Nichts wurde exportiert",
  "Nothing was imported": "Nichts wurde importiert",
  "The clock of {server} is {off}; the window starts by that clock.":
    "Die Uhr von {server} geht {off}; das Wartungsfenster beginnt nach dieser Uhr.",
  "The sites come back once the originals answer.": "Die Websites kommen wieder, sobald die Originale antworten.",
  "The sites stay closed until somebody brings them back.":
    "Die Websites bleiben geschlossen, bis jemand sie wieder öffnet.",
  "Close the details": "Details schließen",
  "Start now": "Jetzt starten",
  "Skip this one…": "Termin überspringen …",
  "What you do here does not reach {servers}.": "Was Sie hier tun, erreicht {servers} nicht.",
  "None of its servers can be reached; nothing can be changed now.":
    "Keiner seiner Server ist erreichbar; jetzt kann nichts geändert werden.",
  Here: "Hier",
  Repeats: "Wiederholung",
  "Somebody starts it.": "Jemand startet es.",
  "It starts automatically.": "Es beginnt automatisch.",
  "Planned by": "Geplant von",
  unknown: "unbekannt",
  "Incomplete.": "Unvollständig.",
  "It was planned for {all} servers, and {missing, plural, one {# does} other {# do}} not have it, or cannot be reached.":
    "Es war für {all} Server geplant, und {missing, plural, one {# hat} other {# haben}} es nicht oder {missing, plural, one {ist} other {sind}} nicht erreichbar.",
  "Finish…": "Vervollständigen …",
  "never seen": "nie gesehen",
  "last seen {time} ago": "vor {time} zuletzt gesehen",
  "Started {time} late.": "{time} zu spät begonnen.",
  "Past occurrences": "Frühere Termine",
  "“{title}” is planned on {count} more":
    "„{title}“ ist auf {count, plural, one {einem weiteren Server} other {# weiteren Servern}} geplant",
  "Finish “{title}”": "„{title}“ vervollständigen",
  "It is missing on {missing} of {all} servers.": "Es fehlt auf {missing} von {all} Servern.",
  "No other connected server has these sites ({sites}). Connect the one that is missing, or remove the window.":
    "Kein anderer verbundener Server hat diese Websites ({sites}). Verbinden Sie den fehlenden oder entfernen Sie das Wartungsfenster.",
  "Plan it on": "Planen auf",
  Finish: "Vervollständigen",
  "{count} windows are planned": "{count} Wartungsfenster sind geplant",
  "Import {file}": "{file} importieren",
  "{count, plural, one {# window} other {# windows}} in the file. Nothing is planned yet.":
    "{count, plural, one {# Wartungsfenster} other {# Wartungsfenster}} in der Datei. Noch ist nichts geplant.",
  "Planned.": "Geplant.",
  "For the sites chosen below.": "Für die unten gewählten Websites.",
  "Sites of the windows that name none": "Websites der Wartungsfenster, die keine nennen",
  "Plan {count}": "{count} planen",
  "“{title}” is moved": "„{title}“ ist verschoben",
  "“{title}” is stretched": "„{title}“ ist gedehnt",
  "Move “{title}”?": "„{title}“ verschieben?",
  "Stretch “{title}”?": "„{title}“ dehnen?",
  "Which occurrences": "Welche Termine",
  "This one only": "Nur diesen",
  "It becomes a window of its own; the series leaves it out.":
    "Er wird ein eigenes Wartungsfenster; die Reihe lässt ihn aus.",
  "All of them": "Alle",
  "The rule says on which days. Change it in the window's fields instead.":
    "Die Regel sagt, an welchen Tagen. Ändern Sie sie in den Feldern des Wartungsfensters.",
  "Every upcoming one moves by the same amount.": "Alle künftigen verschieben sich ebenso.",
  "On {count} servers; on all of them or on none.": "Auf {count} Servern; auf allen oder auf keinem.",
  "Move all": "Alle verschieben",
  "Stretch all": "Alle dehnen",
  Stretch: "Dehnen",
  "Skip this occurrence of “{title}”?": "Diesen Termin von „{title}“ überspringen?",
  "Remove “{title}”?": "„{title}“ entfernen?",
  Skip: "Überspringen",
  "The other occurrences stay. This one can be restored as a window of its own.":
    "Die anderen Termine bleiben. Dieser kann als eigenes Wartungsfenster wiederhergestellt werden.",
  "All of its occurrences are removed, with the records of the past ones. The history keeps its entries.":
    "Alle Termine werden entfernt, samt den Aufzeichnungen der früheren. Der Verlauf behält seine Einträge.",
  "The history keeps its entries.": "Der Verlauf behält seine Einträge.",
  "On {count} servers.": "Auf {count} Servern.",
  "Not moved.": "Nicht verschoben.",
  "Only upcoming occurrences can be moved, while their servers can be reached.":
    "Nur künftige Termine lassen sich verschieben, solange ihre Server erreichbar sind.",

  // On several servers
  "Nothing was planned on any server.": "Auf keinem Server wurde etwas geplant.",
  "Nothing was changed on any server.": "Auf keinem Server wurde etwas geändert.",
  "Nothing was removed on any server.": "Auf keinem Server wurde etwas entfernt.",
  "Nothing was undone on any server.": "Auf keinem Server wurde etwas rückgängig gemacht.",
  "It could not be undone on any server.": "Auf keinem Server ließ es sich rückgängig machen.",
  "It could not be reverted on {servers}.": "Nicht zurückgenommen auf {servers}.",
  "No server said why.": "Kein Server hat einen Grund genannt.",
  "Someone else changed the window in between.": "Inzwischen hat jemand das Wartungsfenster geändert.",
  "Computed with time zone data {own}; the server has {theirs}, and goes by that.":
    "Berechnet mit den Zeitzonendaten {own}; der Server hat {theirs} und richtet sich danach.",
  "The server cannot be reached; what became of it is known when it answers again.":
    "Der Server ist nicht erreichbar; was daraus wurde, ist bekannt, wenn er wieder antwortet.",
} as const;
