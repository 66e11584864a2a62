"""Times this library and its peers in alternation and writes a Markdown table.

    python bench/compare.py --peer torch_mdetr.py --java "./mdetr bench infer" --runtimes onnx,openvino,eager --rounds 5
                            [--sizes 800x1066,480x640] [--backbone resnet101] [--batch 1] [--tokens 20] [--runs 5]
                            [--threads 2] [--bf16] [--python PYTHON] [--out table.md] [--raw rounds.json]

Each side is a fresh process of its own that prints one JSON line with median_ms, min_ms, max_ms and peak_rss_mib; both get
the same options. Within a round every side runs once, and each round begins with another side, so that a change of the
machine's clock or load meets all of them. The table gives the median of the rounds' medians, the smallest minimum, the
range of the medians, the largest resident set, and the time relative to the fastest peer. Run it on an idle machine: the
load before the start is written down, and a busy one is warned about.
"""
import argparse
import json
import os
import platform
import shlex
import statistics
import subprocess
import sys
from pathlib import Path

FLAGS = ["avx2", "fma", "avx512f", "avx512_vnni", "avx512_bf16", "avx512_fp16", "amx_bf16", "amx_int8", "asimd", "sve", "bf16"]
KEYS = ["median_ms", "min_ms", "max_ms", "peak_rss_mib"]
RUNTIMES = ["eager", "compile", "onnx", "openvino"]  # the peer takes any other word for eager
OURS = "this library"


def machine() -> dict:
    """Processor, cores and the instruction sets that decide the speed."""
    text = Path("/proc/cpuinfo").read_text() if Path("/proc/cpuinfo").exists() else ""
    fields = dict(
        (k.strip(), v.strip()) for k, v in (line.split(":", 1) for line in text.splitlines() if ":" in line)
    )
    flags = set((fields.get("flags") or fields.get("Features") or "").split())
    return {
        "processor": fields.get("model name") or platform.processor() or platform.machine(),
        "cores": os.cpu_count(),
        "instruction sets": ", ".join(f for f in FLAGS if f in flags) or "unknown",
        "system": f"{platform.system()} {platform.release()}",
    }


def load() -> float | None:
    return os.getloadavg()[0] if hasattr(os, "getloadavg") else None


def run(command: list, timeout: float) -> dict:
    """The JSON line of one process, or {"error": its reason in one line}."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=timeout)
    except FileNotFoundError as e:
        return {"error": f"no such program: {e.filename}"}
    except subprocess.TimeoutExpired:
        return {"error": f"no answer in {timeout:.0f} s"}
    if done.returncode != 0:
        lines = [line for line in (done.stderr or done.stdout).splitlines() if line.strip()]
        return {"error": f"exit status {done.returncode}: {lines[-1].strip() if lines else 'no message'}"}
    for line in reversed(done.stdout.splitlines()):
        if line.startswith("{"):
            try:
                result = json.loads(line)
            except json.JSONDecodeError as e:
                return {"error": f"no JSON: {e}"}
            missing = [k for k in KEYS if not isinstance(result.get(k), (int, float))]
            return {"error": f"the JSON line lacks {', '.join(missing)}"} if missing else result
    return {"error": "printed no JSON line"}


def sides(options) -> dict:
    """Name and command of each side, without the size."""
    common = ["--backbone", options.backbone, "--batch", str(options.batch), "--tokens", str(options.tokens)]
    common += ["--runs", str(options.runs), "--threads", str(options.threads)]
    result = {}
    for runtime in filter(None, options.runtimes.split(",")):
        command = [options.python, options.peer, "--mode", options.mode, "--runtime", runtime, *common]
        result[f"peer {runtime}"] = command + (["--bf16"] if options.bf16 else [])
    if options.java:
        result[OURS] = shlex.split(options.java) + common + (["--precision", "bf16"] if options.bf16 else [])
    return result


def alternate(commands: dict, size: str, rounds: int, timeout: float) -> dict:
    """Every side's results; a side that failed twice is left out of the later rounds."""
    height, width = size.split("x")
    results: dict = {name: [] for name in commands}
    names = list(commands)
    for n in range(rounds):
        shift = n % len(names)
        for name in names[shift:] + names[:shift]:
            if sum("error" in r for r in results[name]) >= 2:
                continue
            result = run(commands[name] + ["--height", height, "--width", width], timeout)
            results[name].append(result)
            shown = result.get("error") or f"{result['median_ms']:.0f} ms, {result['peak_rss_mib']:.0f} MiB"
            print(f"{size} round {n + 1} {name}: {shown}", file=sys.stderr, flush=True)
    return results


def table(size: str, results: dict) -> list:
    good = {name: [r for r in rows if "error" not in r] for name, rows in results.items()}
    medians = {name: statistics.median(r["median_ms"] for r in rows) for name, rows in good.items() if rows}
    fastest = min((m for name, m in medians.items() if name != OURS), default=None)
    lines = [
        f"### {size} (height × width)",
        "",
        "| side | version | median ms | min ms | medians' range | peak RSS MiB | × fastest peer | rounds |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for name, rows in sorted(good.items(), key=lambda item: medians.get(item[0], float("inf"))):
        failed = [r["error"] for r in results[name] if "error" in r]
        if not rows:
            lines.append(f"| {name} | | failed: {failed[0] if failed else 'never ran'} | | | | | 0 |")
            continue
        each = [r["median_ms"] for r in rows]
        ratio = f"{medians[name] / fastest:.3f}" if fastest else "–"
        count = f"{len(rows)}" + (f" ({len(failed)} failed)" if failed else "")
        lines.append(
            f"| {name} | {rows[0].get('peer', rows[0].get('version', ''))} | {medians[name]:.1f} "
            f"| {min(r['min_ms'] for r in rows):.1f} | {min(each):.0f}–{max(each):.0f} "
            f"| {max(r['peak_rss_mib'] for r in rows):.0f} | {ratio} | {count} |"
        )
    return lines + [""]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--peer", help="the peer script; needed with --runtimes")
    parser.add_argument("--java", help="this library's command up to the options, e.g. './mdetr bench infer'")
    parser.add_argument("--mode", default="infer", choices=["infer", "train"], help="of the peer; give --java the same")
    parser.add_argument("--runtimes", default="onnx,openvino,eager", help="of the peer, by comma; '' for none")
    parser.add_argument("--python", default=sys.executable, help="the peer's interpreter")
    parser.add_argument("--sizes", default="800x1066,480x640", help="HEIGHTxWIDTH, by comma")
    parser.add_argument("--backbone", default="resnet101")
    for name, value in dict(batch=1, tokens=20, runs=5, threads=2, rounds=5).items():
        parser.add_argument(f"--{name}", type=int, default=value)
    parser.add_argument("--bf16", action="store_true")
    parser.add_argument("--timeout", type=float, default=900, help="seconds a process may take")
    parser.add_argument("--out", type=Path, help="file of the table; standard output without it")
    parser.add_argument("--raw", type=Path, help="file of all results as JSON")
    options = parser.parse_args()
    if options.runtimes and not options.peer:
        parser.error("--runtimes needs --peer SCRIPT (or give --runtimes '')")
    if not options.runtimes and not options.java:
        parser.error("nothing to run: give --peer and --runtimes, --java, or both")
    for runtime in filter(None, options.runtimes.split(",")):
        if runtime not in RUNTIMES:
            parser.error(f"--runtimes: expected some of {','.join(RUNTIMES)}, got '{runtime}'")
        if options.bf16 and runtime == "onnx":
            parser.error("--bf16: the peer's onnx runs in float32 all the same; leave it out of --runtimes")
    for size in options.sizes.split(","):
        height, _, width = size.partition("x")
        if not (height.isdigit() and width.isdigit()):
            parser.error(f"--sizes: expected HEIGHTxWIDTH by comma, got '{size}'")

    before = load()
    if before is not None and before > 0.3:
        print(f"warning: the machine is busy (load {before:.2f}); the figures will not be comparable", file=sys.stderr)
    facts = machine() | {"load before": "unknown" if before is None else f"{before:.2f}"}
    commands = sides(options)
    results = {size: alternate(commands, size, options.rounds, options.timeout) for size in options.sizes.split(",")}

    precision = "bfloat16" if options.bf16 else "float32"
    lines = [
        f"{options.backbone}, batch {options.batch}, {options.tokens} tokens, {precision}, {options.threads} threads,"
        f" {options.rounds} rounds of {options.runs} runs in alternation.",
        "",
        "; ".join(f"{k}: {v}" for k, v in facts.items()) + ".",
        "",
    ]
    for size, rows in results.items():
        lines += table(size, rows)
    text = "\n".join(lines)
    if options.out:
        options.out.write_text(text, encoding="utf-8")
    else:
        print(text)
    if options.raw:
        options.raw.write_text(json.dumps({"machine": facts, "results": results}, indent=1) + "\n", encoding="utf-8")
    return 1 if any("error" in r for rows in results.values() for side in rows.values() for r in side) else 0


if __name__ == "__main__":
    sys.exit(main())
