package org.nnlang.opencl;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nnlang.Program;
import org.nnlang.Trained;
import org.nnlang.opencl.driver.OpenClException;
import org.nnlang.runtime.NnException;
import org.nnlang.runtime.checkpoint.Checkpoint;
import org.nnlang.runtime.model.Model;
import org.nnlang.runtime.program.Accelerator;
import org.nnlang.runtime.program.Backend;
import org.nnlang.runtime.tensor.Tensor;
import org.nnlang.runtime.train.TrainingListener;

/// `training.on(device)` and `model.on(device)` on a device that stays open for others: whether all goes well or the driver
/// fails, what they had is free again, and the device goes on to serve.
class FaultsInJavaTest extends OverFaultyDriver {
    private static final Program PROGRAM = Program.of("""
            model Net()(x: f32[b, 6]) -> f32[b, 3] = x |> Dense(8, tanh) |> Dropout(0.1) |> Dense(3)

            train Fit(steps: Int = 20, seed: Int = 1) {
                val net = Net()
                step {
                    val x = normal([8, 6])
                    minimize mse(net(x), x[:, :3]) with Adam(1e-2)
                }
                validate {
                    val x = normal([20, 6])
                    report loss = mse(net(x), x[:, :3])
                }
                checkpoint("out")
            }
            """);

    @TempDir
    private Path folder;

    private Accelerator device;
    private Map<String, Integer> atFirst;

    /// Opens the device.
    ///
    /// @param builds whether it builds every program, also those that it has kept
    private void serve(boolean builds) {
        Backend.Device known = below.device();
        if (builds) {
            System.setProperty(ProgramCache.PROPERTY, "off");
        }
        try {
            device = driver.open(
                    driver.backend().probe().devices().stream()
                            .filter(each -> each.name().equals(known.name()))
                            .findFirst()
                            .orElseThrow());
        } finally {
            System.clearProperty(ProgramCache.PROPERTY);
        }
        atFirst = objects();
    }

    @AfterEach
    void close() {
        if (device != null) {
            device.close();
            assertEquals(0, driver.count(), driver.objects::toString);
        }
    }

    /// Those that exist; a kind of which none is left is not told.
    private Map<String, Integer> objects() {
        var some = new TreeMap<>(driver.objects);
        some.values().removeIf(count -> count == 0);
        return some;
    }

    private void assertFree() {
        assertEquals(atFirst, objects());
        assertEquals(0, ((OpenClAccelerator) device).bytes());
    }

    private Trained train(Accelerator on, TrainingListener listener) {
        return PROGRAM.training().output(folder).threads(1).on(on).listen(listener).run();
    }

    private static Tensor examples(int count) {
        float[] values = new float[count * 6];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) Math.sin(i);
        }
        return Tensor.of(values, count, 6);
    }

    private static float[] answer(Model model, int count) {
        return model.predict(Map.of("x", examples(count))).get("out").floats();
    }

    @Test
    void aTrainingGivesTheSameAsHereAndEverythingBack() {
        serve(false);
        Trained there = train(device, new TrainingListener() {});
        assertFree();
        Trained here = train(null, new TrainingListener() {});
        assertEquals(here.result().validate().get("loss"), there.result().validate().get("loss"), 1e-4);
        assertArrayEquals(answer(here.model(), 4), answer(there.model(), 4), 1e-3f);
        // Some of the weights are Adam's first steps, whose direction alone does not depend on rounding.
        assertEquals(here.checkpoint().tensors().keySet(), there.checkpoint().tensors().keySet());
    }

    @ParameterizedTest
    @CsvSource({
        "createBuffer, 1, -4, NN0862",
        "createBuffer, 9, -61, NN0862",
        "createBuffer, 24, -4, NN0862",
        "createProgram, 1, -6, NN0862",
        "build, 2, -11, NN0861",
        "createKernel, 3, -6, NN0862",
        "argument, 7, -51, NN0861",
        "write, 2, -5, NN0861",
        "enqueue, 9, -5, NN0861",
        "copy, 2, -5, NN0861",
        "read, 2, -5, NN0861"})
    void aTrainingThatFailsGivesEverythingBack(String function, int number, int error, String code) {
        serve(function.equals("build") || function.equals("createProgram"));
        driver.failAt(function, number, error, false);
        var thrown = assertThrows(NnException.class, () -> train(device, new TrainingListener() {}));
        assertEquals(code, thrown.code(), thrown::getMessage);
        assertTrue(String.valueOf(thrown.getMessage()).contains(below.device().name()), thrown::getMessage);
        assertFree();
        // The failure over, the device serves the next.
        assertEquals(20, train(device, new TrainingListener() {}).result().steps());
        assertFree();
    }

    @Test
    void aDeviceLostInAStepLeavesTheLastCheckpointWhole() {
        serve(false);
        var thrown = assertThrows(NnException.class, () -> train(device, new TrainingListener() {
            @Override
            public void epochEnded(EpochEnded event) {
                if (event.epoch() == 4) {
                    driver.failAt("enqueue", 5, OpenClException.OUT_OF_RESOURCES, true);
                }
            }
        }));
        assertEquals("NN0861", thrown.code(), thrown::getMessage);
        assertFree();
        assertFalse(Checkpoint.read(folder.resolve("out/last.safetensors")).tensors().isEmpty());
        assertEquals(
                20, PROGRAM.training().output(folder).threads(1).resume().run().result().steps());
    }

    @ParameterizedTest
    @CsvSource({
        "createBuffer, 1, -4, NN0862",
        "createBuffer, 2, -61, NN0862",
        "createBuffer, 10, -4, NN0862",
        "write, 1, -5, NN0861",
        "write, 4, -5, NN0861",
        "build, 1, -11, NN0861",
        "createKernel, 1, -46, NN0861",
        "enqueue, 2, -5, NN0861",
        "read, 1, -5, NN0861"})
    void aModelThatFailsGivesEverythingBack(String function, int number, int error, String code) {
        serve(function.equals("build"));
        Model here = PROGRAM.model("Net").untrained(3);
        float[] wanted = answer(here, 5);
        driver.failAt(function, number, error, false);
        Model[] there = {null};
        var thrown = assertThrows(NnException.class, () -> {
            there[0] = here.on(device);
            answer(there[0], 5);
        });
        assertEquals(code, thrown.code(), thrown::getMessage);
        if (there[0] != null) {
            // What has failed may be asked again.
            assertArrayEquals(wanted, answer(there[0], 5), 1e-5f);
            there[0].release();
        }
        assertFree();
        Model next = here.on(device);
        assertArrayEquals(wanted, answer(next, 5), 1e-5f);
        next.release();
        assertFree();
        assertArrayEquals(wanted, answer(here, 5));
    }

    @Test
    void aModelOnALostDeviceFailsAndGoesOnHere() {
        serve(false);
        Model here = PROGRAM.model("Net").untrained(3);
        Model there = here.on(device);
        float[] wanted = answer(here, 5);
        assertArrayEquals(wanted, answer(there, 5), 1e-5f);
        driver.failAt("enqueue", 1, OpenClException.OUT_OF_RESOURCES, true);
        for (int count : new int[] {5, 7}) {
            var thrown = assertThrows(NnException.class, () -> answer(there, count));
            assertEquals("NN0861", thrown.code(), thrown::getMessage);
        }
        there.release();
        assertFree();
        assertArrayEquals(wanted, answer(here, 5));
    }
}
