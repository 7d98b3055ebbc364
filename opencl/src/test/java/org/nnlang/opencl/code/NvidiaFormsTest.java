package org.nnlang.opencl.code;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nnlang.compiler.fuse.Fusion;
import org.nnlang.compiler.ir.Graph;
import org.nnlang.compiler.ir.IrText;
import org.nnlang.compiler.op.Ops;
import org.nnlang.compiler.plan.Planner;
import org.nnlang.compiler.plan.VariableLayout;
import org.nnlang.runtime.program.Accelerator;
import org.nnlang.runtime.program.Image;

/// What is generated for NVIDIA's devices alone is taken by clang for nvptx and by ptxas, where they are installed.
class NvidiaFormsTest {
    private static final Target DEVICE =
            new Target(108, 1024, 48 << 10, true).with(SubGroup.NVIDIA).with(TensorCores.NVIDIA);
    private static final Target HALVES = DEVICE.with(HalfTiles.STANDARD).with(TensorCores.NVIDIA_HALVES);

    @TempDir
    private Path folder;

    /// A softmax of rows of several lengths and products with what follows them, whose sizes are literals.
    private static String source(int columns, Target device) {
        var procedure = IrText.parse("""
                procedure rows(%%0, %%1) {
                    %%0: f32[300, %1$d] = input() {"x"}
                    %%1: f32[%1$d, 200] = input() {"w"}
                    %%2: f32[300] = reduce_max(%%0) {axes=[1]}
                    %%3: i32[300] = argmax(%%0) {axes=[1]}
                    %%4: f32[300, %1$d] = broadcast(%%2) {axes=[0]}
                    %%5: f32[300, %1$d] = sub(%%0, %%4)
                    %%6: f32[300, %1$d] = exp(%%5)
                    %%7: f32[300] = reduce_sum(%%6) {axes=[1]}
                    %%8: f32[300, 200] = contract(%%6, %%1) {contract=[1]x[0]}
                    %%9: f32[300, 200] = broadcast(%%7) {axes=[0]}
                    %%10: f32[300, 200] = div(%%8, %%9)
                    output "y" = %%10
                    output "index" = %%3
                }
                """.formatted(columns), new Graph(), Ops::named);
        Image image = Planner.plan(procedure, VariableLayout.of(List.of(procedure)), Fusion.Effort.FULL);
        int[] extents = image.extents().stream().mapToInt(each -> (int) each.evaluate(new long[0])).toArray();
        var sizes = new Accelerator.Sizes(
                extents, new int[8], new int[8], new int[image.buffers().size()], 1 << 20);
        Translation translation = Translation.of(image, sizes, Cuts.NONE, device);
        return translation.program(translation.sources());
    }

    @Test
    void theyAssemble() throws IOException, InterruptedException {
        var sources = new TreeMap<String, String>();
        for (int columns : new int[] {64, 700, 9000}) {
            sources.put("columns" + columns, source(columns, DEVICE));
        }
        sources.put("halves", source(700, HALVES));
        sources.put("trial", SubGroup.NVIDIA.trial());
        sources.put("cores", TensorCores.NVIDIA.trial());
        sources.put("halfcores", TensorCores.NVIDIA_HALVES.trial());
        var names = List.copyOf(sources.keySet());
        var command = new java.util.ArrayList<>(List.of(Path.of("assemble").toAbsolutePath().toString()));
        for (String name : names) {
            Path file = Files.writeString(folder.resolve(name + ".cl"), sources.get(name));
            command.add(file.toString());
        }
        var process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String out = new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        int code = process.waitFor();
        if (code == 77) {
            System.out.println("skipped, " + out.strip());
            assumeTrue(false, out);
        }
        assertEquals(0, code, out);
        // Each has instructions of NVIDIA's own: else something else was looked at.
        List<String> lines = out.lines().filter(line -> line.contains(" instructions of NVIDIA's own")).toList();
        assertEquals(names.size(), lines.size(), out);
        lines.forEach(line -> assertTrue(!line.contains(", 0 instructions"), out));
        assertTrue(sources.get("columns700").contains("nn_mma("));
        assertTrue(sources.get("halves").contains("nn_mma(") && sources.get("halves").contains("nn_halves8("));
        assertTrue(
                IntStream.of(64, 700).allMatch(columns -> source(columns, DEVICE).contains("nn_across(")));
        assertTrue(Arrays.stream(sources.get("columns64").split("\n")).noneMatch(line -> line.contains("KERNEL")));
    }
}
