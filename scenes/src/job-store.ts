import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { JobLedger } from "./job-ledger.js";

export interface JobStore {
  readonly url: string;
  close(): void;
}

/** The ledger behind HTTP: `/begin?job&due&epoch` answers with a ticket, or nothing; `/end?ticket` ends it, or 409. */
export async function jobStore(ledger: JobLedger): Promise<JobStore> {
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? "", "http://store");
    const number = (name: string): number => Number(searchParams.get(name));
    if (pathname === "/end") {
      response.statusCode = ledger.end(number("ticket")) ? 200 : 409;
      response.end();
      return;
    }
    const ticket = ledger.begin(searchParams.get("job") ?? "", number("due"), number("epoch"));
    response.end(ticket === null ? "" : String(ticket));
  });
  // A worker that was stopped goes on with the connection that it had.
  server.keepAliveTimeout = 0;
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
