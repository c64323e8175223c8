#!/usr/bin/env python3
"""The package on a machine of its own: a Debian folder, booted by its systemd as the first process of private namespaces. The
service is started, killed, stopped and taken away; a run goes on through all of it.

usage: boot_test.py PACKAGE.deb
It needs root, debootstrap, a Debian mirror and WINDLASS_TEST_BOOT=FOLDER, where the Debian is made once and used again; else it ends
with 77 (skipped). Nothing of this machine is changed: no network is shared, what the namespaces mount goes with them.
"""
import os
import pathlib
import shutil
import subprocess
import sys
import time

INCLUDE = "systemd,systemd-sysv,dbus,git,ca-certificates,adduser,procps,libcurl4,tzdata"
SCRIPT = "node { sh 'echo begun; while [ ! -e /var/lib/windlass/go ]; do sleep 0.1; done; id -un; echo done' }"
# Inside the namespaces, before systemd: what a container's maker does.
BOOT = r"""
R=$1
mount --make-rprivate /
mount --bind $R $R
mount -t proc proc $R/proc
mount -t sysfs sysfs $R/sys
mount -t tmpfs tmpfs $R/run; mount -t tmpfs tmpfs $R/tmp; mount -t tmpfs tmpfs $R/dev
for d in null zero full random urandom tty; do touch $R/dev/$d; mount --bind /dev/$d $R/dev/$d; done
mkdir $R/dev/pts $R/dev/shm; ln -s /proc/self/fd $R/dev/fd; touch $R/dev/console
mount -t devpts devpts $R/dev/pts -o newinstance,ptmxmode=0666; ln -s pts/ptmx $R/dev/ptmx
mount -t cgroup2 cgroup2 $R/sys/fs/cgroup
cd $R
mount --make-rshared .
exec chroot . /usr/bin/env -i container=other PATH=/usr/sbin:/usr/bin:/sbin:/bin /lib/systemd/systemd --log-target=journal \
  systemd.unit=multi-user.target
"""
passed = failed = 0


def check(name, good, shown=""):
    global passed, failed
    passed, failed = passed + bool(good), failed + (not good)
    if not good:
        print(f"FAILED {name}\n{shown}")


def until(good, seconds=90):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if good():
            return True
        time.sleep(0.1)
    return False


class Machine:
    def __init__(self, root):
        self.root = root
        self.process = subprocess.Popen(["unshare", "--pid", "--mount", "--uts", "--ipc", "--net", "--cgroup", "--fork", "--kill-child",
                                         "sh", "-c", BOOT, "sh", str(root)], stdin=subprocess.DEVNULL)
        children = pathlib.Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        check("it boots", until(lambda: children.read_text().strip()))
        self.first = children.read_text().split()[0]

    def __call__(self, script):
        done = subprocess.run(["nsenter", "-t", self.first, "-p", "-m", "-u", "-i", "-n", "-C", "--root", "--wd", "sh", "-c",
                               "export HOME=/root LANG=C.UTF-8; " + script], capture_output=True, text=True, timeout=120)
        return done.returncode, done.stdout + done.stderr

    def ends(self):
        self.process.kill()
        self.process.wait()


def story(machine, package):
    check("systemd is there", until(lambda: "running" in machine("systemctl is-system-running")[1]
                                    or "degraded" in machine("systemctl is-system-running")[1]), machine("systemctl --failed")[1])
    machine("ip link set lo up")
    code, out = machine("dpkg -i /root/windlass.deb")
    check("it installs", code == 0, out)
    check("the service runs", until(lambda: machine("systemctl is-active windlass")[1].strip() == "active"),
          machine("journalctl -u windlass -n 50 --no-pager")[1])
    check("and is enabled", machine("systemctl is-enabled windlass")[1].strip() == "enabled")
    check("systemd knows its address", "http://127.0.0.1:9090" in machine("systemctl status windlass --no-pager")[1])
    check("the key is not in its folder", machine("test -e /var/lib/windlass/key")[0] != 0)
    check("whose owner is its user alone", machine("stat -c '%U %a' /var/lib/windlass")[1].strip() == "windlass 700")
    (machine.root / "root/Jenkinsfile").write_text(SCRIPT)
    code, out = machine("runuser -u windlass -- windlass token create --data /var/lib/windlass --user admin"
                        " | windlass login http://127.0.0.1:9090 --token-stdin && windlass project create shop"
                        " && windlass pipeline create shop/b --file /root/Jenkinsfile && windlass start shop/b")
    check("a run is started", code == 0 and "shop/b#1" in out, out)
    check("its shell is at work", until(lambda: "begun" in machine("windlass logs --server shop/b")[1]))
    check("restart", machine("systemctl restart windlass")[0] == 0)
    machine("systemctl kill --kill-who=main -s KILL windlass")
    check("killed, it comes again", until(lambda: machine("windlass runs --server shop/b")[0] == 0), machine("systemctl status windlass")[1])
    check("reload", machine("systemctl reload windlass")[0] == 0)
    machine("runuser -u windlass -- touch /var/lib/windlass/go")
    out = machine("windlass logs --server --follow shop/b#1")[1]
    check("the run went on through it all, as the user of the service", out.count("\nbegun\n") == 1 and "\nwindlass\n" in out
          and out.endswith("Finished: SUCCESS\n"), out)
    code, out = machine("mv /etc/windlass/key /etc/windlass/key.old && (umask 077; head -c 32 /dev/urandom > /etc/windlass/key)"
                        " && systemctl restart windlass")
    check("with a new key everything is sealed anew", until(lambda: "sealed by the newest key" in machine(
        "journalctl -u windlass --no-pager")[1]), out)
    check("it stops", machine("systemctl stop windlass; systemctl is-active windlass")[1].strip() == "inactive")
    check("nothing is damaged", machine("runuser -u windlass -- windlass check --data /var/lib/windlass --key /etc/windlass/key || "
                                        "windlass check --data /var/lib/windlass --key /etc/windlass/key")[0] == 0)
    code, out = machine("dpkg -P windlass")
    check("it goes", code == 0 and machine("systemctl cat windlass")[0] != 0, out)
    check("and leaves what it kept", machine("test -e /var/lib/windlass/objects.db -a -e /etc/windlass/key")[0] == 0)


def main():
    root = os.environ.get("WINDLASS_TEST_BOOT")
    if not root or os.geteuid() != 0 or shutil.which("debootstrap") is None:
        print("skipped: it needs root, debootstrap and WINDLASS_TEST_BOOT=FOLDER")
        sys.exit(77)
    root = pathlib.Path(root).resolve()
    if not (root / "usr/lib/systemd/systemd").exists():
        subprocess.run(["debootstrap", "--variant=minbase", "--include=" + INCLUDE, "bookworm", str(root)], check=True)
    shutil.copy(sys.argv[1], root / "root/windlass.deb")
    machine = Machine(root)
    try:
        story(machine, sys.argv[1])
    finally:
        machine.ends()
    print(f"{passed} passed, {failed} failed, 0 skipped")
    sys.exit(1 if failed else 0)


main()
