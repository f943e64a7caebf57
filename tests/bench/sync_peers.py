# SPDX-License-Identifier: Apache-2.0
"""A sync of 1 MB, 100 rooms and 5,000 events: ours to COMMIT, Boost.JSON alone, and the peers, on the same bytes."""
import json
import shutil
import subprocess
import tempfile

from echo_peers import HERE
from measure import without_proxies

import js_client
import peers
from synapse import Unavailable


def benchmarks(program, arguments, repetitions):
    """{name: [result of each repetition]} of a Google Benchmark program; the repetitions of all benchmarks take turns."""
    done = subprocess.run([program, *arguments, f"--benchmark_repetitions={repetitions}", "--benchmark_enable_random_interleaving=true",
                           "--benchmark_format=json"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=True)
    found = {}
    for one in json.loads(done.stdout)["benchmarks"]:
        if one["run_type"] == "iteration":
            found.setdefault(one["run_name"].removesuffix("/real_time"), []).append(one)
    return found


def least(results, member="real_time"):
    return min(one[member] for one in results)


def nio(work):
    return [peers.fetch_python(work / "python"), HERE / "nio_sync.py"], None


def js(work):
    node = js_client.fetch(work / "js")
    return [node, shutil.copy(HERE / "sync.mjs", work / "js" / "sync.mjs")], work / "js"


def peer(name, command, work, response, table):
    try:
        argv, folder = command(work)
    except Unavailable as reason:
        table.skip(f"{name}: {reason}")
        return []
    done = subprocess.run([*argv, response], cwd=folder, env=without_proxies(), capture_output=True, text=True, timeout=120)
    if done.returncode != 0:
        table.skip(f"{name}: {(done.stderr.strip().splitlines() or ['?'])[-1]}")
        return []
    return [(name, float(done.stdout))]


def figures(table, binaries, work):
    program = binaries / "bench_sync"
    found = benchmarks(program, ["--benchmark_min_time=0.2"], repetitions=15)
    nothing, everything = found["sync/no_event_wanted"], found["sync/each_message_for_the_inbox"]
    with tempfile.NamedTemporaryFile(suffix=".json") as response:
        subprocess.run([program, "--print-response"], stdout=response, check=True)
        beside = [("its CPU", least(nothing, "cpu_time")), ("Boost.JSON's parse alone", least(found["boost_json_alone"]))]
        for name, command in (("matrix-nio's parse", nio), ("matrix-js-sdk", js)):
            beside += peer(name, command, work, response.name, table)
    table.add("sync of 1 MB, 5,000 events, none for the inbox, parsed and committed", least(nothing), "ms", 10, beside=beside)
    row = (least(everything) - least(nothing)) * 1000 / everything[0]["inbox_rows"]
    table.add("each row for the inbox on top", row, "µs", 4)
    table.add("the same sync, each message looked at by a predicate", least(found["sync/each_event_looked_at"]), "ms")
    table.add("the same as an account's first sync", least(found["first_sync"]), "ms")
