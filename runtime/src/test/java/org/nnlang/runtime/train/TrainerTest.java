package org.nnlang.runtime.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nnlang.runtime.NnException;
import org.nnlang.runtime.checkpoint.Checkpoint;
import org.nnlang.runtime.data.DataExpression;
import org.nnlang.runtime.data.DataSources;
import org.nnlang.runtime.data.Fitted;
import org.nnlang.runtime.kernel.Team;
import org.nnlang.runtime.program.Memory;
import org.nnlang.runtime.tensor.Tensor;
import org.nnlang.runtime.train.TrainingPlan.CheckpointRule;
import org.nnlang.runtime.train.TrainingPlan.EarlyStop;
import org.nnlang.runtime.train.TrainingResult.Ending;

class TrainerTest {
    private static final List<CheckpointRule> KEEP = List.of(new CheckpointRule("out", "validate.error", false));

    @TempDir
    private Path folder;

    private DataExpression learn = new DataExpression.Take(source(), 1);
    private DataExpression held = learn;

    private static DataExpression source() {
        return new DataExpression.Source("csv", Map.of("path", "t.csv", "target", "y"));
    }

    /// y = 2a − 3b and a little noise.
    @BeforeEach
    void table() throws IOException {
        var random = new Random(1);
        var text = new StringBuilder("a,b,y\n");
        for (int i = 0; i < 75; i++) {
            double a = random.nextGaussian();
            double b = 5 + 2 * random.nextGaussian();
            text.append((float) a + "," + (float) b + "," + (float) (2 * a - 3 * (b - 5) + 0.01 * random.nextGaussian())
                    + "\n");
        }
        Files.writeString(folder.resolve("t.csv"), text);
        List<DataExpression.Split> parts = DataExpression.Split.inTwo(
                new DataExpression.Standardize(source(), List.of(), null), 0.8, 3, null);
        learn = new DataExpression.Shuffle(parts.get(0), 3);
        held = parts.get(1);
    }

    private Trainer trainer(TrainingPlan plan, @Nullable Path resume, String output) {
        return new Trainer(
                plan, new DataSources(folder), Team.of(1), new TrainerOptions(resume, folder.resolve(output)));
    }

    private TrainingPlan epochs(int epochs) {
        return new Regression().plan(learn, held, epochs, -1, List.of(), KEEP);
    }

    /// Remembers what it is told, and interrupts at a step.
    private static final class Recorder implements TrainingListener {
        private final List<String> events = new ArrayList<>();
        private final List<EpochEnded> epochs = new ArrayList<>();

        @Override
        public void started(Started event) {
            events.add("started");
            assertEquals(60, event.examples());
            assertEquals(2, event.parameters());
            assertTrue(event.memoryBytes() > 0);
        }

        @Override
        public void epochEnded(EpochEnded event) {
            events.add("epoch " + event.epoch());
            epochs.add(event);
        }

        @Override
        public void checkpointed(Checkpointed event) {
            assertTrue(Files.exists(event.path()));
            events.add(event.best() ? "best" : "last");
        }

        @Override
        public void finished(TrainingResult result) {
            events.add("finished " + result.ending());
        }
    }

    @Test
    void aRunLearnsReportsAndKeepsItsBest() {
        var recorder = new Recorder();
        TrainingResult result = trainer(epochs(12), null, ".").run(recorder);
        assertEquals(Ending.COMPLETE, result.ending());
        assertEquals(12, result.epochs());
        assertEquals(12 * 8, result.steps());
        assertEquals(12, recorder.epochs.size());
        assertEquals("started", recorder.events.getFirst());
        assertEquals(List.of("epoch 1", "best", "last"), recorder.events.subList(1, 4));
        assertEquals("finished COMPLETE", recorder.events.getLast());
        TrainingListener.EpochEnded first = recorder.epochs.getFirst();
        assertEquals(List.of("loss", "seen"), List.copyOf(first.train().keySet()));
        assertEquals(60, recorder.epochs.getLast().train().get("seen"), "a state is set back each epoch");
        assertEquals(1015, recorder.epochs.getLast().validate().get("judged"), "to its first value");
        assertTrue(result.validate().getOrDefault("error", 1e9) < first.validate().getOrDefault("error", 0.0));
        assertEquals(
                folder.resolve("out/best.safetensors"),
                Objects.requireNonNull(result.checkpoint()).normalize());
        Checkpoint best = Checkpoint.read(folder.resolve("out/best.safetensors"));
        assertEquals("[data/features/deviation, data/features/mean, judged, net.w, seen]",
                best.tensors().keySet().toString());
        assertEquals("Regress", best.metadata().get("train"));
        Fitted fitted = TrainingCheckpoint.fitted(best, "features");
        assertEquals(new DataSources(folder).open(learn).fitted(), List.of(fitted));
        assertNull(TrainingCheckpoint.fitted(best, "target"));
    }

    @Test
    void theMeanIsWeightedByExamples() {
        // 60 examples in batches of 8: the last has 4. With a rate of 0 the epoch's mean is that over all examples.
        TrainingPlan still = new Regression().rate(0).plan(learn, held, 1, -1, List.of(), List.of());
        TrainingPlan all = new Regression().rate(0).plan(held, learn, 1, -1, List.of(), List.of());
        double loss = trainer(still, null, ".").run(new TrainingListener() {}).train().getOrDefault("loss", -1.0);
        double error = trainer(all, null, ".").run(new TrainingListener() {}).validate().getOrDefault("error", -2.0);
        assertEquals(error, loss, 1e-4);
    }

    @Test
    void aResumedRunEndsWithTheSameBytes() throws IOException {
        trainer(epochs(6), null, "whole").run(new TrainingListener() {});
        trainer(epochs(2), null, "parts").run(new TrainingListener() {});
        trainer(epochs(6), folder.resolve("parts/out"), "parts").run(new TrainingListener() {});
        same("whole", "parts");
        // Once more, from its own end: there is nothing to do, and nothing changes.
        TrainingResult again = trainer(epochs(6), folder.resolve("parts/out"), "parts").run(new TrainingListener() {});
        assertEquals(Ending.COMPLETE, again.ending());
        assertFalse(again.validate().isEmpty());
        same("whole", "parts");
    }

    @Test
    void aRunBeginsWithTheWeightsOfAnother() throws IOException {
        trainer(epochs(4), null, "first").run(new TrainingListener() {});
        Checkpoint best = Checkpoint.read(folder.resolve("first/out/best.safetensors"));
        Trainer second = from(folder.resolve("first/out"), "second");
        assertArrayEquals(
                Objects.requireNonNull(best.tensors().get("net.w")).floats(), second.memory().getFloats("net.w"));
        assertArrayEquals(new float[2], second.memory().getFloats("m.net.w"), "optimizers begin anew");
        TrainingResult result = second.run(new TrainingListener() {});
        assertEquals(4, result.epochs());
        assertEquals(60, result.train().get("seen"), "reports begin anew");
    }

    @Test
    void weightsOfAnotherModelAreRefused() {
        float[] wide = {1, 2, 3};
        new Checkpoint(Map.of("net.w", Tensor.of(wide, 3)), Map.of()).write(folder.resolve("wide.safetensors"));
        new Checkpoint(Map.of("other", Tensor.of(wide, 3)), Map.of()).write(folder.resolve("other.safetensors"));
        for (String name : List.of("wide", "other")) {
            NnException refused = assertThrows(
                    NnException.class, () -> from(folder.resolve(name + ".safetensors"), "."));
            assertEquals("NN0805", refused.code());
        }
    }

    private Trainer from(Path from, String output) {
        return new Trainer(
                epochs(4),
                new DataSources(folder),
                Team.of(1),
                new TrainerOptions(null, from, folder.resolve(output), null));
    }

    private void same(String one, String other) throws IOException {
        for (String name : List.of("out/best.safetensors", "out/last.safetensors")) {
            assertEquals(-1, Files.mismatch(folder.resolve(one).resolve(name), folder.resolve(other).resolve(name)),
                    name);
        }
    }

    /// A listener sees the first step of a run, and that of a resumed one: each time the run is broken off there.
    @Test
    void aRunInterruptedAfterEachStepEndsWithTheSameBytes() throws IOException {
        trainer(epochs(3), null, "whole").run(new TrainingListener() {});
        Path resume = null;
        int runs = 0;
        while (true) {
            Trainer trainer = trainer(epochs(3), resume, "parts");
            TrainingResult result = trainer.run(new TrainingListener() {
                @Override
                public void progressed(Progress event) {
                    trainer.interrupt();
                }
            });
            runs++;
            if (result.ending() == Ending.COMPLETE) {
                break;
            }
            resume = result.resumable();
            assertTrue(runs < 40, "no end after " + runs + " runs at step " + result.steps());
        }
        assertTrue(runs >= 24, runs + " runs");
        same("whole", "parts");
    }

    @Test
    void stepsGoRoundTheDataUntilTheyAreDone() throws IOException {
        var recorder = new Recorder();
        TrainingPlan steps = new Regression().plan(learn, held, -1, 2011, List.of(), KEEP);
        TrainingResult result = trainer(steps, null, "whole").run(recorder);
        assertEquals(2011, result.steps());
        assertEquals(252, result.epochs());
        assertEquals(3 * 8, recorder.epochs.getLast().train().get("seen"));
        TrainingPlan fewer = new Regression().plan(learn, held, -1, 1000, List.of(), KEEP);
        trainer(fewer, null, "parts").run(new TrainingListener() {});
        trainer(steps, folder.resolve("parts/out/last.safetensors"), "parts").run(new TrainingListener() {});
        same("whole", "parts");
    }

    /// The first epoch is the best by a measure that only falls.
    private TrainingPlan tested(int epochs) {
        return new Regression()
                .tested(held)
                .plan(learn, held, epochs, -1, List.of(), List.of(new CheckpointRule("out", "validate.error", true)));
    }

    @Test
    void aTestJudgesTheBestModelAndLeavesTheLast() throws IOException {
        var recorder = new Recorder();
        Trainer trainer = trainer(tested(3), null, "tested");
        TrainingResult result = trainer.run(recorder);
        assertEquals(1, result.bestEpoch());
        assertEquals(recorder.epochs.getFirst().validate(), result.test());
        assertNotEquals(recorder.epochs.getLast().validate(), result.test());
        Trainer plain = trainer(
                new Regression().plan(learn, held, 3, -1, List.of(), List.of(new CheckpointRule("out", null, false))),
                null, "plain");
        plain.run(new TrainingListener() {});
        assertEquals(plain.checkpoint().tensors(), trainer.checkpoint().tensors());
        // Resumed where there is nothing more to do, it finds the same.
        assertEquals(result.test(),
                trainer(tested(3), result.resumable(), "tested").run(new TrainingListener() {}).test());
    }

    @Test
    void withoutAMeasureATestJudgesTheLastModel() {
        var recorder = new Recorder();
        TrainingPlan plan = new Regression().tested(held).plan(learn, held, 3, -1, List.of(), List.of());
        TrainingResult result = trainer(plan, null, ".").run(recorder);
        assertEquals(recorder.epochs.getLast().validate(), result.test());
    }

    @Test
    void anInterruptedRunIsNotTested() {
        Trainer trainer = trainer(tested(3), null, ".");
        TrainingResult result = trainer.run(new TrainingListener() {
            @Override
            public void epochEnded(EpochEnded event) {
                trainer.interrupt();
            }
        });
        assertEquals(Ending.INTERRUPTED, result.ending());
        assertEquals(Map.of(), result.test());
    }

    private Evaluation evaluate(TrainingPlan plan, String checkpoint) {
        return evaluator(plan, checkpoint).run();
    }

    private Evaluator evaluator(TrainingPlan plan, String checkpoint) {
        return new Evaluator(
                plan, new DataSources(folder), Team.of(1), checkpoint, Checkpoint.read(folder.resolve(checkpoint)),
                null);
    }

    @Test
    void aCheckpointIsJudgedAsItsTrainingJudgedIt() {
        var recorder = new Recorder();
        TrainingResult result = trainer(tested(3), null, ".").run(recorder);
        assertEquals(new Evaluation(result.validate(), result.test()), evaluate(tested(3), "out/best.safetensors"));
        Evaluation last = evaluate(tested(3), "out/last.safetensors");
        assertEquals(recorder.epochs.getLast().validate(), last.validate());
        assertEquals(last.validate(), last.test());
        assertEquals(1, evaluator(tested(3), "out/best.safetensors").epoch());
        assertEquals(3, evaluator(tested(3), "out/last.safetensors").epoch());
    }

    @Test
    void aTestThatIsInterruptedFindsNothing() {
        trainer(tested(1), null, ".").run(new TrainingListener() {});
        Evaluator evaluator = evaluator(tested(1), "out/best.safetensors");
        evaluator.interrupt();
        assertThrows(CancellationException.class, evaluator::run);
    }

    private String evaluateError(TrainingPlan plan) {
        NnException error = assertThrows(NnException.class, () -> evaluate(plan, "out/best.safetensors"));
        return error.code() + ": " + error.getMessage();
    }

    @Test
    void whatCannotBeJudgedIsOneClearError() throws IOException {
        trainer(tested(1), null, ".").run(new TrainingListener() {});
        Path best = folder.resolve("out/best.safetensors");
        Checkpoint whole = Checkpoint.read(best);
        assertEquals(
                "NN0864: `train Regress` has neither `validate` nor `test`, so nothing says how its models are judged",
                evaluateError(new Regression().plan(learn, null, 1, -1, List.of(), List.of())));
        DataExpression others = DataExpression.Split.inTwo(
                new DataExpression.Standardize(source(), List.of(), null), 0.8, 4, null).get(1);
        assertEquals(
                "NN0720: `features` of the `validate` data is not standardised or filled by the numbers in"
                        + " `out/best.safetensors`, which were taken from the training data",
                evaluateError(new Regression().plan(learn, others, 1, -1, List.of(), List.of())));
        var tensors = new TreeMap<>(whole.tensors());
        tensors.put("net.w", Tensor.of(new float[3], 3));
        new Checkpoint(tensors, whole.metadata()).write(best);
        assertEquals(
                "NN0805: `out/best.safetensors` belongs to another model: of another shape are net.w (f32[3] there,"
                        + " f32[2] here)",
                evaluateError(tested(1)));
        tensors.remove("net.w");
        new Checkpoint(tensors, whole.metadata()).write(best);
        assertEquals("NN0805: `out/best.safetensors` belongs to another model: it lacks net.w",
                evaluateError(tested(1)));
        var metadata = new TreeMap<>(whole.metadata());
        metadata.put("train", "Other");
        new Checkpoint(whole.tensors(), metadata).write(best);
        assertEquals(
                "NN0805: `out/best.safetensors` belongs to the training `Other`, and this is `Regress`",
                evaluateError(tested(1)));
        new Checkpoint(whole.tensors(), Map.of()).write(best);
        assertEquals(
                "NN0805: `out/best.safetensors` does not tell of which training it is", evaluateError(tested(1)));
        Files.writeString(folder.resolve("t.csv"), Files.readString(folder.resolve("t.csv")).replace("a,b,y", "a,c,y"));
        whole.write(best);
        assertEquals(
                "NN0806: the numbers of `features` in the `validate` data stand for a, c, and in the training of"
                        + " `out/best.safetensors` they stood for a, b",
                evaluateError(tested(1)));
    }

    @Test
    void patienceEndsARun() {
        var stop = new EarlyStop("validate.error", true, 2); // the error falls, so that "highest" never improves
        TrainingPlan plan = new Regression().plan(learn, held, 100, -1, List.of(stop), KEEP);
        TrainingResult result = trainer(plan, null, ".").run(new TrainingListener() {});
        assertEquals(Ending.EARLY_STOP, result.ending());
        assertEquals(3, result.epochs());
        TrainingResult again = trainer(plan, result.resumable(), ".").run(new TrainingListener() {});
        assertEquals(Ending.EARLY_STOP, again.ending());
        assertEquals(result.validate(), again.validate());
    }

    /// The weights are those of the last epoch then, whatever an early stop found best.
    @Test
    void noEpochIsTheBestWithoutACheckpointsMeasure() {
        var stop = new EarlyStop("validate.error", true, 2);
        TrainingPlan plan = new Regression().plan(learn, held, 100, -1, List.of(stop), List.of());
        TrainingResult result = trainer(plan, null, ".").run(new TrainingListener() {});
        assertEquals(3, result.epochs());
        assertEquals(0, result.bestEpoch());
        assertFalse(result.validate().isEmpty());
    }

    @Test
    void aLossThatIsNotANumberEndsARun() throws IOException {
        TrainingPlan good = new Regression().plan(learn, held, 1, -1, List.of(), KEEP);
        trainer(good, null, ".").run(new TrainingListener() {});
        Path last = folder.resolve("out/last.safetensors");
        Files.copy(last, folder.resolve("before"), StandardCopyOption.REPLACE_EXISTING);
        TrainingPlan wild = new Regression().rate(1e6f).plan(learn, held, 9, -1, List.of(), KEEP);
        NnException error = assertThrows(NnException.class,
                () -> trainer(wild, null, ".").run(new TrainingListener() {}));
        assertEquals("NN0810", error.code());
        assertTrue(
                String.valueOf(error.getMessage())
                        .matches("the loss of `Regress` is (infinite|not a number) at step \\d+ \\(epoch 1\\),"
                                + " after [0-9.E]+ in the step before"),
                error.getMessage());
        assertTrue(error.help().contains("clip by_norm"), error.help());
        assertEquals(-1, Files.mismatch(last, folder.resolve("before")));
    }

    private String resumeError(TrainingPlan plan, Path file) {
        NnException error = assertThrows(NnException.class, () -> trainer(plan, file, "."));
        return error.code() + ": " + String.valueOf(error.getMessage()).replace(folder + "/", "") + " | "
                + error.help();
    }

    @Test
    void whatCannotBeResumedIsOneClearError() throws IOException {
        trainer(epochs(2), null, ".").run(new TrainingListener() {});
        Path last = folder.resolve("out/last.safetensors");
        assertTrue(resumeError(epochs(2), folder.resolve("out/best.safetensors"))
                .startsWith("NN0805: `out/best.safetensors` is no state of a training, but the best model of one"));
        assertEquals(
                "NN0806: `out/last.safetensors` was trained with other hyper-parameters: `rate` was 0.05000000074505806 and"
                        + " is 0.5 | resume with the same; only `epochs` and `steps` may change. Without `--resume`"
                        + " the training begins anew",
                resumeError(new Regression().rate(0.5f).plan(learn, held, 2, -1, List.of(), KEEP), last));
        Checkpoint whole = Checkpoint.read(last);
        var tensors = new TreeMap<>(whole.tensors());
        tensors.put("net.v", tensors.remove("net.w"));
        new Checkpoint(tensors, whole.metadata()).write(last);
        assertTrue(resumeError(epochs(2), last)
                .startsWith(
                        "NN0805: `out/last.safetensors` belongs to another model: it lacks net.w; it has besides net.v"));
        var metadata = new TreeMap<>(whole.metadata());
        metadata.put("state", "{}");
        new Checkpoint(whole.tensors(), metadata).write(last);
        assertTrue(resumeError(epochs(2), last).startsWith("NN0803: the state in `out/last.safetensors` is damaged"));
        metadata.put("train", "Other");
        new Checkpoint(whole.tensors(), metadata).write(last);
        assertTrue(resumeError(epochs(2), last)
                .startsWith("NN0805: `out/last.safetensors` belongs to the training `Other`"));
        whole.write(last);
        Files.writeString(folder.resolve("t.csv"), Files.readString(folder.resolve("t.csv")) + "1,2,3\n1,2,3\n");
        assertTrue(
                resumeError(epochs(2), last).startsWith("NN0806: `out/last.safetensors` was trained on 60 examples"));
    }

    @Test
    void heldOutDataMustBeTreatedAlike() {
        DataExpression bare = DataExpression.Split.inTwo(source(), 0.8, 3, null).get(1);
        TrainingPlan plan = new Regression().plan(learn, bare, 1, -1, List.of(), List.of());
        assertEquals("NN0720", assertThrows(NnException.class, () -> trainer(plan, null, ".")).code());
    }

    @Test
    void aStepAllocatesNothing() {
        TrainingPlan plan = epochs(1);
        var memory = new Memory(plan.variables());
        var step = new BoundLoop(plan, plan.step(), memory, new DataSources(folder), Team.of(1));
        var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long bytes = 0;
        for (int epoch = 1; epoch <= 2000; epoch++) {
            step.start(epoch);
            long before = threads.getCurrentThreadAllocatedBytes();
            int batches = 0;
            while (step.next(epoch, batches + 1) && step.broken() == null) {
                batches++;
            }
            bytes += epoch > 1000 ? threads.getCurrentThreadAllocatedBytes() - before : 0;
            assertEquals(8, batches);
        }
        assertEquals(0, bytes);
    }
}
