"""Where an inference's time goes: runs `mdetr bench infer` with the profile on and writes a Markdown table by kind of work.

    python bench/profile.py --java "./mdetr bench infer" [--height 480] [--width 640] [--tokens 20] [--runs 20] [--threads 2]

Products and convolutions also get their arithmetic (two operations for a multiply-add) and the rate reached. "Least" is what
the inference would take if every call were as fast as its fastest. Run it on an idle machine.
"""
import argparse
import collections
import os
import re
import subprocess

LINE = re.compile(r"([\d.]+) ms +(\d+) calls +[\d.]+ ms each, least +([\d.]+) +(\w+)\[([^\]]*)\]")
WARM_UP = 2  # runs that the command makes before those that count


def kind(op: str, key: list, tokens: int) -> tuple:
    """(kind of work, multiply-adds of a call)."""
    if op == "conv2d":
        _, _, _, c, oh, ow, oc, ky, kx = key[:9]
        groups = key[16]  # after strides, padding and dilation
        name = "1×1" if ky == kx == 1 else f"{ky}×{kx}"
        depthwise = groups > 1
        return f"{name} convolutions" + (", depthwise" if depthwise else ""), oh * ow * oc * ky * kx * c // groups
    if op == "linear":
        lines, rows, inputs, _, _, width = key[:6]
        rows *= lines
        where = "text encoder" if rows == tokens else "backbone (1×1) and transformer"
        return f"products, {where}", rows * inputs * width
    if op == "winogradProducts":
        pixels, inputs, width = key[:3]
        return "3×3 convolutions, Winograd's products", 16 * pixels * inputs * width
    if op.startswith("winograd"):
        return "3×3 convolutions, Winograd's sums", 0
    if op.startswith("attention"):
        return "attention, products", 0
    return {
        "binary": "additions",
        "softmax": "attention, softmax",
        "layerNorm": "layer norms",
        "weight": "weights laid out anew",
        "reorder": "copies (of pixels by parity, for Winograd)",
    }.get(op, op), 0


def main() -> None:
    p = argparse.ArgumentParser()
    p.add_argument("--java", default="./mdetr bench infer")
    p.add_argument("--backbone", default="resnet101")
    for name, default in dict(height=480, width=640, tokens=20, runs=20, threads=2).items():
        p.add_argument(f"--{name}", type=int, default=default)
    a = p.parse_args()
    options = " ".join(f"--{n} {getattr(a, n)}" for n in ("backbone", "height", "width", "tokens", "runs", "threads"))
    java = f"{os.environ.get('MDETR_JAVA_OPTS', '')} -Dmdetr.profile=true"
    done = subprocess.run(
        f"{a.java} {options} --verbose", shell=True, text=True, capture_output=True, env={**os.environ, "MDETR_JAVA_OPTS": java}
    )
    if done.returncode:
        raise SystemExit(done.stderr.strip().splitlines()[-1])
    runs = a.runs + WARM_UP
    table = collections.defaultdict(lambda: [0.0, 0.0, 0.0, 0.0])
    for total, calls, least, op, key in LINE.findall(done.stderr):
        name, macs = kind(op, [int(x) for x in key.split(",")], a.tokens)
        each = int(calls) / runs
        for i, x in enumerate((each, float(total) / runs, each * float(least), each * 2 * macs / 1e9)):
            table[name][i] += x
    print(f"{a.backbone}, {a.height}×{a.width}, {a.tokens} tokens, float32, {a.threads} threads; mean of {runs} runs.\n")
    print("| work | calls | ms | least ms | GFLOP | GFLOP/s |\n|---|---:|---:|---:|---:|---:|")
    rows = sorted(table.items(), key=lambda r: -r[1][1])
    for name, (calls, ms, least, work) in [*rows, ("all", [sum(c) for c in zip(*table.values())])]:
        rate = f"{work:.1f} | {work / ms * 1e3:.0f}" if work else "|"
        print(f"| {name} | {calls:.0f} | {ms:.1f} | {least:.1f} | {rate} |")


if __name__ == "__main__":
    main()
