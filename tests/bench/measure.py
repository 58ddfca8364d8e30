"""What the machine says of processes: CPU time, memory, and the processes behind a PostgreSQL server."""

import os
import pathlib
import platform

TICKS = os.sysconf("SC_CLK_TCK")


def _stat(pid):
    """The fields of /proc/PID/stat from the third on, or None if it is gone."""
    try:
        return pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    except OSError:
        return None


def cpu_seconds(pid):
    fields = _stat(pid)
    return (int(fields[11]) + int(fields[12])) / TICKS if fields else 0.0


def family_cpu_seconds(parent):
    """A process, its children, and those of its children that have ended."""
    fields = _stat(parent)
    if fields is None:
        return 0.0
    total = sum(int(fields[i]) for i in (11, 12, 13, 14)) / TICKS
    for entry in os.listdir("/proc"):
        if entry.isdigit() and (child := _stat(entry)) and child[1] == str(parent):
            total += (int(child[11]) + int(child[12])) / TICKS
    return total


def busy_seconds():
    """CPU time of the whole machine that was not idle."""
    fields = pathlib.Path("/proc/stat").read_text().splitlines()[0].split()[1:]
    return sum(int(fields[i]) for i in (0, 1, 2, 5, 6, 7)) / TICKS


def memory_kb(pid, field):
    """VmRSS (now) or VmHWM (at most so far)."""
    for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(field + ":"):
            return int(line.split()[1])
    return 0


def machine():
    model = next((line.split(":", 1)[1].strip() for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines()
                  if line.startswith("model name")), platform.machine())
    memory = int(pathlib.Path("/proc/meminfo").read_text().split()[1])
    return {"cores": len(os.sched_getaffinity(0)), "processor": model, "memory_mb": memory // 1024,
            "kernel": platform.release(), "load_before": os.getloadavg()[0]}
