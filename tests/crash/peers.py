"""Recording peers: servers that count what was delivered to them, and fail nothing.

One Peers object per run of a scenario; it lives longer than the killed processes.
"""
import socketserver
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Peers:
    def __init__(self):
        self.deliveries = []
        self.lock = threading.Lock()
        self.http = self._http()
        self.smtp = self._smtp()
        for server in (self.http, self.smtp):
            server.daemon_threads = True
            threading.Thread(target=server.serve_forever, kwargs={'poll_interval': 0.02}, daemon=True).start()

    def record(self, what):
        with self.lock:
            self.deliveries.append(what)

    def environment(self):
        return {
            'PEER_HTTP': f'http://127.0.0.1:{self.http.server_address[1]}',
            'EMAIL_SMTP_HOST': '127.0.0.1',
            'EMAIL_SMTP_PORT': str(self.smtp.server_address[1]),
        }

    def close(self):
        for server in (self.http, self.smtp):
            server.shutdown()
            server.server_close()

    def _http(peers):
        class Handler(BaseHTTPRequestHandler):
            def answer(self):
                length = int(self.headers.get('Content-Length') or 0)
                body = self.rfile.read(length).decode()
                peers.record(f'{self.command} {self.path} {body}')
                text = f'seen {self.path}'.encode()
                self.send_response(200)
                self.send_header('Content-Length', str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            do_GET = do_POST = do_PUT = answer

            def log_message(self, *_):
                pass

        return ThreadingHTTPServer(('127.0.0.1', 0), Handler)

    def _smtp(peers):
        class Handler(socketserver.StreamRequestHandler):
            def handle(self):
                def say(line):
                    self.wfile.write(line.encode() + b'\r\n')

                say('220 peer')
                while line := self.rfile.readline().decode(errors='replace'):
                    word = line.split(' ')[0].strip().upper()
                    if word in ('EHLO', 'HELO'):
                        say('250 peer')
                    elif word == 'DATA':
                        say('354 go on')
                        subject = ''
                        while (text := self.rfile.readline().decode(errors='replace')) not in ('.\r\n', ''):
                            if text.lower().startswith('subject:'):
                                subject = text[8:].strip()
                        peers.record(f'mail {subject}')
                        say('250 kept')
                    elif word == 'QUIT':
                        return say('221 bye')
                    else:
                        say('250 ok')

        return socketserver.ThreadingTCPServer(('127.0.0.1', 0), Handler)
