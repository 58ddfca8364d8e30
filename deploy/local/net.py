"""The local stack's few questions to the network: a free port, is this port free, does Kafka answer."""
import random
import socket
import struct
import sys


def is_free(port):
    with socket.socket() as s:
        s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            s.bind(("127.0.0.1", port))
            return True
        except OSError:
            return False


def free_port():
    """Below the range that the kernel hands out to outgoing connections, so it stays free until used."""
    for _ in range(1000):
        port = random.randint(20000, 32000)
        if is_free(port):
            return port
    raise SystemExit("no free port between 20000 and 32000 on 127.0.0.1")


def kafka_answers(port):
    """Sends ApiVersions (key 18, version 0), which a broker answers once it serves requests."""
    body = struct.pack(">hhih", 18, 0, 1, 5) + b"stack"
    with socket.create_connection(("127.0.0.1", port), timeout=2) as s:
        s.settimeout(2)
        s.sendall(struct.pack(">i", len(body)) + body)
        answer = s.recv(10)
    return len(answer) == 10 and struct.unpack(">iih", answer)[1:] == (1, 0)


def ready(port):
    """Does the service behind this port say at /readyz that it is ready?"""
    with socket.create_connection(("127.0.0.1", port), timeout=2) as s:
        s.settimeout(2)
        s.sendall(b"GET /readyz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        return s.recv(16).split(b" ")[1:2] == [b"200"]


def main():
    command, *ports = sys.argv[1:]
    if command == "free-port":
        print(free_port())
        return 0
    question = {"is-free": is_free, "kafka-answers": kafka_answers, "ready": ready}[command]
    try:
        return 0 if question(int(ports[0])) else 1
    except (OSError, ValueError):
        return 1


sys.exit(main())
