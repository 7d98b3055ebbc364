package org.nnlang.opencl;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nnlang.runtime.checkpoint.Checkpoint;
import org.nnlang.runtime.program.Accelerator;
import org.nnlang.runtime.tensor.DType;
import org.nnlang.runtime.tensor.Tensor;
import org.nnlang.runtime.train.Trainer;
import org.nnlang.runtime.train.TrainingListener;
import org.nnlang.runtime.train.TrainingPlan;

/// A training goes from one device to another in the middle of a pass, and draws what it would have drawn: data, and what
/// dropout leaves out. Another mask in a single step would move weights by far more than rounding does.
class MovedTrainingTest {
    private static final int STEPS = 30;
    private static final TrainingPlan PLAN = Lines.plan(STEPS);

    /// Of a tensor's largest element, after all steps.
    private static final double TOLERANCE = 2e-3;

    @AutoClose
    private static Accelerator device;

    @TempDir
    private Path folder;

    @BeforeAll
    static void open() {
        device = TestDevice.open();
    }

    /// Runs on each device in turn, null being the processor, until after the step that goes with it, and to the end on the last.
    private Map<String, Tensor> run(String name, List<Integer> until, Accelerator... devices) {
        Path output = folder.resolve(name);
        for (int part = 0; part < devices.length; part++) {
            boolean last = part == devices.length - 1;
            int end = last ? STEPS : until.get(part);
            Trainer trainer = Lines.trainer(PLAN, output, part > 0, devices[part]);
            var result = trainer.run(new TrainingListener() {
                @Override
                public void progressed(Progress event) {
                    // Is told of the first step of a run in any case, and of the end of passes by the other method.
                    interrupt((event.epoch() - 1) * event.stepsPerEpoch() + event.step());
                }

                @Override
                public void epochEnded(EpochEnded event) {
                    interrupt(event.step());
                }

                private void interrupt(long step) {
                    if (!last && step >= end) {
                        trainer.interrupt();
                    }
                }
            });
            assertEquals(end, result.steps());
            trainer.release();
        }
        return Checkpoint.read(output.resolve("out").resolve("last.safetensors")).tensors();
    }

    /// The greatest distance of two tensors, of the largest element.
    private static double distance(Map<String, Tensor> one, Map<String, Tensor> other) {
        assertEquals(one.keySet(), other.keySet());
        double most = 0;
        for (var entry : one.entrySet()) {
            Tensor tensor = other.get(entry.getKey());
            if (entry.getValue().dtype() != DType.F32) {
                assertEquals(entry.getValue(), tensor, entry.getKey());
                continue;
            }
            float[] a = entry.getValue().floats();
            float[] b = tensor.floats();
            double scale = 1e-3;
            for (float value : a) {
                scale = Math.max(scale, Math.abs(value));
            }
            for (int i = 0; i < a.length; i++) {
                most = Math.max(most, Math.abs(a[i] - b[i]) / scale);
            }
        }
        return most;
    }

    /// In the middle of a pass of three steps, after the first one; and between two passes.
    @Test
    void itGoesOnElsewhereAsIfNothingHadHappened() {
        var here = run("here", List.of(), (Accelerator) null);
        var there = run("there", List.of(), device);
        var away = run("away", List.of(1, 12, 13), null, device, null, device);
        var back = run("back", List.of(1, 12, 13), device, null, device, null);
        for (var each : List.of(there, away, back)) {
            double distance = distance(here, each);
            assertTrue(distance < TOLERANCE, () -> "a distance of " + distance);
        }
    }

    /// Interrupted and gone on with on one device, it ends with the same bits.
    @Test
    void onOneDeviceNoBitChanges() {
        var whole = run("whole", List.of(), device);
        var parts = run("parts", List.of(1, 12, 13), device, device, device, device);
        assertEquals(whole.keySet(), parts.keySet());
        whole.forEach((name, tensor) -> {
            if (tensor.dtype() == DType.F32) {
                assertArrayEquals(tensor.floats(), parts.get(name).floats(), name);
            } else {
                assertEquals(tensor, parts.get(name), name);
            }
        });
    }
}
