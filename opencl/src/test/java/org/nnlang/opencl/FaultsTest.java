package org.nnlang.opencl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nnlang.opencl.driver.Library;
import org.nnlang.opencl.driver.OpenClException;
import org.nnlang.runtime.NnException;
import org.nnlang.runtime.checkpoint.Checkpoint;
import org.nnlang.runtime.program.Accelerator;
import org.nnlang.runtime.program.Backend;
import org.nnlang.runtime.train.Trainer;
import org.nnlang.runtime.train.TrainingListener;
import org.nnlang.runtime.train.TrainingPlan;

/// What a driver does wrong is one clear error, and leaves nothing behind.
class FaultsTest extends OverFaultyDriver {
    private static final TrainingPlan PLAN = Lines.plan(40);

    @TempDir
    private Path folder;

    private Backend.Device device() {
        Backend.Probe probe = driver.backend().probe();
        return probe.devices().stream().filter(each -> each.name().equals(below.device().name())).findFirst()
                .orElseThrow();
    }

    @ParameterizedTest
    @CsvSource({
        "createContext, 1, -6, NN0862",
        "createContext, 1, -2, NN0861",
        "createQueue, 1, -5, NN0861",
        "createBuffer, 1, -4, NN0862",
        "createBuffer, 4, -4, NN0862",
        "createBuffer, 11, -61, NN0862",
        "createBuffer, 14, -4, NN0862",
        "createProgram, 1, -6, NN0862",
        "build, 1, -11, NN0861",
        "build, 2, -5, NN0861",
        "createKernel, 1, -46, NN0861",
        "createKernel, 5, -6, NN0862",
        "argument, 9, -51, NN0861",
        "write, 1, -5, NN0861",
        "enqueue, 1, -54, NN0861",
        "read, 1, -5, NN0861",
        "copy, 1, -5, NN0861"})
    void aFailureIsOneErrorAndLeavesNothing(String function, int number, int error, String code) {
        driver.failAt(function, number, error, false);
        set(ProgramCache.PROPERTY, "off");
        var thrown = assertThrows(NnException.class, () -> {
            try (Accelerator accelerator = driver.open(device())) {
                Lines.trainer(PLAN, folder, false, accelerator).run(new TrainingListener() {});
            }
        });
        assertEquals(code, thrown.code(), thrown::getMessage);
        assertTrue(String.valueOf(thrown.getMessage()).contains(below.device().name()), thrown::getMessage);
        assertEquals(0, driver.count(), driver.objects::toString);
    }

    /// As PoCL 3.1 does now and then.
    @Test
    void aProgramWhoseFileTheDriverLostIsBuiltAgain() {
        driver.failAt("build", 1, OpenClException.BUILD_PROGRAM_FAILURE, false);
        driver.log = "error: unable to rename temporary 'a.cl.tmp' to output file 'a.cl'";
        set(ProgramCache.PROPERTY, "off");
        try (Accelerator accelerator = driver.open(device())) {
            Trainer trainer = Lines.trainer(PLAN, folder, false, accelerator);
            assertEquals(40, trainer.run(new TrainingListener() {}).steps());
            trainer.release();
        }
        assertEquals(driver.calls.get("createProgram"), driver.calls.get("build"));
        assertEquals(0, driver.count(), driver.objects::toString);
    }

    @Test
    void aDeviceLostInAStepLeavesTheLastCheckpointWhole() {
        var thrown = assertThrows(NnException.class, () -> {
            try (Accelerator accelerator = driver.open(device())) {
                Trainer trainer = Lines.trainer(PLAN, folder, false, accelerator);
                trainer.run(new TrainingListener() {
                    @Override
                    public void checkpointed(Checkpointed event) {
                        if (!event.best()) {
                            driver.failAt("enqueue", 30, OpenClException.OUT_OF_RESOURCES, true);
                        }
                    }
                });
            }
        });
        assertEquals("NN0861", thrown.code(), thrown::getMessage);
        assertTrue(thrown.getMessage().contains("OUT_OF_RESOURCES"), thrown::getMessage);
        assertEquals(0, driver.count(), driver.objects::toString);
        Path last = folder.resolve("out").resolve("last.safetensors");
        assertTrue(Files.exists(last));
        assertFalse(Checkpoint.read(last).tensors().isEmpty());
        // The rest runs on the processor.
        assertEquals(40, Lines.trainer(PLAN, folder, true, null).run(new TrainingListener() {}).steps());
    }

    @Test
    void aPlatformThatAnswersWithErrorsIsNamedAndOthersServe() {
        driver.failAt("devices", 1, OpenClException.OUT_OF_HOST_MEMORY, false);
        var backend = new OpenClBackend(
                () -> new Library.Found(
                        List.of(driver.driver, ((OpenClAccelerator) below).driver),
                        List.of("a library without platforms")));
        Backend.Probe probe = backend.probe();
        assertTrue(probe.problems().stream().anyMatch(each -> each.contains("CL_OUT_OF_HOST_MEMORY")),
                probe.problems()::toString);
        assertTrue(probe.problems().contains("a library without platforms"));
        assertTrue(probe.devices().stream().anyMatch(each -> each.name().equals(below.device().name())));
    }

    @Test
    void aThousandStepsLeaveMemoryAndObjectsAsTheyWere() {
        try (Accelerator accelerator = driver.open(device())) {
            Trainer trainer = Lines.trainer(Lines.plan(1100), folder, false, accelerator);
            var seen = new java.util.ArrayList<Map<String, Integer>>();
            var bytes = new java.util.ArrayList<Long>();
            trainer.run(new TrainingListener() {
                @Override
                public void epochEnded(EpochEnded event) {
                    seen.add(new java.util.TreeMap<>(driver.objects));
                    bytes.add(((OpenClAccelerator) accelerator).bytes());
                }
            });
            assertEquals(10, seen.size());
            assertEquals(seen.getFirst(), seen.getLast());
            assertEquals(bytes.getFirst(), bytes.getLast());
        }
        assertEquals(0, driver.count(), driver.objects::toString);
    }
}
