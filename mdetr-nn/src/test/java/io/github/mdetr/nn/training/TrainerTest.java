package io.github.mdetr.nn.training;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.mdetr.core.io.Checkpoint;
import io.github.mdetr.core.op.Elementwise;
import io.github.mdetr.core.op.Reductions;
import io.github.mdetr.core.parameter.Parameter;
import io.github.mdetr.nn.GoldenCases;
import io.github.mdetr.nn.loss.Criterion;
import io.github.mdetr.nn.mdetr.CheckpointWeights;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a run survives and what it keeps; {@link GoldenCases#on} sees that no tensor stays. */
class TrainerTest {
    private static final TrainingObserver SILENT = new TrainingObserver() {};

    private static final String FIRST = "backbone.0.body.conv1.weight";

    @TempDir
    Path folder;

    private static TrainerOptions options(long steps, int evaluateEvery, TrainerOptions.NonFinite policy) {
        return new TrainerOptions(steps, 100, evaluateEvery, 2, 2, policy);
    }

    private Path folder(String name) throws IOException {
        return Files.createDirectories(folder.resolve(name));
    }

    /** Dropout, running statistics, averages and accumulation included. */
    @Test
    void someStepsAndTheRestAreAllStepsToTheBit() throws IOException {
        GoldenCases.on("reference", () -> {
            TrainerOptions all = new TrainerOptions(4, 100, 0, 2, 2, TrainerOptions.NonFinite.STOP, 2);
            Path whole = folder("whole");
            try (TinyTraining tiny = TinyTraining.whole()) {
                assertTrue(
                        tiny.trainer(whole, all, TinyTraining::examples, SILENT).run());
            }
            Path parts = folder("parts");
            try (TinyTraining tiny = TinyTraining.whole()) {
                Trainer[] made = new Trainer[1];
                made[0] = tiny.trainer(parts, all, TinyTraining::examples, new TrainingObserver() {
                    @Override
                    public void step(StepReport report, List<String> ids, double waited) {
                        if (report.step() == 1) {
                            made[0].stop();
                        }
                    }
                });
                assertFalse(made[0].run());
            }
            assertNotEquals(-1, Files.mismatch(whole.resolve(Trainer.STATE), parts.resolve(Trainer.STATE)));
            try (TinyTraining tiny = TinyTraining.whole()) {
                Trainer trainer = tiny.trainer(parts, all, TinyTraining::examples, SILENT);
                assertEquals(2, trainer.resume());
                assertTrue(trainer.run());
            }
            for (String file : List.of(Trainer.STATE, Trainer.LAST)) {
                assertEquals(-1, Files.mismatch(whole.resolve(file), parts.resolve(file)), file);
            }
            Map<String, float[]> state = read(whole.resolve(Trainer.STATE));
            for (String name : List.of("exp_avg.", "exp_avg_sq.", "ema.")) {
                String weight = "optimizer." + name + "bbox_embed.layers.2.weight";
                assertTrue(state.containsKey(weight), state.keySet().toString());
            }
            try (TinyTraining tiny = TinyTraining.whole()) {
                float[] fresh = tiny.model
                        .parameters()
                        .find("backbone.0.body.bn1.running_mean")
                        .values();
                assertNotEquals(fresh[0], state.get("model.backbone.0.body.bn1.running_mean")[0], "norms that learn");
            }
        });
    }

    @Test
    void aRunGoesOnWithItsSeedAndModelAlone() throws IOException {
        GoldenCases.on("reference", () -> {
            try (TinyTraining tiny = TinyTraining.whole()) {
                tiny.trainer(folder, options(1, 0, TrainerOptions.NonFinite.STOP), TinyTraining::examples, SILENT)
                        .run();
                Trainer other = tiny.builder(folder, TrainerOptions.of(2), TinyTraining::examples, SILENT)
                        .seed(6)
                        .build();
                String message =
                        assertThrows(IllegalStateException.class, other::resume).getMessage();
                assertTrue(message.contains("was trained with seed 5, not 6"), message);
            }
            try (TinyTraining frozen = TinyTraining.frozen()) {
                Trainer other = frozen.trainer(folder, TrainerOptions.of(2), TinyTraining::examples, SILENT);
                String message =
                        assertThrows(IllegalStateException.class, other::resume).getMessage();
                assertTrue(message.contains("resume with the settings it was saved with"), message);
            }
        });
    }

    @Test
    void aTrainingIsNotReplacedByAnother() throws IOException {
        GoldenCases.on("reference", () -> {
            try (TinyTraining tiny = TinyTraining.frozen()) {
                tiny.trainer(folder, options(1, 0, TrainerOptions.NonFinite.STOP), TinyTraining::examples, SILENT)
                        .run();
                Trainer other = tiny.trainer(folder, TrainerOptions.of(2), TinyTraining::examples, SILENT);
                String message =
                        assertThrows(IllegalStateException.class, other::run).getMessage();
                assertTrue(
                        message.endsWith("holds a training of 1 steps, which would be lost; resume() it, or train in"
                                + " another folder"),
                        message);
                assertEquals(1, Trainer.stepsTaken(folder));
            }
        });
    }

    @Test
    void aBatchThatCannotBeReadLosesNoStep() throws IOException {
        GoldenCases.on("reference", () -> {
            try (TinyTraining tiny = TinyTraining.frozen()) {
                ExampleSource broken = step -> {
                    if (step == 2) {
                        throw new IOException("the disk is away");
                    }
                    return TinyTraining.examples(step);
                };
                Trainer trainer = tiny.trainer(folder, options(9, 0, TrainerOptions.NonFinite.STOP), broken, SILENT);
                assertEquals(
                        "the disk is away",
                        assertThrows(IOException.class, trainer::run).getMessage());
                assertEquals(2, Trainer.stepsTaken(folder));
            }
        });
    }

    /** Such as of a picture that is too large. */
    @Test
    void memoryThatRunsOutForABatchLosesNoStep() throws IOException {
        GoldenCases.on("reference", () -> {
            try (TinyTraining tiny = TinyTraining.frozen()) {
                ExampleSource large = step -> {
                    if (step == 2) {
                        throw new OutOfMemoryError("a picture");
                    }
                    return TinyTraining.examples(step);
                };
                Trainer trainer = tiny.trainer(folder, options(9, 0, TrainerOptions.NonFinite.STOP), large, SILENT);
                assertThrows(OutOfMemoryError.class, trainer::run);
                assertEquals(2, Trainer.stepsTaken(folder));
            }
        });
    }

    /** Stopped where an evaluation is due, which would have been the best, and once by an evaluation that fails. */
    @Test
    void anEvaluationThatWasDueIsMadeUp() throws IOException {
        GoldenCases.on("reference", () -> {
            TrainerOptions options = options(4, 2, TrainerOptions.NonFinite.STOP);
            List<Long> judged = new ArrayList<>();
            try (TinyTraining tiny = TinyTraining.frozen()) {
                Trainer[] made = new Trainer[1];
                made[0] = tiny.trainer(folder, options, TinyTraining::examples, new TrainingObserver() {
                    @Override
                    public void step(StepReport report, List<String> ids, double waited) {
                        if (report.step() == 1) {
                            made[0].stop();
                        }
                    }

                    @Override
                    public double evaluate(Path weights, long step) {
                        throw new AssertionError("whoever stops does not wait for an evaluation");
                    }
                });
                assertFalse(made[0].run());
            }
            try (TinyTraining tiny = TinyTraining.frozen()) {
                Trainer trainer = tiny.trainer(folder, options, TinyTraining::examples, new TrainingObserver() {
                    @Override
                    public double evaluate(Path weights, long step) throws IOException {
                        judged.add(step);
                        if (step == 4) {
                            throw new IOException("the pictures are away");
                        }
                        return -step;
                    }
                });
                trainer.resume();
                assertThrows(IOException.class, trainer::run);
                assertEquals(4, Trainer.stepsTaken(folder));
            }
            try (TinyTraining tiny = TinyTraining.frozen()) {
                Trainer trainer = tiny.trainer(folder, options, TinyTraining::examples, new TrainingObserver() {
                    @Override
                    public double evaluate(Path weights, long step) {
                        judged.add(step);
                        return -step;
                    }
                });
                assertEquals(4, trainer.resume());
                assertTrue(trainer.run());
                assertTrue(trainer.run(), "and not once more");
            }
            assertEquals(List.of(2L, 4L, 4L), judged);
            Map<String, float[]> best = read(folder.resolve(Trainer.BEST));
            Map<String, float[]> last = read(folder.resolve(Trainer.LAST));
            String weight = "bbox_embed.layers.2.weight";
            assertNotEquals(best.get(weight)[0], last.get(weight)[0], "the best are those of step 2");
        });
    }

    @Test
    void aLossThatIsNoNumberStopsTheRunAndChangesNothing() throws IOException {
        GoldenCases.on("reference", () -> {
            try (TinyTraining tiny = TinyTraining.whole()) {
                List<Map<String, float[]>> before = new ArrayList<>();
                Trainer trainer = tiny.trainer(
                        folder,
                        new TrainerOptions(3, 1, 0, 1, 1, TrainerOptions.NonFinite.STOP),
                        TinyTraining::examples,
                        new TrainingObserver() {
                            @Override
                            public void step(StepReport report, List<String> ids, double waited) {
                                if (report.step() == 0) {
                                    before.add(values(tiny));
                                    poison(tiny);
                                    before.add(values(tiny));
                                }
                            }
                        });
                String message =
                        assertThrows(NonFiniteLossException.class, trainer::run).getMessage();
                assertTrue(message.startsWith("step 1: the loss is NaN on the batch [noise 1]"), message);
                Map<String, float[]> after = values(tiny);
                before.get(1).forEach((name, v) -> assertArrayEquals(v, after.get(name), name));
            }
        });
    }

    /** Makes every prediction of the model no number. */
    private static void poison(TinyTraining tiny) {
        poison(tiny, FIRST);
    }

    private static void poison(TinyTraining tiny, String name) {
        Parameter p = tiny.model.parameters().find(name);
        float[] v = p.values();
        v[0] = Float.NaN;
        p.tensor().write(FloatBuffer.wrap(v));
    }

    /** A weight is no number for one step: what that step computes, running statistics too, leaves no trace. */
    @Test
    void aBatchWhoseLossIsNoNumberCanBeSkipped() throws IOException {
        GoldenCases.on("reference", () -> {
            List<Boolean> applied = new ArrayList<>();
            try (TinyTraining tiny = TinyTraining.whole()) {
                List<Map<String, float[]>> states = new ArrayList<>();
                Parameter poisoned = tiny.model.parameters().find(FIRST);
                Trainer trainer = tiny.trainer(
                        folder,
                        options(3, 0, TrainerOptions.NonFinite.SKIP),
                        TinyTraining::examples,
                        new TrainingObserver() {
                            @Override
                            public void step(StepReport report, List<String> ids, double waited) {
                                applied.add(report.applied());
                                if (report.step() == 0) {
                                    states.add(values(tiny));
                                    poison(tiny);
                                } else if (report.step() == 1) {
                                    poisoned.tensor()
                                            .write(FloatBuffer.wrap(
                                                    states.get(0).get(FIRST)));
                                    states.add(values(tiny));
                                }
                            }
                        });
                String log = Logged.by(() -> assertTrue(trainer.run()));
                assertTrue(log.contains("step 1: the loss is NaN on the batch [noise 1]"), log);
                assertEquals(2, tiny.optimizer.steps());
                states.get(0)
                        .forEach((name, v) -> assertArrayEquals(v, states.get(1).get(name), name));
            }
            assertEquals(List.of(true, false, true), applied);
            for (float[] v : read(folder.resolve(Trainer.STATE)).values()) {
                for (float x : v) {
                    assertTrue(Float.isFinite(x));
                }
            }
        });
    }

    /** Weights that have diverged are not one batch's fault, and replace no checkpoint. */
    @Test
    void batchesAreNotSkippedForEver() throws IOException {
        GoldenCases.on("reference", () -> {
            try (TinyTraining tiny = TinyTraining.whole()) {
                Trainer trainer = tiny.trainer(
                        folder,
                        new TrainerOptions(1000, 1, 0, 1, 1, TrainerOptions.NonFinite.SKIP),
                        TinyTraining::examples,
                        new TrainingObserver() {
                            @Override
                            public void step(StepReport report, List<String> ids, double waited) {
                                if (report.step() == 2) {
                                    poison(tiny); // the next checkpoint would have it
                                    assertEquals(2, steps());
                                } else if (report.step() > 2) {
                                    assertEquals(3, steps());
                                }
                            }

                            private long steps() {
                                try {
                                    return Trainer.stepsTaken(folder);
                                } catch (IOException e) {
                                    throw new UncheckedIOException(e);
                                }
                            }
                        });
                String[] message = {""};
                Logged.by(() -> message[0] =
                        assertThrows(NonFiniteLossException.class, trainer::run).getMessage());
                assertTrue(
                        message[0].startsWith(
                                "step 3: since then the loss or the gradient is no finite number, 20 times: the weights have"),
                        message[0]);
                assertEquals(3, Trainer.stepsTaken(folder));
            }
        });
    }

    /** One batch is at fault, the next ones show it: no step is lost, and what was due is judged. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aRunThatEndsWithABadBatchIsSaved(boolean asked) throws IOException {
        GoldenCases.on("reference", () -> {
            boolean[] bad = {false};
            List<Long> judged = new ArrayList<>();
            Criterion faulty = Criterion.published()
                    .withLast(
                            "loss_fault",
                            1,
                            m -> m.perObject(
                                    Elementwise.scale(Reductions.sum(m.matchedBoxes()), bad[0] ? Float.NaN : 0)));
            try (TinyTraining tiny = TinyTraining.whole()) {
                Trainer[] trainer = new Trainer[1];
                ExampleSource broken = step -> {
                    if (step == 3) { // not one of the training's
                        throw new IOException("the disk is away");
                    }
                    return TinyTraining.examples(step);
                };
                trainer[0] = tiny.builder(
                                folder,
                                new TrainerOptions(asked ? 1000 : 3, 1000, 0, 1, 1, TrainerOptions.NonFinite.SKIP),
                                broken,
                                new TrainingObserver() {
                                    @Override
                                    public void step(StepReport report, List<String> ids, double waited) {
                                        assertEquals(report.step() != 2, report.applied());
                                        bad[0] = report.step() == 1;
                                        if (asked && report.step() == 2) {
                                            trainer[0].stop();
                                        }
                                    }

                                    @Override
                                    public double evaluate(Path weights, long step) {
                                        judged.add(step);
                                        return step;
                                    }
                                })
                        .criterion(faulty)
                        .build();
                Logged.by(() -> assertEquals(!asked, trainer[0].run()));
                assertEquals(2, tiny.optimizer.steps());
            }
            assertEquals(3, Trainer.stepsTaken(folder));
            assertEquals(asked ? List.of() : List.of(3L), judged);
        });
    }

    /** Of any head: it is a loss that is no number, and can be skipped. */
    @ParameterizedTest
    @ValueSource(strings = {"isfinal_embed.bias", "contrastive_align_projection_image.bias"})
    void whatIsNoNumberInAnyHeadIsNamedWithTheBatch(String name) throws IOException {
        GoldenCases.on("reference", () -> {
            try (TinyTraining tiny = TinyTraining.whole()) {
                poison(tiny, name);
                Trainer trainer = tiny.trainer(folder, TrainerOptions.of(3), TinyTraining::examples, SILENT);
                String message =
                        assertThrows(NonFiniteLossException.class, trainer::run).getMessage();
                assertTrue(message.startsWith("step 0: the loss is NaN on the batch [noise 0]"), message);
            }
        });
    }

    /** Marks by one measure are not compared with marks by another, whenever a resumed training was interrupted. */
    @Test
    void anotherJudgeForgetsTheBest() throws IOException {
        GoldenCases.on("reference", () -> {
            assertTrue(isBestAfter(1, "a", 9));
            assertFalse(isBestAfter(2, "a", 8));
            assertTrue(isBestAfter(2, "b", 7), "those that were there, though no step is left");
            assertFalse(isBestAfter(3, "b", 6));
            assertTrue(isBestAfter(4, "b", 8));
        });
    }

    private boolean isBestAfter(int steps, String judge, double mark) throws IOException {
        try (TinyTraining tiny = TinyTraining.whole()) {
            Trainer trainer = tiny.builder(
                            folder,
                            options(steps, 0, TrainerOptions.NonFinite.STOP),
                            TinyTraining::examples,
                            new TrainingObserver() {
                                @Override
                                public double evaluate(Path weights, long step) {
                                    return mark;
                                }
                            })
                    .judgedBy(judge)
                    .build();
            if (steps > 1) {
                trainer.resume();
            }
            trainer.run();
        }
        return Files.mismatch(folder.resolve(Trainer.BEST), folder.resolve(Trainer.LAST)) < 0;
    }

    /** Whether it was to end there or was asked to: what was skipped may be the weights' fault. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aRunThatEndsWhileItSkipsKeepsItsCheckpoint(boolean asked) throws IOException {
        GoldenCases.on("reference", () -> {
            try (TinyTraining tiny = TinyTraining.whole()) {
                Trainer[] trainer = new Trainer[1];
                trainer[0] = tiny.trainer(
                        folder,
                        new TrainerOptions(5, 1, 0, 1, 1, TrainerOptions.NonFinite.SKIP),
                        TinyTraining::examples,
                        new TrainingObserver() {
                            @Override
                            public void step(StepReport report, List<String> ids, double waited) {
                                if (report.step() == 1) {
                                    poison(tiny);
                                } else if (asked && report.step() == 3) {
                                    trainer[0].stop();
                                }
                            }

                            @Override
                            public double evaluate(Path weights, long step) {
                                throw new AssertionError("weights that may have diverged are not judged");
                            }
                        });
                Logged.by(() -> {
                    String message = assertThrows(NonFiniteLossException.class, trainer[0]::run)
                            .getMessage();
                    assertTrue(
                            message.startsWith(
                                    "step 2: since then the loss or the gradient is no finite number, 20 times"),
                            message);
                });
                assertEquals(2, Trainer.stepsTaken(folder));
            }
        });
    }

    /** So that a process that is killed meanwhile has lost nothing. */
    @Test
    void whatIsJudgedIsSavedBefore() throws IOException {
        GoldenCases.on("reference", () -> {
            List<Long> judged = new ArrayList<>();
            try (TinyTraining tiny = TinyTraining.whole()) {
                tiny.trainer(
                                folder,
                                new TrainerOptions(4, 1000, 2, 1, 1, TrainerOptions.NonFinite.STOP),
                                TinyTraining::examples,
                                new TrainingObserver() {
                                    @Override
                                    public double evaluate(Path weights, long step) throws IOException {
                                        assertEquals(step, Trainer.stepsTaken(folder));
                                        judged.add(step);
                                        return step;
                                    }
                                })
                        .run();
            }
            assertEquals(List.of(2L, 4L), judged);
        });
    }

    /** The second of three evaluations is the best; the weights are the averages, not those that are trained. */
    @Test
    void theBestWeightsAreThoseThatWereJudged() throws IOException {
        GoldenCases.on("reference", () -> {
            List<Map<String, float[]>> judged = new ArrayList<>();
            double[] marks = {0.25, 0.75, 0.5};
            try (TinyTraining tiny = TinyTraining.whole()) {
                tiny.trainer(
                                folder,
                                options(3, 1, TrainerOptions.NonFinite.STOP),
                                TinyTraining::examples,
                                new TrainingObserver() {
                                    @Override
                                    public double evaluate(Path weights, long step) throws IOException {
                                        judged.add(read(weights));
                                        return marks[(int) step - 1];
                                    }
                                })
                        .run();
            }
            Map<String, float[]> state = read(folder.resolve(Trainer.STATE));
            Map<String, float[]> best = read(folder.resolve(Trainer.BEST));
            assertEquals(judged.get(1).keySet(), best.keySet());
            best.forEach((name, v) -> assertArrayEquals(judged.get(1).get(name), v, name));
            String weight = "bbox_embed.layers.2.weight";
            float[] last = judged.get(2).get(weight);
            assertArrayEquals(state.get("optimizer.ema." + weight), last);
            assertNotEquals(state.get("model." + weight)[0], last[0]);
            assertNotEquals(best.get(weight)[0], last[0]);
        });
    }

    private static Map<String, float[]> values(TinyTraining tiny) {
        Map<String, float[]> all = new LinkedHashMap<>();
        tiny.model.parameters().all().forEach(p -> all.put(p.name(), p.values()));
        return all;
    }

    private static Map<String, float[]> read(Path file) throws IOException {
        Map<String, float[]> all = new LinkedHashMap<>();
        try (Checkpoint checkpoint = Checkpoint.open(file)) {
            CheckpointWeights weights = new CheckpointWeights(checkpoint.model());
            for (String name : weights.names()) {
                FloatBuffer v =
                        FloatBuffer.allocate(Math.toIntExact(weights.shape(name).size()));
                weights.read(name, 0, v);
                all.put(name, v.array());
            }
        }
        return all;
    }
}
