# SPDX-License-Identifier: Apache-2.0
"""What a running process has used, as the kernel counts it."""
import os
import re
import time


def cpu_ms(pid):
    """CPU of all threads of a process, those that ended too, to the nanosecond: its CPU clock (clock_getcpuclockid(3))."""
    return time.clock_gettime((~pid << 3) | 2) * 1000


def memory_mb(pid):
    """(private, resident)"""
    with open(f"/proc/{pid}/smaps_rollup", encoding="ascii") as file:
        sizes = dict(re.findall(r"^(\w+):\s+(\d+) kB", file.read(), re.MULTILINE))
    return (int(sizes["Private_Clean"]) + int(sizes["Private_Dirty"])) / 1024, int(sizes["Rss"]) / 1024


def children(pid):
    with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as file:
        return [int(child) for child in file.read().split()]


def without_proxies():
    """The environment for a program that talks to loopback."""
    return {k: v for k, v in os.environ.items() if not k.lower().endswith("_proxy")}
