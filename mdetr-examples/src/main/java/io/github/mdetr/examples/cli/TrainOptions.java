package io.github.mdetr.examples.cli;

import io.github.mdetr.nn.text.PositiveMap;
import io.github.mdetr.nn.training.TrainerOptions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What a training is made of; each option by its name without dashes in the configuration file too. */
final class TrainOptions {
    /** The published schedules, and those for training from nothing. */
    enum Rates {
        CONSTANT,
        STEP,
        MULTISTEP,
        LINEAR_WITH_WARMUP,
        ALL_LINEAR_WITH_WARMUP,
        WARMUP_STABLE_DECAY
    }

    /** How images are changed. */
    enum Augment {
        NONE,
        PHOTOGRAPHS,
        CLEVR
    }

    // ---- what to learn ----

    @Option(names = "--world", description = "Learn the synthetic world: no data, the small model from nothing.")
    boolean world;

    @Option(
            names = "--data",
            paramLabel = "FILE",
            description = "Annotations in the published format. Given several times: the data sets mixed as one.")
    List<Path> data = new ArrayList<>();

    @Option(
            names = "--images",
            paramLabel = "DIR",
            description = "Where the images of --data lie: one folder for all, or one for each in the same order.")
    List<Path> images = new ArrayList<>();

    @Option(
            names = "--val",
            paramLabel = "FILE",
            description = "Annotations to judge by: the lowest mean loss is best.")
    @Nullable
    Path val;

    @Option(names = "--val-images", paramLabel = "DIR", description = "Where their images lie; as --images by default.")
    @Nullable
    Path valImages;

    @Mixin
    AnnotationOptions annotations = new AnnotationOptions();

    // ---- the model ----

    @Option(
            names = "--weights",
            paramLabel = "FILE",
            description = "Weights to begin with. Without, and with --vocabulary, the small model from nothing.")
    @Nullable
    Path weights;

    @Option(
            names = {"--vocabulary", "--vocab"},
            paramLabel = "PATH",
            description = "The vocabulary; by default beside the weights, or in the folder vocabulary there.")
    @Nullable
    Path vocabulary;

    @Option(names = "--live-norms", description = "Batch norms learn too, and a ResNet's first stages.")
    boolean liveNorms;

    @Option(
            names = "--freeze",
            paramLabel = "TEXT",
            description = "Leave the parameters as they are whose names hold this text. May be given several times.")
    List<String> freeze = new ArrayList<>();

    // ---- how long ----

    @Option(names = "--epochs", paramLabel = "N", description = "Epochs over --data; 5 by default.")
    @Nullable
    Integer epochs;

    @Option(names = "--steps", paramLabel = "N", description = "Steps in all, in place of epochs; --world: 60000.")
    @Nullable
    Long steps;

    @Option(names = "--chunks", paramLabel = "N", description = "Epochs of a pass over the data; 1 by default.")
    @Nullable
    Integer chunks;

    @Option(names = "--batch", paramLabel = "N", description = "Images of a batch; 2 by default, --world: 16.")
    @Nullable
    Integer batch;

    @Option(names = "--passes", paramLabel = "N", description = "Batches of a step, whose gradients are averaged; 1.")
    int passes = 1;

    @Option(
            names = "--loss",
            paramLabel = "NAME=W",
            description =
                    "Weight of a loss by its name in the log, such as loss_ce=4; as published by default, --world:"
                            + " loss_ce=4, loss_bbox=2, loss_giou=1. May be given several times.")
    List<String> losses = new ArrayList<>();

    // ---- the optimizer ----

    @Option(names = "--rate", paramLabel = "R", description = "Learning rate; 1e-4 by default, --world: 2e-4.")
    @Nullable
    Double rate;

    @Option(names = "--backbone-rate", paramLabel = "R", description = "Of the backbone; 1e-5, --world: as --rate.")
    @Nullable
    Double backboneRate;

    @Option(names = "--text-rate", paramLabel = "R", description = "Of the text encoder; 5e-5, --world: as --rate.")
    @Nullable
    Double textRate;

    @Option(
            names = "--schedule",
            paramLabel = "NAME",
            description =
                    "Of the rates: ${COMPLETION-CANDIDATES}; linear_with_warmup by default, warmup_stable_decay from nothing.")
    @Nullable
    Rates schedule;

    @Option(names = "--drop", paramLabel = "N", description = "Epochs before the rate falls; 3/5 of all by default.")
    @Nullable
    Integer drop;

    @Option(
            names = "--decay",
            paramLabel = "N",
            description = "The last steps, over which the rate falls to 0; a quarter by default.")
    @Nullable
    Long decay;

    @Option(names = "--weight-decay", paramLabel = "X", description = "AdamW's; 1e-4 by default.")
    double weightDecay = 1e-4;

    @Option(names = "--clip", paramLabel = "NORM", description = "Gradient clipping; 0.1 by default, --world: 1.")
    @Nullable
    Double clip;

    @Option(names = "--average", paramLabel = "X", description = "Keep and judge a moving average, such as 0.9998.")
    @Nullable
    Double average;

    @Option(
            names = "--maps",
            paramLabel = "NAME",
            description = "Positive maps: binary as published, or uniform; binary by default, --world: uniform.")
    PositiveMap.@Nullable Kind maps;

    @Option(names = "--no-dropout", description = "Train without dropout.")
    boolean noDropout;

    @Option(
            names = "--augment",
            paramLabel = "NAME",
            description = "How images are changed: ${COMPLETION-CANDIDATES}; photographs by default, --world: none.")
    @Nullable
    Augment augment;

    @Option(
            names = "--size",
            paramLabel = "N",
            description =
                    "--augment none: the shorter side of every image, such as 160; by default images as they are.")
    @Nullable
    Integer size;

    @Option(names = "--flip", description = "Mirror half of the images, and left and right in their captions.")
    boolean flip;

    @Option(names = "--seed", paramLabel = "S", description = "Of all that is random; 1 by default.")
    long seed = 1;

    // ---- the world ----

    @Option(names = "--captions", paramLabel = "N", description = "--world: captions of a scene; 2 by default.")
    @Nullable
    Integer captions;

    @Option(names = "--curriculum", paramLabel = "N", description = "--world: steps until expressions prevail; 5000.")
    @Nullable
    Long curriculum;

    @Option(
            names = "--overfit",
            paramLabel = "N",
            description = "--world: learn only the first so many steps' batches.")
    @Nullable
    Long overfit;

    // ---- the run ----

    @Option(names = "--evaluate-every", paramLabel = "N", description = "Steps between evaluations; an epoch, or 2000.")
    @Nullable
    Integer evaluateEvery;

    @Option(names = "--checkpoint-every", paramLabel = "N", description = "Steps between checkpoints; 500 by default.")
    int checkpointEvery = 500;

    @Option(names = "--log-every", paramLabel = "N", description = "Steps between lines of the log; 50 by default.")
    int logEvery = 50;

    @Option(names = "--loaders", paramLabel = "N", description = "Threads that make batches; 1 by default.")
    int loaders = 1;

    @Option(
            names = "--non-finite",
            paramLabel = "NAME",
            description = "At a loss that is no number: stop or skip; stop by default.")
    TrainerOptions.NonFinite nonFinite = TrainerOptions.NonFinite.STOP;

    @Option(
            names = "--bad-images",
            paramLabel = "NAME",
            description =
                    "At an image that cannot be read: stop, or skip: go on with the next of the data in its place, list it in"
                            + " " + SkippedFile.NAME + ", and end when more than 1 %% are so; stop by default.")
    BadImages badImages = BadImages.STOP;
}
