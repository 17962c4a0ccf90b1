import { createServer } from 'node:http';

const server = createServer(async (request, response) => {
  if (request.url === '/healthz') return response.end('ok');
  try {
    const greeting = await fetch('http://greeter:8080', { signal: AbortSignal.timeout(2000) });
    response.end(`${await greeting.text()}\n`);
  } catch {
    response.writeHead(502).end('the greeter does not answer\n');
  }
}).listen(8080);
process.once('SIGTERM', () => server.close());
