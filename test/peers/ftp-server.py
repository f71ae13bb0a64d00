#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""An FTP server of few commands (RFC 959, RFC 2428): one folder, to read, in any mode.

    ftp-server.py ADDRESS FOLDER
"""

import os
import socket
import sys
import threading


def serve_one(control, folder):
    """One control connection."""
    lines = control.makefile("rwb", buffering=0)
    data = {"listener": None, "peer": None}

    def say(text):
        lines.write(text.encode() + b"\r\n")

    def connect():
        if data["listener"]:
            return data["listener"].accept()[0]
        end = socket.create_connection(data["peer"], timeout=10)
        return end

    say("220 ready")
    for line in lines:
        command, _, word = line.decode(errors="replace").strip().partition(" ")
        command = command.upper()
        path = os.path.join(folder, os.path.basename(word))
        if command == "USER":
            say("331 any password")
        elif command in ("PASS", "CWD", "TYPE"):
            say("230 yes" if command == "PASS" else "250 yes" if command == "CWD" else "200 yes")
        elif command == "PWD":
            say('257 "/"')
        elif command in ("PASV", "EPSV"):
            listener = socket.socket()
            listener.bind((control.getsockname()[0], 0))
            listener.listen()
            listener.settimeout(10)
            data["listener"] = listener
            address, port = listener.getsockname()
            if command == "PASV":
                numbers = address.replace(".", ",")
                say(f"227 Entering Passive Mode ({numbers},{port >> 8},{port & 255}).")
            else:
                say(f"229 Entering Extended Passive Mode (|||{port}|)")
        elif command == "PORT":
            numbers = [int(number) for number in word.split(",")]
            data["peer"] = (".".join(map(str, numbers[:4])), numbers[4] << 8 | numbers[5])
            data["listener"] = None
            say("200 yes")
        elif command == "EPRT":
            _, _, address, port, _ = word.split(word[0])
            data["peer"] = (address, int(port))
            data["listener"] = None
            say("200 yes")
        elif command == "SIZE" and os.path.exists(path):
            say(f"213 {os.path.getsize(path)}")
        elif command == "RETR" and os.path.exists(path):
            say("150 it comes")
            try:
                with connect() as end, open(path, "rb") as file:
                    end.sendfile(file)
                say("226 it is there")
            except OSError as error:
                say(f"425 {error}")
        elif command == "QUIT":
            say("221 bye")
            break
        else:
            say("502 no")
    control.close()


def main():
    """Serves until it is killed."""
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((sys.argv[1], 21))
    listener.listen()
    while True:
        control = listener.accept()[0]
        threading.Thread(target=serve_one, args=(control, sys.argv[2]), daemon=True).start()


if __name__ == "__main__":
    main()
