package io.github.mdetr.examples.cli;

import picocli.CommandLine.Command;

/** Measurements of speed. */
@Command(
        name = "bench",
        description = "Measures time and memory.",
        subcommands = {BenchInferCommand.class, BenchTrainCommand.class})
final class BenchCommand {}
