/** The settings, and the frame of every screen: sidebar, palette, questions. */
export const SETTINGS = {
  Screens: "Ansichten",
  "No servers yet": "Noch keine Server",
  "{closed} in maintenance": "{closed} in Wartung",
  "{closed} in maintenance, {wrong} not as planned": "{closed} in Wartung, {wrong} nicht wie geplant",
  "{connected} of {all, plural, one {# server} other {# servers}} connected":
    "{connected} von {all, plural, one {# Server} other {# Servern}} verbunden",
  "As the system": "Wie das System",
  "The window is then loaded anew. An answer that you have begun to type is lost.":
    "Das Fenster wird dann neu geladen. Eine angefangene Antwort geht verloren.",
  "Language: {language}": "Sprache: {language}",
  "The language was not changed": "Die Sprache wurde nicht geändert",
  "Several servers": "Mehrere Server",
  Receipt: "Protokoll",
  "The notice was not dismissed": "Der Hinweis wurde nicht ausgeblendet",
  "This screen cannot be shown: {why}": "Diese Ansicht kann nicht angezeigt werden: {why}",
  "{server} needs an answer before it can connect.": "{server} braucht eine Antwort, bevor die Verbindung steht.",
  "A question of {server}": "Eine Frage von {server}",
  "{more, plural, one {# more waits} other {# more wait}}":
    "{more, plural, one {# weitere wartet} other {# weitere warten}}",
  "Go to Overview": "Zur Übersicht",
  "Go to Servers": "Zu den Servern",
  "Go to Schedule": "Zum Kalender",
  "Go to History": "Zum Verlauf",
  "Go to Settings": "Zu den Einstellungen",
  "Appearance: Light": "Darstellung: Hell",
  "Appearance: Dark": "Darstellung: Dunkel",
  "Appearance: System": "Darstellung: System",
  "Bring all back: {title}": "Alle wieder öffnen: {title}",
  "Bring back {site}": "{site} wieder öffnen",
  "Go to server {server}": "Zum Server {server}",
  "Show {title}": "{title} anzeigen",
  "The appearance was not changed": "Die Darstellung wurde nicht geändert",
  "Find a command, a site or a server": "Befehl, Website oder Server suchen",
  "What do you want to do?": "Was möchten Sie tun?",
  "Nothing matches. Try the name of a site, a server or a screen.":
    "Keine Treffer. Versuchen Sie den Namen einer Website, eines Servers oder einer Ansicht.",
  "to select": "auswählen",
  "to run it": "ausführen",
  "to close": "schließen",
  Light: "Hell",
  Dark: "Dunkel",
  "Enter a name. Until then receipts say “{author}”.":
    "Geben Sie einen Namen ein. Bis dahin steht in den Protokollen „{author}“.",
  "This app": "Diese App",
  Appearance: "Darstellung",
  "Your name": "Ihr Name",
  "Written into the receipts, so that colleagues know who switched.":
    "Steht in den Protokollen, damit Kollegen wissen, wer umgeschaltet hat.",
  "Bring a site back automatically if the proof fails, unless chosen otherwise for that maintenance":
    "Website automatisch wieder öffnen, wenn die Prüfung fehlschlägt, außer für die Wartung ist etwas anderes gewählt",
  Secrets: "Geheimnisse",
  "Passwords and passphrases": "Passwörter und Passphrasen",
  "They are kept in memory only, until the app is closed: this computer's keychain does not answer.":
    "Sie bleiben nur im Speicher, bis die App beendet wird: Der Schlüsselbund dieses Computers antwortet nicht.",
  "Unlock it, or start its service (GNOME Keyring, KWallet), then start the app again.":
    "Entsperren Sie ihn oder starten Sie seinen Dienst (GNOME Keyring, KWallet) und danach die App neu.",
  "Those that you let the app remember are stored in this computer's keychain; none was needed yet.":
    "Was sich die App merken darf, liegt im Schlüsselbund dieses Computers; bisher wurde keines gebraucht.",
  "Those that you let the app remember are stored in this computer's keychain.":
    "Was sich die App merken darf, liegt im Schlüsselbund dieses Computers.",
  "They are never in a file of the app, in its log, or in this window once you have submitted them.":
    "Nach dem Absenden stehen sie nie in einer Datei der App, in ihrem Log oder in diesem Fenster.",
  Keys: "Tasten",
  "Find a command, a site or a server (Cmd K on a Mac)": "Befehl, Website oder Server suchen (auf dem Mac Cmd K)",
  "Put a site in maintenance": "Website in Wartung nehmen",
  "Overview, schedule, history": "Übersicht, Kalender, Verlauf",
  "Back to the previous screen": "Zurück zur vorigen Ansicht",
  "Move between rows in a list; Home and End go to its ends":
    "In einer Liste zwischen Zeilen wechseln; Pos1 und Ende springen zum Anfang und Ende",
  "Move a virtual host": "Virtuellen Host verschieben",
  "Close what is open": "Geöffnetes schließen",
  About: "Über die App",
  "MIT licence. The app contains {count} packages under licences of their own, and Electron, whose licences and those of Chromium lie beside the program.":
    "MIT-Lizenz. Die App enthält {count} Pakete mit eigenen Lizenzen sowie Electron; dessen Lizenzen und die von Chromium liegen neben dem Programm.",
  "Show the licences": "Lizenzen anzeigen",
  Licences: "Lizenzen",
  "Quiet hours cannot start and end at the same time.":
    "Ruhezeiten können nicht zur selben Uhrzeit beginnen und enden.",
  "Show notifications, also while this window is closed":
    "Benachrichtigungen anzeigen, auch wenn dieses Fenster geschlossen ist",
  "Quiet hours": "Ruhezeiten",
  From: "Von",
  To: "Bis",
  "That a site is overdue is said at any hour. Everything else waits until the quiet hours are over.":
    "Überfällige Websites werden jederzeit gemeldet. Alles andere wartet bis zum Ende der Ruhezeiten.",
  "Reminders of a new window": "Erinnerungen eines neuen Wartungsfensters",
  "Start at login, so that reminders also come after a restart":
    "Beim Anmelden starten, damit Erinnerungen auch nach einem Neustart kommen",
  "Enter a time like 22:00.": "Geben Sie eine Uhrzeit wie 22:00 ein.",
} as const;
