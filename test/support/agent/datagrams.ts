/**
 * A socket of datagrams in the file system, as `/dev/log` and `NOTIFY_SOCKET` are. Node has none;
 * Debian's perl-base, which is on every Debian, has.
 */
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

const LISTENER = `
use IO::Socket::UNIX; use Socket;
my $socket = IO::Socket::UNIX->new(Type => SOCK_DGRAM, Local => $ARGV[0]) or die $!;
$| = 1; print "listening\\n";
while (defined $socket->recv(my $message, 131072)) { $message =~ s/\\n/|/g; print "$message\\n"; }`;

export interface Datagrams extends Disposable {
  /** All that came so far, each with `|` for ends of lines. */
  readonly received: readonly string[];
}

export async function receiveDatagrams(path: string): Promise<Datagrams> {
  const child = spawn("perl", ["-e", LISTENER, path], { stdio: ["ignore", "pipe", "inherit"] });
  const received: string[] = [];
  await new Promise<void>((resolve, reject) => {
    child.once("exit", () => {
      reject(new Error("perl has ended"));
    });
    createInterface({ input: child.stdout }).on("line", (line) => {
      if (line === "listening") resolve();
      else received.push(line);
    });
  });
  return {
    received,
    [Symbol.dispose]: () => void child.kill("SIGKILL"),
  };
}
