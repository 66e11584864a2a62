package io.github.mdetr.examples.cli;

import io.github.mdetr.examples.cli.TrainOptions.Augment;
import io.github.mdetr.examples.cli.TrainOptions.Rates;
import io.github.mdetr.nn.data.Orientation;
import io.github.mdetr.nn.text.PositiveMap;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a training's options come to where they were not given, for the world and for data; what cannot be meant is refused. */
final class TrainDefaults {
    /** The schedules whose rates fall after epochs. */
    private static final Set<Rates> BY_EPOCHS = Set.of(Rates.STEP, Rates.MULTISTEP, Rates.LINEAR_WITH_WARMUP);

    /** As published the boxes' gradients drown those of words in what is shared, and colours fade from what it sees. */
    private static final List<String> WORLD_LOSSES = List.of("loss_ce=4", "loss_bbox=2", "loss_giou=1");

    private static final int CHUNKS = 1;
    private static final int CAPTIONS = 2;
    private static final long CURRICULUM = 5000;
    private static final long OVERFIT = Long.MAX_VALUE;

    private TrainDefaults() {}

    /**
     * Fills in all but what follows from the length of an epoch.
     *
     * @throws IllegalArgumentException for options that contradict each other, have no meaning together or are out of range
     */
    static void fill(TrainOptions o) {
        if (o.world != o.data.isEmpty()) {
            throw new IllegalArgumentException("expected either --data with --images, or --world");
        }
        refuseIgnored(o);
        o.schedule = schedule(o);
        if (o.world) {
            fillWorld(o);
        } else {
            fillData(o);
        }
        LossOption.criterion(o.losses); // refuses what is none
        checkNumbers(o);
        checkDecay(o);
    }

    private static void fillWorld(TrainOptions o) {
        o.steps = or(o.steps, 60_000L);
        o.evaluateEvery = or(o.evaluateEvery, 2000);
        if (o.schedule == Rates.WARMUP_STABLE_DECAY) {
            o.decay = or(o.decay, Math.min(15_000, o.steps / 2));
        }
        o.batch = or(o.batch, 16);
        o.captions = or(o.captions, CAPTIONS);
        o.curriculum = or(o.curriculum, CURRICULUM);
        o.augment = Augment.NONE;
        o.rate = or(o.rate, 2e-4);
        o.clip = or(o.clip, 1.0);
        o.maps = or(o.maps, PositiveMap.Kind.UNIFORM);
        o.losses = o.losses.isEmpty() ? WORLD_LOSSES : o.losses;
    }

    private static void fillData(TrainOptions o) {
        o.batch = or(o.batch, 2);
        o.chunks = or(o.chunks, CHUNKS);
        o.augment = or(o.augment, Augment.PHOTOGRAPHS);
        o.rate = or(o.rate, 1e-4);
        o.clip = or(o.clip, 0.1);
        o.maps = or(o.maps, PositiveMap.Kind.BINARY);
        if (o.weights != null) { // from nothing the backbone has as much to learn as the rest: one rate for all
            o.backboneRate = or(o.backboneRate, 1e-5);
            o.textRate = or(o.textRate, 5e-5);
        }
    }

    /** Epochs of steps or steps of epochs, whichever was given, and what follows from them. */
    static void fillLengths(TrainOptions o, long perEpoch) {
        if (o.steps == null) {
            o.epochs = or(o.epochs, 5);
            o.steps = perEpoch * o.epochs;
        } else {
            o.epochs = (int) Math.min(Integer.MAX_VALUE, (o.steps + perEpoch - 1) / perEpoch);
        }
        if (schedule(o) == Rates.WARMUP_STABLE_DECAY) {
            o.decay = or(o.decay, o.steps / 4);
            checkDecay(o);
        } else if (BY_EPOCHS.contains(schedule(o))) {
            o.drop = or(o.drop, Math.max(1, (int) Math.ceil(0.6 * o.epochs)));
        }
        o.evaluateEvery = or(o.evaluateEvery, (int) Math.min(Integer.MAX_VALUE, perEpoch));
    }

    private static void checkDecay(TrainOptions o) {
        if (o.decay != null && o.steps != null && (o.decay < 0 || o.decay > o.steps)) {
            throw new IllegalArgumentException(
                    "--decay: expected 0 to the " + o.steps + " steps in all, got " + o.decay);
        }
    }

    private static <T> T or(@Nullable T given, T usual) {
        return Objects.requireNonNullElse(given, usual);
    }

    private static Rates schedule(TrainOptions o) {
        return or(o.schedule, o.world || o.weights == null ? Rates.WARMUP_STABLE_DECAY : Rates.LINEAR_WITH_WARMUP);
    }

    /** What would be passed over in silence; a default that is spelled out changes nothing. */
    private static void refuseIgnored(TrainOptions o) {
        if (o.steps != null && o.epochs != null) {
            throw new IllegalArgumentException("--steps, --epochs: give one of them, the other follows from it");
        }
        if (o.world) {
            refuse("with --world", "--images", !o.images.isEmpty());
            refuse("with --world", "--boxes", o.annotations.boxes != null);
            refuse("with --world", "--orientation", o.annotations.orientation != Orientation.AUTO);
            refuse("with --world", "--val", o.val != null);
            refuse("with --world", "--vocabulary", o.vocabulary != null);
            refuse("with --world", "--epochs", o.epochs != null);
            refuse("with --world", "--chunks", or(o.chunks, CHUNKS) != CHUNKS);
            refuse("with --world", "--augment", o.augment != null && o.augment != Augment.NONE);
            refuse("with --world", "--size", o.size != null);
            refuse("with --world", "--flip", o.flip);
        } else {
            refuse("with --data", "--captions", or(o.captions, CAPTIONS) != CAPTIONS);
            refuse("with --data", "--curriculum", or(o.curriculum, CURRICULUM) != CURRICULUM);
            refuse("with --data", "--overfit", or(o.overfit, OVERFIT) != OVERFIT);
        }
        refuse("without --val", "--val-images", o.val == null && o.valImages != null);
        if (o.weights == null) {
            refuse("for the small model from nothing, whose norms learn", "--live-norms", o.liveNorms);
            refuse("for the small model from nothing, which has no dropout", "--no-dropout", o.noDropout);
        }
        Rates schedule = schedule(o);
        String with = "with --schedule " + schedule.name().toLowerCase(Locale.ROOT);
        refuse(with, "--decay", o.decay != null && schedule != Rates.WARMUP_STABLE_DECAY);
        refuse(with, "--drop", o.drop != null && !BY_EPOCHS.contains(schedule));
    }

    private static void refuse(String why, String option, boolean given) {
        if (given) {
            throw new IllegalArgumentException(option + ": has no meaning " + why + "; leave it out");
        }
    }

    private static void checkNumbers(TrainOptions o) {
        positive("--batch", o.batch);
        positive("--passes", o.passes);
        positive("--chunks", o.chunks);
        positive("--captions", o.captions);
        positive("--overfit", o.overfit);
        positive("--curriculum", o.curriculum);
        positive("--log-every", o.logEvery);
        positive("--checkpoint-every", o.checkpointEvery);
        positive("--loaders", o.loaders);
        positive("--size", o.size);
        positive("--steps", o.steps);
        positive("--epochs", o.epochs);
        if (o.size != null && o.augment != Augment.NONE) {
            throw new IllegalArgumentException(
                    "--size: --augment " + String.valueOf(o.augment).toLowerCase(Locale.ROOT)
                            + " has sizes of its own; give --augment none");
        }
        if (o.evaluateEvery != null && o.evaluateEvery < 0) {
            throw new IllegalArgumentException("--evaluate-every: expected 0 or more, got " + o.evaluateEvery);
        }
        rate("--rate", o.rate);
        rate("--backbone-rate", o.backboneRate);
        rate("--text-rate", o.textRate);
        for (String text : o.freeze) {
            if (text.isEmpty()) {
                throw new IllegalArgumentException("--freeze: expected a part of parameters' names, got no text");
            }
        }
    }

    private static void rate(String name, @Nullable Double value) {
        if (value != null && !(value >= 0 && Double.isFinite(value))) {
            throw new IllegalArgumentException(name + ": expected a number of 0 or more, got " + value);
        }
    }

    private static void positive(String name, @Nullable Number value) {
        if (value != null && value.longValue() < 1) {
            throw new IllegalArgumentException(name + ": expected 1 or more, got " + value);
        }
    }
}
