package org.nnlang.opencl;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nnlang.compiler.fuse.Fusion;
import org.nnlang.compiler.ir.Graph;
import org.nnlang.compiler.ir.IrText;
import org.nnlang.compiler.ir.Procedure;
import org.nnlang.compiler.op.Ops;
import org.nnlang.compiler.oracle.Bindings;
import org.nnlang.compiler.oracle.Interpreter;
import org.nnlang.compiler.oracle.RandomGraphs;
import org.nnlang.compiler.plan.Planner;
import org.nnlang.compiler.plan.Running;
import org.nnlang.compiler.plan.VariableLayout;
import org.nnlang.runtime.fused.Tier;
import org.nnlang.runtime.program.Accelerator;
import org.nnlang.runtime.program.CompiledProgram;
import org.nnlang.runtime.program.Image;
import org.nnlang.runtime.program.Options;

/// Sums and maxima of columns are on a device what they are on the processor, and the same each time, however a matrix is
/// shared by groups: by lines of few columns where rows are few, by runs of 1 KB where they are many.
class ColumnSumsTest {
    private static final double TOLERANCE = 1e-5;

    @AutoClose
    private static Accelerator device;

    @BeforeAll
    static void open() {
        device = TestDevice.open();
    }

    private static void agrees(String text, Map<String, Long> sizes, int elements) {
        Procedure procedure = IrText.parse(text, new Graph(), Ops::named);
        Image image = Planner.plan(procedure, VariableLayout.of(List.of(procedure)), Fusion.Effort.FULL);
        var random = new Random(1);
        var bindings = new Bindings(
                sizes,
                Map.of("x", random.doubles(elements, -1, 1).map(x -> (float) x).toArray(),
                        "k", random.ints(elements, -1000, 1000).asDoubleStream().toArray()),
                Map.of(), RandomGraphs::draw);
        var runs = new ArrayList<Interpreter.Results>();
        for (Accelerator each : new Accelerator[] {null, device, device}) {
            runs.add(Running.run(
                    image, CompiledProgram.interpreted(), procedure, bindings, new Options(Tier.SCALAR), 1, each));
        }
        assertNull(Running.difference(runs.get(0), runs.get(1), TOLERANCE), () -> text + sizes);
        runs.get(1).outputs().forEach(
                (name, values) -> assertArrayEquals(values, runs.get(2).outputs().get(name), name));
        for (String exact : List.of("max", "ints")) {
            assertArrayEquals(runs.get(0).outputs().get(exact), runs.get(1).outputs().get(exact), exact);
        }
        assertEquals(4, runs.get(0).outputs().size());
    }

    /// By fours and one by one; strips that the columns fill and that they don't; one column.
    @ParameterizedTest
    @CsvSource({"4099, 260", "300, 2048", "5001, 133", "70001, 10", "100003, 1", "130, 64", "3, 1100", "1, 5"})
    void ofAMatrix(int rows, int columns) {
        agrees("""
                procedure columns(%0, %1) {
                    %0: f32[n, d] = input() {"x"}
                    %1: i32[n, d] = input() {"k"}
                    %2: f32[d] = reduce_sum(%0) {axes=[0]}
                    %3: f32[d] = reduce_max(%0) {axes=[0]}
                    %4: i32[d] = reduce_sum(%1) {axes=[0]}
                    %5: f32[n, d] = mul(%0, %0)
                    %6: f32[d] = reduce_sum(%5) {axes=[0]}
                    output "sum" = %2
                    output "max" = %3
                    output "ints" = %4
                    output "squares" = %6
                }
                """, Map.of("n", (long) rows, "d", (long) columns), rows * columns);
    }

    /// Rows of which each is reduced itself before all are combined, as for the gradients of a layer norm.
    @ParameterizedTest
    @CsvSource({"700, 260", "41, 1500", "2003, 33"})
    void ofRowsThatAreReduced(int rows, int columns) {
        agrees("""
                procedure columns(%0, %1) {
                    %0: f32[n, d] = input() {"x"}
                    %1: i32[n, d] = input() {"k"}
                    %2: f32[n] = reduce_sum(%0) {axes=[1]}
                    %3: f32[n, d] = broadcast(%2) {axes=[0]}
                    %4: f32[n, d] = mul(%0, %3)
                    %5: f32[d] = reduce_sum(%4) {axes=[0]}
                    %6: f32[d] = reduce_max(%0) {axes=[0]}
                    %7: i32[n] = reduce_sum(%1) {axes=[1]}
                    %8: i32[n, d] = broadcast(%7) {axes=[0]}
                    %9: i32[n, d] = sub(%1, %8)
                    %10: i32[d] = reduce_sum(%9) {axes=[0]}
                    output "sum" = %2
                    output "max" = %6
                    output "ints" = %10
                    output "products" = %5
                }
                """, Map.of("n", (long) rows, "d", (long) columns), rows * columns);
    }

    /// A sum for each of several matrices.
    @ParameterizedTest
    @CsvSource({"3, 700, 260", "5, 2001, 67", "2, 9, 32"})
    void ofSeveralMatrices(int count, int rows, int columns) {
        agrees("""
                procedure columns(%0, %1) {
                    %0: f32[g, n, d] = input() {"x"}
                    %1: i32[g, n, d] = input() {"k"}
                    %2: f32[g, d] = reduce_sum(%0) {axes=[1]}
                    %3: f32[g, d] = reduce_max(%0) {axes=[1]}
                    %4: i32[g, d] = reduce_sum(%1) {axes=[1]}
                    %5: f32[d] = reduce_sum(%0) {axes=[0, 1]}
                    output "sum" = %2
                    output "max" = %3
                    output "ints" = %4
                    output "all" = %5
                }
                """, Map.of("g", (long) count, "n", (long) rows, "d", (long) columns), count * rows * columns);
    }
}
