/** What each failure is called, and what to do next. Does not compile while one is missing. */
import type { FailureCode } from "../../main/contract/failures.ts";

export interface Message {
  title: string;
  next: string;
  /** Label of the button that does it, where the screen has one. */
  action: string;
}

function tell(title: string, next: string, action = "Try again"): Message {
  return { title, next, action };
}

export const MESSAGES: Record<FailureCode, Message> = {
  "request.malformed": tell(
    "The agent did not understand the request",
    "This is a fault of the app; copy the details and report it.",
  ),
  "request.browser": tell("The agent refused the request", "Admin sockets do not answer browsers; connect directly."),
  "request.unknown-path": tell("The agent does not know this call", "It may be older than this app; update the agent."),
  "request.method": tell("The agent does not know this call", "It may be older than this app; update the agent."),
  "request.too-large": tell("This is too large for the agent", "Shorten it; a configuration may have 8 MB."),
  "not-found": tell(
    "It is no longer there",
    "Somebody may have removed it; look at the server as it is now.",
    "Show the server",
  ),
  "maintenance.already": tell("The site is already in maintenance", "Look at the maintenance that is on.", "Show it"),
  "maintenance.reverted": tell("The site is back already", "There is nothing left to do.", "Show the overview"),
  "maintenance.conflict": tell(
    "Somebody changed the configuration in between",
    "Nothing was overwritten. Look at the server and decide what should stay.",
    "Show the server",
  ),
  "stage.held": tell(
    "Somebody is about to switch sites on this server",
    "Nothing was changed. It is over within minutes; the details say whose it is.",
  ),
  "stage.ended": tell("What was prepared is no longer held", "Nothing was changed here. Prepare it again."),
  "window.state": tell(
    "That cannot be done with this window now",
    "Nothing was changed. Look at what it is doing at the moment.",
  ),
  "window.stale": tell(
    "Somebody changed the window in between",
    "Nothing was overwritten. Look at it again as it is now.",
    "Look again",
  ),
  "config.stale": tell(
    "Somebody changed the configuration in between",
    "Nothing was overwritten. Look at the plan again with the configuration as it is now.",
    "Look again",
  ),
  "config.invalid": tell("This configuration cannot serve", "Nothing was changed. Mend the fields named below."),
  "config.bind": tell(
    "A listener cannot be opened",
    "Nothing was changed. Choose a free port, or stop the program that has it.",
  ),
  "options.invalid": tell("This choice cannot be applied", "Nothing was changed. Mend the fields named below."),
  "if-match.required": tell(
    "The agent wants to know which configuration is meant",
    "This is a fault of the app; copy the details and report it.",
  ),
  "hand-over.failed": tell(
    "The agent could not hand over",
    "The agent that runs goes on as before. The details say what the new one said.",
  ),
  "agent.stopping": tell("The agent is stopping", "Wait until it is back."),
  "store.failed": tell(
    "The agent cannot save",
    "Nothing was changed. Make room on its disk, or mend the permissions of its state directory.",
  ),
  internal: tell("Something went wrong", "Nothing is known to be changed. Copy the details and report it."),
  "ipc.input": tell("The app refused its own input", "This is a fault of the app; copy the details and report it."),
  "ipc.sender": tell("The app refused its own page", "Restart the app."),
  "server.unknown": tell("This server is no longer in the list", "Go back to the overview.", "Show the overview"),
  "server.duplicate": tell("This server is in the list already", "Choose it there."),
  "server.unreachable": tell(
    "The server does not answer",
    "It is asked again by itself; what you see is what was last observed.",
  ),
  "server.silent": tell(
    "The server has gone silent",
    "It is connected to anew by itself; what you see is what was last observed.",
  ),
  "server.agent-missing": tell(
    "There is no agent at this address",
    "Install it, or mend the path of its admin socket or program.",
  ),
  "server.socket-missing": tell(
    "There is no agent at this address",
    "Start the agent, or mend the path of its admin socket.",
  ),
  "server.socket-denied": tell("The admin socket belongs to somebody else", "Run the app as the user of the agent."),
  "server.not-an-agent": tell("Something else answers there", "Mend the path of the admin socket."),
  "server.api-version": tell("The agent and the app do not speak the same version", "Update the older one."),
  "ssh.config": tell("The SSH configuration cannot be used", "Mend the file and line named below."),
  "ssh.name-unknown": tell("This host is not known", "Check the spelling, and that this computer is online."),
  "ssh.refused": tell("Nothing listens there", "Check the port, and that the SSH server runs."),
  "ssh.unreachable": tell("There is no way to this host", "Check the network or the VPN."),
  "ssh.timeout": tell("The host does not answer", "Check the address and the port; a firewall may drop the packets."),
  "ssh.not-ssh": tell("This is not an SSH server", "Check the port."),
  "ssh.algorithms": tell(
    "The SSH server is too old or too strict",
    "It and this app have no algorithm in common; update the server.",
  ),
  "ssh.host-key-unknown": tell(
    "The host key was not accepted",
    "Compare the fingerprint with the server's, then connect again.",
  ),
  "ssh.host-key-changed": tell("The host key has changed", "Compare both fingerprints before you do anything else."),
  "ssh.host-key-revoked": tell("The host key is revoked", "Do not connect; ask whoever runs the server."),
  "ssh.host-key-authority": tell(
    "Host certificates are not supported",
    "Add the server's own host key to known_hosts.",
  ),
  "ssh.key-unreadable": tell("The key file cannot be used", "Choose another one, or mend the one named below."),
  "ssh.passphrase-wrong": tell("The passphrase is wrong", "Try again with the right one, or choose another key."),
  "ssh.agent-unavailable": tell("The SSH agent does not answer", "Start it, or choose a key file."),
  "ssh.auth-refused": tell(
    "The server did not let you in",
    "Check the user name and the key, or ask whoever runs the server.",
  ),
  "ssh.cancelled": tell("The login was given up", "Connect again when you are ready."),
  "ssh.forwarding-forbidden": tell(
    "The jump host forbids forwarding",
    "Allow AllowTcpForwarding there, or go another way.",
  ),
  "ssh.dial-failed": tell(
    "The agent's program did not answer",
    "Forwarding is forbidden, and what stands in failed; the details say what it said.",
  ),
  "ssh.no-sftp": tell("The server takes no files", "Turn on its SFTP subsystem, or install the agent by hand."),
  "fleet.unknown": tell(
    "This operation is no longer kept",
    "Look at the servers as they are now.",
    "Show the overview",
  ),
  "fleet.busy": tell("This operation is still running", "Wait until it is over."),
  "windows.partial": tell(
    "The window is not the same on all of its servers",
    "The schedule shows it as incomplete: finish it there, or remove it.",
    "Show the schedule",
  ),
  "install.unsupported": tell("The agent cannot be installed there", "The details say what is missing."),
  "install.failed": tell(
    "The installation stopped",
    "What was there before is there still; the details say what went wrong.",
  ),
  "uninstall.refused": tell("The agent cannot be uninstalled from here", "The details say why."),
  "uninstall.failed": tell(
    "The agent is not uninstalled yet",
    "The details say what went wrong. It can be run again as it is.",
  ),
  "ssh.lost": tell("The SSH connection is lost", "It is made anew by itself; what you see is what was last observed."),
  "practice.failed": tell("The practice server did not start", "The details say what it said.", "Try again"),
  "reminder.over": tell("Nothing is left to do", "Somebody has done it already, or it has happened by itself."),
  "settings.failed": tell(
    "The settings could not be saved",
    "Make room on the disk, or mend the permissions of the app's folder.",
  ),
};
