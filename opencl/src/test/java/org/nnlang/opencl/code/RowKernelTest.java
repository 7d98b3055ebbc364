package org.nnlang.opencl.code;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nnlang.compiler.fuse.Fusion;
import org.nnlang.compiler.ir.Graph;
import org.nnlang.compiler.ir.IrText;
import org.nnlang.compiler.op.Ops;
import org.nnlang.compiler.plan.Planner;
import org.nnlang.compiler.plan.VariableLayout;
import org.nnlang.runtime.program.Accelerator;
import org.nnlang.runtime.program.Image;

/// How a sum of columns is shared by a GPU's groups.
class RowKernelTest {
    private static final Target DEVICE = new Target(132, 1024, 48 << 10, true);

    private static List<Launch> launches(int rows, int columns) {
        var procedure = IrText.parse("""
                procedure columns(%%0) {
                    %%0: f32[%1$d, %2$d] = input() {"x"}
                    %%1: f32[%2$d] = reduce_sum(%%0) {axes=[0]}
                    output "y" = %%1
                }
                """.formatted(rows, columns), new Graph(), Ops::named);
        Image image = Planner.plan(procedure, VariableLayout.of(List.of(procedure)), Fusion.Effort.FULL);
        int[] extents = image.extents().stream().mapToInt(each -> (int) each.evaluate(new long[0])).toArray();
        var sizes = new Accelerator.Sizes(
                extents, new int[8], new int[8], new int[image.buffers().size()], 1 << 30);
        return Translation.of(image, sizes, Cuts.NONE, DEVICE).kernels().stream().map(Translation.Kernel::launch)
                .toList();
    }

    /// @param strip columns that a group reads side by side
    /// @param runs groups that share the rows
    @ParameterizedTest
    @CsvSource({
        // Many rows: 1 KB of each, by four groups for each compute unit.
        "65536, 256, 256, 512", "16384, 1024, 256, 128", "4096, 4096, 256, 32", "1048576, 10, 16, 525",
        // Few: a cache line of each, by more groups, or by one kernel alone.
        "2048, 256, 32, 16", "128, 1024, 32, 1", "100, 64, 32, 1"})
    void manyRowsAreReadInWideStrips(int rows, int columns, int strip, int runs) {
        List<Launch> launches = launches(rows, columns);
        Launch first = launches.getFirst();
        assertEquals((columns + strip - 1) / strip, first.global().get(1), first.source());
        assertEquals(runs, first.global().get(0) / first.local().getFirst());
        assertEquals(runs == 1 ? 1 : 2, launches.size());
        assertTrue(first.local().getFirst() >= 128);
    }
}
