package org.nnlang.opencl;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nnlang.compiler.fuse.Fusion;
import org.nnlang.compiler.ir.Graph;
import org.nnlang.compiler.ir.IrText;
import org.nnlang.compiler.ir.Procedure;
import org.nnlang.compiler.op.Ops;
import org.nnlang.compiler.oracle.Bindings;
import org.nnlang.compiler.oracle.RandomGraphs;
import org.nnlang.compiler.plan.Planner;
import org.nnlang.compiler.plan.Running;
import org.nnlang.compiler.plan.VariableLayout;
import org.nnlang.opencl.driver.Cl;
import org.nnlang.runtime.fused.Tier;
import org.nnlang.runtime.program.Accelerator;
import org.nnlang.runtime.program.CompiledProgram;
import org.nnlang.runtime.program.Image;
import org.nnlang.runtime.program.Options;

/// How products are cut is measured once for each device, and kept, whole or not at all; no bit depends on it.
class TuningTest extends OverFaultyDriver {
    private static final Procedure PROCEDURE = IrText.parse("""
            procedure product(%0, %1) {
                %0: f32[50, 200] = input() {"a"}
                %1: f32[200, 36] = input() {"b"}
                %2: f32[50, 36] = contract(%0, %1) {contract=[1]x[0]}
                output "y" = %2
            }
            """, new Graph(), Ops::named);

    private static final Image IMAGE =
            Planner.plan(PROCEDURE, VariableLayout.of(List.of(PROCEDURE)), Fusion.Effort.FULL);

    @TempDir
    private Path folder;

    @BeforeEach
    void keep() {
        set(ProgramCache.PROPERTY, folder.toString());
    }

    private static double[] values(int seed, int count) {
        return new Random(seed).doubles(count, -1, 1).map(x -> (float) x).toArray();
    }

    private double[] run() {
        var bindings = new Bindings(
                Map.of(), Map.of("a", values(1, 50 * 200), "b", values(2, 200 * 36)), Map.of(), RandomGraphs::draw);
        try (Accelerator accelerator = driver.open()) {
            return Running.run(
                    IMAGE, CompiledProgram.interpreted(), PROCEDURE, bindings, new Options(Tier.SCALAR), 1, accelerator)
                    .outputs().get("y");
        } finally {
            assertEquals(0, driver.count(), driver.objects::toString);
        }
    }

    /// Whether a run measured anything: that takes a queue of its own.
    private boolean measures() {
        int before = driver.calls.getOrDefault("createQueue", 0);
        run();
        return driver.calls.getOrDefault("createQueue", 0) == before + 2;
    }

    private List<Path> kept() throws IOException {
        try (Stream<Path> all = Files.list(folder)) {
            return all.filter(file -> file.getFileName().toString().startsWith("tilings-")).sorted().toList();
        }
    }

    @Test
    void whatWasMeasuredIsKeptAndDamageIsNoticed() throws IOException {
        set(Tuning.SWITCH.name(), "off");
        assertFalse(measures());
        set(Tuning.SWITCH.name(), "on");
        assertTrue(measures());
        assertFalse(measures());
        Path file = kept().getFirst();
        String text = new String(KeptFile.read(file), StandardCharsets.UTF_8);
        assertTrue(text.matches("NN 50 36 200 1: \\d+x\\d+x\\d+x\\d+x\\d+x\\d+\n"), text);

        byte[] damaged = Files.readAllBytes(file);
        damaged[damaged.length - 3] ^= 1;
        Files.write(file, damaged);
        assertTrue(measures(), "the damage is noticed");
        assertFalse(measures(), "it is kept again");
        assertEquals(text.substring(0, 16), new String(KeptFile.read(file), StandardCharsets.UTF_8).substring(0, 16));

        // Whole, but nothing that this product can be cut by.
        KeptFile.write(file, "NN 50 36 200 1: 7x7x7x7x7x7\nnonsense\n".getBytes(StandardCharsets.UTF_8));
        assertTrue(measures());

        driver.tells.put(Cl.DRIVER_VERSION, "another");
        assertTrue(measures(), "another driver");
        assertEquals(2, kept().size());
    }

    @Test
    void aDeviceThatRefusesToMeasureRunsAllTheSame() throws IOException {
        set(Tuning.SWITCH.name(), "on");
        driver.failAt("createQueue", 2, -35, false);
        run();
        assertEquals(List.of(), kept());
        driver.failAt("duration", 1, -7, false);
        run();
        assertEquals(List.of(), kept());
        assertTrue(measures());
    }

    @Test
    void tilingsThatShareTheSumAmongAsManyGroupsGiveTheSameBits() {
        for (int splits : new int[] {1, 3}) {
            double[] first = null;
            for (String tiling : List.of("128x128x8x8x8", "128x64x16x8x4", "32x32x16x4x4")) {
                set("nn.opencl.tiling", tiling + "x" + splits);
                double[] found = run();
                if (first != null) {
                    assertArrayEquals(first, found, tiling);
                }
                first = found;
            }
        }
    }
}
