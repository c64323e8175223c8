#!/usr/bin/env python3
"""The Debian package: made, looked into, what is in it started as systemd would, and installed where that is possible.

usage: package_test.py BUILD_FOLDER
Ends with 77 (skipped) where a package cannot be made at all. That it is installed and started needs root, systemd as the first
process, and WINDLASS_TEST_INSTALL=1: it changes the machine.
"""
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import tempfile
import time

BUILD = pathlib.Path(sys.argv[1]).resolve()
SOURCE = pathlib.Path(__file__).resolve().parents[2]
passed = failed = skipped = 0


def check(name, good, shown=""):
    global passed, failed
    if good:
        passed += 1
    else:
        failed += 1
        print(f"FAILED {name}\n{shown}")


def skip(name, why):
    global skipped
    skipped += 1
    print(f"skipped {name}: {why}")


def run(*words, **more):
    done = subprocess.run(words, capture_output=True, text=True, timeout=250, **more)
    return done.returncode, done.stdout + done.stderr


def until(good, seconds=60):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if good():
            return True
        time.sleep(0.05)
    return False


def start_as_systemd_would(root, folder):
    """Type=notify, StateDirectory and LoadCredential, by hand."""
    unit = (root / "usr/lib/systemd/system/windlass.service").read_text()
    settings = dict(line.split("=", 1) for line in unit.splitlines() if "=" in line and not line.startswith("#"))
    credentials = pathlib.Path(folder, "credentials")
    credentials.mkdir()
    (credentials / "key").write_bytes(os.urandom(32))
    (credentials / "key.old").write_bytes(b"")
    state = pathlib.Path(folder, "state")
    state.mkdir(mode=0o700)
    words = settings["ExecStart"].replace("%d", str(credentials)).split()
    words[0] = str(root) + words[0]
    words = [str(state) if w == "/var/lib/windlass" else str(root) + w if w.startswith("/etc/") else w for w in words]
    words += ["--listen", "127.0.0.1:0"]
    heard = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    heard.bind(folder + "/notify")
    heard.settimeout(60)
    with open(folder + "/log", "w") as log:
        process = subprocess.Popen(words, stdout=log, stderr=log, env={"PATH": "/usr/bin:/bin", "NOTIFY_SOCKET": folder + "/notify"})
    try:
        try:
            said = heard.recv(4096).decode()
        except OSError:
            said = ""
        check("what the unit starts says that it is ready", "READY=1" in said, said + pathlib.Path(folder, "log").read_text())
        check("with the key that systemd hands over", not (state / "key").exists() and (state / "objects.db").exists())
        process.send_signal(15)
        check("and stops", process.wait(timeout=60) == 0)
    finally:
        if process.poll() is None:
            process.kill()


def install(package):
    if os.environ.get("WINDLASS_TEST_INSTALL") != "1":
        return skip("installed and started", "it changes the machine; say so with WINDLASS_TEST_INSTALL=1")
    if os.geteuid() != 0:
        return skip("installed and started", "this is not root")
    if not os.path.isdir("/run/systemd/system"):
        return skip("installed and started", "systemd is not the first process here")
    code, out = run("dpkg", "-i", package)
    check("it installs", code == 0, out)
    check("the service runs", until(lambda: run("systemctl", "is-active", "windlass")[1].strip() == "active"),
          run("journalctl", "-u", "windlass", "-n", "50")[1])
    check("and answers", until(lambda: run("curl", "-fs", "http://127.0.0.1:9090/readyz")[0] == 0))
    code, out = run("dpkg", "-P", "windlass")
    check("it goes again", code == 0, out)
    check("and leaves what it kept", os.path.exists("/var/lib/windlass/objects.db"))


def main():
    for program in ("cpack", "dpkg-deb", "dpkg-shlibdeps"):
        if shutil.which(program) is None:
            print(f"skipped: there is no {program}")
            sys.exit(77)
    with tempfile.TemporaryDirectory() as folder:
        code, out = run("cpack", "-G", "DEB", "-B", folder, cwd=BUILD)
        packages = list(pathlib.Path(folder).glob("*.deb"))
        check("a package is made", code == 0 and len(packages) == 1, out)
        if packages:
            package = str(packages[0])
            code, fields = run("dpkg-deb", "-f", package)
            check("with its fields", code == 0 and "Package: windlass\n" in fields and "Depends: " in fields and "libc6" in fields, fields)
            root = pathlib.Path(folder, "root")
            code, out = run("dpkg-deb", "-x", package, str(root))
            for name in ("usr/bin/windlass", "usr/bin/windlass-agent", "usr/lib/systemd/system/windlass.service",
                         "usr/lib/sysusers.d/windlass.conf", "etc/windlass/windlass.yaml", "usr/share/man/man1/windlass.1",
                         "usr/share/bash-completion/completions/windlass", "usr/share/doc/windlass/copyright"):
                check(name, (root / name).is_file(), run("dpkg-deb", "-c", package)[1])
            code, out = run("dpkg-deb", "-e", package, folder + "/control")
            for name in ("postinst", "prerm", "postrm", "conffiles"):
                check("its " + name, os.path.exists(folder + "/control/" + name))
            for name in ("postinst", "prerm", "postrm"):
                check(f"{name} is sound shell", run("sh", "-n", folder + "/control/" + name)[0] == 0)
            if shutil.which("systemd-analyze"):
                unit = root / "usr/lib/systemd/system/windlass.service"
                text = unit.read_text().replace("ExecStart=/usr/bin/windlass", f"ExecStart={root}/usr/bin/windlass")
                text = text.replace("Documentation=man:windlass(1)\n", "")
                pathlib.Path(folder, "windlass.service").write_text(text)
                code, out = run("systemd-analyze", "verify", "--man=no", folder + "/windlass.service")
                told = [l for l in out.splitlines() if "windlass.service" in l and "credential" not in l.lower()]
                check("systemd has nothing against the unit", not told, out)
            else:
                skip("the unit by systemd-analyze", "there is none")
            start_as_systemd_would(root, folder)
            install(package)
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    sys.exit(1 if failed else 0)


main()
