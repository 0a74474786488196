// Sends requests over kept-alive connections and reads the CPU time of the server from /proc: microseconds a request
// (user and system of the process over the requests that were answered as expected), beside requests a second.
import { readFileSync } from "node:fs";
import http from "node:http";

const CONNECTIONS = 16;
const TICKS_A_SECOND = 100;

/** User and system time of a process with its threads, microseconds. */
export function cpuUs(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").replace(/^.*\) /, "").split(" ");
  return ((Number(fields[11]) + Number(fields[12])) * 1e6) / TICKS_A_SECOND;
}

/** Resident memory of a process, MiB. */
export function memoryMib(pid) {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))[1]) / 1024;
}

/** One request; the body as text. */
export function ask(agent, base, { method = "GET", path, headers = {}, body }) {
  return new Promise((done, fail) => {
    const request = http.request(new URL(path, base), { agent, method, headers }, (response) => {
      const parts = [];
      response.on("data", (part) => parts.push(part));
      response.on("end", () => done({ status: response.statusCode, headers: response.headers, body: Buffer.concat(parts).toString() }));
    });
    request.on("error", fail);
    request.end(body);
  });
}

/** Keeps CONNECTIONS requests under way for `seconds`; every answer must have `status`. */
export async function load(pid, base, make, { seconds = 6, status = 200 } = {}) {
  const agent = new http.Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  const waits = [];
  const run = async (until) => {
    let answered = 0;
    while (performance.now() < until) {
      const from = performance.now();
      const answer = await ask(agent, base, make());
      if (answer.status !== status) throw new Error(`${answer.status} instead of ${status}: ${answer.body.slice(0, 200)}`);
      waits.push(performance.now() - from);
      answered += 1;
    }
    return answered;
  };
  const lanes = (until) => Promise.all(Array.from({ length: CONNECTIONS }, () => run(until)));
  await lanes(performance.now() + 1000);
  waits.length = 0;
  const [cpu, from] = [cpuUs(pid), performance.now()];
  const answered = (await lanes(from + seconds * 1000)).reduce((sum, n) => sum + n, 0);
  const [took, used] = [performance.now() - from, cpuUs(pid) - cpu];
  agent.destroy();
  waits.sort((a, b) => a - b);
  return { usARequest: used / answered, aSecond: (answered * 1000) / took, p99Ms: waits[Math.floor(waits.length * 0.99)] };
}
